/**
 * A DMS task as a source of Headgate: how it is declared, and whether the lake has the rows that the model says. Without
 * a header, the lake names columns by their numbers.
 */
import { must } from "../../src/base/must.ts";
import { silent } from "../../src/base/progress.ts";
import { parseName, tableLabel } from "../../src/catalog/table-name.ts";
import { quoteName } from "../../src/engine/duckdb-type.ts";
import { tableShow } from "../../src/operations/tables.ts";
import type { HeldHeadgate } from "../world/held-headgate.ts";
import { openMultiset, type Multiset, type TextColumn } from "../world/equality.ts";
import type { DmsModel } from "./dms-model.ts";
import type { DmsSettings } from "./dms-settings.ts";
import type { DmsTable } from "./dms-table.ts";
import type { DmsTask } from "./dms-task.ts";

/** The settings of a task's tables in headgate.yaml: what cannot be found from files, and the keys. */
export function declaredTables(
  task: DmsTask,
  more: Readonly<Record<string, object>> = {},
): Readonly<Record<string, object>> {
  const entries = task.tables.map((table) => {
    const PrimaryKey = table.key?.map((name) => lakeColumn(task, table, name)).join(",") ?? null;
    const declared = { reading: readingOf(task, table), controller: { PrimaryKey }, ...more[table.name] };
    return [`${table.schema}.${table.name}`, declared] as const;
  });
  return Object.fromEntries(entries);
}

function readingOf(task: DmsTask, table: DmsTable): object {
  const { settings } = task;
  const { timestampColumnName: name, csvNullValue, rfc4180, dataFormat } = settings;
  const timestamp = name === undefined ? {} : { timestamp: lakeColumn(task, table, name) };
  if (dataFormat === "parquet") return timestamp;
  const isNameless = !settings.addColumnName || task.withoutFolder.has(table.name);
  return {
    ...timestamp,
    ...(isNamed(task) && isNameless ? { columns: fileColumns(settings, table).map(givenColumn) } : {}),
    // In files of one column, nothing tells what divides columns and whether a text is a header.
    ...(table.columns.length === 1 ? { delimiter: settings.csvDelimiter, header: settings.addColumnName } : {}),
    ...(csvNullValue === "NULL" ? {} : { null: csvNullValue }),
    ...(rfc4180 ? {} : { quote: "" }),
  };
}

/** Whether files, or somebody, say what their columns are called. */
function isNamed({ settings: { dataFormat, addColumnName }, isGiven }: DmsTask): boolean {
  return dataFormat === "parquet" || addColumnName || isGiven;
}

export function lakeColumn(task: DmsTask, table: DmsTable, name: string): string {
  if (isNamed(task)) return name;
  return `column${fileColumns(task.settings, table).findIndex((column) => column.name === name)}`;
}

interface FileColumn {
  readonly name: string;
  readonly type: string;
}

/** The columns in the order of the files, without the operation. */
function fileColumns(
  { timestampColumnName: name, timestampPlace }: DmsSettings,
  { columns }: DmsTable,
): readonly FileColumn[] {
  const time = name === undefined ? [] : [{ name, type: "timestamp" }];
  return timestampPlace === "last" ? [...columns, ...time] : [...time, ...columns];
}

/** With the type in the lake. */
function givenColumn({ name, type }: FileColumn): FileColumn {
  const types: Readonly<Record<string, string>> = { bigint: "long", integer: "int", varchar: "string" };
  return { name, type: types[type] ?? type };
}

interface Compared {
  readonly held: HeldHeadgate;
  readonly task: DmsTask;
  readonly model: DmsModel;
  /** The database of the task's tables. */
  readonly database: string;
  /** Tables that keep deleted rows, marked. */
  readonly soft?: ReadonlySet<string>;
  /** Reads the tables; by default Headgate's SQL does. */
  readonly read?: (subjects: readonly LakeSubject[]) => Promise<readonly Multiset[]>;
}

/** A table of the lake, and the rows that it must have. */
export interface LakeSubject {
  /** `database.table`. */
  readonly label: string;
  readonly metadata: string;
  /** All columns of the lake table. */
  readonly columns: readonly TextColumn[];
  /** The columns that the model knows. */
  readonly compared: readonly TextColumn[];
  readonly keepsDeleted: boolean;
  readonly expected: Multiset;
}

/** One sentence for each table whose rows are not those of the model. */
export async function lakeDifferences(compared: Compared): Promise<readonly string[]> {
  const found: string[] = [];
  const subjects: LakeSubject[] = [];
  for (const table of compared.task.tables) {
    const subject = await openSubject(compared, table);
    if (typeof subject === "string") found.push(subject);
    else if (subject !== undefined) subjects.push(subject);
  }
  const read = compared.read ?? ((all) => Promise.all(all.map((subject) => rowsBySql(compared.held, subject))));
  for (const [index, lake] of (await read(subjects)).entries()) {
    const subject = subjects[index];
    if (subject !== undefined) found.push(...differenceOf(subject, lake));
  }
  return found;
}

/** Undefined for a table of which no file has a row; a sentence if the lake lacks a column. */
async function openSubject(
  { held, task, model, database, soft }: Compared,
  table: DmsTable,
): Promise<LakeSubject | string | undefined> {
  const names = model.columns(table.name);
  if (names.length === 0) return undefined;
  const label = tableLabel({ database, name: table.name });
  const call = { report: silent, emit: async () => {}, signal: new AbortController().signal };
  const described = await held.session.call(tableShow, { table: label }, call);
  const columns = described.columns.map(({ name, type }) => ({ name, type: String(type) }));
  const wanted = names.map((name) => lakeColumn(task, table, name));
  const compared = wanted.flatMap((name) => columns.find((column) => column.name === name) ?? []);
  const missing = wanted.find((name) => !columns.some((column) => column.name === name));
  if (missing !== undefined) return `${label}: the lake has no column ${missing}`;
  const expected = openMultiset(compared);
  for (const row of model.rows(table.name, names)) expected.add(row);
  const keepsDeleted = soft?.has(table.name) === true;
  return {
    label,
    metadata: must(described.metadata_location, "the location of its metadata"),
    columns,
    compared,
    keepsDeleted,
    expected,
  };
}

async function rowsBySql(held: HeldHeadgate, { label, compared, keepsDeleted }: LakeSubject): Promise<Multiset> {
  const lake = openMultiset(compared);
  const list = compared.map(({ name }) => `${quoteName(name)}::varchar`).join(", ");
  const named = parseName(label).map(quoteName).join(".");
  const live = keepsDeleted ? " where _deleted_at is null" : "";
  for (const row of await held.rows(`select ${list} from ${named}${live}`))
    lake.add(row.map((value) => (value === null ? null : String(value))));
  return lake;
}

function differenceOf({ label, expected }: LakeSubject, lake: Multiset): readonly string[] {
  if (lake.digest() === expected.digest() && lake.rows() === expected.rows()) return [];
  const [only, extra] = [expected.rowMissingIn(lake), lake.rowMissingIn(expected)];
  return [
    `${label}: ${expected.rows()} rows by the model and ${lake.rows()} in the lake; only in the model ${only}; only in the lake ${extra}`,
  ];
}
