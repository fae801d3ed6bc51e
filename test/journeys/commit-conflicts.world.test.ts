/**
 * Tests several writers of one table: changes that do not conflict succeed, conflicts are reported, and no row is lost,
 * duplicated or restored.
 */
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { silent } from "../../src/base/progress.ts";
import { must } from "../../src/base/must.ts";
import { uuidv7 } from "../../src/base/uuid.ts";
import { fileIO } from "../../src/catalog/file-io.ts";
import type { DataFile } from "../../src/iceberg/data-file.ts";
import { metadataVersion, writeMetadata } from "../../src/iceberg/metadata-file.ts";
import { produceSnapshot } from "../../src/iceberg/snapshot-producer.ts";
import { currentSchema } from "../../src/iceberg/table-metadata.ts";
import { applyUpdates } from "../../src/iceberg/table-update.ts";
import type { Context } from "../../src/operations/context.ts";
import { referenceSet, tableRollback } from "../../src/operations/references.ts";
import { maintainTables, noSource, type TableUpkeep } from "../../src/maintenance/maintain-tables.ts";
import { usualLimits } from "../../src/maintenance/upkeep-run.ts";
import { syncSource } from "../../src/sync/run/sync-source.ts";
import { askCommand } from "../world/command.ts";
import { compareAllWithLake } from "../world/equality.ts";
import { holdHeadgate, type HeldHeadgate } from "../world/held-headgate.ts";
import { interrupted } from "../world/interrupted.ts";
import { movePointer } from "../world/move-pointer.ts";
import { orphans } from "../world/orphans.ts";
import { ownersCall } from "../world/owners-call.ts";
import { openSampleSource, type SampleSource } from "../world/sample-source.ts";
import { setProperties } from "../world/set-properties.ts";

const dayMs = 24 * 3_600_000;

describe.each([2, 3] as const)("writers of a table of version %i", (formatVersion) => {
  let home: string;
  let source: SampleSource;
  let held: HeldHeadgate;
  let context: Context;
  let round = 0;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), "headgate-conflicts-"));
    source = await openSampleSource("postgres", join(home, "source"));
    await source.execute("create table items (id int primary key, entry varchar(200))");
    const ids = Array.from({ length: 1_000 }, (_, index) => index);
    await source.execute(`insert into items values ${ids.map((id) => `(${id}, 'entry ${id}')`).join(", ")}`);
    const at = { data: join(home, "data"), environment: { SHOP_PASSWORD: source.password } };
    await askCommand(["source", "add", "shop", source.url, "--password-env", "SHOP_PASSWORD"], at);
    await askCommand(["table", "set", "shop.items", "--format-version", String(formatVersion)], at);
    held = await holdHeadgate({ data: at.data, smallFile: "0" });
    ({ context } = held.session);
    await held.sync("shop");
  });
  afterAll(async () => {
    await held[Symbol.asyncDispose]();
    await source[Symbol.asyncDispose]();
    await rm(home, { recursive: true, force: true });
  });

  const once = test.runIf(formatVersion === 2);
  const insert = (): Promise<unknown> => source.execute(`insert into items values (${1_000 + ++round}, 'new')`);

  /** Gives compaction something to do. */
  async function makeSmallFiles(): Promise<void> {
    for (let count = 0; count < 5; count++) {
      await insert();
      await held.sync("shop");
    }
  }

  /** Treats the table as one that no source feeds, because maintenance of a source waits for its syncs. */
  async function keepUp(within: Context, now = new Date()): Promise<TableUpkeep> {
    const limits = usualLimits(now);
    const tables = await within.catalog.entries("shop");
    const { signal } = new AbortController();
    const kept = await maintainTables(within, { source: noSource, tables, limits, report: silent, signal });
    return must(kept.tables[0], "the table's upkeep");
  }

  async function deleteByValue(ids: readonly number[]): Promise<void> {
    const engine = await context.loadEngine();
    const found = await find();
    const { metadata, metadataLocation: from } = found;
    const location = `${metadata.location}/data/${uuidv7()}-deletes.parquet`;
    const draft = await context.objects.draft(location);
    const column = must(currentSchema(metadata).fields[0], "the key");
    await engine.run(`copy (select unnest([${ids.join(", ")}])::integer as id) to '${draft.path}' (format parquet,
      field_ids {id: ${column.id}})`);
    const { size } = await stat(draft.path);
    await draft.publish();
    const file: DataFile = {
      content: "equality-deletes",
      filePath: location,
      fileFormat: "PARQUET",
      specId: metadata.defaultSpecId,
      partition: [],
      recordCount: BigInt(ids.length),
      fileSizeInBytes: BigInt(size),
      equalityIds: [column.id],
    };
    const [io, now] = [fileIO(context.objects), Date.now()];
    const { snapshot, updates } = await produceSnapshot(io, metadata, { add: [file], remove: new Set(), now });
    const next = applyUpdates(metadata, { updates, previousFile: from, now });
    const to = await writeMetadata(io, next, { version: metadataVersion(from) + 1, uuid: uuidv7() });
    await movePointer(held.session, { table: found, to, snapshotId: snapshot.snapshotId });
  }

  async function expectExact(): Promise<void> {
    const compared = await compareAllWithLake({ source, session: held.session, database: "shop", tables: ["items"] });
    expect(compared).toMatchObject([{ equal: true }]);
    expect(await orphans(context)).toEqual([]);
  }

  const tag = (name: string, at?: string) =>
    referenceSet.run(context, { table: "shop.items", name, type: "tag", at }, ownersCall);
  const find = () => context.catalog.find("shop.items");

  test("a merge adds rows while files are gathered: both are done", async () => {
    await makeSmallFiles();
    await insert();
    const within = interrupted(context, () => held.sync("shop"));
    const { rewrites, error } = await keepUp(within);
    expect({ rewrites: rewrites.length, error, times: within.times() }).toEqual({
      rewrites: 1,
      error: undefined,
      times: 2,
    });
    const { metadata } = await find();
    expect(metadata.snapshots.slice(-2).map(({ summary }) => summary["operation"])).toEqual(["append", "replace"]);
    await expectExact();
    expect((await held.sync("shop")).commit).toBeNull();
  });

  test("a merge deletes rows in files that are gathered: the merge stays, and the next upkeep does the rest", async () => {
    await makeSmallFiles();
    await source.execute(`delete from items where id in (3, ${1_000 + round}, ${1_000 + round - 1})`);
    const { error } = await keepUp(interrupted(context, () => held.sync("shop")));
    expect(error).toMatchObject({ code: "COMMIT_CONFLICT", place: "shop.items" });
    expect(error?.message).toMatch(/^snapshot \d+ (deleted rows of|took out) a file/);
    await expectExact();
    expect((await held.sync("shop")).commit).toBeNull();
    expect((await keepUp(context)).error).toBeUndefined();
    await expectExact();
  });

  test("another engine deletes rows by value in files that are gathered: both are done, and the rows are gone", async () => {
    await makeSmallFiles();
    const gone = [5, 1_000 + round];
    const counts = async (): Promise<readonly number[]> => {
      const isGone = `id in (${gone.join(", ")})`;
      const [row] = await held.rows(`select count(*), count(*) filter (where ${isGone}) from shop.items`);
      return must(row, "a row").map(Number);
    };
    const [all = 0, still] = await counts();
    const within = interrupted(context, () => deleteByValue(gone));
    const { rewrites, error } = await keepUp(within);
    expect({ rewrites: rewrites.length, error, times: within.times() }).toEqual({
      rewrites: 1,
      error: undefined,
      times: 2,
    });
    expect([still, await counts()]).toEqual([2, [all - 2, 0]]);
    expect((await keepUp(context)).rewrites.map(({ why }) => why)).toContain("rows are deleted by value");
    expect(await counts()).toEqual([all - 2, 0]);
    await held.sync("shop");
    await expectExact();
  });

  test("files are gathered while a merge is under way: the merge compares once more, and both are done", async () => {
    await makeSmallFiles();
    await source.execute("update items set entry = 'changed' where id < 50");
    const report = { source: await context.sources.get("shop"), patterns: [], full: false, report: silent };
    const within = interrupted(context, () => keepUp(context));
    await syncSource(within, { ...report, signal: ownersCall.signal });
    await expectExact();
  });

  once("a state gets a name while a merge, or an upkeep, is under way: nothing is done twice", async () => {
    await makeSmallFiles();
    await insert();
    const runs = () => context.db.selectFrom("runs").select("id").execute();
    const before = (await runs()).length;
    const request = { source: await context.sources.get("shop"), patterns: [], full: false, report: silent };
    const { commit } = await syncSource(
      interrupted(context, () => tag("in-merge")),
      { ...request, signal: ownersCall.signal },
    );
    expect([commit, (await runs()).length]).toEqual([expect.any(String), before + 1]);
    await makeSmallFiles();
    const kept = await keepUp(interrupted(context, () => tag("in-upkeep")));
    expect(kept).toMatchObject({ error: undefined, rewrites: [{ why: expect.stringContaining("small files") }] });
    expect(Object.keys((await find()).metadata.refs)).toEqual(expect.arrayContaining(["in-merge", "in-upkeep"]));
    await expectExact();
    expect((await held.sync("shop")).commit).toBeNull();
  });

  once("a state gets a name while it is about to expire: it stays, and so do its files", async () => {
    const oldest = String((await find()).metadata.snapshots[0]?.snapshotId);
    const { expiredSnapshots, error } = await keepUp(
      interrupted(context, () => tag("kept", oldest)),
      new Date(Date.now() + 6 * dayMs),
    );
    expect({ error, some: expiredSnapshots > 5 }).toEqual({ error: undefined, some: true });
    const { snapshots, refs } = (await find()).metadata;
    expect(snapshots.map(({ snapshotId }) => String(snapshotId))).toContain(oldest);
    expect(Object.keys(refs)).toContain("kept");
    await expectExact();
  });

  once(
    "a state gets a name while the table goes back to it: both are done, and the next sync brings it forward",
    async () => {
      await insert();
      await held.sync("shop");
      const within = interrupted(context, () => tag("forward"));
      const { from, to } = await tableRollback.run(within, { table: "shop.items", to: "before-last" }, ownersCall);
      const { currentSnapshotId, refs } = (await find()).metadata;
      expect([String(currentSnapshotId), String(refs["forward"]?.snapshotId)]).toEqual([to, from]);
      expect((await held.sync("shop")).commit).not.toBeNull();
      await expectExact();
    },
  );

  once("a table that wants no second attempt gets none", async () => {
    await makeSmallFiles();
    await setProperties(context, "shop.items", { "commit.retry.num-retries": "0" });
    const { error } = await keepUp(interrupted(context, () => tag("first")));
    expect(error).toMatchObject({ code: "COMMIT_CONFLICT" });
    await expectExact();
  });
});
