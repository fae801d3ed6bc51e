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
  const { source, session, database, table } = parts;
  const { columns } = await session.call(tableDescribe, { table: `${database}.${table}` }, quietCall());
  const canonical = columns.map(({ type }) => canonicalText(String(type)));
  const fromSource = multiset(canonical);
  for (const row of await source.texts(
    table,
    columns.map(({ name }) => name),
  ))
    fromSource.add(row);
  const fromLake = multiset(canonical);
  const list = columns
    .map(({ name, type }) => (type === "binary" ? `hex(${quoteName(name)})` : `${quoteName(name)}::varchar`))
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

function multiset(canonical: readonly ((text: string) => string)[]): {
  add(row: readonly Text[]): void;
  rows(): number;
  digest(): string;
} {
  const modulus = 1n << 256n;
  let sum = 0n;
  let rows = 0;
  return {
    add(row) {
      const parts = row.map((text, column) =>
        text === null ? "-" : `${canonical[column]?.(text).length}:${canonical[column]?.(text)}`,
      );
      sum = (sum + BigInt(`0x${createHash("sha256").update(parts.join("")).digest("hex")}`)) % modulus;
      rows++;
    },
    rows: () => rows,
    digest: () => sum.toString(16).padStart(64, "0"),
  };
}
