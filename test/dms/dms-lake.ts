/**
 * A DMS task as a source of Headgate: how it is declared, and whether the lake has the rows that the model says. Without
 * a header, the lake names columns by their numbers.
 */
import { silent } from "../../src/base/progress.ts";
import { tableLabel } from "../../src/catalog/table-name.ts";
import { quoteName } from "../../src/engine/duckdb-type.ts";
import { tableShow } from "../../src/operations/tables.ts";
import type { HeldHeadgate } from "../world/held-headgate.ts";
import { openMultiset } from "../world/equality.ts";
import type { DmsModel } from "./dms-model.ts";
import type { DmsSettings } from "./dms-settings.ts";
import type { DmsTable } from "./dms-table.ts";
import type { DmsTask } from "./dms-task.ts";

/** The settings of a task's tables in headgate.yaml: what cannot be found from files, and the keys. */
export function declaredTables(
  { settings, tables }: DmsTask,
  more: Readonly<Record<string, object>> = {},
): Readonly<Record<string, object>> {
  const entries = tables.map((table) => {
    const PrimaryKey = table.key?.map((name) => lakeColumn(settings, table, name)).join(",") ?? null;
    const declared = { reading: readingOf(settings, table), controller: { PrimaryKey }, ...more[table.name] };
    return [`${table.schema}.${table.name}`, declared] as const;
  });
  return Object.fromEntries(entries);
}

function readingOf(settings: DmsSettings, table: DmsTable): object {
  const { timestampColumnName: name, csvNullValue, rfc4180, dataFormat } = settings;
  const timestamp = name === undefined ? {} : { timestamp: lakeColumn(settings, table, name) };
  if (dataFormat === "parquet") return timestamp;
  return {
    ...timestamp,
    ...(csvNullValue === "NULL" ? {} : { null: csvNullValue }),
    ...(rfc4180 ? {} : { quote: "" }),
  };
}

/** Whether files say what their columns are called. */
function isNamed({ dataFormat, addColumnName }: DmsSettings): boolean {
  return dataFormat === "parquet" || addColumnName;
}

function lakeColumn(settings: DmsSettings, { columns }: DmsTable, name: string): string {
  if (isNamed(settings)) return name;
  const { timestampColumnName, timestampPlace } = settings;
  const own = columns.map((column) => column.name);
  const time = timestampColumnName === undefined ? [] : [timestampColumnName];
  return `column${(timestampPlace === "last" ? [...own, ...time] : [...time, ...own]).indexOf(name)}`;
}

interface Compared {
  readonly held: HeldHeadgate;
  readonly task: DmsTask;
  readonly model: DmsModel;
  /** The database of the task's tables. */
  readonly database: string;
  /** Tables that keep deleted rows, marked. */
  readonly soft?: ReadonlySet<string>;
}

/** One sentence for each table whose rows are not those of the model. */
export async function lakeDifferences(compared: Compared): Promise<readonly string[]> {
  const found: string[] = [];
  for (const table of compared.task.tables) {
    const difference = await tableDifference(compared, table);
    if (difference !== undefined) found.push(`${compared.database}.${table.name}: ${difference}`);
  }
  return found;
}

async function tableDifference(
  { held, task, model, database, soft }: Compared,
  table: DmsTable,
): Promise<string | undefined> {
  const names = model.columns(table.name);
  if (names.length === 0) return undefined;
  const label = tableLabel({ database, name: table.name });
  const call = { report: silent, emit: async () => {}, signal: new AbortController().signal };
  const { columns } = await held.session.call(tableShow, { table: label }, call);
  const wanted = names.map((name) => lakeColumn(task.settings, table, name));
  const typed = wanted.map((name) => columns.find((column) => column.name === name));
  const missing = wanted.find((_name, index) => typed[index] === undefined);
  if (missing !== undefined) return `the lake has no column ${missing}`;
  const types = typed.map((column) => ({ name: column?.name ?? "", type: String(column?.type) }));
  const [lake, expected] = [openMultiset(types), openMultiset(types)];
  const list = wanted.map((name) => `${quoteName(name)}::varchar`).join(", ");
  const live = soft?.has(table.name) === true ? " where _deleted_at is null" : "";
  const rows = await held.rows(`select ${list} from ${quoteName(database)}.${quoteName(table.name)}${live}`);
  for (const row of rows) lake.add(row.map((value) => (value === null ? null : String(value))));
  for (const row of model.rows(table.name, names)) expected.add(row);
  if (lake.digest() === expected.digest() && lake.rows() === expected.rows()) return undefined;
  const [only, extra] = [expected.rowMissingIn(lake), lake.rowMissingIn(expected)];
  return `${expected.rows()} rows by the model and ${lake.rows()} in the lake; only in the model ${only}; only in the lake ${extra}`;
}
