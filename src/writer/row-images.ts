/**
 * The rows of a difference with their values, called images: those that are added and those that are deleted. If the
 * table has a key, an added and a deleted image with the same key are one row before and after a change. Without a key
 * they cannot be paired.
 */
import { randomBytes } from "node:crypto";
import { quoteName, quoteText } from "../engine/duckdb-type.ts";
import type { Engine } from "../engine/engine.ts";
import { readDataFilesSql, type ReadFile } from "../engine/read-data-files.ts";
import type { ReadColumn } from "../engine/read-column.ts";
import type { DifferenceParts, RowDifference } from "./row-difference.ts";

export interface ImageParts extends DifferenceParts {
  readonly difference: RowDifference;
}

/** A select statement for the added rows, in `columns`. */
export function comingRows({ engine, fresh, difference }: ImageParts, columns: readonly ReadColumn[]): Promise<string> {
  return imagesAt(engine, { places: difference.coming, columns, all: fresh });
}

/** A select statement for the deleted rows, in `columns` and with their places. */
export function goingRows({ engine, live, difference }: ImageParts, columns: readonly ReadColumn[]): Promise<string> {
  return imagesAt(engine, { places: difference.going, columns, all: live });
}

interface Images {
  /** A table of places. */
  readonly places: string;
  readonly columns: readonly ReadColumn[];
  /** The files that `file` numbers in places refer to. */
  readonly all: readonly ReadFile[];
}

async function imagesAt(engine: Engine, { places, columns, all }: Images): Promise<string> {
  const lastRows = await lastRowsOf(engine, places);
  const files = all.filter((_, index) => lastRows.has(index + 1)).map(withDeleted);
  const rows = readDataFilesSql({ files, columns, placesIn: all });
  const [last = Infinity] = lastRows.size === 1 ? lastRows.values() : [];
  if (last < mostBits) return imagesInBits({ places, rows, last });
  return `select data.* from (${rows}) data
    semi join ${places} places on data.file = places.file and data.row = places.row`;
}

/**
 * No place is that of a deleted row, so deletes need not be applied again. DuckDB 1.5.5 would hold whole rows in memory
 * for it.
 */
function withDeleted(file: ReadFile): ReadFile {
  return { ...file, deletes: [], vector: undefined, byValue: undefined };
}

/** 16 MB. */
const mostBits = 2 ** 27;

/** Places in one file are looked up in a bit for each row, where a join of many places would move whole rows to the disk. */
function imagesInBits({ places, rows, last }: { places: string; rows: string; last: number }): string {
  return `select data.* from (${rows}) data, (select bitstring_agg(row, 0, ${last}) as bits from ${places}) places
    where case when data.row <= ${last} then get_bit(places.bits, data.row::integer) = 1 else false end`;
}

/** Rows of a file for which one text of bits says which are in a table of places. */
const rowsOfBlock = 2 ** 15;

/**
 * A select statement for the rows of `rows`, which have their places, that are not in the table of places. A bit for each
 * row of the files tells them apart, where a join of many places would need a hundred times the memory.
 */
export function rowsWithout(places: string, rows: string): string {
  const block = (relation: string): string => `${relation}.row // ${rowsOfBlock}`;
  const bit = (relation: string): string => `(${relation}.row % ${rowsOfBlock})::integer`;
  const blocks = `select file, ${block("places")} as block, bitstring_agg(${bit("places")}, 0, ${rowsOfBlock - 1}) as bits
    from ${places} places group by all`;
  return `select data.* from (${rows}) data left join (${blocks}) blocks
    on data.file = blocks.file and ${block("data")} = blocks.block
    where blocks.bits is null or get_bit(blocks.bits, ${bit("data")}) = 0`;
}

/** The numbers of the files that a table of places names, and the last row that it names in each. */
async function lastRowsOf(engine: Engine, places: string): Promise<ReadonlyMap<number, number>> {
  const { rows } = await engine.run(`select file, max(row) from ${places} group by file`);
  return new Map(rows.map(([file, row]) => [Number(file), Number(row)]));
}

/** Tables in the engine with the keys of the added and of the deleted images. */
export interface ImageKeys extends AsyncDisposable {
  readonly keys: readonly ReadColumn[];
  readonly came: string;
  readonly went: string;
}

export async function imageKeys(parts: ImageParts, keys: readonly ReadColumn[]): Promise<ImageKeys> {
  const { engine, signal } = parts;
  const comparison = randomBytes(8).toString("hex");
  const [came, went] = [`came_${comparison}`, `went_${comparison}`];
  await engine.run(
    `create table ${came} as select ${keyOf(keys)} as key from (${await comingRows(parts, keys)}) rows`,
    { signal },
  );
  await engine.run(`create table ${went} as select ${keyOf(keys)} as key from (${await goingRows(parts, keys)}) rows`, {
    signal,
  });
  return {
    keys,
    came,
    went,
    async [Symbol.asyncDispose]() {
      for (const table of [came, went]) if (engine.isAlive()) await engine.run(`drop table if exists ${table}`);
    },
  };
}

/** The number of keys that are in both tables. */
export async function countPairs(engine: Engine, { came, went }: ImageKeys): Promise<number> {
  const { rows } = await engine.run(
    `select count(*) from (select key from ${came} intersect select key from ${went}) keys`,
  );
  return Number(rows[0]?.[0] ?? 0);
}

/** An expression over rows with the key's columns: whether their key is in the table of keys. */
export function hasKeyIn(keyTable: string, keys: readonly ReadColumn[]): string {
  return `${keyOf(keys)} in (select key from ${keyTable})`;
}

function keyOf(keys: readonly ReadColumn[]): string {
  return `{${keys.map(({ name }) => `${quoteText(name)}: ${quoteName(name)}`).join(", ")}}`;
}
