/**
 * Attacks on the silos of accounts by somebody who has everything of one: its storage, its worker's key file and an
 * administrator in it. Nothing of another account is read, deleted or told, whatever is forged.
 */
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, rename, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";
import { sql as rawSql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openPlainLake, type PlainLake } from "../../../test/world/plain-lake.ts";
import { labelledTable } from "../../../test/world/plain-source.ts";
import { openCleanup } from "../../base/cleanup.ts";
import { formatJson } from "../../base/json.ts";
import { presentError } from "../../base/present-error.ts";
import { must } from "../../base/must.ts";
import { openCatalog } from "../../catalog/catalog.ts";
import { accountIdOf } from "../../identity/accounts.ts";
import { createKey, principalOfKey } from "../../identity/api-keys.ts";
import type { Principal } from "../../identity/principal.ts";
import { ownerIn } from "../../identity/acting.ts";
import { refreshDocuments } from "../../stewardship/search/refresh-documents.ts";
import { openContext, type Context } from "../context.ts";
import { catalogSearch } from "../finding/search.ts";
import { status } from "../status.ts";
import type { Operation } from "../operation.ts";
import {
  accountRemoveLake,
  accountRotateKey,
  accountSetLake,
  accountShow,
  accountWorkerKey,
} from "../people/account-lakes.ts";
import { accountSetBudget } from "../people/budgets.ts";
import { accountAdd, accountRemove } from "../people/accounts.ts";
import { sourceAdd } from "../sources.ts";
import { queryDownload } from "../download/query-download.ts";
import { tableReset } from "../table-control.ts";
import { tableDrop } from "../table-drop.ts";
import { tableImport } from "../import.ts";
import { tableRegister } from "../register.ts";
import { tableShow } from "../tables.ts";
import { viewCreate } from "../views/view-create.ts";
import { maintain } from "../maintain.ts";
import { sql } from "../sql.ts";
import { sync } from "../sync.ts";

const cleanup = openCleanup();
let lake: PlainLake;
let home: string;
const at = (name: string): string => join(home, name);

async function ask<I, O>(operation: Operation<I, O>, input: object, account = "main"): Promise<O> {
  return lake.ask(operation, input, { principal: await ownerIn(lake.context.db, account) });
}

async function filesBelow(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "headgate-attacks-"));
  lake = await openPlainLake();
  await addSilo("law", 5);
});
afterAll(async () => {
  await cleanup[Symbol.asyncDispose]();
  await lake[Symbol.asyncDispose]();
  await rm(home, { recursive: true, force: true });
});

/** An account whose files are not encrypted, so that only their places keep them apart. */
async function addSilo(account: string, rows: number): Promise<void> {
  await ask(accountAdd, { name: account });
  await ask(accountSetLake, { name: account, lake: at(account) });
  await ask(sourceAdd, { name: "shop", url: lake.make({ people: labelledTable(rows) }).url }, account);
  await ask(sync, { source: "shop" }, account);
}

/** As a process that has read nothing yet, so that no copy in memory hides what was forged. */
function freshContext(): Context {
  const { db, log, objects, catalog } = lake.context;
  return { ...lake.context, catalog: openCatalog({ db, log, objects, derived: catalog.derived }) };
}

const kinds = {
  metadata: (path: string) => path.endsWith(".metadata.json"),
  "manifest list": (path: string) => basename(path).startsWith("snap-"),
  manifest: (path: string) => path.endsWith("-m0.avro"),
  data: (path: string) => path.endsWith(".parquet"),
} as const;
type Kind = keyof typeof kinds;

async function fileOf(account: string, kind: Kind): Promise<string> {
  return must((await filesBelow(at(account))).find(kinds[kind]), kind);
}

const tableOf = async (account: string): Promise<string> => dirname(dirname(await fileOf(account, "data")));

async function linkInstead(path: string, to: string): Promise<void> {
  await rm(path, { recursive: true });
  await symlink(to, path);
}

/** In the metadata of the thief's table, names another location in place of one of its own. */
async function renameInMetadata(thief: string, own: string, others: string): Promise<void> {
  const path = await fileOf(thief, "metadata");
  const text = gunzipSync(await readFile(path)).toString();
  expect(text).toContain(pathToFileURL(own).href);
  await writeFile(path, gzipSync(text.replaceAll(pathToFileURL(own).href, others)));
}

type Forge = (thief: string) => Promise<void>;

const ofKind = (kind: Kind): readonly (readonly [string, Forge])[] => [
  [`a copy of the other's ${kind}`, async (thief) => copyFile(await fileOf("law", kind), await fileOf(thief, kind))],
  [`a link to the other's ${kind}`, async (thief) => linkInstead(await fileOf(thief, kind), await fileOf("law", kind))],
];

const forgeries: readonly (readonly [what: string, forge: Forge])[] = [
  ...ofKind("metadata"),
  ...ofKind("manifest list"),
  ...ofKind("manifest"),
  ...ofKind("data").slice(1),
  ["a link to the other's table", async (thief) => linkInstead(await tableOf(thief), await tableOf("law"))],
  [
    "metadata that names the other's manifest list",
    async (thief) => {
      const others = pathToFileURL(await fileOf("law", "manifest list")).href;
      await renameInMetadata(thief, await fileOf(thief, "manifest list"), others);
    },
  ],
  [
    "metadata that names it by a way around",
    async (thief) => {
      const others = (await fileOf("law", "manifest list")).slice(home.length);
      const around = `${pathToFileURL(await tableOf(thief)).href}/../..${others}`;
      await renameInMetadata(thief, await fileOf(thief, "manifest list"), around);
    },
  ],
  [
    "metadata that says that the table lies in the other's lake",
    async (thief) => renameInMetadata(thief, await tableOf(thief), pathToFileURL(await tableOf("law")).href),
  ],
];

async function contentOf(account: string): Promise<Readonly<Record<string, string>>> {
  const files = (await filesBelow(at(account))).toSorted();
  const read = async (path: string) => [path, (await readFile(path)).toString("base64")] as const;
  return Object.fromEntries(await Promise.all(files.map(read)));
}

interface Tried {
  readonly operation: string;
  /** Everything that was sent: the rows, and the answer or the error. */
  readonly text: string;
}

describe("whoever may write into the storage of an account, and forges there", () => {
  test.each(forgeries)("%s", async (what, forge) => {
    const before = await contentOf("law");
    const thief = `thief-${forgeries.findIndex(([name]) => name === what)}`;
    await addSilo(thief, 3);
    await forge(thief);
    const context = freshContext();
    const principal = await ownerIn(lake.context.db, thief);
    const attempt = async <I, O>(operation: Operation<I, O>, input: object): Promise<Tried> => {
      const items: unknown[] = [];
      const emit = async (item: unknown): Promise<void> => void items.push(item);
      const answer = await lake
        .askWith(context, operation, input, { principal, emit })
        .catch((failure: unknown) => presentError(failure));
      return { operation: operation.name, text: formatJson({ answer, items }) };
    };
    const reads = [
      await attempt(sql, { sql: "select label from shop.people" }),
      await attempt(queryDownload, { sql: "select label from shop.people", format: "csv" }),
    ];
    for (const { operation, text } of reads)
      expect([operation, text]).toEqual([operation, expect.stringMatching(/FILE_OUTSIDE_TABLE|DATA_FILE_MISSING/)]);
    const works = [
      await attempt(sync, { source: "shop", full: true }),
      await attempt(maintain, { tables: ["shop.people"] }),
      await attempt(tableReset, { table: "shop.people" }),
      await attempt(sync, { source: "shop" }),
      await attempt(sql, { sql: "select label from shop.people" }),
      await attempt(tableDrop, { table: "shop.people" }),
    ];
    // Only the other's table has as many rows.
    for (const { operation, text } of [...reads, ...works])
      expect([operation, text]).toEqual([operation, expect.not.stringContaining("n5")]);
    expect(await contentOf("law")).toEqual(before);
  });
});

async function metadataUrl(): Promise<string> {
  const { db, config } = lake.context;
  const show = async (setting: string): Promise<string> => {
    const { rows } = await rawSql<{ value: string }>`select current_setting(${setting}) as value`.execute(db);
    return must(rows[0], setting).value;
  };
  const { rows } = await rawSql<{ user: string; base: string }>`
    select current_user as "user", current_database() as base`.execute(db);
  const { user, base } = must(rows[0], "the connection");
  const password = (await readFile(join(config.dataDirectory, "postgres", "password"), "utf8")).trim();
  const [host, port] = [await show("unix_socket_directories"), await show("port")];
  return `postgres://${user}:${encodeURIComponent(password)}@localhost:${port}/${base}?host=${encodeURIComponent(host)}`;
}

/** A context of another process on the same metadata. */
async function processWith(
  keyFile: string,
  account?: string,
  data = at(`process-${crypto.randomUUID()}`),
): Promise<Context> {
  const { config } = lake.context;
  const scratch = { dataDirectory: data, scratchDirectory: join(data, "scratch") };
  return openContext({
    config: { ...config, ...scratch, keyFile, databaseUrl: await metadataUrl() },
    connectors: async () => [],
    log: () => {},
    account,
  });
}

describe("a process with the key file of one account", () => {
  test("opens no lake but the account's, also without saying which account", async () => {
    const { key } = await ask(accountWorkerKey, { name: "law" });
    const keyFile = at("law.key");
    await writeFile(keyFile, key, { mode: 0o600 });
    await addSilo("other", 4);
    const context = cleanup.use(await processWith(keyFile));
    const refused = { code: "DATA_FILE_MISSING" };
    expect(await lake.askWith(context, sql, { sql: "select * from law.shop.people" })).toMatchObject({ rows: 5 });
    await expect(lake.askWith(context, sql, { sql: "select * from other.shop.people" })).rejects.toMatchObject(refused);
    await expect(processWith(keyFile, "other")).rejects.toMatchObject({ code: "SECRET_KEY_MISMATCH" });
  });
});

describe("an administrator of one account", () => {
  const others: readonly (readonly [string, (chief: Principal) => Promise<unknown>])[] = [
    ["sees another's lake", (principal) => lake.ask(accountShow, { name: "law" }, { principal })],
    ["chooses a lake for it", (principal) => lake.ask(accountSetLake, { name: "law", lake: at("new") }, { principal })],
    [
      "chooses one for the own account",
      (principal) => lake.ask(accountSetLake, { name: "clerks", lake: at("new") }, { principal }),
    ],
    ["takes a lake away", (principal) => lake.ask(accountRemoveLake, { name: "law" }, { principal })],
    ["gives it another key", (principal) => lake.ask(accountRotateKey, { name: "law" }, { principal })],
    ["gets its worker's key file", (principal) => lake.ask(accountWorkerKey, { name: "law" }, { principal })],
    ["gets the own worker's key file", (principal) => lake.ask(accountWorkerKey, { name: "clerks" }, { principal })],
    ["reads its rows", (principal) => lake.ask(sql, { sql: "select * from law.shop.people" }, { principal })],
    ["sees the files of its table", (principal) => lake.ask(tableShow, { table: "law.shop.people" }, { principal })],
    ["drops its table", (principal) => lake.ask(tableDrop, { table: "law.shop.people" }, { principal })],
    [
      "imports its files",
      (principal) => lake.ask(tableImport, { table: "shop.stolen", location: at("law"), plan: true }, { principal }),
    ],
    [
      "registers its table",
      (principal) => lake.ask(tableRegister, { table: "shop.stolen", location: at("law") }, { principal }),
    ],
    [
      "makes a view of its table",
      (principal) => lake.ask(viewCreate, { view: "shop.v", sql: "select * from law.shop.people" }, { principal }),
    ],
  ];
  let chief: Principal;
  beforeAll(async () => {
    const { db } = lake.context;
    await addSilo("clerks", 2);
    const named = { name: "chief", account: "clerks", role: "administrator", expiresAt: undefined, by: null } as const;
    chief = must(await principalOfKey(db, await createKey(db, named)), "a principal");
  });

  test.each(others)("never %s, nor learns where it lies", async (_what, attack) => {
    const failure = presentError(
      await attack(chief).then(
        () => undefined,
        (thrown: unknown) => thrown,
      ),
    );
    expect(failure.code).toMatch(/^(NOT_ALLOWED|TABLE_NOT_FOUND|IMPORT_LOCATION_INVALID|TABLE_LOCATION_INVALID)$/);
    expect(formatJson(failure)).not.toContain(basename(await tableOf("law")));
  });
});

describe("a lake that is being chosen", () => {
  test("can be chosen again after the process was killed while it tried the place", async () => {
    await ask(accountAdd, { name: "tried" });
    const left = at("tried/01a231cb-4b3b-75c5-a87a-f95eba53c0bc/written-to-see-whether-it-can-be");
    await mkdir(dirname(left), { recursive: true });
    await writeFile(left, "headgate");
    await writeFile(`${left}.0123456789ab.draft`, "head");
    await ask(accountSetLake, { name: "tried", lake: at("tried"), encrypt: true });
    expect(await filesBelow(at("tried"))).toEqual([]);
  });

  test("goes to one account only, however many ask for the place at the same moment", async () => {
    const contenders = ["one", "two", "three"];
    for (const name of contenders) await ask(accountAdd, { name });
    const results = await Promise.allSettled(
      contenders.map((name, index) => ask(accountSetLake, { name, lake: at(index === 1 ? "wanted/below" : "wanted") })),
    );
    expect(results.filter((one) => one.status === "fulfilled")).toHaveLength(1);
    for (const result of results)
      if (result.status === "rejected") expect(result.reason).toMatchObject({ code: "ACCOUNT_LAKE_TAKEN" });
  });
});

test("copies of an account without a lake do not outlast the next start", async () => {
  const keyFile = lake.context.config.keyFile;
  await addSilo("copied", 1);
  const [kept, left] = [await accountIdOf(lake.context.db, "copied"), crypto.randomUUID()];
  const data = at("process-of-copies");
  for (const id of [kept, left]) {
    await mkdir(join(data, "accounts", id, "copies/ab"), { recursive: true });
    await writeFile(join(data, "accounts", id, "copies/ab/cd"), "PAR1");
  }
  cleanup.use(await processWith(keyFile, undefined, data));
  expect(await readdir(join(data, "accounts"))).toEqual([kept]);
});

test("an account of the same name as a removed one gets nothing of it, nor does its old key file open anything", async () => {
  await addSilo("again", 3);
  const old = { id: await accountIdOf(lake.context.db, "again"), keyFile: at("again.key") };
  const { key } = await ask(accountWorkerKey, { name: "again" });
  await writeFile(old.keyFile, key, { mode: 0o600 });
  await ask(accountSetBudget, { name: "again", maxStatements: 1 });
  await ask(accountRemove, { name: "again", keepFiles: true });
  await ask(accountAdd, { name: "again" });
  await expect(ask(accountSetLake, { name: "again", lake: at("again") })).rejects.toMatchObject({
    code: "ACCOUNT_LAKE_TAKEN",
  });
  expect(await ask(accountShow, { name: "again" })).toMatchObject({ lake: null, budget: null });
  await ask(accountSetLake, { name: "again", lake: at("again-2"), encrypt: true });
  await ask(sourceAdd, { name: "shop", url: lake.make({ people: labelledTable(6) }).url }, "again");
  await ask(sync, { source: "shop" }, "again");
  for (const account of [undefined, "again"])
    await expect(processWith(old.keyFile, account)).rejects.toMatchObject({ code: "SECRET_KEY_MISMATCH" });
});

test("an account whose store is gone keeps nobody else from anything", async () => {
  await addSilo("gone", 3);
  await rename(at("gone"), at("away"));
  await writeFile(at("gone"), "in place of the directory");
  await expect(ask(sql, { sql: "select * from gone.shop.people where id > 1" })).rejects.toMatchObject({});
  await ask(sync, { source: "shop", full: true }, "gone").catch(() => undefined);
  const { runs } = await ask(maintain, {});
  expect(runs.flatMap(({ tables }) => tables).find(({ table }) => table === "law.shop.people")?.error).toBeUndefined();
  expect(runs.flatMap(({ tables }) => tables).find(({ table }) => table === "gone.shop.people")?.error).toBeDefined();
  expect((await ask(status, {})).sources.length).toBeGreaterThan(1);
  await refreshDocuments(lake.context, new AbortController().signal);
  expect((await ask(catalogSearch, { text: "people" })).results.length).toBeGreaterThan(1);
  expect(await ask(sql, { sql: "select * from law.shop.people" })).toMatchObject({ rows: 5 });
});
