/**
 * Tests tables in format version 3, created in it or upgraded to it: they stay equal to their source, and their rows
 * keep one id.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { silent } from "../../src/base/progress.ts";
import { fileIO } from "../../src/catalog/file-io.ts";
import { planScan } from "../../src/iceberg/scan.ts";
import { currentSnapshot } from "../../src/iceberg/table-metadata.ts";
import { maintain } from "../../src/operations/maintain.ts";
import { tableSet } from "../../src/operations/table-set.ts";
import { askCommand, refusedCommand, runCommand, type CommandOptions } from "../world/command.ts";
import { compareAllWithLake } from "../world/equality.ts";
import { holdHeadgate, type HeldHeadgate } from "../world/held-headgate.ts";
import { orphans } from "../world/orphans.ts";
import { rowLineage } from "../world/row-lineage.ts";
import { openSampleSource, type SampleSource } from "../world/sample-source.ts";

const tables = ["born", "grown", "small"];
const call = { report: silent, emit: async () => {}, signal: new AbortController().signal };

let home: string;
let source: SampleSource;
let at: CommandOptions;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "headgate-format-"));
  source = await openSampleSource("postgres", join(home, "source"));
  for (const table of [...tables, "kept"]) {
    await source.execute(`create table ${table} (id int primary key, city varchar(20), note varchar(200))`);
    const rows = Array.from({ length: table === "small" ? 10 : 2_000 }, (_, id) => `(${id}, 'city ${id % 3}', null)`);
    await source.execute(`insert into ${table} values ${rows.join(", ")}`);
  }
  at = { data: join(home, "data"), environment: { SHOP_PASSWORD: source.password } };
  await askCommand(["source", "add", "shop", source.url, "--password-env", "SHOP_PASSWORD"], at);
  await askCommand(["table", "set", "shop.born", "--format-version", "3", "--partition-by", "city"], at);
  await askCommand(["table", "set", "shop.kept", "--format-version", "3"], at);
  await askCommand(["table", "set", "shop.kept", "--soft-delete", "yes"], at);
});
afterAll(async () => {
  await source[Symbol.asyncDispose]();
  await rm(home, { recursive: true, force: true });
});

const hold = (smallFile = "0"): Promise<HeldHeadgate> => holdHeadgate({ data: at.data, smallFile });

async function stateOf({ session: { context } }: HeldHeadgate, table: string) {
  const { metadata } = await context.catalog.find(`shop.${table}`);
  const scan = { metadata, snapshot: currentSnapshot(metadata), filter: undefined };
  const { files, deletes } = await planScan(fileIO(context.objects), scan);
  return { version: metadata.formatVersion, files: files.length, deletes: deletes.map(({ fileFormat }) => fileFormat) };
}

const lineage = ({ session }: HeldHeadgate, table: string) =>
  rowLineage(session.context, { table: `shop.${table}`, by: "id" });

async function expectExact({ session }: HeldHeadgate): Promise<void> {
  const compared = await compareAllWithLake({ source, session, database: "shop", tables });
  expect(compared).toMatchObject(tables.map((table) => ({ table: `shop.${table}`, equal: true })));
  expect(await orphans(session.context)).toEqual([]);
}

async function change(table: string, from: number): Promise<void> {
  await source.execute(`delete from ${table} where id between ${from} and ${from + 4}`);
  await source.execute(`update ${table} set note = 'changed' where id between ${from + 5} and ${from + 7}`);
  await source.execute(`insert into ${table} values (${10_000 + from}, 'city 1', 'new')`);
}

test("a table that is made in version 3 loses rows by vectors; upkeep gathers its files, and rows keep their ids", async () => {
  await using held = await hold();
  await held.sync("shop");
  expect(await stateOf(held, "born")).toEqual({ version: 3, files: 3, deletes: [] });
  expect(await stateOf(held, "grown")).toMatchObject({ version: 2 });
  const first = await lineage(held, "born");
  expect(new Set([...first.values()].map(({ rowId }) => rowId)).size).toBe(2_000);
  for (const from of [10, 110, 210, 310]) {
    await change("born", from);
    await held.sync("shop");
  }
  await expectExact(held);
  const before = await stateOf(held, "born");
  expect(before.deletes).toEqual(["PUFFIN", "PUFFIN", "PUFFIN"]);
  const changed = await lineage(held, "born");
  expect([...changed].filter(([id, row]) => first.get(id)?.rowId === row.rowId)).toHaveLength(2_000 - 32);
  const { runs } = await held.session.call(maintain, { tables: ["shop.born"], plan: false }, call);
  expect(runs[0]?.tables).toMatchObject([{ error: undefined }]);
  const after = await stateOf(held, "born");
  expect(after.files).toBeLessThan(before.files);
  expect(await lineage(held, "born")).toEqual(changed);
  expect((await held.sync("shop")).commit).toBeNull();
  await expectExact(held);
});

test("a table is brought to version 3 by its next change, vectors take over, and it never goes back", async () => {
  await using held = await hold();
  await change("grown", 10);
  await held.sync("shop");
  expect(await stateOf(held, "grown")).toMatchObject({ version: 2, deletes: ["PARQUET"] });
  await held.session.call(tableSet, { table: "shop.grown", formatVersion: 3 }, call);
  expect((await held.sync("shop")).commit).toBeNull();
  expect(await stateOf(held, "grown")).toMatchObject({ version: 2 });
  await change("grown", 110);
  await held.sync("shop");
  expect(await stateOf(held, "grown")).toMatchObject({ version: 3, deletes: ["PUFFIN"] });
  await expectExact(held);
  const back = { table: "shop.grown", formatVersion: 2 } as const;
  await expect(held.session.call(tableSet, back, call)).rejects.toMatchObject({
    code: "USAGE",
    message: expect.stringContaining("cannot go back to version 2"),
  });
  await held.session.call(tableSet, { ...back, formatVersion: null }, call);
  await change("grown", 210);
  await held.sync("shop");
  expect(await stateOf(held, "grown")).toMatchObject({ version: 3, deletes: ["PUFFIN"] });
  await expectExact(held);
});

test.each(["deletes-published", "metadata-written"])("killed at %s, nothing is left lying about", async (point) => {
  await change("grown", point.length * 30);
  const environment = { ...at.environment, HEADGATE_SMALL_FILE: "0", HEADGATE_CRASH_AT: point };
  expect(await runCommand(["sync", "shop"], { ...at, environment })).toMatchObject({ code: null });
  await using held = await hold();
  expect(await orphans(held.session.context)).toContainEqual(expect.stringMatching(/\.puffin$/));
  await held.sync("shop");
  await expectExact(held);
});

test("a small table is merged, so that its rows keep their ids; loaded from the beginning they get others", async () => {
  await using held = await hold("1000000");
  await held.session.call(tableSet, { table: "shop.small", formatVersion: 3 }, call);
  await source.execute("insert into small values (10, 'city 1', null)");
  await held.sync("shop");
  const before = await lineage(held, "small");
  await source.execute("delete from small where id = 3");
  await source.execute("update small set note = 'changed' where id = 4");
  await held.sync("shop");
  const after = await lineage(held, "small");
  const same = [...after].filter(([id, row]) => before.get(id)?.rowId === row.rowId).map(([id]) => Number(id));
  expect(same.toSorted((one, two) => one - two)).toEqual([0, 1, 2, 5, 6, 7, 8, 9, 10]);
  for (const id of same) expect(after.get(String(id))).toEqual(before.get(String(id)));
  await expectExact(held);
  await held.sync("shop", true);
  for (const [id, { rowId }] of await lineage(held, "small")) expect(after.get(id)?.rowId).not.toBe(rowId);
  await expectExact(held);
});

test("a row that is marked as deleted keeps its id, and is changed then", async () => {
  await using held = await hold();
  const before = await lineage(held, "kept");
  await source.execute("delete from kept where id = 7");
  await held.sync("shop");
  const after = await lineage(held, "kept");
  expect(after.size).toBe(before.size);
  const [was, is] = [before.get("7"), after.get("7")];
  expect(is?.rowId).toBe(was?.rowId);
  expect(Number(is?.updated)).toBeGreaterThan(Number(was?.updated));
});

test("the command line refuses to go back, and what is no version", async () => {
  const set = (version: string) => refusedCommand(["table", "set", "shop.born", "--format-version", version], at);
  expect(await set("2")).toMatchObject({
    code: "USAGE",
    message: "the table has format version 3 and cannot go back to version 2",
  });
  expect(await set("4")).toMatchObject({ code: "USAGE", message: expect.stringContaining("2, 3, auto") });
});
