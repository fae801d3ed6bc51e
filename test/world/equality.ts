/**
 * Compares a table of a sample source with its lake table as multisets: both sides as text, through a plain client and
 * through Headgate's SQL, with each row hashed and the hashes added up. Order does not matter, duplicates count, and
 * null is not ''.
 */
import { tableLabel } from "../../src/catalog/table-name.ts";
import { createHash } from "node:crypto";
import type { Session } from "../../src/cli/session.ts";
import { quoteName } from "../../src/engine/duckdb-type.ts";
import { sql } from "../../src/operations/sql.ts";
import { tableShow } from "../../src/operations/tables.ts";
import { silent } from "../../src/base/progress.ts";
import { canonicalText } from "./canonical-text.ts";
import type { SampleSource } from "./sample-source.ts";

export interface Comparison {
  readonly table: string;
  readonly sourceRows: number;
  readonly lakeRows: number;
  /** A digest of the source's rows, shortened for people. */
  readonly digest: string;
  readonly equal: boolean;
}

type Text = string | null;

interface Compared {
  readonly source: SampleSource;
  readonly session: Session;
  readonly database: string;
}

export async function compareWithLake({ table, ...parts }: Compared & { table: string }): Promise<Comparison> {
  const [comparison] = await compareAllWithLake({ ...parts, tables: [table] });
  if (comparison === undefined) throw new TypeError("a table has a comparison");
  return comparison;
}

/** The lake's rows of all tables in one statement. */
export async function compareAllWithLake(
  parts: Compared & { readonly tables: readonly string[] },
): Promise<readonly Comparison[]> {
  const subjects = await Promise.all(parts.tables.map((table) => describeTable(parts, table)));
  const selects = subjects.map(({ table, columns }, index) => {
    const values = columns.map(({ name, type }) =>
      isBinary(type) ? `hex(${quoteName(name)})` : `${quoteName(name)}::varchar`,
    );
    return `select ${index} as subject, [${values.join(", ")}] as row from ${quoteName(parts.database)}.${quoteName(table)}`;
  });
  const emit = async (item: unknown): Promise<void> => {
    for (const [index, row] of (item as { rows?: [number, Text[]][] }).rows ?? []) subjects[index]?.lake.add(row);
  };
  await parts.session.call(sql, { sql: selects.join(" union all "), explain: false }, { ...quietCall(), emit });
  const comparisons: Comparison[] = [];
  for (const subject of subjects) comparisons.push(await comparisonOf(parts, subject));
  return comparisons;
}

interface Subject {
  readonly table: string;
  readonly columns: readonly TextColumn[];
  readonly lake: Multiset;
}

async function describeTable({ session, database }: Compared, table: string): Promise<Subject> {
  const { columns } = await session.call(tableShow, { table: tableLabel({ database, name: table }) }, quietCall());
  const described = columns.map(({ name, type }) => ({ name, type: String(type) }));
  return { table, columns: described, lake: openMultiset(described) };
}

async function comparisonOf({ source, database }: Compared, { table, columns, lake }: Subject): Promise<Comparison> {
  const expected = await sourceRows(source, { table, columns });
  return {
    table: `${database}.${table}`,
    sourceRows: expected.rows(),
    lakeRows: lake.rows(),
    digest: expected.digest().slice(0, 16),
    equal: expected.digest() === lake.digest() && expected.rows() === lake.rows(),
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
  /** A row that this side has and the other does not, or has less often. */
  rowMissingIn(other: Multiset): string | undefined;
  count(line: string): number;
}

/** Rows with values as any program wrote them; equal digests mean equal rows, duplicates counted. */
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
