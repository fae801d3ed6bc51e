/** After any number of merges a table has exactly the rows that it should have, for every plan of files. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readDataFilesSql } from "../engine/read-data-files.ts";
import { fileKey } from "../iceberg/data-file.ts";
import { formatVersions } from "../iceberg/format-version.ts";
import {
  type Row,
  plainSchema,
  plainColumns,
  rows,
  engine,
  valuesSql,
  rowsOf,
  type Shape,
  markedAt,
  plain,
  openTable,
  openShaped,
  numberedRows,
} from "./merged-table.fixture.ts";

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
