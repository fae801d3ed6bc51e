/** Comparisons of a part of a table, and of tables that keep deleted rows: which rows count, and what is left behind. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { using } from "../base/cleanup.ts";
import { uuidv7 } from "../base/uuid.ts";
import { quoteText } from "../engine/duckdb-type.ts";
import type { Engine } from "../engine/engine.ts";
import { openEngine } from "../engine/open-engine.ts";
import type { ReadColumn } from "../engine/read-column.ts";
import type { ReadFile } from "../engine/read-data-files.ts";
import { compareRows, exampleRows, type DifferenceParts } from "./row-difference.ts";
import { comingRows, countPairs, goingRows, imageKeys } from "./row-images.ts";

const id: ReadColumn = { fieldId: 1, name: "c1", sqlType: "integer" };
const label: ReadColumn = { fieldId: 2, name: "c2", sqlType: "varchar" };
const deletedAt: ReadColumn = { fieldId: 3, name: "c3", sqlType: "timestamptz" };
const columns = [id, label];
const { signal } = new AbortController();
let directory: string;
let engine: Engine;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "headgate-difference-"));
  engine = await openEngine({ memoryMb: 192, threads: 1, scratchDirectory: directory });
});
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

type Row = readonly [id: number, label: string | null, isDeleted?: boolean];

async function fileOf(rows: readonly Row[]): Promise<ReadFile> {
  const path = join(directory, `${uuidv7()}.parquet`);
  const values = rows.map(([number, text, isDeleted = false]) => {
    const at = isDeleted ? "timestamptz '2026-05-01 10:00:00+00'" : "null::timestamptz";
    return `(${number}, ${text === null ? "null" : quoteText(text)}, ${at})`;
  });
  await engine.run(
    `copy (select id::integer as id, label::varchar as label, marked from (values ${values.join(", ")}) v(id, label, marked))
     to ${quoteText(path)} (format parquet, field_ids {id: 1, label: 2, marked: 3})`,
  );
  return { location: path, path, deletes: [] };
}

async function sides(live: readonly Row[][], fresh: readonly Row[][]): Promise<DifferenceParts> {
  return {
    engine,
    columns,
    live: await Promise.all(live.map(fileOf)),
    fresh: await Promise.all(fresh.map(fileOf)),
    signal,
  };
}

/** The rows that come and go, such as `+ 1 a`; empty if the sides are equal. */
async function differing(parts: DifferenceParts): Promise<readonly string[]> {
  const { difference } = await compareRows(parts);
  if (difference === undefined) return [];
  return using(difference, async (found) => {
    const images = { ...parts, difference: found };
    const read = async (sql: string, sign: string) =>
      (await engine.run(`select c1, c2 from (${sql}) rows`)).rows.map(([one, two]) => `${sign} ${one} ${two}`);
    const [came, went] = [
      await read(await comingRows(images, columns), "+"),
      await read(await goingRows(images, columns), "-"),
    ];
    expect([came.length, went.length]).toEqual([found.rowsAdded, found.rowsRemoved]);
    return [...came, ...went].toSorted();
  });
}

const tables = async (): Promise<readonly unknown[]> =>
  (await engine.run("select table_name from duckdb_tables()")).rows.map(([name]) => name);

test("rows of any number of files are compared as one multiset, and no table is left in the engine", async () => {
  const parts = await sides(
    [
      [
        [1, "a"],
        [1, "a"],
      ],
      [[2, null]],
    ],
    [
      [[1, "a"]],
      [
        [2, null],
        [3, ""],
      ],
    ],
  );
  expect(await differing(parts)).toEqual(["+ 3 ", "- 1 a"]);
  expect(await tables()).toEqual([]);
  expect(
    await differing(
      await sides(
        [
          [
            [1, "a"],
            [2, "b"],
          ],
        ],
        [[[2, "b"]], [[1, "a"]]],
      ),
    ),
  ).toEqual([]);
});

test("a digest that is known spares reading the lake, and one that differs does not", async () => {
  const parts = await sides([[[1, "a"]]], [[[2, "b"]]]);
  const { digest, difference: found } = await compareRows(parts, "another");
  await found?.[Symbol.asyncDispose]();
  const known = await compareRows(parts, digest);
  expect(known).toEqual({ digest, difference: undefined });
  const { difference } = await compareRows(parts);
  expect(difference).toMatchObject({ rowsAdded: 1, rowsRemoved: 1 });
  await difference?.[Symbol.asyncDispose]();
});

test("with keys, only rows of the lake that have one of the keys are compared", async () => {
  const parts = await sides(
    [
      [
        [1, "a"],
        [2, "b"],
        [3, "c"],
      ],
    ],
    [
      [
        [2, "changed"],
        [4, "d"],
      ],
    ],
  );
  expect(await differing({ ...parts, keys: [id] })).toEqual(["+ 2 changed", "+ 4 d", "- 2 b"]);
  expect(await differing(parts)).toHaveLength(5);
});

test("within a condition, only rows of the lake that satisfy it are compared", async () => {
  const parts = await sides(
    [
      [
        [1, "a"],
        [2, "b"],
      ],
      [[3, "c"]],
    ],
    [[[2, "b"]]],
  );
  expect(await differing({ ...parts, within: "c1 between 2 and 3" })).toEqual(["- 3 c"]);
  const [first] = parts.live;
  const liveWithin = first === undefined ? [] : [first];
  expect(await differing({ ...parts, within: "c1 between 2 and 3", liveWithin })).toEqual([]);
});

test("rows that are marked as deleted count as if they were not there, on either side", async () => {
  const parts = await sides(
    [
      [
        [1, "a", true],
        [2, "b"],
      ],
      [[3, "c"]],
    ],
    [
      [
        [1, "a"],
        [2, "b", true],
      ],
      [[3, "c"]],
    ],
  );
  expect(await differing({ ...parts, deletedAt })).toEqual(["+ 1 a"]);
  expect(await differing({ ...parts, deletedAt, freshDeletedAt: deletedAt })).toEqual(["+ 1 a", "- 2 b"]);
  expect(await differing(parts)).toEqual([]);
});

test("examples are a few rows of each side, in the names that people know", async () => {
  const parts = await sides(
    [
      [
        [1, "a"],
        [2, null],
      ],
    ],
    [
      [
        [1, "a"],
        [3, "c"],
        [4, "d"],
        [5, "e".repeat(300)],
      ],
    ],
  );
  const { difference } = await compareRows(parts);
  if (difference === undefined) throw new Error("they differ");
  const shown = await using(difference, (found) =>
    exampleRows(parts, { difference: found, names: ["id", "label"], limit: 2 }),
  );
  expect(shown).toEqual({
    onlyInSource: [
      { id: "3", label: "c" },
      { id: "4", label: "d" },
    ],
    onlyInLake: [{ id: "2", label: null }],
  });
});

test("a row that is deleted and added under one key is one row that changed", async () => {
  const parts = await sides(
    [
      [
        [1, "a"],
        [2, "b"],
      ],
    ],
    [
      [
        [2, "changed"],
        [3, "c"],
      ],
    ],
  );
  const { difference } = await compareRows(parts);
  if (difference === undefined) throw new Error("they differ");
  await using(difference, (found) =>
    using(imageKeys({ ...parts, difference: found }, [id]), async (pairs) => {
      expect(await countPairs(engine, pairs)).toBe(1);
      expect(await tables()).toHaveLength(4);
    }),
  );
  expect(await tables()).toEqual([]);
});
