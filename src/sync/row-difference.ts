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
  /** Given for a fresh side that is a part of the table: only rows of the lake with one of its keys are compared. */
  readonly keys?: readonly ReadColumn[] | undefined;
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
  const digest = await digestOf(parts, freshRows(parts));
  const isEqual = digest === (liveDigest ?? (await digestOf(parts, liveRows(parts))));
  return { digest, difference: isEqual ? undefined : await findDifference(parts) };
}

/** Of the rows of some files; see `Comparison`. */
export function contentDigest(
  parts: Pick<DifferenceParts, "engine" | "columns" | "signal">,
  files: readonly ReadFile[],
): Promise<string> {
  return digestOf(parts, hashedRows(parts, files));
}

/** Rows, and the sums of both halves of their hashes: equal digests of one engine's version mean equal rows, duplicates counted. */
async function digestOf(
  { engine, signal }: Pick<DifferenceParts, "engine" | "signal">,
  rowsSql: string,
): Promise<string> {
  const { rows } = await engine.run(
    `select concat_ws(' ', version(), count(*), coalesce(sum(h), 0), coalesce(sum(g), 0)) from (${rowsSql}) hashed`,
    { signal },
  );
  return String(rows[0]?.[0]);
}

async function findDifference(parts: DifferenceParts): Promise<RowDifference | undefined> {
  const { engine, signal } = parts;
  const table = `difference_${randomBytes(8).toString("hex")}`;
  await engine.run(
    `create table ${table} as select h, g, sum(n)::bigint as n from (
       select h, g, count(*) as n from (${freshRows(parts)}) fresh group by h, g
       union all select h, g, -count(*) as n from (${liveRows(parts)}) live group by h, g)
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
  const side = async (sideRows: string, sign: string) => {
    const { rows } = await engine.run(
      `select ${texts} from (${sideRows}) side
       join ${difference.table} difference on side.h = difference.h and side.g = difference.g and difference.n ${sign} 0
       order by all limit ${limit}`,
      { signal },
    );
    return rows.map((row) =>
      Object.fromEntries(names.map((name, index) => [name, (row[index] ?? null) as string | null])),
    );
  };
  return {
    onlyInSource: await side(freshRows(parts, whole), ">"),
    onlyInLake: await side(liveRows(parts, whole), "<"),
  };
}

interface Outputs {
  /** All columns beside the hash, and the place of each row. */
  readonly whole: boolean;
}

const whole: Outputs = { whole: true };
const hashOnly: Outputs = { whole: false };

/** A select statement: the fresh rows with their hash as `h` and `g`. */
export function freshRows(parts: Pick<DifferenceParts, "columns" | "fresh">, outputs = hashOnly): string {
  return hashedRows(parts, parts.fresh, outputs);
}

/** The lake's rows that are compared, likewise. */
export function liveRows(parts: Omit<DifferenceParts, "engine" | "signal">, outputs = hashOnly): string {
  const { columns, keys, live, fresh } = parts;
  if (keys === undefined) return hashedRows(parts, live, outputs);
  const names = keys.map(({ name }) => quoteName(name)).join(", ");
  const all = readDataFilesSql({ files: live, columns, places: outputs.whole });
  const wanted = readDataFilesSql({ files: fresh, columns: keys });
  return hashed(columns, `select * from (${all}) data semi join (${wanted}) wanted using (${names})`, outputs);
}

function hashedRows(
  { columns }: Pick<DifferenceParts, "columns">,
  files: readonly ReadFile[],
  outputs = hashOnly,
): string {
  return hashed(columns, readDataFilesSql({ files, columns, places: outputs.whole }), outputs);
}

function hashed(columns: readonly ReadColumn[], rows: string, outputs: Outputs): string {
  const values = columns.flatMap(hashable);
  const list = [`hash(${values.join(", ")}) as h`, `hash('', ${values.toReversed().join(", ")}) as g`];
  return `select ${[...list, ...(outputs.whole ? ["*"] : [])].join(", ")} from (${rows}) data`;
}

/**
 * The engine hashes −0 like 0, so the sign is hashed beside it; and of 128-bit values it hashes both halves alike and takes one
 * from the other, so that −1 is hashed like 0: these are hashed as text.
 */
function hashable({ name, sqlType }: ReadColumn): readonly string[] {
  const column = quoteName(name);
  if (isFloat(sqlType)) return [column, `case when ${column} = 0 then signbit(${column}) end`];
  return is128Bits(sqlType) ? [`${column}::varchar`] : [column];
}

function is128Bits(sqlType: string): boolean {
  const precision = /^decimal\((\d+),/.exec(sqlType)?.[1];
  return sqlType === "uuid" || Number(precision ?? 0) > 18;
}
