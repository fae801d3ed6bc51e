/**
 * Accounts with a lake and a key of their own: everything of theirs lies there, encrypted, and whoever has one
 * account's keys gets nothing of another's. People read across accounts by grants as before.
 */
import { randomBytes } from "node:crypto";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openPlainLake, type PlainLake } from "../../../test/world/plain-lake.ts";
import { labelledTable } from "../../../test/world/plain-source.ts";
import { must } from "../../base/must.ts";
import { openSecretBox } from "../../base/secret-box.ts";
import { uuidv7 } from "../../base/uuid.ts";
import { accountKeys, accountLakes, lakeOf } from "../../catalog/account-lakes.ts";
import { commit } from "../../catalog/commit.ts";
import { accountIdOf } from "../../identity/accounts.ts";
import { ownerIn } from "../../identity/acting.ts";
import { createKey, principalOfKey } from "../../identity/api-keys.ts";
import type { Principal } from "../../identity/principal.ts";
import { objectStoreByAccount } from "../../objects/by-account.ts";
import type { ObjectStore } from "../../objects/object-store.ts";
import { grantAdd } from "../access/grants.ts";
import { declarationApply } from "../declaration/apply.ts";
import { maintain } from "../maintain.ts";
import { openForeignStore, openObjectStore } from "../open-object-store.ts";
import type { Operation } from "../operation.ts";
import {
  accountRemoveLake,
  accountRotateKey,
  accountSetLake,
  accountShow,
  accountWorkerKey,
} from "../people/account-lakes.ts";
import { accountAdd, accountRemove } from "../people/accounts.ts";
import { piiScan } from "../pii/pii.ts";
import { sourceAdd, sourceRemove } from "../sources.ts";
import { sql } from "../sql.ts";
import { sync } from "../sync.ts";
import { tableDrop } from "../table-drop.ts";
import { tableImport } from "../import.ts";
import { tableSet } from "../table-set.ts";
import { accountStores, cachesOf, openAccountStore } from "./account-stores.ts";

const names = ["hr", "law"] as const;
type Name = (typeof names)[number];

let lake: PlainLake;
let home: string;
const at = (name: string): string => join(home, name);
const canary = { hr: "lighthouse", law: "windmill" } as const;
const by = async (account: string): Promise<{ principal: Principal }> => ({
  principal: await ownerIn(lake.context.db, account),
});

async function ask<I, O>(operation: Operation<I, O>, input: object, account = "main"): Promise<O> {
  return lake.ask(operation, input, await by(account));
}

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "headgate-silos-"));
  lake = await openPlainLake();
  for (const account of names) {
    await ask(accountAdd, { name: account });
    await ask(accountSetLake, { name: account, lake: at(account), encrypt: true });
    const rows = labelledTable(account === "hr" ? 3 : 5);
    const { url } = lake.make({ people: rows, [canary[account]]: rows });
    await ask(sourceAdd, { name: "shop", url }, account);
    await ask(tableSet, { table: "shop.people", history: true }, account);
    await ask(sync, { source: "shop" }, account);
  }
});
afterAll(async () => {
  await lake[Symbol.asyncDispose]();
  await rm(home, { recursive: true, force: true });
});

async function filesBelow(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

const count = async (text: string, principal: { principal: Principal }): Promise<unknown> => {
  const items: unknown[] = [];
  await lake.ask(sql, { sql: text }, { ...principal, emit: async (item) => void items.push(item) });
  return items.flatMap((item) => ("rows" in Object(item) ? (item as { rows: unknown[][] }).rows : []))[0]?.[0];
};

describe("everything of an account", () => {
  test("lies in its lake and nowhere else, histories, imports and what maintenance writes too", async () => {
    await mkdir(lake.files, { recursive: true });
    await writeFile(join(lake.files, "more.csv"), "id,label\n1,lighthouse\n2,lighthouse\n");
    const location = lake.files;
    const { proposal } = await ask(tableImport, { table: "shop.more", location, plan: true }, "hr");
    await ask(tableImport, { table: "shop.more", location, approve: must(proposal, "a proposal").digest }, "hr");
    await ask(maintain, {}, "hr");
    const entries = (await lake.context.catalog.entries()).filter(({ account }) => account !== "main");
    expect(entries.map(({ account, name }) => `${account} ${name}`).toSorted()).toEqual([
      "hr lighthouse",
      "hr more",
      "hr people",
      "hr people__history",
      "law people",
      "law people__history",
      "law windmill",
    ]);
    for (const { location: place, account } of entries)
      expect(place.startsWith(`${pathToFileURL(at(must(account, "an account"))).href}/`)).toBe(true);
    expect(await Array.fromAsync(lake.context.objects.list(`${lake.context.config.lakeLocation}/`))).toEqual([]);
  });

  test.each(names)("of %s is encrypted: no file has a name of a column, a row, or a format in it", async (account) => {
    const files = await filesBelow(at(account));
    expect(files.length).toBeGreaterThan(5);
    for (const file of files) {
      const bytes = await readFile(file);
      for (const word of ["PAR1", "Obj\u0001", "label", "metadata", canary[account]])
        expect(bytes.includes(word), `${word} in ${file}`).toBe(false);
    }
  });

  test("is read by its own people, and across accounts by whoever is granted it", async () => {
    expect(await count("select count(*) from shop.people", await by("hr"))).toBe(3);
    const { db } = lake.context;
    const key = await createKey(db, { name: "central", role: "none", account: "main", expiresAt: undefined, by: null });
    const central = { principal: must(await principalOfKey(db, key), "a key") };
    const both = "select (select count(*) from hr.shop.people) + (select count(*) from law.shop.people)";
    await expect(count(both, central)).rejects.toMatchObject({ code: "NOT_ALLOWED" });
    for (const account of names)
      await ask(grantAdd, { permissions: ["SELECT"], on: `${account}.shop.people`, to: "key:central" });
    expect(await count(both, central)).toBe(8);
    await expect(count("select * from law.shop.windmill", central)).rejects.toMatchObject({ code: "TABLE_NOT_FOUND" });
  });
});

/** Everything that an attacker may have who was given the worker of one account. */
async function thief(account: Name, root: string): Promise<ObjectStore> {
  const { db, config } = lake.context;
  const secrets = await openSecretBox(config.keyFile);
  const accountId = await accountIdOf(db, account);
  const row = must(
    (await accountLakes(db)).find((one) => one.account_id === accountId),
    "a lake",
  );
  const scratch = { ...config, scratchDirectory: at(`thief-${randomBytes(4).toString("hex")}`) };
  const keys = await accountKeys({ db, secrets }, accountId);
  const caches = cachesOf(scratch);
  return openAccountStore(scratch, {
    lake: { ...row, location: root },
    credentials: undefined,
    keys,
    cacheOf: (kind) => caches(accountId, kind),
    find: async (id) => keys.find((key) => key.id === id),
  });
}

describe("whoever has the keys of one account", () => {
  test("opens its files, and none of the other account's", async () => {
    const own = await thief("hr", pathToFileURL(at("hr")).href);
    for (const file of await filesBelow(at("hr"))) await own.get(pathToFileURL(file).href);
    const others = await thief("hr", pathToFileURL(at("law")).href);
    const files = await filesBelow(at("law"));
    expect(files.length).toBeGreaterThan(5);
    for (const file of files)
      await expect(others.get(pathToFileURL(file).href)).rejects.toMatchObject({ code: "OBJECT_KEY_MISSING" });
  });

  test("gets nothing by putting the other's files in the place of its own", async () => {
    const [own = ""] = await filesBelow(at("hr"));
    const [other = ""] = await filesBelow(at("law"));
    const kept = await readFile(own);
    await copyFile(other, own);
    const store = await thief("hr", pathToFileURL(at("hr")).href);
    await expect(store.get(pathToFileURL(own).href)).rejects.toMatchObject({ code: "OBJECT_KEY_MISSING" });
    await writeFile(own, kept);
    await symlink(at("law"), at("hr/link"));
    const through = other.replace(at("law"), at("hr/link"));
    await expect(store.get(pathToFileURL(through).href)).rejects.toMatchObject({ code: "DATA_FILE_MISSING" });
    await rm(at("hr/link"));
  });

  test("cannot borrow the other's key by a row of the database", async () => {
    const { db, config } = lake.context;
    const secrets = await openSecretBox(config.keyFile);
    const [hr, law] = await Promise.all(names.map((name) => accountIdOf(db, name)));
    const stolen = await db
      .selectFrom("account_keys")
      .select("sealed")
      .where("account_id", "=", must(law, "law"))
      .executeTakeFirstOrThrow();
    const id = uuidv7();
    await db
      .insertInto("account_keys")
      .values({ id, account_id: must(hr, "hr"), sealed: stolen.sealed })
      .execute();
    await expect(accountKeys({ db, secrets }, must(hr, "hr"))).rejects.toMatchObject({ code: "SECRET_KEY_MISMATCH" });
    await db.deleteFrom("account_keys").where("id", "=", id).execute();
  });

  test("has, as a process of one account, neither the files nor the secrets of another", async () => {
    const { db, config } = lake.context;
    const [onlyFor, law] = await Promise.all(names.map((name) => accountIdOf(db, name)));
    const { key } = await ask(accountWorkerKey, { name: "hr" });
    await writeFile(at("hr.key"), key, { mode: 0o600 });
    const secrets = await openSecretBox(at("hr.key"));
    const scratch = { ...config, scratchDirectory: at("worker") };
    const store = objectStoreByAccount(
      await openForeignStore(config),
      accountStores({ db, secrets, config: scratch, onlyFor }),
    );
    const [own = "", other = ""] = [(await filesBelow(at("hr")))[0], (await filesBelow(at("law")))[0]];
    await store.get(pathToFileURL(own).href);
    const missing = { code: "DATA_FILE_MISSING" };
    await expect(store.get(pathToFileURL(other).href)).rejects.toMatchObject(missing);
    await expect(store.put(`${pathToFileURL(at("law")).href}/x`, Buffer.from("x"))).rejects.toMatchObject(missing);
    await expect(store.put(`${config.lakeLocation}/x`, Buffer.from("x"))).rejects.toMatchObject(missing);
    const mismatch = { code: "SECRET_KEY_MISMATCH", place: at("hr.key") };
    await expect(accountKeys({ db, secrets }, must(law, "law"))).rejects.toMatchObject(mismatch);
    const all = accountStores({ db, secrets, config: scratch });
    await expect(all.storeFor(pathToFileURL(other).href, "read")).rejects.toMatchObject(mismatch);
    const rows = await db.selectFrom("account_keys").select(["account_id", "sealed"]).execute();
    const box = secrets.of(must(onlyFor, "hr"));
    for (const row of rows)
      if (row.account_id === onlyFor) expect(box.open(row.sealed)).toContain(onlyFor);
      else expect(() => box.open(row.sealed)).toThrow(expect.objectContaining(mismatch));
  });
});

test("a file that was altered gives an error that names it, and no rows", async () => {
  const { objects } = lake.context;
  const { location } = await lake.context.catalog.findEntry("law.shop.windmill");
  const data = must(
    (await Array.fromAsync(objects.list(`${location}/`))).find((file) => file.location.endsWith(".parquet")),
    "a data file",
  );
  const path = fileURLToPath(data.location);
  const kept = await readFile(path);
  const altered = Buffer.from(kept);
  altered[200] = (altered[200] ?? 0) ^ 1;
  await writeFile(path, altered);
  const other = objectStoreByAccount(
    await openObjectStore(lake.context.config),
    accountStores({
      db: lake.context.db,
      secrets: await openSecretBox(lake.context.config.keyFile),
      config: { ...lake.context.config, scratchDirectory: at("fresh") },
    }),
  );
  const refused = { code: "OBJECT_NOT_AUTHENTIC", place: data.location };
  await expect(other.localPath(data.location)).rejects.toMatchObject(refused);
  await writeFile(path, kept);
  expect((await readFile(await other.localPath(data.location))).subarray(0, 4).toString()).toBe("PAR1");
});

test("a new key writes at once, and what was written before is still read", async () => {
  const before = await ask(accountShow, { name: "hr" });
  expect(before.lake?.keys).toHaveLength(1);
  const given = randomBytes(32).toString("base64");
  const { key, keys } = await ask(accountRotateKey, { name: "hr", key: given });
  expect(keys).toBe(2);
  await expect(ask(accountRotateKey, { name: "hr", key: given })).rejects.toMatchObject({ code: "USAGE" });
  await expect(ask(accountRotateKey, { name: "hr", key: "short" })).rejects.toMatchObject({ code: "USAGE" });
  const known = new Set(await filesBelow(at("hr")));
  await ask(sync, { source: "shop", full: true }, "hr");
  await ask(tableSet, { table: "shop.lighthouse", history: true }, "hr");
  await ask(sync, { source: "shop" }, "hr");
  const fresh = (await filesBelow(at("hr"))).filter((file) => !known.has(file));
  expect(fresh.length).toBeGreaterThan(0);
  const id = key.replaceAll("-", "");
  for (const file of fresh) expect((await readFile(file)).toString("hex", 17, 33)).toBe(id);
  expect(await count("select count(*) from shop.people", await by("hr"))).toBe(3);
  const shown = JSON.stringify([
    await ask(accountShow, { name: "hr" }),
    await lake.context.db.selectFrom("audit_events").select(["operation", "details"]).execute(),
    lake.logged,
  ]);
  expect(shown).toContain("account.rotate-key");
  expect(shown).toContain(key);
  expect(shown).not.toContain(given);
});

describe("a lake", () => {
  test("does not move while the account has tables, and its keys stay with it", async () => {
    const inUse = { code: "ACCOUNT_LAKE_IN_USE", place: "law" };
    await expect(ask(accountSetLake, { name: "law", lake: at("new") })).rejects.toMatchObject(inUse);
    await expect(ask(accountSetLake, { name: "law", encrypt: false })).rejects.toMatchObject(inUse);
    await expect(ask(accountRemoveLake, { name: "law" })).rejects.toMatchObject(inUse);
    expect((await ask(accountShow, { name: "law" })).lake).toMatchObject({
      location: pathToFileURL(at("law")).href,
      encrypted: true,
    });
  });

  test.each([
    ["in the common lake", () => fileURLToPath(`${lake.context.config.lakeLocation}/hr`)],
    ["around everything", () => "/"],
    ["in the data directory", () => join(lake.context.config.dataDirectory, "silo")],
    ["in another account's lake", () => join(at("law"), "below")],
    ["around another account's lake", () => home],
    ["by a link into another account's lake", () => at("shortcut/below")],
    ["where files of others may be", () => join(lake.files, "silo")],
    ["where files are already", () => at("full")],
  ])("is refused %s", async (_where, place) => {
    await mkdir(at("full"), { recursive: true });
    await writeFile(at("full/file"), "x");
    await symlink(at("law"), at("shortcut")).catch(() => undefined);
    await ask(accountAdd, { name: "new" });
    await expect(ask(accountSetLake, { name: "new", lake: place() })).rejects.toMatchObject({
      code: "ACCOUNT_LAKE_TAKEN",
    });
    expect((await ask(accountShow, { name: "new" })).lake).toBeNull();
    await ask(accountRemove, { name: "new" });
  });

  test.each([
    [{ lake: "relative/path" }],
    [{ lake: "gs://bucket" }],
    [{ lake: "s3://bucket/hr" }],
    [{ lake: "s3://bucket/hr", accessKey: "AK" }],
    [{ lake: "s3://bucket/../other", accessKey: "AK", secret: "s" }],
    [{ lake: "s3://bucket/hr", accessKey: "AK", secret: "s", endpoint: "nonsense" }],
    [{ accessKey: "AK", secret: "s" }],
    [{ lake: "/tmp/headgate-never", accessKey: "AK", secret: "s" }],
    [{ lake: "/tmp/headgate-never", encrypt: true, key: "AAAA" }],
    [{ lake: "/tmp/headgate-never", key: randomBytes(32).toString("base64") }],
  ])("is not set from %o", async (input) => {
    await ask(accountAdd, { name: "odd" });
    await expect(ask(accountSetLake, { name: "odd", ...input })).rejects.toMatchObject({ code: "USAGE" });
    expect((await ask(accountShow, { name: "odd" })).lake).toBeNull();
    await ask(accountRemove, { name: "odd" });
  });

  test("is declared in headgate.yaml, together with its account, and applied once", async () => {
    const text = `organisation: { accounts: { paper: { lake: { location: ${at("paper")}, encrypted: true } } } }\n`;
    const plan = await ask(declarationApply, { text, dryRun: true });
    const step = { what: "lake", name: "of the account paper", change: "add" };
    expect(plan.steps).toMatchObject([{ what: "account" }, step]);
    await ask(declarationApply, { text });
    expect((await ask(accountShow, { name: "paper" })).lake).toMatchObject({ encrypted: true, keys: [{}] });
    expect((await ask(declarationApply, { text, dryRun: true })).steps).toEqual([]);
    const bad = text.replace(at("paper"), at("hr/below"));
    await expect(ask(declarationApply, { text: bad })).rejects.toMatchObject({ code: "ACCOUNT_LAKE_TAKEN" });
    await expect(ask(declarationApply, { text: `lake: { location: ${at("paper")} }` })).rejects.toMatchObject({
      code: "DECLARATION_INVALID",
    });
  });

  test("goes with its line in headgate.yaml, unless tables lie in it or a command has set it", async () => {
    const line = `lake: { location: ${at("brief")}, encrypted: true }`;
    const apply = (text: string, dryRun = false) =>
      ask(declarationApply, { text: `organisation: { accounts: { brief: { ${text} } } }`, dryRun });
    const shown = async () => (await ask(accountShow, { name: "brief" })).lake;
    await apply(line);
    const { url } = lake.make({ people: labelledTable(2) });
    await ask(sourceAdd, { name: "shop", url }, "brief");
    await ask(sync, { source: "shop" }, "brief");
    for (const dryRun of [true, false])
      await expect(apply("", dryRun)).rejects.toMatchObject({
        code: "ACCOUNT_LAKE_IN_USE",
        message: "the file no longer has the lake of the account, and the account still has the table shop.people",
        remedy: "drop these tables first, or put the lake back into the file",
      });
    await ask(tableDrop, { table: "shop.people" }, "brief");
    const step = { what: "lake", name: "of the account brief", change: "remove" };
    expect((await apply("", true)).steps).toMatchObject([step]);
    expect(await shown()).not.toBeNull();
    expect((await apply("")).steps).toMatchObject([step]);
    expect(await shown()).toBeNull();
    await ask(accountSetLake, { name: "brief", lake: at("other") });
    expect((await apply("")).steps).toEqual([]);
    expect(await shown()).not.toBeNull();
  });

  test("takes in no table that was written elsewhere before it was chosen", async () => {
    await ask(accountAdd, { name: "late" });
    const { context } = lake;
    const accountId = await accountIdOf(context.db, "late");
    const catalog = context.catalog.actingIn(accountId);
    const id = uuidv7();
    const location = `${await lakeOf(context, accountId)}/${id}`;
    await ask(accountSetLake, { name: "late", lake: at("late") });
    const databaseId = await catalog.ensureDatabase("shop");
    const create = { databaseId, name: "t", location };
    const step = { tableId: id, label: "shop.t", from: undefined, to: `${location}/v1`, snapshotId: undefined, create };
    const change = { id: uuidv7(), runId: undefined, summary: "", steps: [step], positions: [] };
    await expect(commit(context, change)).rejects.toMatchObject({ code: "COMMIT_CONFLICT", place: "shop.t" });
    const inHr = { ...step, create: { ...create, location: `${pathToFileURL(at("hr")).href}/${id}` } };
    await expect(commit(context, { ...change, id: uuidv7(), steps: [inHr] })).rejects.toMatchObject({
      code: "COMMIT_CONFLICT",
    });
  });

  test("can move again when its tables are gone, and their files with them", async () => {
    for (const name of ["people", "windmill"]) await ask(tableDrop, { table: `shop.${name}` }, "law");
    expect(await filesBelow(at("law"))).toEqual([]);
    await ask(sourceRemove, { name: "shop" }, "law");
    await ask(accountSetLake, { name: "law", lake: at("second"), encrypt: false });
    expect((await ask(accountShow, { name: "law" })).lake).toMatchObject({ encrypted: false });
    await ask(accountRemoveLake, { name: "law" });
    expect((await ask(accountShow, { name: "law" })).lake).toBeNull();
  });
});

test("personal data is looked for in encrypted files too, and they stay unreadable", async () => {
  const rows = Array.from({ length: 30 }, (_, index) => ({
    id: index + 1,
    label: "word",
    contact: `carefullocal${index}@example.org`,
  }));
  const contacts = { ...labelledTable(1), columns: { id: "int!", label: "string", contact: "string" }, rows };
  await ask(sourceAdd, { name: "mailing", url: lake.make({ contacts }).url }, "hr");
  const { personalData } = await ask(sync, { source: "mailing" }, "hr");
  expect(personalData).toEqual([{ table: "mailing.contacts", column: "contact", class: "email", confidence: 0.99 }]);
  const { tables } = await ask(piiScan, { tables: ["mailing.contacts"] }, "hr");
  expect(tables).toEqual([{ table: "mailing.contacts", columns: 3, proposed: 0, withdrawn: 0 }]);
  const files = await filesBelow(at("hr"));
  expect(files.length).toBeGreaterThan(0);
  for (const file of files) expect((await readFile(file)).includes("carefullocal"), file).toBe(false);
});
