/** Registering a table gives nobody the files of another one, and tables whose files lie in several places still work. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openPlainLake, programOf, type PlainLake } from "../../test/world/plain-lake.ts";
import { labelledTable } from "../../test/world/plain-source.ts";
import { must } from "../base/must.ts";
import { fileIO } from "../catalog/file-io.ts";
import { registerTable } from "../catalog/register-table.ts";
import { quoteText } from "../engine/duckdb-type.ts";
import { writeMetadata } from "../iceberg/metadata-file.ts";
import { newTable } from "../iceberg/new-table.ts";
import { produceSnapshot } from "../iceberg/snapshot-producer.ts";
import { applyUpdates } from "../iceberg/table-update.ts";
import type { Principal } from "../identity/principal.ts";
import { grantAdd } from "./access/grants.ts";
import { grantReattach } from "./access/reattach.ts";
import { tableImport } from "./import.ts";
import { tableRegister, tableUnregister } from "./register.ts";
import { sql } from "./sql.ts";
import { tableDrop } from "./table-drop.ts";

let lake: PlainLake;
/** Administers everything and reads no rows. */
let administrator: Principal;
let ordersFile: string;

beforeAll(async () => {
  lake = await openPlainLake();
  const shop = await lake.connect("shop", { orders: labelledTable(3) });
  await shop.sync();
  administrator = await programOf(lake, "administrator");
  const { location } = await shop.table("orders");
  for await (const file of lake.context.objects.list(`${location}/data/`)) ordersFile = file.location;
  await mkdir(lake.files);
});
afterAll(() => lake[Symbol.asyncDispose]());

const at = (path: string): string => `file://${join(lake.files, path)}`;

/** Writes a Parquet file with one row, and returns its location. */
async function dataFile(path: string): Promise<string> {
  const file = join(lake.files, path);
  await mkdir(join(file, ".."), { recursive: true });
  const engine = await lake.context.loadEngine();
  await engine.run(`copy (select 7 as id) to ${quoteText(file)} (format parquet, field_ids {id: 1})`);
  return at(path);
}

/** Writes metadata of a table there whose only file is described under this location; returns the metadata's location. */
async function foreign(folder: string, filePath: string, properties: Record<string, string> = {}): Promise<string> {
  const io = fileIO(lake.context.objects);
  const uuid = crypto.randomUUID();
  const schema = {
    schemaId: 0,
    fields: [{ id: 1, name: "id", required: false, type: "int" }],
    identifierFieldIds: [],
  } as const;
  const empty = newTable({ uuid, location: at(folder), schema, properties, now: 1 });
  const counts = { recordCount: 1n, fileSizeInBytes: 100n };
  const file = { content: "data", filePath, fileFormat: "PARQUET", specId: 0, partition: [], ...counts } as const;
  const { updates } = await produceSnapshot(io, empty, { add: [file], remove: new Set(), now: 2 });
  const metadata = applyUpdates(empty, { updates, previousFile: undefined, now: 2 });
  return writeMetadata(io, metadata, { version: 1, uuid });
}

const register = (table: string, location: string, more: object = {}, by = administrator) =>
  lake.ask(tableRegister, { table, location, ...more }, { principal: by });

async function rows(statement: string): Promise<readonly unknown[]> {
  const found: unknown[] = [];
  const emit = async (item: unknown): Promise<void> => {
    found.push(...((item as { rows?: unknown[] }).rows ?? []));
  };
  await lake.ask(sql, { sql: statement }, { emit });
  return found;
}

test("metadata that names a file of the lake or of the machine is not registered", async () => {
  await writeFile(join(lake.files, "..", "outside.parquet"), "outside");
  for (const [index, path] of [ordersFile, "file:///etc/passwd", at("../outside.parquet")].entries()) {
    const location = await foreign(`thief-${index}`, path);
    await expect(register(`far.thief${index}`, location)).rejects.toMatchObject({
      code: "FILE_OUTSIDE_TABLE",
      place: `far.thief${index}: ${path}`,
    });
  }
  expect(await lake.context.catalog.entries("far")).toEqual([]);
});

test("a table of the lake is not registered a second time", async () => {
  const { location, metadataLocation } = await lake.context.catalog.findEntry("shop.orders");
  for (const place of [location, metadataLocation])
    await expect(register("far.twin", place)).rejects.toMatchObject({ code: "TABLE_LOCATION_INVALID" });
});

test("metadata that came to name such a file after it was registered is not read", async () => {
  const location = await foreign("turned", ordersFile);
  const approve = async (): Promise<void> => {};
  const filesAt = [ordersFile.slice(0, ordersFile.lastIndexOf("/"))];
  await registerTable(lake.context.catalog, { database: "far", name: "turned", location, filesAt, approve });
  await lake.context.db.updateTable("tables").set({ places: [] }).where("name", "=", "turned").execute();
  await expect(rows("select * from far.turned")).rejects.toMatchObject({ code: "FILE_OUTSIDE_TABLE" });
});

test("files in other places are read once these are named, by the caller or by the table's own properties", async () => {
  const apart = await dataFile("apart/1.parquet");
  const location = await foreign("whole", apart);
  await expect(register("far.whole", location)).rejects.toMatchObject({ code: "FILE_OUTSIDE_TABLE" });
  expect(await register("far.whole", location, { filesAt: [at("apart/")] })).toMatchObject({ isNew: true });
  expect(await rows("select id from far.whole")).toEqual([[7]]);
  expect(await lake.context.catalog.findEntry("far.whole")).toMatchObject({ places: [at("apart")] });
  const declared = await foreign("declared", await dataFile("data/1.parquet"), { "write.data.path": at("data") });
  await register("far.declared", declared);
  expect(await rows("select id from far.declared")).toEqual([[7]]);
});

test("newer metadata is registered with the places that are named with it", async () => {
  const location = await foreign("moved", await dataFile("moved/1.parquet"));
  expect(await register("far.moved", location)).toMatchObject({ isNew: true });
  expect(await register("far.moved", location, { filesAt: [at("beside")] })).toMatchObject({ isNew: false });
  expect(await lake.context.catalog.findEntry("far.moved")).toMatchObject({ places: [at("beside")] });
});

test("the place of a table is taken, also for an import, except for whoever may read all of it", async () => {
  const location = await foreign("first", await dataFile("first/data/1.parquet"));
  await register("far.first", location);
  const taken = { code: "TABLE_PLACE_TAKEN" };
  const second = await foreign("second", at("first/data/1.parquet"));
  await expect(register("far.second", second, { filesAt: [at("first/data")] })).rejects.toMatchObject(taken);
  await expect(register("far.second", at("first"))).rejects.toMatchObject(taken);
  const by = { principal: administrator };
  const imported = { table: "far.copy", location: at("first/data"), plan: true };
  await expect(lake.ask(tableImport, imported, by)).rejects.toMatchObject(taken);
  await lake.ask(grantAdd, { permissions: ["SELECT"], on: "far.first", to: `key:${administrator.name}` });
  await register("far.second", second, { filesAt: [at("first/data")] });
  expect(await rows("select id from far.second")).toEqual([[7]]);
});

test("a place becomes that of one table only, also if several are registered at the same moment", async () => {
  const location = await foreign("same", await dataFile("same/1.parquet"));
  const inside = await foreign("same/below", await dataFile("same/below/1.parquet"));
  const both = await Promise.allSettled([register("far.above", location), register("far.below", inside)]);
  expect(both.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  expect(both.find(({ status }) => status === "rejected")).toMatchObject({ reason: { code: "TABLE_PLACE_TAKEN" } });
  const others = [
    await foreign("apart-1", await dataFile("apart-1/1.parquet")),
    await foreign("apart-2", await dataFile("apart-2/1.parquet")),
  ];
  for (const [index, other] of others.entries()) await register(`far.apart${index}`, other);
  const filesAt = [at("joint")];
  const joint = await Promise.allSettled(
    others.map((other, index) => register(`far.apart${index}`, other, { filesAt })),
  );
  expect(joint.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
});

test("an import is not repeated from a place where somebody has registered a table since", async () => {
  const by = { principal: administrator };
  await dataFile("shared/early.parquet");
  const asked = { table: "far.early", location: at("shared") };
  const { proposal } = await lake.ask(tableImport, { ...asked, plan: true }, by);
  await lake.ask(tableImport, { ...asked, approve: must(proposal, "a proposal").digest }, by);
  const again = { table: "far.early", again: true, plan: true };
  await lake.ask(tableImport, again, by);
  await register("far.later", await foreign("shared/later", await dataFile("shared/later/data/1.parquet")));
  await expect(lake.ask(tableImport, again, by)).rejects.toMatchObject({ code: "TABLE_PLACE_TAKEN" });
});

test("a table that was dropped or unregistered gets no grant back by being registered again", async () => {
  const reader = await programOf(lake, "none");
  const location = await foreign("again", await dataFile("again/1.parquet"));
  const isRead = () =>
    lake.ask(sql, { sql: "select id from far.again" }, { principal: reader }).then(
      () => true,
      ({ code }: { code: string }) => code,
    );
  await register("far.again", location);
  await lake.ask(grantAdd, { permissions: ["SELECT"], on: "far.again", to: `key:${reader.name}` });
  expect(await isRead()).toBe(true);
  for (const end of [tableUnregister, tableDrop] as const) {
    await lake.ask<{ table: string }, unknown>(end, { table: "far.again" });
    expect(await register("far.again", location)).toMatchObject({ isNew: true, earlierGrants: 1 });
    expect(await isRead()).toBe("NOT_ALLOWED");
    expect(await lake.ask(grantReattach, { table: "far.again" })).toMatchObject({ added: 1, skipped: [] });
    expect(await isRead()).toBe(true);
  }
});

test("whoever imports a table of the name of a dropped one is offered its grants", async () => {
  const reader = await programOf(lake, "none");
  await dataFile("landed/1.parquet");
  const asked = { table: "far.landed", location: at("landed") };
  const importIt = async () => {
    const { proposal } = await lake.ask(tableImport, { ...asked, plan: true });
    const { digest } = must(proposal, "a proposal");
    return must((await lake.ask(tableImport, { ...asked, approve: digest })).imported, "an import");
  };
  expect(await importIt()).not.toHaveProperty("earlierGrants");
  await lake.ask(grantAdd, { permissions: ["SELECT"], on: "far.landed", to: `key:${reader.name}`, columns: ["id"] });
  await lake.ask(tableDrop, { table: "far.landed" });
  expect(await importIt()).toMatchObject({ earlierGrants: 1 });
});
