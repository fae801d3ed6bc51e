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
export async function comingRows({ engine, fresh, difference }: ImageParts, columns: readonly ReadColumn[]) {
  return imagesAt(difference.coming, { columns, all: fresh, files: await filesOf(engine, difference.coming, fresh) });
}

/** A select statement for the deleted rows, in `columns` and with their places. */
export async function goingRows({ engine, live, difference }: ImageParts, columns: readonly ReadColumn[]) {
  return imagesAt(difference.going, { columns, all: live, files: await filesOf(engine, difference.going, live) });
}

interface Images {
  readonly columns: readonly ReadColumn[];
  readonly files: readonly ReadFile[];
  /** The files that `file` numbers in places refer to. */
  readonly all: readonly ReadFile[];
}

function imagesAt(places: string, { columns, files, all }: Images): string {
  return `select data.* from (${readDataFilesSql({ files, columns, placesIn: all })}) data
    semi join ${places} places on data.file = places.file and data.row = places.row`;
}

/** The files that a table of places names. */
async function filesOf(engine: Engine, places: string, files: readonly ReadFile[]): Promise<readonly ReadFile[]> {
  const { rows } = await engine.run(`select distinct file from ${places}`);
  const numbers = new Set(rows.map(([file]) => Number(file)));
  return files.filter((_, index) => numbers.has(index + 1));
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
