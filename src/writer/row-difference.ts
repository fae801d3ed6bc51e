/**
 * The difference of two relations as multisets: which rows must go and which must come, duplicates counted. In the engine, by
 * 128 bits of hash over all columns. It knows nothing of keys: a changed row goes and comes.
 *
 * Rows are first counted and summed in buckets of their hash, on both sides; only rows of buckets that differ are looked at one
 * by one. So memory follows what changed and not the table, and it spills to disk where that is much.
 * Invariant: null is never taken for '', ('a','bc') never for ('ab','c'), −0 never for 0; NaN equals NaN.
 */
import { randomBytes } from "node:crypto";
import { isFloat, quoteName } from "../engine/duckdb-type.ts";
import type { Engine } from "../engine/engine.ts";
import { readDataFilesSql, type ReadFile } from "../engine/read-data-files.ts";
import type { ReadColumn } from "../engine/read-column.ts";

export interface DifferenceParts {
  readonly engine: Engine;
  readonly columns: readonly ReadColumn[];
  /** Rows as they are in the lake. */
  readonly live: readonly ReadFile[];
  /** Rows as they shall be. */
  readonly fresh: readonly ReadFile[];
  /** Given for a fresh side that is a part of the table: only rows of the lake with one of its keys are compared. */
  readonly keys?: readonly ReadColumn[] | undefined;
  /** SQL over the columns, for a fresh side that is a part of the table: only rows of the lake for which it holds are compared. */
  readonly within?: string | undefined;
  /** Those of the live files that may have such rows; all where undefined. */
  readonly liveWithin?: readonly ReadFile[] | undefined;
  /** A column of the lake alone: rows that have a value in it count as gone. */
  readonly deletedAt?: ReadColumn | undefined;
  /** The same of the fresh side, where that is of the lake too. */
  readonly freshDeletedAt?: ReadColumn | undefined;
  readonly signal: AbortSignal;
}

export interface RowDifference extends AsyncDisposable {
  readonly rowsAdded: number;
  readonly rowsRemoved: number;
  /** Tables of the engine with the places (`file`, counted from 1, and `row`) of rows of the fresh files and of the live ones. */
  readonly coming: string;
  readonly going: string;
}

export interface Comparison {
  /** Of the fresh side: equal digests of one version of the engine mean equal rows, duplicates counted. */
  readonly digest: string;
  /** Undefined when there is none. */
  readonly difference: RowDifference | undefined;
}

/** `liveDigest`: of the lake's rows, where it is known. */
export async function compareRows(parts: DifferenceParts, liveDigest?: string): Promise<Comparison> {
  const tables = openTables(parts.engine);
  try {
    await fillBuckets(parts, tables.name("fresh"), freshRows(parts));
    const digest = await digestOfBuckets(parts, tables.name("fresh"));
    if (digest === liveDigest) return { digest, difference: undefined };
    await fillBuckets(parts, tables.name("live"), liveRows(parts));
    if (!(await findDifferingBuckets(parts, tables))) return { digest, difference: undefined };
    return { digest, difference: await findRows(parts, tables) };
  } finally {
    await tables.drop(["fresh", "live", "buckets", "rows", "counts"]);
  }
}

interface EngineTables {
  name(kind: string): string;
  drop(kinds: readonly string[]): Promise<void>;
}

/** Names of tables for one comparison: others run beside it. */
function openTables(engine: Engine): EngineTables {
  const comparison = randomBytes(8).toString("hex");
  const name = (kind: string): string => `${kind}_${comparison}`;
  return {
    name,
    async drop(kinds) {
      for (const kind of kinds) if (engine.isAlive()) await engine.run(`drop table if exists ${name(kind)}`);
    },
  };
}

type EngineParts = Pick<DifferenceParts, "engine" | "signal">;

/** A power of two; memory is about 60 bytes for each. */
const bucketCount = 2 ** 18;

async function fillBuckets({ engine, signal }: EngineParts, table: string, rowsSql: string): Promise<void> {
  await engine.run(
    `create table ${table} as select (h & ${bucketCount - 1}) as bucket, count(*) as n, sum(h) as h, sum(g) as g
     from (${rowsSql}) hashed group by bucket`,
    { signal },
  );
}

async function digestOfBuckets({ engine, signal }: EngineParts, table: string): Promise<string> {
  const { rows } = await engine.run(
    `select concat_ws(' ', version(), coalesce(sum(n), 0), coalesce(sum(h), 0), coalesce(sum(g), 0)) from ${table}`,
    { signal },
  );
  return String(rows[0]?.[0]);
}

/** False when there are none. */
async function findDifferingBuckets({ engine, signal }: EngineParts, { name }: EngineTables): Promise<boolean> {
  await engine.run(
    `create table ${name("buckets")} as select bucket from
       ((from ${name("fresh")} except from ${name("live")}) union (from ${name("live")} except from ${name("fresh")})) differing`,
    { signal },
  );
  const { rows } = await engine.run(`select count(*) from (select distinct bucket from ${name("buckets")}) buckets`);
  return Number(rows[0]?.[0]) > 0;
}

async function findRows(parts: DifferenceParts, tables: EngineTables): Promise<RowDifference> {
  const { engine, signal } = parts;
  const [rows, counts, buckets] = [tables.name("rows"), tables.name("counts"), tables.name("buckets")];
  const inBuckets = (side: number, rowsSql: string): string =>
    `select ${side} as side, h, g, file, row from (${rowsSql}) hashed where (h & ${bucketCount - 1}) in (select bucket from ${buckets})`;
  await engine.run(
    `create table ${rows} as ${inBuckets(1, freshRows(parts, true))} union all ${inBuckets(-1, liveRows(parts, true))}`,
    { signal },
  );
  await engine.run(
    `create table ${counts} as select h, g, sum(side) as n from ${rows} group by h, g having sum(side) <> 0`,
    {
      signal,
    },
  );
  const coming = await placesOf(parts, tables, { kind: "coming", side: 1 });
  const going = await placesOf(parts, tables, { kind: "going", side: -1 });
  return {
    rowsAdded: coming.rows,
    rowsRemoved: going.rows,
    coming: coming.table,
    going: going.table,
    [Symbol.asyncDispose]: () => tables.drop(["coming", "going"]),
  };
}

/** Of equal rows as many as one side has more than the other, whichever. */
async function placesOf(
  { engine, signal }: EngineParts,
  { name }: EngineTables,
  { kind, side }: { kind: string; side: number },
): Promise<{ table: string; rows: number }> {
  const table = name(kind);
  await engine.run(
    `create table ${table} as select file, row from (
       select rows.file, rows.row, counts.n, row_number() over (partition by rows.h, rows.g) as copy
       from ${name("rows")} rows join ${name("counts")} counts on rows.h = counts.h and rows.g = counts.g
       where rows.side = ${side} and sign(counts.n) = ${side})
     where copy <= abs(n)`,
    { signal },
  );
  const { rows } = await engine.run(`select count(*) from ${table}`);
  return { table, rows: Number(rows[0]?.[0]) };
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
  const texts = columns.map(({ name }) => `substr(data.${quoteName(name)}::varchar, 1, 200)`).join(", ");
  const read = async (files: readonly ReadFile[], places: string) => {
    const { rows } = await engine.run(
      `select ${texts} from (${readDataFilesSql({ files, columns, placesIn: files })}) data
       semi join (select file, row from ${places} order by file, row limit ${limit}) places
       on data.file = places.file and data.row = places.row order by all`,
      { signal },
    );
    return rows.map((row) =>
      Object.fromEntries(names.map((name, index) => [name, (row[index] ?? null) as string | null])),
    );
  };
  return {
    onlyInSource: await read(parts.fresh, difference.coming),
    onlyInLake: await read(parts.live, difference.going),
  };
}

/** A select statement: the fresh rows' hashes as `h` and `g`, with their places where asked. */
function freshRows({ columns, fresh, freshDeletedAt }: DifferenceParts, places = false): string {
  return hashed(columns, unmarkedRows({ columns, live: fresh, deletedAt: freshDeletedAt }, places), places);
}

/** The lake's rows that are compared, likewise. */
function liveRows(parts: DifferenceParts, places = false): string {
  const { columns, keys, fresh, within, liveWithin } = parts;
  const all = unmarkedRows(parts, places, liveWithin);
  if (within !== undefined) return hashed(columns, `from (${all}) data where ${within}`, places);
  if (keys === undefined) return hashed(columns, all, places);
  const equal = keys
    .map(({ name }) => `data.${quoteName(name)} is not distinct from wanted.${quoteName(name)}`)
    .join(" and ");
  const wanted = readDataFilesSql({ files: fresh, columns: keys });
  return hashed(columns, `from (${all}) data semi join (${wanted}) wanted on ${equal}`, places);
}

/** A select statement: the lake's rows that count as there. */
export function unmarkedRows(
  { columns, live, deletedAt }: Pick<DifferenceParts, "columns" | "live" | "deletedAt">,
  places = false,
  files = live,
): string {
  const placesIn = places ? live : undefined;
  if (deletedAt === undefined) return readDataFilesSql({ files, columns, placesIn });
  const marked = readDataFilesSql({ files, columns: [...columns, deletedAt], placesIn });
  const names = columns.map(({ name }) => quoteName(name));
  const list = [...names, ...(places ? ["file", "row"] : [])].join(", ");
  return `select ${list} from (${marked}) data where ${quoteName(deletedAt.name)} is null`;
}

function hashed(columns: readonly ReadColumn[], rowsSql: string, places = false): string {
  const values = columns.flatMap(hashable);
  const hashes = `hash(${values.join(", ")}) as h, hash('', ${values.toReversed().join(", ")}) as g`;
  return `select ${hashes}${places ? ", file, row" : ""} from (${rowsSql}) data`;
}

/**
 * The engine hashes −0 like 0, so the sign is hashed beside it; and of 128-bit values it hashes both halves alike and takes one
 * from the other, so that −1 is hashed like 0: these are hashed as text. Of a variant it hashes how it is held, not what it is.
 */
function hashable({ name, sqlType }: ReadColumn): readonly string[] {
  const column = quoteName(name);
  if (isFloat(sqlType)) return [column, `case when ${column} = 0 then signbit(${column}) end`];
  if (sqlType === "variant") return [`variant_normalize(${column})`];
  return is128Bits(sqlType) ? [`${column}::varchar`] : [column];
}

function is128Bits(sqlType: string): boolean {
  const precision = /^decimal\((\d+),/.exec(sqlType)?.[1];
  return sqlType === "uuid" || Number(precision ?? 0) > 18;
}
