/**
 * Rows that deletes name are left out, and columns are found whatever their names in a file are. The files are like
 * those of other writers.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ColumnBuffer } from "./column-buffer.ts";
import type { Engine } from "./engine.ts";
import { openEngine } from "./open-engine.ts";
import { readShapes } from "./file-shape.ts";
import { writePlainParquet } from "./plain-parquet.ts";
import { deletedPlacesSql, readDataFilesSql, type ReadFile, type ValueDeleteFile } from "./read-data-files.ts";
import type { ReadColumn } from "./read-column.ts";

let directory: string;
let engine: Engine;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "headgate-read-"));
  engine = await openEngine({ memoryMb: 192, threads: 2, scratchDirectory: directory });
});
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

const id: ReadColumn = { fieldId: 1, name: "id", sqlType: "integer" };
const city: ReadColumn = { fieldId: 2, name: "city", sqlType: "varchar" };
let written = 0;

/** `fieldIds` in DuckDB's notation; empty for a file without ids. */
async function file(select: string, fieldIds = "{id: 1, city: 2}"): Promise<string> {
  const path = join(directory, `${written++}.parquet`);
  const ids = fieldIds === "" ? "" : `, field_ids ${fieldIds}`;
  await engine.run(`copy (${select}) to '${path}' (format parquet${ids})`);
  return path;
}

async function data(select: string, more: Partial<ReadFile> = {}): Promise<ReadFile> {
  const path = await file(select);
  return { path, location: path, deletes: [], ...more };
}

async function read(files: readonly ReadFile[], columns: readonly ReadColumn[] = [id, city]): Promise<unknown[]> {
  const { rows } = await engine.run(
    `select to_json(t)::varchar from (${readDataFilesSql({ files, columns })}) t order by all`,
  );
  return rows.map(([row]) => Object.values(JSON.parse(String(row)) as object));
}

describe("rows deleted by value", () => {
  const rows = "select i::integer as id, case when i < 5 then 'a' else 'b' end as city from range(10) t(i)";

  async function deletes(values: string, more: Partial<ValueDeleteFile> = {}): Promise<ValueDeleteFile> {
    const path = await file(`select * from (values ${values}) t(id)`, "{id: 1}");
    return { path, columns: [id], sequence: 2n, partition: undefined, ...more };
  }

  test("by an earlier commit stay, by a later one go, null as well", async () => {
    const files = [await deletes("(3::integer), (null)")];
    const withNull = `${rows} union all select null, 'c'`;
    const byValue = (sequence: bigint) => ({ byValue: { sequence, partition: "p", files } });
    const [before, after] = [await data(withNull, byValue(1n)), await data(withNull, byValue(2n))];
    const found = (await read([before, after], [id])).flat();
    expect(found.filter((value) => value === 3)).toHaveLength(1);
    expect(found.filter((value) => value === null)).toHaveLength(1);
    expect(found).toHaveLength(20);
  });

  test("in one partition leave the others alone; several columns, several files", async () => {
    const files = [
      await deletes("(1::integer)", { partition: "p" }),
      await deletes("(2::integer)", { partition: "q" }),
      { ...(await deletes("(4::integer)")), sequence: 9n },
      {
        path: await file("select 7::integer as id, 'b' as city union all select 8, 'other'"),
        columns: [id, city],
        sequence: 3n,
        partition: "p",
      },
    ];
    const found = await read([await data(rows, { byValue: { sequence: 1n, partition: "p", files } })], [id]);
    expect(found.flat()).toEqual([0, 2, 3, 5, 6, 8, 9]);
  });

  test("are compared by columns that nobody asked for", async () => {
    const files = [await deletes("(3::integer)")];
    const found = await read([await data(rows, { byValue: { sequence: 1n, partition: "p", files } })], [city]);
    expect(found).toHaveLength(9);
  });

  test("beside those deleted by a vector and by position", async () => {
    const vector = await file("select unnest([0, 9])::bigint as pos", "");
    const byVector = await data(rows, {
      vector,
      byValue: { sequence: 1n, partition: "p", files: [await deletes("(4::integer)")] },
    });
    const whole = await data(rows);
    const positions = await file(
      `select '${whole.location}' as file_path, 5::bigint as pos`,
      "{file_path: 2147483546, pos: 2147483545}",
    );
    const found = await read([byVector, { ...whole, deletes: [{ path: positions }] }, await data(rows)], [id]);
    expect(found.flat()).toHaveLength(7 + 9 + 10);
    expect(found.flat().filter((value) => value === 5)).toHaveLength(2);
  });
});

test.each([2, 101])("rows deleted by position, of %s files by one that names others too", async (count) => {
  const whole = await data("select i::integer as id, 'a' as city from range(3) t(i)");
  const named = Array.from({ length: count }, (_, index) => ({ ...whole, location: `data-${index}` }));
  const path = await file(
    "select 'data-' || i as file_path, (i % 3)::bigint as pos from range(300) t(i)",
    "{file_path: 2147483546, pos: 2147483545}",
  );
  const files = named.map((each) => ({ ...each, deletes: [{ path, recordCount: 300 }] }));
  const found = (await read(files, [id])).flat() as number[];
  const gone = (row: number): number => named.filter((_, index) => index % 3 === row).length;
  expect([0, 1, 2].map((row) => found.filter((value) => value === row).length)).toEqual(
    [0, 1, 2].map((row) => count - gone(row)),
  );
  const places = await engine.run(deletedPlacesSql(files));
  expect(places.rows.map(([number, row]) => `${number} ${row}`).toSorted()).toEqual(
    named.map((_, index) => `${index + 1} ${index % 3}`).toSorted(),
  );
});

interface PlanNode {
  readonly name: string;
  readonly children: readonly PlanNode[];
  readonly extra_info: { readonly "Join Type"?: string; readonly "Estimated Cardinality"?: string };
}

/** The estimated rows of the relations that take part in a join. */
function estimatedRows(nodes: readonly PlanNode[]): number {
  const ofNode = ({ name, children, extra_info: info }: PlanNode): number =>
    name.includes("READ_PARQUET") || info["Join Type"] === "ANTI"
      ? Number(info["Estimated Cardinality"])
      : estimatedRows(children);
  return nodes.reduce((sum, node) => sum + ofNode(node), 0);
}

test.each([0, 1, 2])("joins are ordered by how many rows there are, with %s kinds of deletes", async (kinds) => {
  const rows = "select i::integer as id, 'a' as city from range(1000) t(i)";
  const vector = await file("select 0::bigint as pos", "");
  const byValue = {
    sequence: 1n,
    partition: "p",
    files: [
      { path: await file("select 3::integer as id", "{id: 1}"), columns: [id], sequence: 2n, partition: undefined },
    ],
  };
  const deletes = [{}, { vector }, { vector, byValue }][kinds];
  const rowlessFile = await file("select 1 as none where false", "");
  const files = [await data(rows, { recordCount: 1000, ...deletes })];
  const sql = readDataFilesSql({ files, columns: [id], rowlessFile });
  const explained = await engine.run(
    `explain (format json) select a.id from (${sql}) a join range(9) b(id) on a.id = b.id`,
  );
  expect(estimatedRows(JSON.parse(String(explained.rows[0]?.at(-1))) as PlanNode[])).toBe(1000);
  expect((await engine.run(sql)).rows).toHaveLength(1000 - kinds);
});

describe("columns that are not found by their id alone", () => {
  const shaped = async (path: string): Promise<ReadFile> => ({
    path,
    location: path,
    deletes: [],
    shape: (await readShapes(engine, [path])).get(path),
  });

  test("a part that was renamed, one that came, one that went, in structs, lists and maps", async () => {
    const column: ReadColumn = {
      fieldId: 1,
      name: "v",
      sqlType: "struct(now integer, came varchar, l struct(x bigint)[], m map(varchar, struct(y integer)))",
      parts: [
        { fieldId: 2, name: "now", sqlType: "integer" },
        { fieldId: 9, name: "came", sqlType: "varchar" },
        {
          fieldId: 4,
          name: "l",
          sqlType: "struct(x bigint)[]",
          parts: [
            {
              fieldId: 5,
              name: "element",
              sqlType: "struct(x bigint)",
              parts: [{ fieldId: 6, name: "x", sqlType: "bigint" }],
            },
          ],
        },
        {
          fieldId: 7,
          name: "m",
          sqlType: "map(varchar, struct(y integer))",
          parts: [
            { fieldId: 8, name: "key", sqlType: "varchar" },
            {
              fieldId: 10,
              name: "value",
              sqlType: "struct(y integer)",
              parts: [{ fieldId: 11, name: "y", sqlType: "integer" }],
            },
          ],
        },
      ],
    };
    const select = `select {before: 1, gone: 2, l: [{was: 3}, null], m: map {'k': {was: 4}}} as v
      union all select {before: 5, gone: 6, l: null, m: null} union all select null`;
    const ids = `{v: {__duckdb_field_id: 1, before: 2, gone: 3, l: {__duckdb_field_id: 4, element: {__duckdb_field_id: 5, was: 6}},
      m: {__duckdb_field_id: 7, key: 8, value: {__duckdb_field_id: 10, was: 11}}}}`;
    expect(await read([await shaped(await file(select, ids))], [column])).toEqual([
      [null],
      [{ now: 1, came: null, l: [{ x: 3 }, null], m: { k: { y: 4 } } }],
      [{ now: 5, came: null, l: null, m: null }],
    ]);
  });

  test("a part that went leaves its name to one that came", async () => {
    const path = await file("select {same: 1, kept: 2} as v", "{v: {__duckdb_field_id: 1, same: 2, kept: 3}}");
    const parts = [
      { fieldId: 4, name: "same", sqlType: "integer" },
      { fieldId: 3, name: "kept", sqlType: "integer" },
    ];
    const column: ReadColumn = { fieldId: 1, name: "v", sqlType: "struct(same integer, kept integer)", parts };
    expect(await read([await shaped(path)], [column])).toEqual([[{ same: null, kept: 2 }]]);
  });

  test("a file without ids, by what a name mapping gives it; a default where a file is older", async () => {
    const path = await file("select 1::bigint as number, 'Cluj' as town", "");
    const { shape, ...plain } = await shaped(path);
    const given = new Map([
      ["number", 1],
      ["town", 2],
    ]);
    const columns = (shape?.columns ?? []).map((own) => ({ ...own, fieldId: given.get(own.name) }));
    const late: ReadColumn = { fieldId: 3, name: "late", sqlType: "decimal(9,2)", initialDefault: "1.50" };
    const mapped = { ...plain, shape: { columns, hasIds: false } };
    expect(await read([mapped, await data("select 2::integer as id, 'Iași' as city")], [id, city, late])).toEqual([
      [1, "Cluj", 1.5],
      [2, "Iași", 1.5],
    ]);
  });

  test("a file without ids whose names differ by case only: each by its exact name", async () => {
    const path = join(directory, "cased.parquet");
    const staged = ["Id", "id", "ID", "id_1"].map((name, index) => {
      const buffer = new ColumnBuffer({ physical: "int32" });
      buffer.appendInt32(index + 1);
      return { name, batch: buffer.take() };
    });
    await writePlainParquet(path, staged);
    const { shape, ...plain } = await shaped(path);
    const wanted = ["ID", "id_1", "id", "Id"];
    const columns = (shape?.columns ?? []).map((own) => ({ ...own, fieldId: wanted.indexOf(own.name) + 1 }));
    const asked = wanted.map((_name, index) => ({ fieldId: index + 1, name: `c${index}`, sqlType: "integer" }));
    expect(await read([{ ...plain, shape: { columns, hasIds: false } }], asked)).toEqual([[3, 4, 2, 1]]);
  });
});
