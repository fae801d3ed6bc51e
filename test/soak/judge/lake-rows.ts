/**
 * Tables of the lake as three readers see them: Headgate's SQL, PyIceberg, and one that follows the specification
 * alone.
 */
import { join } from "node:path";
import { formatJson } from "../../../src/base/json.ts";
import { silent } from "../../../src/base/progress.ts";
import type { Session } from "../../../src/cli/session.ts";
import { quoteName } from "../../../src/engine/duckdb-type.ts";
import { sql } from "../../../src/operations/sql.ts";
import { runReader } from "../../peers/peer-reader.ts";
import { peers } from "../../peers/set-up.ts";
import { collectRows, type Cell, type Rows } from "./rows.ts";
import { doubleBits, floatBits, numberOf } from "./spelling.ts";

export interface LakeTable {
  readonly database: string;
  readonly name: string;
  readonly metadata: string;
}

/** Rows with the types of their columns, or the reason why there are none. */
export interface ReadTable {
  readonly types: ReadonlyMap<string, string>;
  readonly cells: readonly (readonly Cell[])[];
  readonly failure?: string | undefined;
}

export type PythonReader = "lake_reader.py" | "pyiceberg_rows.py";

interface Answer {
  readonly columns?: readonly (readonly [string, string])[];
  readonly rows?: readonly (readonly Cell[])[];
  readonly failure?: string;
}

export async function readByPython(script: PythonReader, tables: readonly LakeTable[]): Promise<readonly ReadTable[]> {
  const asked = tables.map(({ name, metadata }) => ({ name, metadata }));
  const answers = await runReader([peers.python, join(import.meta.dirname, script)], formatJson(asked));
  return (answers as unknown as readonly Answer[]).map(({ columns = [], rows = [], failure }) => ({
    types: new Map(columns),
    cells: rows,
    failure,
  }));
}

export interface TypedTable {
  readonly lake: LakeTable;
  /** As another reader found them. */
  readonly types: ReadTable["types"];
}

const tablesAtOnce = 25;

/**
 * Many tables in one statement. If that fails, each one separately, so that one unreadable table does not hide the
 * others.
 */
export async function readBySql(session: Session, tables: readonly TypedTable[]): Promise<readonly ReadTable[]> {
  const read: ReadTable[] = [];
  for (let from = 0; from < tables.length; from += tablesAtOnce) {
    const some = tables.slice(from, from + tablesAtOnce);
    const together = await readTogether(session, some);
    if (together[0]?.failure === undefined) read.push(...together);
    else for (const table of some) read.push(...(await readTogether(session, [table])));
  }
  return read;
}

async function readTogether(session: Session, tables: readonly TypedTable[]): Promise<readonly ReadTable[]> {
  const cells: Cell[][][] = tables.map(() => []);
  const emit = async (item: unknown): Promise<void> => {
    for (const [index, row] of (item as { rows?: [number, Cell[]][] }).rows ?? [])
      cells[index]?.push(spelledRow(row, [...(tables[index]?.types.values() ?? [])]));
  };
  const statement = tables.map(selectSql).join(" union all ");
  const call = { report: silent, emit, signal: new AbortController().signal };
  const failure = await session.call(sql, { sql: statement, explain: false }, call).then(
    () => undefined,
    (cause: unknown) => String(cause),
  );
  return tables.map(({ types }, index) => ({ types, cells: cells[index] ?? [], failure }));
}

function selectSql({ lake: { database, name }, types }: TypedTable, index: number): string {
  const values = [...types].map(([column, type]) => spelledSql(quoteName(column), type));
  return `select ${index} as number, [${values.join(", ")}] as row from ${quoteName(database)}.${quoteName(name)}`;
}

function spelledRow(row: readonly Cell[], types: readonly string[]): Cell[] {
  return row.map((cell, column) => (cell === null ? null : spelledText(cell, types[column] ?? "")));
}

function spelledSql(column: string, type: string): string {
  if (type === "date") return `datediff('day', date '1970-01-01', ${column})::varchar`;
  if (type === "timestamp" || type === "timestamptz" || type === "time") return `epoch_us(${column})::varchar`;
  if (type === "binary" || type.startsWith("fixed")) return `lower(hex(${column}))`;
  return `${column}::varchar`;
}

function spelledText(text: string, type: string): string {
  if (type === "float") return floatBits(numberOf(text));
  if (type === "double") return doubleBits(numberOf(text));
  // DuckDB writes no zero before the point if a type has only digits after it.
  return type.startsWith("decimal") ? text.replace(/^(-?)\./, "$10.") : text;
}

/** Marks rows that the source no longer has, with soft deletes. */
export const deletedAt = "_deleted_at";

/** The rows that should equal the source's: those not marked as deleted. */
export function liveRows({ types, cells }: ReadTable): Rows {
  const names = [...types.keys()];
  const mark = names.indexOf(deletedAt);
  if (mark < 0) return collectRows(names, cells);
  const live = cells.filter((row) => row[mark] === null).map((row) => row.toSpliced(mark, 1));
  return collectRows(names.toSpliced(mark, 1), live);
}
