/** Files of about one size contain every row once; an order holds within each file and from file to file. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { copyDataFiles, type CopiedFile } from "./copy-data-files.ts";
import type { Engine } from "./engine.ts";
import { openEngine } from "./open-engine.ts";
import { plainLayout, type FileLayout, type LayoutColumn } from "./file-layout.ts";

let directory: string;
let engine: Engine;
let written = 0;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "headgate-copy-"));
  engine = await openEngine({ memoryMb: 256, threads: 2, scratchDirectory: directory });
});
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

const rows = 600_000;
const fileBytes = 600_000;
const columns = [
  { name: "id", fieldId: 1, expression: "id" },
  { name: "day", fieldId: 2, expression: "day" },
];

interface Copied {
  readonly path: string;
  readonly file: CopiedFile;
}

/** Ids are not in order, and the rows alternate between this many days. */
async function copied(
  layout: Partial<FileLayout>,
  days: number,
  where = "true",
  by = engine,
): Promise<readonly Copied[]> {
  const files = await copyDataFiles({
    engine: by,
    columns,
    relation: `(select (hash(i) >> 24)::bigint as id, (i % ${days})::integer as day from range(${rows}) t(i) where ${where}) rows`,
    layout: { ...plainLayout, ...layout },
    scratchDirectory: directory,
    groupRows: 20_480,
    fileBytes,
    newFile: async () => {
      const path = join(directory, `${written++}.parquet`);
      return { path, publish: async () => {}, discard: async () => {} };
    },
  });
  return files.map(({ draft, file }) => ({ path: draft.path, file }));
}

const day: LayoutColumn = { fieldId: 2, sql: (reference) => reference };
const byId = { fieldId: 1, sql: (reference: string) => reference, direction: "desc", nulls: "last" } as const;

async function digest(files: readonly Copied[]): Promise<unknown> {
  const list = files.map(({ path }) => `'${path}'`).join(", ");
  return (await engine.run(`select count(*), sum(id), count(distinct id) from read_parquet([${list}])`)).rows;
}

async function expected(): Promise<unknown> {
  const ids = `select (hash(i) >> 24)::bigint as id from range(${rows}) t(i)`;
  return (await engine.run(`select count(*), sum(id), count(distinct id) from (${ids})`)).rows;
}

test.each([
  { name: "in no order", layout: {}, partition: [] },
  { name: "sorted", layout: { sort: [byId] }, partition: [] },
  { name: "sorted, of one partition", layout: { sort: [byId], partitions: [day] }, partition: ["0"] },
])("many rows become files of about a size: $name", async ({ layout, partition }) => {
  const files = await copied(layout, 1);
  expect(files.length).toBeGreaterThan(3);
  expect(await digest(files)).toEqual(await expected());
  for (const { file } of files) {
    expect(file.partition).toEqual(partition);
    expect(file.sizeBytes).toBeLessThan(fileBytes * 1.3);
  }
  if (!("sort" in layout)) return;
  const bounds = files.map(({ file }) => file.columns.find(({ fieldId }) => fieldId === 1));
  const ranges = bounds.map((column) => [Number(column?.lower), Number(column?.upper)] as const);
  for (const [index, [lower]] of ranges.slice(0, -1).entries())
    expect(lower).toBeGreaterThanOrEqual(ranges[index + 1]?.[1] ?? 0);
  for (const file of files) expect([file.file.isSorted, await isInOrder(file)]).toEqual([true, true]);
});

async function isInOrder({ path }: Copied): Promise<unknown> {
  const { rows: found } = await engine.run(`select bool_and(id <= before) from
    (select id, lag(id) over (order by file_row_number) as before from read_parquet('${path}', file_row_number = true))`);
  return found[0]?.[0];
}

test("files of several partitions say that they are sorted where they are", async () => {
  const few = await copied({ sort: [byId], partitions: [day] }, 3, "i < 500000");
  for (const file of few) expect([file.file.isSorted, await isInOrder(file)]).toEqual([true, true]);
  for (const { file } of await copied({ sort: [byId], partitions: [day] }, 3)) expect(file.isSorted).toBe(false);
  for (const { file } of await copied({}, 1)) expect(file.isSorted).toBe(false);
});

test.each([{}, { sort: [byId] }, { partitions: [day] }])("of no rows there is no file: %j", async (layout) => {
  expect(await copied(layout, 1, "false")).toEqual([]);
});

test("rows of several partitions have a file each", async () => {
  const files = await copied({ partitions: [day] }, 3);
  expect(files.map(({ file }) => file.partition).toSorted()).toEqual([["0"], ["1"], ["2"]]);
  expect(await digest(files)).toEqual(await expected());
});

test("more partitions than the memory has blocks for are written share by share, each whole and once", async () => {
  const small = await openEngine({ memoryMb: 96, threads: 1, scratchDirectory: directory });
  const files = await copied({ partitions: [day], sort: [byId] }, 2_500, "i < 5000", small);
  await small[Symbol.asyncDispose]();
  expect(files).toHaveLength(2_500);
  expect(new Set(files.map(({ file }) => file.partition[0])).size).toBe(2_500);
  expect(files.every(({ file }) => file.rowCount === 2 && file.isSorted)).toBe(true);
});

test("a partition may have any text as its value, however long", async () => {
  const texts = [`'${"ș".repeat(64)}'`, `'/.%=${"x".repeat(60)}'`, `'${"x".repeat(64)}'`, `'v'`, `''`, "null"];
  const text: LayoutColumn = {
    fieldId: 2,
    sql: (reference) => `[${texts.join(", ")}, repeat('🦆/', 4000)][${reference} + 1]`,
  };
  const files = await copied({ partitions: [text, day] }, 7, "i < 700");
  const values = files.map(({ file }) => file.partition).toSorted(([, one], [, other]) => Number(one) - Number(other));
  const plain = ["ș".repeat(64), `/.%=${"x".repeat(60)}`, "x".repeat(64), "v", "", null, "🦆/".repeat(4000)];
  expect(values).toEqual(plain.map((value, index) => [value, String(index)]));
  expect(files.every(({ file }) => file.rowCount === 100)).toBe(true);
});
