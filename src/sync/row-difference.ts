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

/** What is held by both sides of a comparison. */
export interface Comparison {
  /** Of the fresh side. */
  readonly digest: string;
  /** Undefined when there is none. */
  readonly difference: RowDifference | undefined;
}

/** `liveDigest`: of the lake's rows, where it is known. Without a difference no hash is held, only sums of them. */
export async function compareRows(parts: DifferenceParts, liveDigest?: string): Promise<Comparison> {
  const digest = await contentDigest(parts, parts.fresh);
  const isEqual = digest === (liveDigest ?? (await contentDigest(parts, parts.live)));
  return { digest, difference: isEqual ? undefined : await findDifference(parts) };
}

/** Rows, and the sums of both halves of their hashes: equal digests of one engine's version mean equal rows, duplicates counted. */
export async function contentDigest(
  { engine, columns, signal }: Omit<DifferenceParts, "live" | "fresh">,
  files: readonly ReadFile[],
): Promise<string> {
  const { rows } = await engine.run(
    `select concat_ws(' ', version(), count(*), coalesce(sum(h), 0), coalesce(sum(g), 0))
     from (${hashedRows({ columns }, files)}) hashed`,
    { signal },
  );
  return String(rows[0]?.[0]);
}

async function findDifference(parts: DifferenceParts): Promise<RowDifference | undefined> {
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
  const drop = async (): Promise<void> => {
    if (engine.isAlive()) await engine.run(`drop table if exists ${table}`);
  };
  if (rowsAdded + rowsRemoved > 0) return { rowsAdded, rowsRemoved, table, [Symbol.asyncDispose]: drop };
  await drop();
  return undefined;
}

export interface ExampleRows {
  /** Values as text, by column. */
  readonly onlyInSource: readonly Readonly<Record<string, string | null>>[];
  readonly onlyInLake: readonly Readonly<Record<string, string | null>>[];
}

/** A few rows of each side that the other has not, or not as often. `names`: of the columns, for people. */
export async function exampleRows(
  parts: DifferenceParts,
  { difference, names, limit }: { difference: RowDifference; names: readonly string[]; limit: number },
): Promise<ExampleRows> {
  const { engine, columns, signal } = parts;
  const texts = columns.map(({ name }) => `substr(side.${quoteName(name)}::varchar, 1, 200)`).join(", ");
  const side = async (files: readonly ReadFile[], sign: string) => {
    const { rows } = await engine.run(
      `select ${texts} from (${hashedRows({ columns, whole: true }, files)}) side
       join ${difference.table} difference on side.h = difference.h and side.g = difference.g and difference.n ${sign} 0
       order by all limit ${limit}`,
      { signal },
    );
    return rows.map((row) =>
      Object.fromEntries(names.map((name, index) => [name, (row[index] ?? null) as string | null])),
    );
  };
  return { onlyInSource: await side(parts.fresh, ">"), onlyInLake: await side(parts.live, "<") };
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
