/** Tables of files, loaded and followed without a metadata database, have what their files add up to. */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { uuidv7 } from "../../base/uuid.ts";
import { fileIO } from "../../catalog/file-io.ts";
import { tableFiles } from "../../catalog/table-files.ts";
import { localFiles } from "../../catalog/local-files.ts";
import type { Engine } from "../../engine/engine.ts";
import { openEngine } from "../../engine/open-engine.ts";
import { readDataFilesSql } from "../../engine/read-data-files.ts";
import { newTable } from "../../iceberg/new-table.ts";
import { planScan } from "../../iceberg/scan.ts";
import { produceSnapshot } from "../../iceberg/snapshot-producer.ts";
import { currentSnapshot, defaultSpec, type TableMetadata } from "../../iceberg/table-metadata.ts";
import { applyUpdates } from "../../iceberg/table-update.ts";
import { fileCache } from "../../objects/file-cache.ts";
import { fileObjectStore } from "../../objects/fs/file-object-store.ts";
import { deletesEntry } from "../../writer/staged-deletes.ts";
import { manifestEntry } from "../../writer/staged-file.ts";
import { tableLayout, usualLayout } from "../../writer/table-layout.ts";
import type { TableChange } from "../../writer/table-change.ts";
import { readColumns } from "../compare/table-sides.ts";
import { followSchema } from "../run/lake-schema.ts";
import type { CutRun } from "../run/sync-run.ts";
import type { SyncTarget } from "../run/sync-target.ts";
import type { FilePlan, FileRows, SourceTable } from "../source.ts";
import { loadChanges } from "./load-changes.ts";
import { readFiles } from "./read-files.ts";

let directory: string;
let engine: Engine;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "headgate-changes-"));
  await mkdir(join(directory, "scratch"));
  engine = await openEngine({ memoryMb: 192, threads: 1, scratchDirectory: join(directory, "scratch") });
});
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

type Row = readonly [op: "I" | "U" | "D", id: number, name: string | null, price: number];

const table: SourceTable = {
  name: { schema: "s", name: "t" },
  kind: "table",
  columns: [
    ["id", "long"],
    ["name", "string"],
    ["price", "double"],
  ].map(([name = "", lakeType = ""]) => ({
    name,
    identity: name,
    sourceType: lakeType,
    nullable: true,
    lakeType,
    staged: { physical: "bytes" },
  })),
};

/** Rows as if they stood in files, each list in a file of its own. */
function fileRows(files: readonly (readonly Row[])[]): FileRows {
  const tuples = files.flatMap((rows, file) =>
    rows.map(([op, id, name, price], row) => {
      const text = name === null ? "null" : `'${name}'`;
      return `('${op}', ${file}, ${row + 1}, ${id}::bigint, ${text}, ${price}::double)`;
    }),
  );
  return {
    sql: `from (values ${tuples.join(", ")}) v(op, file, row, c0, c1, c2)`,
    placeOf: async (file, row) => `file ${file}, row ${row}`,
    explain: async (failure) => failure,
  };
}

function openTable({ key = ["id"] as readonly string[], formatVersion = 2 as 2 | 3 } = {}) {
  const location = `${pathToFileURL(directory).href}/${uuidv7()}`;
  const objects = fileObjectStore(pathToFileURL(directory).href);
  const derived = fileCache({ directory: join(directory, "derived"), boundBytes: 1_000_000 });
  const follow = followSchema(table, undefined);
  const layout = tableLayout({ ...usualLayout, formatVersion }, { schema: follow.schema, metadata: undefined });
  let metadata: TableMetadata = newTable({ uuid: uuidv7(), location, ...follow, formatVersion, now: Date.now() });
  let rowCount = 0;
  let filesWritten = 0;
  const run = {
    config: { scratchDirectory: join(directory, "scratch"), smallFileBytes: 0 },
    objects,
    catalog: { objects, derived },
    loadEngine: async () => engine,
    newFile: async (at: string, extension = "parquet") => {
      const file = `${at}/data/${uuidv7()}.${extension}`;
      filesWritten++;
      return { ...(await objects.draft(file)), location: file };
    },
    inReader: (work: () => Promise<unknown>) => work(),
    reach() {},
    report() {},
    countRows() {},
    seen: { position: "{}", at: new Date() },
    signal: new AbortController().signal,
  } as unknown as CutRun;
  const current = () => ({
    id: metadata.tableUuid,
    database: "d",
    databaseId: "d",
    accountId: "a",
    name: "t",
    location,
    places: [],
    metadataLocation: "",
    metadata,
  });
  const target = () =>
    ({
      table,
      key: key.length === 0 ? undefined : key,
      location,
      layout,
      follow: { ...follow, changes: [] },
      lakeLabel: "d.t",
      sourceLabel: "s.t",
      current: current(),
      standing: { rows: rowCount },
      mode: { mode: "diff", reason: "" },
    }) as unknown as SyncTarget;
  const plan = (loaded: FileRows | undefined, changed: FileRows | undefined): FilePlan => ({
    how: loaded === undefined ? "changes" : "whole",
    reason: "",
    position: "{}",
    loaded: async () => loaded,
    changed: async () => changed,
  });
  async function commit({ add, deletes, remove }: TableChange): Promise<void> {
    const written = { schema: follow.schema, spec: defaultSpec(metadata), sortOrderId: metadata.defaultSortOrderId };
    const entries = [...add.map((file) => manifestEntry(file, written)), ...deletes.map(deletesEntry)];
    const now = Date.now();
    const { updates } = await produceSnapshot(fileIO(objects), metadata, { add: entries, remove, now });
    metadata = applyUpdates(metadata, { updates, previousFile: undefined, now });
  }
  return {
    async load(loaded: readonly (readonly Row[])[], changed: readonly (readonly Row[])[] = []): Promise<void> {
      const files = plan(fileRows(loaded), changed.length === 0 ? undefined : fileRows(changed));
      const read = await readFiles(run, { target: target(), files, task: "" });
      rowCount = read.rows;
      await commit({ add: read.files, deletes: [], remove: "all" });
    },
    async loadNothing(): Promise<void> {
      const read = await readFiles(run, { target: target(), files: plan(undefined, undefined), task: "" });
      rowCount = read.rows;
      await commit({ add: read.files, deletes: [], remove: "all" });
    },
    async follow(...changed: readonly (readonly Row[])[]): Promise<string> {
      const files = plan(undefined, fileRows(changed));
      const { change, report } = await loadChanges(run, { target: target(), current: current(), files });
      rowCount = report.rows;
      if (change !== undefined) await commit(change);
      return report.outcome;
    },
    count: () => rowCount,
    /** How many files were written, including those that were given up. */
    filesWritten: () => filesWritten,
    async rows(): Promise<readonly string[]> {
      const snapshot = currentSnapshot(metadata);
      const { files } = await planScan(fileIO(objects), { metadata, snapshot, filter: undefined });
      const live = await localFiles(tableFiles({ objects, derived }, current()), { table: "d.t", metadata, files });
      const sql = readDataFilesSql({ files: live, columns: readColumns(follow.schema.fields) });
      const { rows } = await engine.run(`select concat_ws(' ', *columns(*)) from (${sql}) rows`);
      return rows.map(([text]) => String(text)).toSorted();
    },
  };
}

test.each([2, 3] as const)(
  "in version %i, the last change of each key counts, and applying it again changes nothing",
  async (formatVersion) => {
    const lake = openTable({ formatVersion });
    await lake.load(
      [
        [
          ["I", 1, "a", 1],
          ["I", 2, "b", 2],
        ],
        [["I", 3, "c", -0]],
      ],
      [
        [
          ["U", 2, "bb", 2.5],
          ["D", 3, "c", 0],
          ["I", 4, "d", 4],
        ],
      ],
    );
    expect(await lake.rows()).toEqual(["1 a 1.0", "2 bb 2.5", "4 d 4.0"]);
    const changes: readonly (readonly Row[])[] = [
      [
        ["D", 1, "a", 1],
        ["I", 1, "again", 1],
        ["U", 4, "x", 4],
      ],
      [
        ["U", 4, "dd", 4.5],
        ["I", 5, "e", 5],
        ["D", 5, "e", 5],
        ["D", 99, null, 0],
      ],
    ];
    expect(await lake.follow(...changes)).toBe("merged");
    expect(await lake.rows()).toEqual(["1 again 1.0", "2 bb 2.5", "4 dd 4.5"]);
    expect(lake.count()).toBe(3);
    expect(await lake.follow(...changes)).toBe("unchanged");
    expect(
      await lake.follow([
        ["D", 1, null, 0],
        ["D", 2, null, 0],
      ]),
    ).toBe("merged");
    expect(await lake.rows()).toEqual(["4 dd 4.5"]);
  },
);

test("parts of a full load that were written again leave one row for each key", async () => {
  const lake = openTable();
  await lake.load(
    [
      [
        ["I", 1, "old", 1],
        ["I", 2, "b", 2],
      ],
      [["I", 1, "new", 1]],
    ],
    [[["U", 2, "bb", 2]]],
  );
  expect(await lake.rows()).toEqual(["1 new 1.0", "2 bb 2.0"]);
  expect(lake.filesWritten()).toBe(2);
  await lake.load([[["I", 1, "old", 1]], [["I", 1, "new", 1]]]);
  expect(await lake.rows()).toEqual(["1 new 1.0"]);
});

test("a change that cannot be read is named by its own file, although parts of the full load were written again", async () => {
  const lake = openTable({ key: ["name"] });
  const load = [[["I", 1, "a", 1]], [["I", 2, "a", 2]]] as const;
  const refused = lake.load(load, [
    [["U", 3, "b", 3]],
    [
      ["U", 4, "c", 4],
      ["U", 5, null, 5],
    ],
  ]);
  await expect(refused).rejects.toMatchObject({ code: "SOURCE_KEY_NEEDED", place: "file 1, row 2" });
});

test("a full load without changes, and one without files, are what they are", async () => {
  const lake = openTable();
  await lake.load([
    [
      ["I", 1, "a", 1],
      ["I", 2, "b", 2],
    ],
  ]);
  expect(await lake.rows()).toEqual(["1 a 1.0", "2 b 2.0"]);
  expect(lake.filesWritten()).toBe(1);
  await lake.loadNothing();
  expect(await lake.rows()).toEqual([]);
});

test("without a key every row is inserted, and an update names its place", async () => {
  const lake = openTable({ key: [] });
  await lake.load(
    [
      [
        ["I", 1, "a", 1],
        ["I", 1, "a", 1],
      ],
    ],
    [[["I", 1, "a", 1]]],
  );
  await lake.follow([
    ["I", 1, "a", 1],
    ["I", 2, "b", 2],
  ]);
  expect(await lake.rows()).toEqual(["1 a 1.0", "1 a 1.0", "1 a 1.0", "1 a 1.0", "2 b 2.0"]);
  expect(lake.count()).toBe(5);
  const refused = lake.follow([["I", 3, "c", 3]], [["U", 1, "a", 2]]);
  await expect(refused).rejects.toMatchObject({ code: "SOURCE_KEY_NEEDED", place: "file 1, row 1" });
});

test("only rows of changed keys change, whether the keys are near each other, far apart or below zero", async () => {
  const far = 2 ** 52;
  const lake = openTable();
  await lake.load([[-far, -7, -6, 0, 1, 2, 3, far].map((id): Row => ["I", id, "old", 0])]);
  await lake.follow([
    ["U", -7, "near", 0],
    ["D", 0, null, 0],
    ["U", 2, "near", 0],
    ["I", 4, "near", 0],
  ]);
  await lake.follow([
    ["U", -far, "far", 0],
    ["D", 1, null, 0],
    ["U", far, "far", 0],
  ]);
  expect(await lake.rows()).toEqual([
    "-4503599627370496 far 0.0",
    "-6 old 0.0",
    "-7 near 0.0",
    "2 near 0.0",
    "3 old 0.0",
    "4 near 0.0",
    "4503599627370496 far 0.0",
  ]);
  expect(lake.count()).toBe(7);
});

test("a key of several columns, and one of texts", async () => {
  const lake = openTable({ key: ["name", "id"] });
  await lake.load([
    [
      ["I", 1, "a", 1],
      ["I", 1, "b", 1],
    ],
  ]);
  await lake.follow([
    ["U", 1, "b", 7],
    ["D", 1, "a", 1],
    ["I", 2, "a", 2],
  ]);
  expect(await lake.rows()).toEqual(["1 b 7.0", "2 a 2.0"]);
  await expect(lake.follow([["U", 1, null, 7]])).rejects.toMatchObject({ code: "SOURCE_KEY_NEEDED" });
});
