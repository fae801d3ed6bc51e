/** After any number of merges a table has exactly the rows that it should have, for every plan of files. */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { uuidv7 } from "../base/uuid.ts";
import { fileIO } from "../catalog/file-io.ts";
import { tableFiles } from "../catalog/table-files.ts";
import { localFiles, type LocalFile } from "../catalog/local-files.ts";
import { copyDataFiles, publishAll } from "../engine/copy-data-files.ts";
import { plainLayout } from "../engine/file-layout.ts";
import type { Engine } from "../engine/engine.ts";
import { openEngine } from "../engine/open-engine.ts";
import { lastUpdatedColumn, readDataFilesSql, rowIdColumn, type ReadFile } from "../engine/read-data-files.ts";
import type { ReadColumn } from "../engine/read-column.ts";
import { fileKey, isDeletionVector } from "../iceberg/data-file.ts";
import { formatVersions, type FormatVersion } from "../iceberg/format-version.ts";
import { newTable } from "../iceberg/new-table.ts";
import { planScan, type ScanPlan } from "../iceberg/scan.ts";
import type { Schema } from "../iceberg/schema.ts";
import { produceSnapshot } from "../iceberg/snapshot-producer.ts";
import { currentSnapshot, defaultSpec, writtenVersion, type TableMetadata } from "../iceberg/table-metadata.ts";
import { applyUpdates, layoutUpdates } from "../iceberg/table-update.ts";
import { applyTransform } from "../iceberg/transform.ts";
import type { PrimitiveType } from "../iceberg/type.ts";
import { valueFromText } from "../iceberg/value.ts";
import { fileCache } from "../objects/file-cache.ts";
import { fileObjectStore } from "../objects/fs/file-object-store.ts";
import { mergeRows } from "./merge-rows.ts";
import { compareRows } from "./row-difference.ts";
import { deletesEntry } from "./staged-deletes.ts";
import { manifestEntry, stagedFile, type StagedFile } from "./staged-file.ts";
import { tableLayout, usualLayout } from "./table-layout.ts";
import type { TableChange } from "./table-change.ts";

/** Values that a careless comparison would confuse. */
type Row = readonly [text: string | null, other: string | null, number: string | null, large?: string | null];

const plainSchema: Schema = {
  schemaId: 0,
  fields: [
    { id: 1, name: "file", required: false, type: "string" },
    { id: 2, name: "row", required: false, type: "string" },
    { id: 3, name: "number", required: false, type: "double" },
    { id: 4, name: "large", required: false, type: "decimal(38,10)" },
  ],
  identifierFieldIds: [],
};
const plainColumns: readonly ReadColumn[] = [
  { fieldId: 1, name: "c1", sqlType: "varchar" },
  { fieldId: 2, name: "c2", sqlType: "varchar" },
  { fieldId: 3, name: "c3", sqlType: "double" },
  { fieldId: 4, name: "c4", sqlType: "decimal(38,10)" },
];

const row: fc.Arbitrary<Row> = fc.tuple(
  fc.constantFrom(null, "", "a", "ab", "null"),
  fc.constantFrom(null, "", "bc", "c"),
  fc.constantFrom(null, "0", "-0", "nan", "inf", "1.5"),
  fc.constantFrom(null, "0", "-0.0000000001", "18446744073709551616.5"),
);
const rows = fc.array(row, { maxLength: 40 });

const signal = new AbortController().signal;
let directory: string;
let scratchDirectory: string;
let engine: Engine;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "headgate-merge-"));
  scratchDirectory = join(directory, "scratch");
  await mkdir(scratchDirectory);
  engine = await openEngine({ memoryMb: 192, threads: 1, scratchDirectory });
});
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

function valuesSql(list: readonly Row[]): string {
  const text = (value: string | null): string => (value === null ? "null" : `'${value}'`);
  const tuples = list.map(
    ([one, two, three, four = null]) =>
      `(${text(one)}, ${text(two)}, ${text(three)}::double, ${text(four)}::decimal(38,10))`,
  );
  const values = tuples.length === 0 ? "(null, null, null::double, null::decimal(38,10))" : tuples.join(", ");
  return `(select * from (values ${values}) v(c1, c2, c3, c4) where ${tuples.length > 0})`;
}

async function rowsOf(files: readonly ReadFile[]): Promise<string[]> {
  const sql = readDataFilesSql({ files, columns: plainColumns });
  const { rows: found } = await engine.run(`select c1, c2, c3::varchar, c4::varchar from (${sql}) live`);
  return found.map((values) => JSON.stringify(values)).toSorted();
}

interface Shape<R> {
  readonly schema: Schema;
  readonly columns: readonly ReadColumn[];
  readonly relation: (list: readonly R[]) => string;
  /** Given if deleted rows stay in the table, marked in this column. */
  readonly deletedAt?: ReadColumn;
}

/** When rows are seen to be deleted. */
const markedAt = new Date("2026-05-01T10:00:00.500Z");

const plain: Shape<Row> = { schema: plainSchema, columns: plainColumns, relation: valuesSql };

/** Opens a new table on disk that is changed in the same way as by a sync run. */
function openTable(formatVersion: FormatVersion): ReturnType<typeof openShaped<Row>> {
  return openShaped(formatVersion, plain);
}

function openShaped<R>(formatVersion: FormatVersion, { schema, columns, relation, deletedAt }: Shape<R>) {
  const location = `${pathToFileURL(directory).href}/${uuidv7()}`;
  const objects = fileObjectStore(pathToFileURL(directory).href);
  const derived = fileCache({ directory: join(directory, "derived"), boundBytes: 1_000_000 });
  let metadata: TableMetadata = newTable({ uuid: uuidv7(), location, schema, formatVersion, now: Date.now() });
  const own = tableFiles({ objects, derived }, { database: "d", name: "t", location, places: [] });
  const newFile = async (extension: string = "parquet") => {
    const file = `${location}/data/${uuidv7()}.${extension}`;
    return { ...(await objects.draft(file)), location: file };
  };
  const plan = (): Promise<ScanPlan> =>
    planScan(fileIO(objects), { metadata, snapshot: currentSnapshot(metadata), filter: undefined });
  const live = async (): Promise<readonly LocalFile[]> =>
    localFiles(own, { table: "t", metadata, files: (await plan()).files });
  const stage = async (list: readonly R[]): Promise<readonly StagedFile[]> => {
    const fileColumns = columns.map(({ fieldId, name, sqlType }) => ({
      fieldId,
      name,
      expression: name,
      isFloat: sqlType === "double",
      isVariant: sqlType === "variant",
    }));
    const files = await copyDataFiles({
      engine,
      columns: fileColumns,
      relation: relation(list),
      layout: plainLayout,
      scratchDirectory,
      groupRows: 2048,
      newFile,
    });
    await publishAll(files);
    return files.map(stagedFile);
  };
  const apply = async ({ add, deletes, remove }: TableChange): Promise<void> => {
    const layout = { schema, spec: defaultSpec(metadata), sortOrderId: metadata.defaultSortOrderId };
    const { updates } = await produceSnapshot(fileIO(objects), metadata, {
      add: [...add.map((file) => manifestEntry(file, layout)), ...deletes.map(deletesEntry)],
      remove,
      now: Date.now(),
    });
    metadata = applyUpdates(metadata, { updates, previousFile: undefined, now: Date.now() });
  };
  const bring = async (list: readonly R[], smallFileBytes: number): Promise<TableChange | undefined> => {
    const staged = await stage(list);
    const fresh = await Promise.all(
      staged.map(async ({ location: at }) => ({ location: at, path: await objects.localPath(at), deletes: [] })),
    );
    const sides = { engine, columns, live: await live(), fresh, deletedAt, signal };
    const { difference } = await compareRows(sides);
    if (difference === undefined) return undefined;
    const change = await mergeRows({
      ...sides,
      marks: deletedAt && { column: deletedAt, places: difference.going, at: markedAt },
      formatVersion: writtenVersion(metadata),
      schema,
      layout: tableLayout(usualLayout, { schema, metadata }).files,
      scratchDirectory,
      difference,
      smallFileBytes,
      newFile,
      reach: () => {},
    });
    await difference[Symbol.asyncDispose]();
    await apply(change);
    return change;
  };
  const layOut = (partitionBy: readonly string[]): void => {
    const sortBy = partitionBy.length === 0 ? [] : ["row desc", "bucket(4, file) nulls last"];
    const { spec, sortOrder } = tableLayout({ ...usualLayout, partitionBy, sortBy }, { schema, metadata });
    const updates = layoutUpdates(spec, sortOrder);
    metadata = applyUpdates(metadata, { updates, previousFile: undefined, now: Date.now() });
  };
  /** Expects every row to be in a file whose partition is what our own transforms make of the row. */
  const expectPartitioned = async (): Promise<void> => {
    for (const file of await live()) {
      const { specId, partition } = file.dataFile;
      const fields = metadata.partitionSpecs.find((spec) => spec.specId === specId)?.fields ?? [];
      for (const [index, { sourceId, transform }] of fields.entries()) {
        const type = schema.fields[sourceId - 1]?.type as PrimitiveType;
        const sql = `select distinct c${sourceId}::varchar from (${readDataFilesSql({ files: [file], columns })}) data`;
        for (const [text] of (await engine.run(sql)).rows) {
          const value = text === null ? null : (valueFromText(type, String(text)) ?? null);
          expect(applyTransform(transform, { type, value })).toEqual(partition[index]);
        }
      }
    }
  };
  const upgrade = (): void => {
    const updates = [{ action: "upgrade-format-version", formatVersion: 3 }] as const;
    metadata = applyUpdates(metadata, { updates, previousFile: undefined, now: Date.now() });
  };
  return { bring, plan, live, layOut, upgrade, expectPartitioned, summary: () => currentSnapshot(metadata)?.summary };
}

/** Values of the types that version 3 added, as SQL. Equal ones are one value in two spellings. */
const newValues: readonly (readonly [variant: string, point: string, moment: string])[] = [
  [
    `'{"a": 1, "b": [1, "x", null]}'::json::variant`,
    "'POINT (1 2)'::geometry",
    "timestamp_ns '2026-01-01 00:00:00.123456789'",
  ],
  [
    `'{"b": [1, "x", null], "a": 1}'::json::variant`,
    "'POINT (1 2)'::geometry",
    "timestamp_ns '2026-01-01 00:00:00.123456789'",
  ],
  ["'1'::variant", "'POINT Z (1 2 3)'::geometry", "timestamp_ns '1969-12-31 23:59:59.999999999'"],
  ["1::variant", "'POINT EMPTY'::geometry", "timestamp_ns '1970-01-01'"],
  ["1.0::decimal(2,1)::variant", "'LINESTRING (0 0, 1 1)'::geometry", "timestamp_ns '2026-01-01 00:00:00.12345679'"],
  ["timestamp_ns '1969-12-31 23:59:59.999999999'::variant", "null", "null"],
  ["null", "'MULTIPOINT (1 2, 3 4)'::geometry", "timestamp_ns '2262-04-11 23:47:16.854775806'"],
];

const ofVersion3: Shape<number> = {
  schema: {
    schemaId: 0,
    fields: [
      { id: 1, name: "doc", required: false, type: "variant" },
      { id: 2, name: "place", required: false, type: "geometry" },
      { id: 3, name: "at", required: false, type: "timestamp_ns" },
    ],
    identifierFieldIds: [],
  },
  columns: [
    { fieldId: 1, name: "c1", sqlType: "variant" },
    { fieldId: 2, name: "c2", sqlType: "geometry" },
    { fieldId: 3, name: "c3", sqlType: "timestamp_ns" },
  ],
  relation: (list) => {
    const tuples = list.map((index) => `(${newValues[index]?.join(", ")})`);
    return `(from (values (null::variant, null::geometry, null::timestamp_ns), ${tuples.join(", ")}) v(c1, c2, c3) offset 1)`;
  },
};

test("variants, geometries and nanoseconds are told apart, and kept, through merges of any kind", async () => {
  const texts = async (from: string): Promise<string[]> => {
    const { rows: found } = await engine.run(
      `select variant_typeof(c1), variant_normalize(c1)::varchar, st_astext(c2), c3::varchar from ${from} data`,
    );
    return found.map((values) => JSON.stringify(values)).toSorted();
  };
  const index = fc.integer({ min: 0, max: newValues.length - 1 });
  const step = fc.tuple(fc.array(index, { minLength: 1, maxLength: 20 }), fc.constantFrom(0, 1_000_000));
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 4 }), async (steps) => {
      const table = openShaped(3, ofVersion3);
      for (const [list, smallFileBytes] of steps) {
        await table.bring(list, smallFileBytes);
        const sql = readDataFilesSql({ files: await table.live(), columns: ofVersion3.columns });
        const spelledAlike = list.map((one) => (one === 1 ? 0 : one));
        expect(await texts(`(${sql})`)).toEqual(await texts(ofVersion3.relation(spelledAlike)));
      }
      expect(await table.bring(steps.at(-1)?.[0] ?? [], 0)).toBeUndefined();
    }),
    { numRuns: 8 },
  );
});

describe.each(formatVersions)("in format version %i", (formatVersion) => {
  test("any sequence of contents arrives exactly, whether files are marked, rewritten or gathered", async () => {
    const partitions = fc.constantFrom([], ["file"], ["truncate(1, file)"], ["bucket(3, row)", "truncate(2, large)"]);
    const step = fc.tuple(rows, fc.constantFrom(0, 1_000_000), partitions);
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async (steps) => {
        const table = openTable(formatVersion);
        for (const [list, smallFileBytes, partitionBy] of steps) {
          table.layOut(partitionBy);
          await table.bring(list, smallFileBytes);
          await table.expectPartitioned();
          const { rows: wanted } = await engine.run(
            `select c1, c2, c3::varchar, c4::varchar from ${valuesSql(list)} w`,
          );
          expect(await rowsOf(await table.live())).toEqual(wanted.map((values) => JSON.stringify(values)).toSorted());
        }
      }),
      { numRuns: 25 },
    );
  });

  test("one row of a thousand goes by its position, and its duplicates stay", async () => {
    const table = openTable(formatVersion);
    const thousand = Array.from({ length: 1000 }, (_, index): Row => ["a", `${index % 100}`, "1"]);
    await table.bring(thousand, 0);
    const change = await table.bring(thousand.slice(1), 0);
    expect(change).toMatchObject({ add: [], deletes: [{ rowCount: 1 }] });
    expect(await rowsOf(await table.live())).toHaveLength(999);
    expect(table.summary()).toMatchObject({
      operation: "delete",
      "total-position-deletes": "1",
      "total-records": "1000",
    });
  });

  test("a file is rewritten when it is small, or when more than a fifth of its rows are gone, now and before", async () => {
    const table = openTable(formatVersion);
    const hundred = (text: string) => Array.from({ length: 100 }, (_, index): Row => [text, `${index}`, null]);
    const [one, two] = [hundred("a"), hundred("b")];
    const locations = async () => (await table.live()).map(({ location }) => location);
    await table.bring(one, 0);
    const [first = ""] = await locations();
    await table.bring([...one, ...two], 0);
    const second = (await locations()).find((location) => location !== first) ?? "";
    const rewritten = async (list: readonly Row[], smallFileBytes = 0): Promise<readonly string[]> => {
      const { remove } = (await table.bring(list, smallFileBytes)) ?? { remove: "all" };
      return [first, second].filter((location) => remove !== "all" && remove.has(location));
    };
    expect(await rewritten([...one, ...two.slice(15)])).toEqual([]);
    expect(await rewritten([...one, ...two.slice(20)])).toEqual([]);
    expect(await rewritten([...one, ...two.slice(21)])).toEqual([second]);
    expect(await rewritten([...one.slice(1), ...two.slice(21)], 1_000_000)).toEqual([first]);
    expect(await rowsOf(await table.live())).toHaveLength(178);
  });

  test("many small changes keep the files few", async () => {
    const table = openTable(formatVersion);
    let list = Array.from({ length: 500 }, (_, index): Row => ["a", `${index}`, "1"]);
    for (let round = 0; round < 40; round++) {
      list = [...list.slice(1), ["new", `${round}`, null]];
      await table.bring(list, 0);
    }
    const live = await table.live();
    expect(live.length).toBeLessThan(16);
    expect(new Set(live.flatMap(({ deleteFiles }) => deleteFiles.map(fileKey))).size).toBeLessThan(9);
    expect(await rowsOf(live)).toHaveLength(500);
  });
});

const keeping: Shape<Row> = {
  ...plain,
  schema: {
    ...plainSchema,
    fields: [...plainSchema.fields, { id: 5, name: "_deleted_at", required: false, type: "timestamptz" }],
  },
  deletedAt: { fieldId: 5, name: "c5", sqlType: "timestamptz" },
};

test.each(formatVersions)(
  "in version %i, rows that are kept although they are deleted are marked once and stay marked",
  async (formatVersion) => {
    const table = openShaped(formatVersion, keeping);
    const columns = [...plainColumns.slice(0, 1), { fieldId: 5, name: "c5", sqlType: "timestamptz" }];
    const rowsNow = async (): Promise<readonly (readonly unknown[])[]> => {
      const sql = readDataFilesSql({ files: await table.live(), columns });
      return (await engine.run(`select c1, epoch_ms(c5)::varchar from (${sql}) rows order by all`)).rows;
    };
    const [a, b]: Row[] = [
      ["a", "1", "1"],
      ["b", "2", "2"],
    ];
    const marked = String(markedAt.getTime());
    if (a === undefined || b === undefined) throw new TypeError("two rows");
    await table.bring([a, b], 0);
    await table.bring([b], 0);
    expect(await rowsNow()).toEqual([
      ["a", marked],
      ["b", null],
    ]);
    expect(await table.bring([b], 0)).toBeUndefined();
    await table.bring([a, b, b], 1_000_000);
    await table.bring([b], 1_000_000);
    expect(await rowsNow()).toEqual([
      ["a", marked],
      ["a", marked],
      ["b", marked],
      ["b", null],
    ]);
  },
);

test("in version 3 a marked row keeps its id and counts as updated", async () => {
  const table = openShaped(3, keeping);
  await table.bring(
    [["a"], ["b"]].map(([text]): Row => [text ?? null, "1", "1"]),
    0,
  );
  const before = await numberedRows(await table.live());
  await table.bring([["b", "1", "1"]], 0);
  const after = await numberedRows(await table.live());
  expect([...after.keys()].toSorted()).toEqual([...before.keys()].toSorted());
  const updated = (known: typeof before): readonly number[] =>
    [...known.values()].map((one) => Number(one.updated)).toSorted();
  expect(updated(before)).toEqual([1, 1]);
  expect(updated(after)).toEqual([1, 2]);
});

/** Facts about a row with an id. */
interface KnownRow {
  readonly values: string;
  readonly updated: unknown;
}

async function numberedRows(files: readonly ReadFile[]): Promise<ReadonlyMap<unknown, KnownRow>> {
  const sql = readDataFilesSql({ files, columns: [...plainColumns, rowIdColumn, lastUpdatedColumn] });
  const { rows: found } = await engine.run(
    `select c1, c2, c3::varchar, c4::varchar, _row_id, _last_updated_sequence_number from (${sql}) live`,
  );
  const known = new Map(
    found.map((values) => [values[4], { values: JSON.stringify(values.slice(0, 4)), updated: values[5] }]),
  );
  expect(known.size).toBe(found.length);
  return known;
}

function countOf(known: ReadonlyMap<unknown, KnownRow>): ReadonlyMap<string, number> {
  const groups = Map.groupBy(known.values(), ({ values }) => values);
  return new Map([...groups].map(([values, group]) => [values, group.length]));
}

/** As many of several equal rows keep their ids as remain; new rows get ids that no row had before. */
function expectLineage(before: ReadonlyMap<unknown, KnownRow>, after: ReadonlyMap<unknown, KnownRow>): void {
  const kept = new Map([...after].filter(([id]) => before.has(id)));
  for (const [id, known] of kept) expect(known).toEqual(before.get(id));
  const [had, has, keeps] = [countOf(before), countOf(after), countOf(kept)];
  for (const [values, count] of has) expect(keeps.get(values) ?? 0).toBe(Math.min(count, had.get(values) ?? 0));
  const highest = Math.max(-1, ...[...before.keys()].map(Number));
  for (const id of after.keys()) if (!before.has(id)) expect(Number(id)).toBeGreaterThan(highest);
}

/**
 * Expects at most one vector per data file, none for a removed file, and no position delete file that is not needed.
 */
function expectTidy({ files, deletes }: ScanPlan): void {
  const vectors = deletes.filter(isDeletionVector);
  const named = vectors.map(({ referencedDataFile }) => referencedDataFile);
  expect(new Set(named).size).toBe(named.length);
  for (const name of named) expect(files.map(({ dataFile }) => dataFile.filePath)).toContain(name);
  const applied = new Set(files.flatMap((file) => file.deletes.map(({ file: deleteFile }) => fileKey(deleteFile))));
  expect(new Set(deletes.map(fileKey))).toEqual(applied);
}

/** In version 2, a row of each file goes; in version 3, only one of the second file. Which copies go decides other cases. */
const vectorsBesidePositionDeletes = [[40, 87], [86], [3]].map((gone) => ({
  gone,
  added: 0,
  smallFileBytes: 0 as const,
}));

test("in version 3, also from version 2 on, every row that stays keeps its id, and vectors take over from position deletes", async () => {
  const step = fc.record({
    gone: fc.uniqueArray(fc.nat(90), { maxLength: 12 }),
    added: fc.nat(4),
    smallFileBytes: fc.constantFrom(0, 0, 2_500),
  });
  const steps = fc.array(step, { minLength: 3, maxLength: 8 });
  const seen = { vectors: 0, replaced: 0, besidePositionDeletes: 0, rewritten: 0 };
  await fc.assert(
    fc.asyncProperty(
      steps,
      fc.constantFrom(0, 1, 2),
      fc.constantFrom([], ["file"]),
      async (changes, inTwo, partitionBy) => {
        const table = openTable(inTwo === 0 ? 3 : 2);
        table.layOut(partitionBy);
        let list = Array.from({ length: 60 }, (_, index): Row => [index % 2 === 0 ? "a" : null, `${index % 25}`, "1"]);
        await table.bring(list, 0);
        const onlyInSecondFile = Array.from({ length: 20 }, (_, index): Row => ["b", `${index % 15}`, "1"]);
        list = [...list, ...list.toReversed().slice(40), ...onlyInSecondFile];
        await table.bring(list, 0);
        let before: ReadonlyMap<unknown, KnownRow> | undefined;
        for (const [index, { gone, added, smallFileBytes }] of changes.entries()) {
          if (index === inTwo) table.upgrade();
          list = [...list.filter((_, place) => !gone.includes(place)), ...list.slice(0, added)];
          const change = await table.bring(list, smallFileBytes);
          if (change === undefined || index < inTwo) continue;
          const [plan, files] = [await table.plan(), await table.live()];
          const after = await numberedRows(files);
          if (before !== undefined) expectLineage(before, after);
          before = after;
          expectTidy(plan);
          const { rows: wanted } = await engine.run(
            `select c1, c2, c3::varchar, c4::varchar from ${valuesSql(list)} w`,
          );
          expect(await rowsOf(files)).toEqual(wanted.map((values) => JSON.stringify(values)).toSorted());
          const removed = change.remove === "all" ? [] : [...change.remove];
          seen.vectors += change.deletes.length;
          seen.replaced += removed.filter((key) => key.includes("#")).length;
          seen.rewritten += removed.filter((key) => change.add.length > 0 && key.endsWith(".parquet")).length;
          if (new Set(plan.deletes.map(isDeletionVector)).size === 2) seen.besidePositionDeletes++;
        }
      },
    ),
    { numRuns: 20, examples: [[vectorsBesidePositionDeletes, 1, []]] },
  );
  expect(Math.min(...Object.values(seen)), JSON.stringify(seen)).toBeGreaterThan(0);
});

test("a position delete file from before version 3 stays for as long as a file without a vector needs it", async () => {
  const table = openTable(2);
  const [one, two] = ["one", "two"].map((text) =>
    Array.from({ length: 100 }, (_, index): Row => [text, `${index}`, null]),
  ) as [Row[], Row[]];
  await table.bring(one, 0);
  await table.bring([...one, ...two], 0);
  await table.bring([...one.slice(1), ...two.slice(1)], 0);
  table.upgrade();
  const kinds = async () => (await table.plan()).deletes.map(({ fileFormat }) => fileFormat).toSorted();
  await table.bring([...one.slice(2), ...two.slice(1)], 0);
  expect(await kinds()).toEqual(["PARQUET", "PUFFIN"]);
  expect(await rowsOf(await table.live())).toHaveLength(197);
  await table.bring([...one.slice(2), ...two.slice(2)], 0);
  expect(await kinds()).toEqual(["PUFFIN", "PUFFIN"]);
  expect(await rowsOf(await table.live())).toHaveLength(196);
});
