/**
 * The difference of two relations as multisets: which rows must go and which must come, duplicates counted. In the engine, by
 * 128 bits of hash over all columns; it spills to disk. It knows nothing of keys: a changed row goes and comes.
 * Invariant: null is never taken for '', ('a','bc') never for ('ab','c'), −0 never for 0; NaN equals NaN.
 */
import { randomBytes } from "node:crypto";
import { isFloat, quoteName } from "../engine/duckdb-type.ts";
import type { Engine } from "../engine/engine.ts";
import { readDataFilesSql, type ReadColumn, type ReadFile } from "../engine/read-data-files.ts";

export interface RowDifference extends AsyncDisposable {
  readonly rowsAdded: number;
  readonly rowsRemoved: number;
  /** Table of the engine: `h`, `g` (the row's hash) and `n`, how many more the fresh side has; never 0. */
  readonly table: string;
}

export interface DifferenceParts {
  readonly engine: Engine;
  readonly columns: readonly ReadColumn[];
  /** Rows as they are in the lake. */
  readonly live: readonly ReadFile[];
  /** Rows as they shall be. */
  readonly fresh: readonly ReadFile[];
  readonly signal: AbortSignal;
}

/** Undefined when there is none: found by adding up the hashes of each side, without holding any. */
export async function findDifference(parts: DifferenceParts): Promise<RowDifference | undefined> {
  if (await haveEqualSums(parts)) return undefined;
  const { engine, signal } = parts;
  const table = `difference_${randomBytes(8).toString("hex")}`;
  await engine.run(
    `create table ${table} as select h, g, sum(n)::bigint as n from (
       select h, g, count(*) as n from (${hashedRows(parts, parts.fresh)}) fresh group by h, g
       union all select h, g, -count(*) as n from (${hashedRows(parts, parts.live)}) live group by h, g)
     group by h, g having sum(n) <> 0`,
    { signal },
  );
  const { rows } = await engine.run(
    `select coalesce(sum(n) filter (where n > 0), 0)::bigint, coalesce(-sum(n) filter (where n < 0), 0)::bigint from ${table}`,
    { signal },
  );
  const [rowsAdded = 0, rowsRemoved = 0] = (rows[0] ?? []).map(Number);
  return {
    rowsAdded,
    rowsRemoved,
    table,
    async [Symbol.asyncDispose]() {
      if (engine.isAlive()) await engine.run(`drop table if exists ${table}`);
    },
  };
}

async function haveEqualSums(parts: DifferenceParts): Promise<boolean> {
  const sums = (files: readonly ReadFile[]): string =>
    `select count(*), sum(h), sum(g) from (${hashedRows(parts, files)}) hashed`;
  const { rows } = await parts.engine.run(
    `select count(*) from (${sums(parts.fresh)} union ${sums(parts.live)}) sides`,
    { signal: parts.signal },
  );
  return Number(rows[0]?.[0]) === 1;
}

interface HashedParts {
  readonly columns: readonly ReadColumn[];
  /** With all columns, and the place of each row. */
  readonly whole?: boolean | undefined;
}

/** Rows with their hash as `h` and `g`. */
export function hashedRows({ columns, whole = false }: HashedParts, files: readonly ReadFile[]): string {
  const values = columns.flatMap(hashed);
  const list = [`hash(${values.join(", ")}) as h`, `hash('', ${values.toReversed().join(", ")}) as g`];
  return `select ${[...list, ...(whole ? ["*"] : [])].join(", ")} from (${readDataFilesSql({ files, columns, places: whole })}) data`;
}

/**
 * The engine hashes −0 like 0, so the sign is hashed beside it; and of 128-bit values it hashes both halves alike and takes one
 * from the other, so that −1 is hashed like 0: these are hashed as text.
 */
function hashed({ name, sqlType }: ReadColumn): readonly string[] {
  const column = quoteName(name);
  if (isFloat(sqlType)) return [column, `case when ${column} = 0 then signbit(${column}) end`];
  return is128Bits(sqlType) ? [`${column}::varchar`] : [column];
}

function is128Bits(sqlType: string): boolean {
  const precision = /^decimal\((\d+),/.exec(sqlType)?.[1];
  return sqlType === "uuid" || Number(precision ?? 0) > 18;
}
