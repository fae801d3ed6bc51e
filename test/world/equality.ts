/**
 * Compares a table of a sample source with its lake table as multisets: both sides as text through a plain client and through
 * our own SQL, each row hashed, the hashes added up. Order does not matter, duplicates count, and null is not ''.
 */
import { createHash } from "node:crypto";
import type { Session } from "../../src/cli/session.ts";
import { quoteName } from "../../src/engine/duckdb-type.ts";
import { sql } from "../../src/operations/sql.ts";
import { tableDescribe } from "../../src/operations/tables.ts";
import { silent } from "../../src/base/progress.ts";
import { canonicalText } from "./canonical-text.ts";
import type { SampleSource } from "./sample-source.ts";

export interface Comparison {
  readonly table: string;
  readonly sourceRows: number;
  readonly lakeRows: number;
  /** Of the source's rows, shortened for people. */
  readonly digest: string;
  readonly equal: boolean;
}

type Text = string | null;

export async function compareWithLake(parts: {
  source: SampleSource;
  session: Session;
  database: string;
  table: string;
}): Promise<Comparison> {
  const { session, database, table } = parts;
  const { columns } = await session.call(tableDescribe, { table: `${database}.${table}` }, quietCall());
  const described = columns.map(({ name, type }) => ({ name, type: String(type) }));
  const fromSource = await sourceRows(parts.source, { table, columns: described });
  const fromLake = openMultiset(described);
  const list = described
    .map(({ name, type }) => (isBinary(type) ? `hex(${quoteName(name)})` : `${quoteName(name)}::varchar`))
    .join(", ");
  const onItem = (item: unknown): void => {
    for (const row of (item as { rows?: Text[][] }).rows ?? []) fromLake.add(row);
  };
  await session.call(
    sql,
    { sql: `select ${list} from ${quoteName(database)}.${quoteName(table)}`, explain: false },
    { ...quietCall(), emit: async (item) => onItem(item) },
  );
  return {
    table: `${database}.${table}`,
    sourceRows: fromSource.rows(),
    lakeRows: fromLake.rows(),
    digest: fromSource.digest().slice(0, 16),
    equal: fromSource.digest() === fromLake.digest() && fromSource.rows() === fromLake.rows(),
  };
}

function quietCall(): { report: typeof silent; emit: () => Promise<void>; signal: AbortSignal } {
  return { report: silent, emit: async () => {}, signal: new AbortController().signal };
}

export interface TextColumn {
  readonly name: string;
  /** Iceberg primitive type. */
  readonly type: string;
}

/** The rows of a source's table, read with a plain client. */
export async function sourceRows(
  source: SampleSource,
  { table, columns }: { table: string; columns: readonly TextColumn[] },
): Promise<Multiset> {
  const rows = openMultiset(columns);
  const asked = columns.map(({ name, type }) => ({ name, isBinary: isBinary(type) }));
  for (const row of await source.texts(table, asked)) rows.add(row);
  return rows;
}

function isBinary(type: string): boolean {
  return type === "binary" || type.startsWith("fixed");
}

export interface Multiset {
  add(row: readonly Text[]): void;
  rows(): number;
  digest(): string;
  /** A row that this one has and the other has not, or not as often. */
  rowMissingIn(other: Multiset): string | undefined;
  count(line: string): number;
}

/** Rows whose values are spelled by whatever program; equal digests mean equal rows, duplicates counted. */
export function openMultiset(columns: readonly TextColumn[]): Multiset {
  const canonical = columns.map(({ type }) => canonicalText(type));
  const modulus = 1n << 256n;
  const counts = new Map<string, number>();
  let sum = 0n;
  let rows = 0;
  return {
    add(row) {
      const parts = row.map((text, column) =>
        text === null ? "-" : `${canonical[column]?.(text).length}:${canonical[column]?.(text)}`,
      );
      const line = parts.join("");
      counts.set(line, (counts.get(line) ?? 0) + 1);
      sum = (sum + BigInt(`0x${createHash("sha256").update(line).digest("hex")}`)) % modulus;
      rows++;
    },
    rows: () => rows,
    count: (line) => counts.get(line) ?? 0,
    rowMissingIn: (other) => [...counts].find(([line, count]) => other.count(line) < count)?.[0],
    digest: () => sum.toString(16).padStart(64, "0"),
  };
}
