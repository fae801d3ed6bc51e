/** Compares many tables of a source with the lake, as read by Headgate's SQL and by PyIceberg. */
import { tableLabel } from "../../src/catalog/table-name.ts";
import { formatJson } from "../../src/base/json.ts";
import { silent } from "../../src/base/progress.ts";
import type { Session } from "../../src/cli/session.ts";
import { quoteName } from "../../src/engine/duckdb-type.ts";
import { sql } from "../../src/operations/sql.ts";
import { tableShow } from "../../src/operations/tables.ts";
import { readerScript, runReader, type PeerTable } from "./peer-reader.ts";
import { must } from "../../src/base/must.ts";
import { peers } from "./set-up.ts";
import { openMultiset, sourceRows, type Multiset, type TextColumn } from "../world/equality.ts";
import type { SampleSource } from "../world/sample-source.ts";

export interface TableDifference {
  readonly table: string;
  readonly reader: "sql" | "pyiceberg";
  readonly sourceRows: number;
  readonly lakeRows: number;
  readonly columns: string;
  /** A row that only one side has, if there is one. */
  readonly onlyInSource: string | undefined;
  readonly onlyInLake: string | undefined;
}

interface Comparing {
  readonly source: SampleSource;
  readonly session: Session;
  readonly database: string;
  readonly names: readonly string[];
}

/** Marks rows that the source no longer has, with soft deletes. */
const deletedAt = "_deleted_at";

interface Subject {
  readonly name: string;
  /** The column that is null in the source's rows. */
  readonly live: string | undefined;
  readonly metadata: string;
  readonly columns: readonly TextColumn[];
  readonly expected: Multiset;
}

export async function compareTables(parts: Comparing): Promise<readonly TableDifference[]> {
  const subjects: Subject[] = [];
  const differences: TableDifference[] = [];
  for (const name of parts.names) {
    const subject = await openSubject(parts, name);
    subjects.push(subject);
    differences.push(...differenceOf(subject, "sql", await lakeRows(parts, subject)));
  }
  for (const [index, rows] of (await pyicebergRows(subjects)).entries()) {
    const subject = subjects[index];
    if (subject !== undefined) differences.push(...differenceOf(subject, "pyiceberg", rows));
  }
  return differences;
}

async function openSubject({ source, session, database }: Comparing, name: string): Promise<Subject> {
  const described = await session.call(tableShow, { table: tableLabel({ database, name }) }, quiet());
  const all = described.columns.map((column) => ({ name: column.name, type: String(column.type) }));
  const columns = all.filter((column) => column.name !== deletedAt);
  return {
    name,
    live: all.length > columns.length ? deletedAt : undefined,
    metadata: must(described.metadata_location, "the location of its metadata"),
    columns,
    expected: await sourceRows(source, { table: name, columns }),
  };
}

function differenceOf(subject: Subject, reader: TableDifference["reader"], rows: Multiset): readonly TableDifference[] {
  const { name, expected } = subject;
  if (rows.rows() === expected.rows() && rows.digest() === expected.digest()) return [];
  return [
    {
      table: name,
      reader,
      sourceRows: expected.rows(),
      lakeRows: rows.rows(),
      columns: subject.columns.map((column) => `${column.name} ${column.type}`).join(", "),
      onlyInSource: expected.rowMissingIn(rows),
      onlyInLake: rows.rowMissingIn(expected),
    },
  ];
}

async function lakeRows({ session, database }: Comparing, { name, columns, live }: Subject): Promise<Multiset> {
  const rows = openMultiset(columns);
  const where = live === undefined ? "" : ` where ${live} is null`;
  const list = columns.map((column) =>
    column.type === "binary" ? `hex(${quoteName(column.name)})` : `${quoteName(column.name)}::varchar`,
  );
  const statement = `select ${list.join(", ")} from ${quoteName(database)}.${quoteName(name)}${where}`;
  const emit = async (item: unknown): Promise<void> => {
    for (const row of (item as { rows?: (string | null)[][] }).rows ?? []) rows.add(row);
  };
  await session.call(sql, { sql: statement, explain: false }, { ...quiet(), emit });
  return rows;
}

async function pyicebergRows(subjects: readonly Subject[]): Promise<readonly Multiset[]> {
  const tables = subjects.map(({ name, metadata, columns, live }): PeerTable => ({
    name,
    live,
    metadata,
    snapshot: null,
    widened: false,
    columns: columns.map((column) => [column.name, column.type]),
  }));
  const results = await runReader([peers.python, readerScript("pyiceberg_reader.py")], formatJson(tables));
  return subjects.map(({ columns }, index) => {
    const rows = openMultiset(columns);
    for (const row of results[index]?.rows ?? []) rows.add(row);
    return rows;
  });
}

function quiet() {
  return { report: silent, emit: async () => {}, signal: new AbortController().signal };
}
