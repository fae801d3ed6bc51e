/** Files that the metadata of a table names are its own, or they are not opened: each way of naming others is tried. */
import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { must } from "../base/must.ts";
import type { DataFile } from "../iceberg/data-file.ts";
import { newTable } from "../iceberg/new-table.ts";
import { planScan } from "../iceberg/scan.ts";
import { produceSnapshot } from "../iceberg/snapshot-producer.ts";
import { currentSnapshot, type TableMetadata } from "../iceberg/table-metadata.ts";
import { applyUpdates } from "../iceberg/table-update.ts";
import type { ObjectStore } from "../objects/object-store.ts";
import { objectStoreByRoot } from "../objects/by-root.ts";
import { fileCache } from "../objects/file-cache.ts";
import { literalFileStore } from "../objects/fs/literal-file-store.ts";
import { isBelow } from "../objects/s3/s3-location.ts";
import { checkNamedFiles } from "./check-named-files.ts";
import { fileIO, keptFileIO } from "./file-io.ts";
import { localFiles } from "./local-files.ts";
import { tableFiles, type TableFiles } from "./table-files.ts";

let home: string;
let root: string;
let own: TableFiles;
const objects = () => objectStoreByRoot([{ root, store: literalFileStore(root) }]);

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "headgate-table-files-"));
  root = `file://${home}/warehouse`;
  for (const folder of ["mine/data", "mine/metadata", "theirs/data", "theirs/metadata", "apart/data"])
    await mkdir(join(home, "warehouse", folder), { recursive: true });
  for (const file of ["mine/data/a", "mine/data/b c%20", "theirs/data/a", "apart/data/a"])
    await writeFile(join(home, "warehouse", `${file}.parquet`), file);
  await writeFile(join(home, "secret.parquet"), "secret");
  await symlink(join(home, "warehouse/theirs"), join(home, "warehouse/mine/link"));
  await symlink(join(home, "secret.parquet"), join(home, "warehouse/mine/data/secret.parquet"));
  await symlink(join(home, "warehouse/mine/data/a.parquet"), join(home, "warehouse/mine/data/again.parquet"));
  own = filesOf([]);
});
afterAll(() => rm(home, { recursive: true, force: true }));

function filesOf(places: readonly string[]): TableFiles {
  const derived = fileCache({ directory: join(home, "derived"), boundBytes: 1_000_000 });
  return tableFiles(
    { objects: objects(), derived },
    { database: "shop", name: "mine", location: `${root}/mine/`, places },
  );
}

/** Metadata of a table whose one file is described under this location. */
async function naming(filePath: string, more: Partial<DataFile> = {}): Promise<TableMetadata> {
  const schema = {
    schemaId: 0,
    fields: [{ id: 1, name: "id", required: false, type: "int" }],
    identifierFieldIds: [],
  } as const;
  const empty = newTable({ uuid: crypto.randomUUID(), location: `${root}/mine`, schema, now: 1 });
  const file = {
    content: "data",
    filePath,
    fileFormat: "PARQUET",
    specId: 0,
    partition: [],
    recordCount: 1n,
    fileSizeInBytes: 1n,
  } as const;
  const { updates } = await produceSnapshot(fileIO(objects()), empty, {
    add: [{ ...file, ...more }],
    remove: new Set(),
    now: 2,
  });
  return applyUpdates(empty, { updates, previousFile: undefined, now: 2 });
}

async function read(metadata: TableMetadata): Promise<readonly string[]> {
  const { files } = await planScan(own.manifests, { metadata, snapshot: currentSnapshot(metadata), filter: undefined });
  return (await localFiles(own, { table: "shop.mine", metadata, files })).map(({ path }) => path);
}

test("a file comes with its number of rows, without which the engine takes it for the smaller side of a join", async () => {
  const metadata = await naming(`${root}/mine/data/a.parquet`, { recordCount: 7n });
  const { files } = await planScan(own.manifests, { metadata, snapshot: currentSnapshot(metadata), filter: undefined });
  expect(await localFiles(own, { table: "shop.mine", metadata, files })).toMatchObject([{ recordCount: 7 }]);
});

const outside = { code: "FILE_OUTSIDE_TABLE" };
const within = (path: string): string => path.replace("~", home);

test.each([
  "file://~/warehouse/mine/data/a.parquet",
  "file:~/warehouse/mine/data/a.parquet",
  "~/warehouse/mine/data/a.parquet",
  "file://~/warehouse/mine//data/a.parquet",
  "file://~/warehouse/theirs/../mine/data/a.parquet",
  "file://~/warehouse/mine/data/b c%20.parquet",
  "file://~/warehouse/mine/data/again.parquet",
])("a file of the table is read as %s", async (path) => {
  const metadata = await naming(within(path));
  await checkNamedFiles(own, metadata);
  expect(await read(metadata)).toHaveLength(1);
});

test.each([
  "file://~/warehouse/theirs/data/a.parquet",
  "file:~/warehouse/theirs/data/a.parquet",
  "~/warehouse/theirs/data/a.parquet",
  "file://~/warehouse/mine/../theirs/data/a.parquet",
  "file://~/warehouse/mine/data/../../theirs/data/a.parquet",
  "file://~/warehouse/mine/link/data/a.parquet",
  "file://~/warehouse/mine/data/secret.parquet",
  "file://~/warehouse/mine-too/a.parquet",
  "file://~/warehouse/mine",
  "file://~/warehouse/MINE/data/a.parquet",
  "FILE://~/warehouse/mine/data/a.parquet",
  "file://localhost~/warehouse/theirs/data/a.parquet",
  "file://~/secret.parquet",
  "file:///etc/passwd",
  "/etc/passwd",
  "s3://warehouse/mine/data/a.parquet",
  "https://example.org/mine/data/a.parquet",
  "",
])("%s is not a file of the table", async (path) => {
  const metadata = await naming(within(path));
  await expect(checkNamedFiles(own, metadata)).rejects.toMatchObject(outside);
  await expect(read(metadata)).rejects.toMatchObject(outside);
  await expect(own.objects.get(within(path))).rejects.toMatchObject(outside);
  await expect(own.objects.delete([within(path)])).rejects.toMatchObject(outside);
});

test.each([
  ["position-deletes", "PARQUET"],
  ["position-deletes", "PUFFIN"],
  ["equality-deletes", "PARQUET"],
  ["data", "AVRO"],
] as const)("%s in %s are files too", async (content, fileFormat) => {
  const more = { content, fileFormat, equalityIds: [1], contentOffset: 0n, contentSizeInBytes: 1n };
  const metadata = await naming(`${root}/theirs/data/a.parquet`, more);
  await expect(checkNamedFiles(own, metadata)).rejects.toMatchObject(outside);
});

test("neither are another table's manifest lists and manifests", async () => {
  const theirs = await naming(`${root}/mine/data/a.parquet`);
  const snapshot = must(currentSnapshot(theirs), "a snapshot");
  const list = `${root}/theirs/metadata/list.avro`;
  await objects().put(list, await objects().get(must(snapshot.manifestList, "a list")));
  const metadata = { ...theirs, snapshots: [{ ...snapshot, manifestList: list }] };
  await expect(checkNamedFiles(own, metadata)).rejects.toMatchObject(outside);
  await expect(read(metadata)).rejects.toMatchObject(outside);
  const versionOne = { ...theirs, snapshots: [{ ...snapshot, manifestList: undefined, manifests: [list] }] };
  await expect(checkNamedFiles(own, versionOne)).rejects.toMatchObject(outside);
  await expect(read(versionOne)).rejects.toMatchObject(outside);
});

test("places that were approved are the table's as well, whatever the metadata says", async () => {
  const location = `${root}/apart/data/a.parquet`;
  const metadata = await naming(location);
  const claiming = { ...metadata, location: root, properties: { "write.data.path": `${root}/apart` } };
  await expect(checkNamedFiles(own, claiming)).rejects.toMatchObject(outside);
  await checkNamedFiles(filesOf([`${root}/apart`]), metadata);
  await expect(
    checkNamedFiles(filesOf([`${root}/apart`]), await naming(`${root}/theirs/data/a.parquet`)),
  ).rejects.toMatchObject({
    ...outside,
    place: `shop.mine: ${root}/theirs/data/a.parquet`,
    message: expect.stringContaining(`${root}/mine or ${root}/apart`),
  });
});

test.each([
  ["s3://bucket/mine/data/a", true],
  ["s3://bucket/mine/data/%2e%2e/a", true],
  ["s3://bucket/mine/../theirs/a", false],
  ["s3://bucket/mine/./a", false],
  ["s3://bucket/mine-too/a", false],
  ["s3://bucket/Mine/a", false],
  ["s3://bucket/mine", false],
  ["s3://other/mine/data/a", false],
  ["file:///mine/data/a", false],
])("%s is below s3://bucket/mine: %s", (location, expected) => {
  expect(isBelow(location, "s3://bucket/mine")).toBe(expected);
});

test("a file that is replaced by a link after the look is not read", async () => {
  const path = join(home, "warehouse/mine/data/swapped.parquet");
  const location = `${root}/mine/data/swapped.parquet`;
  const swapping: ObjectStore = {
    ...objects(),
    within: (places) => async (asked) => {
      await rm(path, { force: true });
      await writeFile(path, "mine");
      const isWithin = await objects().within(places)(asked);
      await rm(path);
      await symlink(join(home, "warehouse/theirs/data/a.parquet"), path);
      return isWithin;
    },
  };
  const derived = fileCache({ directory: join(home, "derived"), boundBytes: 1_000_000 });
  const table = { database: "shop", name: "mine", location: `${root}/mine`, places: [] };
  const files = tableFiles({ objects: swapping, derived, manifests: keptFileIO(objects()) }, table);
  const missing = { code: "DATA_FILE_MISSING" };
  await expect(files.objects.get(location)).rejects.toMatchObject(missing);
  await expect(files.objects.open(location)).rejects.toMatchObject(missing);
  await expect(files.io.read(location)).rejects.toMatchObject(missing);
  await expect(files.manifests.read(location)).rejects.toMatchObject(missing);
});

test("a pipe in place of a file is refused, and nothing waits for it", async () => {
  expect(spawnSync("mkfifo", [join(home, "warehouse/mine/data/pipe.parquet")]).status).toBe(0);
  const missing = { code: "DATA_FILE_MISSING" };
  await expect(own.objects.get(`${root}/mine/data/pipe.parquet`)).rejects.toMatchObject(missing);
  await expect(own.objects.localPath(`${root}/mine/data/pipe.parquet`)).rejects.toMatchObject(missing);
});
