/**
 * Tests the types of format version 3: imported, read over SQL, found by their bounds and compacted, with each value
 * unchanged; and tables of others with values that the engine cannot hold.
 */
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { silent, type ProgressEvent } from "../../src/base/progress.ts";
import { fileIO } from "../../src/catalog/file-io.ts";
import { quoteText } from "../../src/engine/duckdb-type.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { openEngine } from "../../src/engine/open-engine.ts";
import { HeadgateError } from "../../src/errors.ts";
import { newTable } from "../../src/iceberg/new-table.ts";
import type { Schema } from "../../src/iceberg/schema.ts";
import { produceSnapshot } from "../../src/iceberg/snapshot-producer.ts";
import { writeMetadata } from "../../src/iceberg/metadata-file.ts";
import { applyUpdates } from "../../src/iceberg/table-update.ts";
import { planScan } from "../../src/iceberg/scan.ts";
import { currentSnapshot } from "../../src/iceberg/table-metadata.ts";
import { tableImport } from "../../src/operations/import.ts";
import { maintain } from "../../src/operations/maintain.ts";
import { tableRegister } from "../../src/operations/register.ts";
import { sql } from "../../src/operations/sql.ts";
import { holdHeadgate, type HeldHeadgate } from "../world/held-headgate.ts";
import { orphans } from "../world/orphans.ts";
import { rowLineage } from "../world/row-lineage.ts";

let home: string;
let files: string;
let engine: Engine;
let held: HeldHeadgate;
const call = { report: silent, emit: async () => {}, signal: new AbortController().signal };
type Input = Parameters<typeof tableImport.run>[1];
const take = (input: Partial<Input> & { table: string }) => held.session.call(tableImport, input as Input, call);

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "headgate-types-"));
  files = join(home, "files");
  await mkdir(join(files, "import"), { recursive: true });
  engine = await openEngine({ memoryMb: 256, threads: 1, scratchDirectory: home });
  held = await holdHeadgate({ data: join(home, "data"), tableRoots: files, smallFile: "0" });
});
afterAll(async () => {
  await held[Symbol.asyncDispose]();
  await engine[Symbol.asyncDispose]();
  await rm(home, { recursive: true, force: true });
});

async function refused(work: Promise<unknown>): Promise<HeadgateError> {
  const failure = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(failure instanceof HeadgateError)) throw new Error("a refusal was expected", { cause: failure });
  return failure;
}

async function liveFiles(table: string) {
  const { catalog, objects } = held.session.context;
  const { metadata } = await catalog.find(table);
  const scan = { metadata, snapshot: currentSnapshot(metadata), filter: undefined };
  return (await planScan(fileIO(objects), scan)).files.map(({ dataFile }) => dataFile.filePath).toSorted();
}

describe("imported", () => {
  const put = (name: string, query: string): Promise<unknown> =>
    engine.run(
      `copy (${query}) to ${quoteText(join(files, "import", name))} (format parquet, geoparquet_version 'NONE')`,
    );
  const values = (id: number): string =>
    `select ${id} as id, timestamp_ns '2026-0${id}-01 00:00:00.123456789' as moment, timestamp_ns '2026-01-01 00:00:00.5' as coarse,
       ('{"n": ${id}, "tags": ["a", null]}')::json::variant as doc, 'POINT (${id} 2)'::geometry as place,
       {'moment': timestamp_ns '1969-12-31 23:59:59.999999999', 'place': 'POINT (1 ${id})'::geometry} as nested`;
  const nothing = (
    id: number,
  ): string => `select ${id} as id, null::timestamp_ns as moment, null::timestamp_ns as coarse,
       null::variant as doc, null::geometry as place, null::struct(moment timestamp_ns, place geometry) as nested`;
  const all =
    "select id, moment, coarse, doc, place, st_astext(place), nested, st_astext(nested.place) from shop.typed order by id";
  const made = (id: number): readonly unknown[] => [
    id,
    `2026-0${id}-01T00:00:00.123456789`,
    "2026-01-01T00:00:00.5",
    { n: id, tags: ["a", null] },
    expect.stringMatching(/^0101000000[0-9a-f]{32}$/),
    `POINT (${id} 2)`,
    { moment: "1969-12-31T23:59:59.999999999", place: expect.stringMatching(/^0101000000[0-9a-f]{32}$/) },
    `POINT (1 ${id})`,
  ];
  const expected = [...[1, 2, 3, 4, 5].map(made), [6, null, null, null, null, null, null, null]];

  test("files of them become a table of version 3, after approval; more of them join it", async () => {
    await put("1.parquet", `${values(1)} union all ${nothing(6)}`);
    const location = join(files, "import");
    const { proposal } = await take({ table: "shop.typed", location, plan: true });
    expect(Object.fromEntries((proposal?.columns ?? []).map(({ name, type }) => [name, type]))).toEqual({
      id: "int",
      moment: "timestamp_ns",
      coarse: "timestamp",
      doc: "variant",
      place: "geometry",
      nested: "struct<moment: timestamp_ns, place: geometry>",
    });
    expect(proposal?.notes).toEqual([expect.stringContaining("format version 3")]);
    await take({ table: "shop.typed", location, approve: proposal?.digest });
    for (const id of [2, 3, 4, 5]) {
      await put(`${id}.parquet`, values(id));
      await take({ table: "shop.typed", again: true });
    }
    expect(await held.rows(all)).toEqual(expected);
    expect((await held.session.context.catalog.find("shop.typed")).metadata.formatVersion).toBe(3);
  });

  test("questions are answered, with the files that can have the rows", async () => {
    const skipped = async (condition: string) => {
      const statement = `select id from shop.typed where ${condition} order by id`;
      const { stats } = await held.session.call(sql, { sql: statement, explain: true }, call);
      return { rows: (await held.rows(statement)).flat(), skipped: stats.filesSkipped };
    };
    expect(await skipped("moment = '2026-03-01 00:00:00.123456789'")).toEqual({ rows: [3], skipped: 5 });
    expect(await skipped("moment > timestamp '2026-04-01 00:00:00.123456'")).toMatchObject({ rows: [4, 5] });
    expect(await skipped("doc.n::int = 2")).toEqual({ rows: [2], skipped: 0 });
    expect(await skipped("doc is null")).toEqual({ rows: [6], skipped: 0 });
    expect((await skipped("st_intersects_extent(place, 'POINT (5 2)'::geometry)")).rows).toEqual([5]);
    expect(await held.rows("select count(distinct doc)::int, count(distinct place)::int from shop.typed")).toEqual([
      [5, 5],
    ]);
    expect(await held.rows("select id from shop.typed where doc.n is not null order by doc desc")).toEqual(
      [5, 4, 3, 2, 1].map((id) => [id]),
    );
  });

  test("gathered, every value and every row's id is what it was", async () => {
    const before = await rowLineage(held.session.context, { table: "shop.typed", by: "id" });
    await held.session.call(maintain, { tables: ["shop.typed"], plan: false }, call);
    // Rows without a variant are in separate files.
    expect(await liveFiles("shop.typed")).toHaveLength(2);
    expect(await held.rows(all)).toEqual(expected);
    expect(await rowLineage(held.session.context, { table: "shop.typed", by: "id" })).toEqual(before);
    expect(await orphans(held.session.context)).toEqual([]);
  });

  test("a geometry of another reference system is text, whether the engine knows the system or not", async () => {
    const location = join(files, "systems");
    await mkdir(location);
    const query = "select 1 as id, st_setcrs('POINT (1 2)'::geometry, 'OGC:CRS83') as place";
    const [known, unknown] = [join(location, "a.parquet"), join(location, "b.parquet")];
    await engine.run(`copy (${query}) to ${quoteText(known)} (format parquet, geoparquet_version 'NONE')`);
    const text = (await readFile(known)).toString("latin1");
    const spelled = text.replace(/\{"\$schema".*"CRS83"\}\}/s, (system) => "srid:3857".padEnd(system.length));
    expect(spelled).not.toBe(text);
    await writeFile(unknown, Buffer.from(spelled, "latin1"));
    const { proposal } = await take({ table: "shop.systems", location, plan: true });
    expect(proposal?.columns[1]).toMatchObject({ name: "place", type: "string" });
    expect(proposal?.columns[1]?.notes.join()).toMatch(/CRS83.*srid:3857/s);
  });

  test("a table of version 2 has no such column", async () => {
    await mkdir(join(files, "plain"));
    const file = (name: string, query: string) =>
      engine.run(`copy (${query}) to ${quoteText(join(files, "plain", name))} (format parquet)`);
    await file("1.parquet", "select 1 as id");
    const location = join(files, "plain");
    const { proposal } = await take({ table: "shop.plain", location, plan: true });
    await take({ table: "shop.plain", location, approve: proposal?.digest });
    await file("2.parquet", "select 2 as id, 5::variant as doc");
    const again = take({ table: "shop.plain", again: true });
    expect(await refused(again)).toMatchObject({ code: "IMPORT_TYPE_CHANGED", place: "column doc" });
    const schema: Schema = {
      schemaId: 0,
      fields: [{ id: 1, name: "doc", required: false, type: "variant" }],
      identifierFieldIds: [],
    };
    expect(() => newTable({ uuid: "u", location: "file:///t", schema, now: 0 })).toThrow(
      expect.objectContaining({ code: "METADATA_INVALID", place: "column doc" }),
    );
  });
});

describe("of another writer", () => {
  const schema: Schema = {
    schemaId: 0,
    fields: [
      { id: 1, name: "id", required: false, type: "int" },
      { id: 2, name: "seen", required: false, type: "timestamptz_ns" },
      { id: 3, name: "place", required: false, type: "geometry(srid:3857)" },
      { id: 4, name: "ball", required: false, type: "geography(OGC:CRS84,vincenty)" },
      { id: 5, name: "none", required: false, type: "unknown" },
    ],
    identifierFieldIds: [],
  };
  /** As plain bytes, as GeoParquet, and as Parquet's own geometry. */
  const written = [
    ["st_asbinary('POINT (1 2)'::geometry)", "NONE"],
    ["'POINT (3 4)'::geometry", "V1"],
    ["'POINT (5 6)'::geometry", "NONE"],
    ["null::geometry", "NONE"],
  ] as const;

  beforeAll(async () => {
    const folder = join(files, "foreign");
    await mkdir(join(folder, "metadata"), { recursive: true });
    const location = pathToFileURL(folder).href;
    const { objects } = held.session.context;
    const empty = newTable({
      uuid: "0197f0a0-0000-7000-8000-000000000000",
      location,
      schema,
      formatVersion: 3,
      now: 1,
    });
    const add = [];
    for (const [index, [value, version]] of written.entries()) {
      const path = join(folder, `${index}.parquet`);
      await engine.run(`copy (select ${index} as id, ${value} as place, ${value} as ball) to ${quoteText(path)}
        (format parquet, geoparquet_version '${version}', field_ids {id: 1, place: 3, ball: 4})`);
      add.push({
        content: "data" as const,
        filePath: pathToFileURL(path).href,
        fileFormat: "PARQUET",
        specId: 0,
        partition: [],
        recordCount: 1n,
        fileSizeInBytes: BigInt((await stat(path)).size),
      });
    }
    const { updates } = await produceSnapshot(fileIO(objects), empty, { add, remove: new Set(), now: 2 });
    const metadata = applyUpdates(empty, { updates, previousFile: undefined, now: 2 });
    const at = await writeMetadata(fileIO(objects), metadata, {
      version: 1,
      uuid: "0197f0a0-0000-7000-8000-000000000001",
    });
    await held.session.call(tableRegister, { table: "far.away", location: at }, call);
  });

  test("geometries are read however they are written, geographies as the same points, a column of no type as nothing", async () => {
    const rows = await held.rows("select id, st_astext(place), st_astext(ball), none from far.away order by id");
    expect(rows).toEqual([
      [0, "POINT (1 2)", "POINT (1 2)", null],
      [1, "POINT (3 4)", "POINT (3 4)", null],
      [2, "POINT (5 6)", "POINT (5 6)", null],
      [3, null, null, null],
    ]);
  });

  test("instants in nanoseconds are refused, and nothing else of the table is", async () => {
    expect(await held.rows("select count(*)::int from far.away where id > 1")).toEqual([[2]]);
    for (const statement of ["select * from far.away", "select id from far.away where seen > now()"])
      expect(await refused(held.rows(statement))).toMatchObject({
        code: "COLUMN_UNREADABLE",
        place: "column seen",
        message: expect.stringContaining("timestamptz_ns"),
      });
  });

  test("upkeep leaves its files as they are, and says why", async () => {
    const before = await liveFiles("far.away");
    const told: string[] = [];
    const report = (progress: ProgressEvent): void => void (progress.kind === "note" && told.push(progress.text));
    await held.session.call(maintain, { tables: ["far.away"], plan: false }, { ...call, report });
    expect(await liveFiles("far.away")).toEqual(before);
    expect(told.join()).toContain("far.away keeps its files: seen is timestamptz_ns");
  });
});
