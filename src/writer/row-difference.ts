/**
 * The difference of two relations as multisets: which rows to delete and which to add, duplicates counted. The engine
 * finds it by 128 bits of hash over all columns. There are no keys here: a changed row is deleted and added.
 *
 * Rows are first counted and summed in buckets of their hash, on both sides; only the rows of buckets that differ are
 * then compared one by one. So memory depends on the number of changes and not on the size of the table, and large
 * differences spill to disk.
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
  /** The rows that the lake has. */
  readonly live: readonly ReadFile[];
  /** The rows that the lake should have. */
  readonly fresh: readonly ReadFile[];
  /** Given when the fresh side is only a part of the table: only lake rows with one of its keys are compared. */
  readonly keys?: readonly ReadColumn[] | undefined;
  /** A select statement for these keys, given if rows without a fresh side are compared too, such as deleted ones. */
  readonly wanted?: string | undefined;
  /**
   * A condition in SQL, given when the fresh side is only a part of the table: only lake rows that satisfy it are
   * compared.
   */
  readonly within?: string | undefined;
  /** The same as a select statement for these rows among the given ones. */
  readonly restrict?: ((rows: string) => string) | undefined;
  /** The live files that may contain such rows; undefined for all of them. */
  readonly liveWithin?: readonly ReadFile[] | undefined;
  /** A column that only the lake has. Rows with a value in it count as deleted. */
  readonly deletedAt?: ReadColumn | undefined;
  /** The corresponding column of the fresh side, if that comes from the lake too. */
  readonly freshDeletedAt?: ReadColumn | undefined;
  readonly signal: AbortSignal;
}

export interface RowDifference extends AsyncDisposable {
  readonly rowsAdded: number;
  readonly rowsRemoved: number;
  /**
   * Tables in the engine with the places (`file`, counted from 1, and `row`) of rows in the fresh files and in the live
   * ones.
   */
  readonly coming: string;
  readonly going: string;
}

export interface Comparison {
  /** Digest of the fresh side. With one version of the engine, equal digests mean equal rows, duplicates counted. */
  readonly digest: string;
  /** Undefined if the two sides are equal. */
  readonly difference: RowDifference | undefined;
}

/** `liveDigest` is the digest of the lake's rows, if it is known. */
export async function compareRows(parts: DifferenceParts, liveDigest?: string): Promise<Comparison> {
  const tables = openTables(parts.engine);
  try {
    await fillBuckets(parts, tables.name("fresh"), freshRows(parts));
    const digest = await digestOfBuckets(parts, tables.name("fresh"));
    if (digest === liveDigest) return { digest, difference: undefined };
    await fillBuckets(parts, tables.name("live"), liveRows(parts));
    if (!(await findDifferingBuckets(parts, tables))) return { digest, difference: undefined };
    const buckets = `where (h & ${bucketCount - 1}) in (select bucket from ${tables.name("buckets")})`;
    return { digest, difference: await findRows(parts, tables, buckets) };
  } finally {
    await tables.drop(["fresh", "live", "buckets", "counts", "copies"]);
  }
}

/** Compares row by row at once, for rows of which most differ. Undefined if the two sides are equal. */
export async function compareEachRow(parts: DifferenceParts): Promise<RowDifference | undefined> {
  const tables = openTables(parts.engine);
  try {
    const difference = await findRows(parts, tables);
    if (difference.rowsAdded + difference.rowsRemoved > 0) return difference;
    await difference[Symbol.asyncDispose]();
    return undefined;
  } finally {
    await tables.drop(["counts", "copies"]);
  }
}

interface EngineTables {
  name(kind: string): string;
  drop(kinds: readonly string[]): Promise<void>;
}

/** Names tables for one comparison, because other comparisons may run at the same time. */
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

/** A power of two. Each bucket takes about 60 bytes of memory. */
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

/** Returns false when no bucket differs. */
async function findDifferingBuckets({ engine, signal }: EngineParts, { name }: EngineTables): Promise<boolean> {
  await engine.run(
    `create table ${name("buckets")} as select bucket from
       ((from ${name("fresh")} except from ${name("live")}) union (from ${name("live")} except from ${name("fresh")})) differing`,
    { signal },
  );
  const { rows } = await engine.run(`select count(*) from (select distinct bucket from ${name("buckets")}) buckets`);
  return Number(rows[0]?.[0]) > 0;
}

/** More rows than a file has. */
const rowsOfFile = 2 ** 40;
/** A place as one number: each row is held while it is compared, so that every byte counts. */
const packedPlace = `file::bigint * ${rowsOfFile} + row`;

/** `which` limits the hashed rows of both sides. */
async function findRows(parts: DifferenceParts, tables: EngineTables, which = ""): Promise<RowDifference> {
  const { engine, signal } = parts;
  const [counts, copies] = [tables.name("counts"), tables.name("copies")];
  const side = (number: number, rowsSql: string): string =>
    `select ${number} as side, h, g, file, row from (${rowsSql}) hashed ${which}`;
  const both = `${side(1, freshRows(parts, true))} union all ${side(-1, liveRows(parts, true))}`;
  await engine.run(
    `create table ${counts} as select h, g, 2 * fresh - copies as n, copies, place
     from (select h, g, count(*) as copies, count(*) filter (side = 1) as fresh, min(${packedPlace}) as place
       from (${both}) rows group by h, g) counted where 2 * fresh <> copies`,
    { signal },
  );
  const repeated = `(from ${counts} where copies > 1)`;
  const { rows } = await engine.run(`select count(*) from ${repeated}`);
  const hasCopies = Number(rows[0]?.[0]) > 0;
  if (hasCopies)
    await engine.run(
      `create table ${copies} as select rows.side, rows.file, rows.row, repeated.n,
         row_number() over (partition by rows.side, rows.h, rows.g) as copy
       from (${both}) rows join ${repeated} repeated on rows.h = repeated.h and rows.g = repeated.g`,
      { signal },
    );
  const coming = await placesOf(parts, tables, { kind: "coming", side: 1, hasCopies });
  const going = await placesOf(parts, tables, { kind: "going", side: -1, hasCopies });
  return {
    rowsAdded: coming.rows,
    rowsRemoved: going.rows,
    coming: coming.table,
    going: going.table,
    [Symbol.asyncDispose]: () => tables.drop(["coming", "going"]),
  };
}

/**
 * The places of rows that only one side has, and of surplus copies of equal rows: as many as one side has more than the
 * other. Which ones does not matter.
 */
async function placesOf(
  { engine, signal }: EngineParts,
  { name }: EngineTables,
  { kind, side, hasCopies }: { kind: string; side: number; hasCopies: boolean },
): Promise<{ table: string; rows: number }> {
  const table = name(kind);
  const single = `select (place // ${rowsOfFile})::integer as file, place % ${rowsOfFile} as row from ${name("counts")} where copies = 1 and n = ${side}`;
  const surplus = `select file, row from ${name("copies")} where side = ${side} and sign(n) = ${side} and copy <= abs(n)`;
  await engine.run(`create table ${table} as ${hasCopies ? `${single} union all ${surplus}` : single}`, { signal });
  const { rows } = await engine.run(`select count(*) from ${table}`);
  return { table, rows: Number(rows[0]?.[0]) };
}

export interface ExampleRows {
  /** Values as text, by column. */
  readonly onlyInSource: readonly Readonly<Record<string, string | null>>[];
  readonly onlyInLake: readonly Readonly<Record<string, string | null>>[];
}

/**
 * A few rows of each side that the other does not have, or has less often. `names` are the column names to show to
 * people.
 */
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

/** A select statement for the hashes of the fresh rows as `h` and `g`, optionally with their places. */
function freshRows({ columns, fresh, freshDeletedAt }: DifferenceParts, places = false): string {
  return hashed(columns, unmarkedRows({ columns, live: fresh, deletedAt: freshDeletedAt }, places), places);
}

/** The same for the rows of the lake that are compared. */
function liveRows(parts: DifferenceParts, places = false): string {
  const { columns, keys, wanted: given, fresh, within, restrict, liveWithin } = parts;
  const all = unmarkedRows(parts, places, liveWithin);
  if (within !== undefined) return hashed(columns, `from (${all}) data where ${within}`, places);
  if (restrict !== undefined) return hashed(columns, restrict(all), places);
  if (keys === undefined) return hashed(columns, all, places);
  const names = keys.map(({ name }) => quoteName(name));
  const equal = names.map((name) => `data.${name} is not distinct from wanted.${name}`).join(" and ");
  const wanted = given ?? readDataFilesSql({ files: fresh, columns: keys });
  // Hashed before the join, which then moves a few numbers of each row and not all its values.
  const rows = hashed(columns, all, places, names);
  return `select h, g${places ? ", file, row" : ""} from (${rows}) data semi join (${wanted}) wanted on ${equal}`;
}

/** A select statement for the lake's rows that are not marked as deleted. */
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

/** `more` names columns that are selected too. */
function hashed(columns: readonly ReadColumn[], rowsSql: string, places = false, more: readonly string[] = []): string {
  const values = columns.flatMap(hashable);
  const hashes = [`hash(${values.join(", ")}) as h`, `hash('', ${values.toReversed().join(", ")}) as g`];
  const list = [...hashes, ...(places ? ["file", "row"] : []), ...more].join(", ");
  return `select ${list} from (${rowsSql}) data`;
}

/**
 * Chooses what to hash for a column. The engine hashes −0 like 0, so the sign is hashed as well. It combines the two
 * halves of a 128-bit value in such a way that −1 hashes like 0, so those are hashed as text. For a variant it hashes
 * the encoding and not the value, so that is normalised first.
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
