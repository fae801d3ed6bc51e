/** Accounts as a whole: what they are for, who answers for them, and their removal with everything in them. */
import { access, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql as rawSql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openPlainLake, type PlainLake } from "../../../../test/world/plain-lake.ts";
import { labelledTable } from "../../../../test/world/plain-source.ts";
import { must } from "../../../base/must.ts";
import { silent } from "../../../base/progress.ts";
import { inPolicyChange } from "../../../db/policy-change.ts";
import { findRemovable } from "../../../identity/account-end.ts";
import { accountIdOf } from "../../../identity/accounts.ts";
import { ownerIn } from "../../../identity/acting.ts";
import { principalOfKey } from "../../../identity/api-keys.ts";
import { grantAdd } from "../../access/grants.ts";
import type { Operation } from "../../operation.ts";
import { scheduleSet } from "../../schedules.ts";
import { hookAdd } from "../../sharing/events/hooks.ts";
import { processSet } from "../../sharing/processes.ts";
import { requestCreate } from "../../sharing/request-create.ts";
import { shareCreate } from "../../sharing/share-create.ts";
import { shareRevoke } from "../../sharing/share-changes.ts";
import { sourceAdd } from "../../sources.ts";
import { sql } from "../../sql.ts";
import { sync } from "../../sync.ts";
import { tagAdd } from "../../tags/tag-keys.ts";
import { viewCreate } from "../../views/view-create.ts";
import { accountSetLake } from "../account-lakes.ts";
import { accountAdd, accountList, accountRemove, accountSet } from "../accounts.ts";
import { accountSetBudget } from "../budgets.ts";
import { groupAdd } from "../groups.ts";
import { keyCreate } from "../keys.ts";
import { userAdd, userRemove } from "../users.ts";
import { dropContents } from "./drop-contents.ts";
import { endAccount } from "./end-account.ts";

let lake: PlainLake;
let home: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "headgate-removal-"));
  lake = await openPlainLake();
  await lake.ask(userAdd, { name: "root", role: "administrator" });
  await lake.ask(userAdd, { name: "olga" });
  const shop = await lake.connect("shop", { orders: labelledTable(3) });
  await shop.sync();
});
afterAll(async () => {
  await lake[Symbol.asyncDispose]();
  await rm(home, { recursive: true, force: true });
});

async function ask<I, O>(operation: Operation<I, O>, input: object, account: string): Promise<O> {
  return lake.ask(operation, input, { principal: await ownerIn(lake.context.db, account) });
}

const listed = async (name: string) => (await lake.ask(accountList)).accounts.find((one) => one.name === name);

/** An account that has something of every kind, and shares with main in both directions. */
async function fullAccount(name: string, isSilo: boolean): Promise<string> {
  await lake.ask(accountAdd, { name, kinds: ["producer", "consumer"], owner: "olga" });
  if (isSilo) await lake.ask(accountSetLake, { name, lake: join(home, name), encrypt: true });
  await ask(sourceAdd, { name: "crm", url: lake.make({ people: labelledTable(4), cars: labelledTable(2) }).url }, name);
  await ask(sync, { source: "crm" }, name);
  await ask(viewCreate, { view: "crm.few", sql: "select id from crm.people" }, name);
  await ask(scheduleSet, { name: "nightly", source: "crm", cron: "0 1 * * *" }, name);
  await ask(groupAdd, { name: `${name}-staff` }, name);
  await ask(tagAdd, { key: `${name}-level`, values: ["low"] }, name);
  await ask(accountSetBudget, { name, maxStatements: 1_000 }, "main");
  await ask(hookAdd, { name: `${name}-hook`, url: "http://127.0.0.1:9/", account: name }, "main");
  await ask(processSet, { of: name, process: { rules: [{ steps: [{ name: "owner", approvers: ["owner"] }] }] } }, name);
  await ask(shareCreate, { on: ["crm.people"], to: "account:main" }, name);
  await lake.ask(shareCreate, { on: ["shop.orders"], to: `account:${name}` });
  await ask(grantAdd, { permissions: ["SELECT"], on: "crm.cars", to: "user:root" }, name).catch(() => undefined);
  const { key } = await ask(keyCreate, { name: `${name}-key`, role: "analyst" }, name);
  await ask(requestCreate, { items: [{ on: `${name}.crm.cars` }], for: "account", purpose: "to count" }, "main");
  return key;
}

/** Rows of tables with an account of their own that are still open, as `table: number`. */
async function leftOf(id: string): Promise<readonly string[]> {
  const { db } = lake.context;
  const { rows: tables } = await rawSql<{ table: string; ends: string | null }>`
    select c.table_name as "table", (select min(e.column_name) from information_schema.columns e
      where e.table_name = c.table_name and e.column_name in ('ended_at', 'deleted_at')) as ends
    from information_schema.columns c join information_schema.tables t using (table_name)
    where column_name = 'account_id' and t.table_type = 'BASE TABLE' and c.table_schema = 'public'`.execute(db);
  const left: string[] = [];
  for (const { table, ends } of tables.filter((one) => one.table !== "runs" && one.table !== "share_requests")) {
    const isOpen = ends === null ? rawSql`true` : rawSql`${rawSql.ref(ends)} is null`;
    const { rows } = await rawSql<{ n: bigint }>`
      select count(*) as n from ${rawSql.table(table)} where account_id = ${id} and ${isOpen}`.execute(db);
    if (rows[0]?.n !== 0n) left.push(`${table}: ${rows[0]?.n}`);
  }
  const { rows: open } = await rawSql<{ label: string }>`
    select 'share ' || id as label from shares where ended_at is null and ${id} in (source_account_id, target_id)
    union all select 'request ' || handle from share_requests
      where ${id} in (source_account_id, target_id, account_id) and state in ('draft', 'pending')
    union all select 'member' from memberships where container_id = ${id} and ended_at is null
    union all select 'grant' from grants where (principal_id = ${id} or resource_id = ${id}) and ended_at is null`.execute(
    db,
  );
  return [...left, ...open.map(({ label }) => label)];
}

describe("an account", () => {
  test("is set up in one command, and tells its kinds and its owner", async () => {
    const made = await lake.ask(accountAdd, { name: "data.team-1", kinds: ["producer"], owner: "olga" });
    expect(made).toMatchObject({ kinds: ["producer"], owner: "olga", database: "data_team_1", invited: null });
    expect(await listed("data.team-1")).toMatchObject({ kinds: ["producer"], owner: "olga", removing: false });
    await expect(lake.ask(accountAdd, { name: "x", owner: "nobody" })).rejects.toMatchObject({
      code: "USER_NOT_FOUND",
    });
    expect(await listed("x")).toBeUndefined();
    await lake.ask(accountRemove, { name: "data.team-1" });
  });

  test("tells of the gap when its owner is removed", async () => {
    await lake.ask(userAdd, { name: "otto" });
    await lake.ask(accountAdd, { name: "sales", owner: "otto" });
    const { falls } = await lake.ask(userRemove, { name: "otto", plan: true });
    expect(falls?.answersFor).toEqual(["owner of account sales"]);
    await lake.ask(userRemove, { name: "otto" });
    expect(await listed("sales")).toMatchObject({ owner: null });
    await lake.ask(accountSet, { name: "sales", owner: "olga" });
    expect(await listed("sales")).toMatchObject({ owner: "olga" });
    await lake.ask(accountRemove, { name: "sales" });
  });

  test("offers and receives only what its kind allows, and keeps its kind while something is open", async () => {
    await lake.ask(accountAdd, { name: "maker", kinds: ["producer"] });
    await lake.ask(accountAdd, { name: "taker", kinds: ["consumer"] });
    const offered = { on: ["shop.orders"], to: "account:maker" };
    await expect(lake.ask(shareCreate, offered)).rejects.toMatchObject({ code: "ACCOUNT_KIND", place: "maker" });
    const { id } = await lake.ask(shareCreate, { ...offered, to: "account:taker" });
    const change = { name: "taker", kinds: ["producer"] };
    await expect(lake.ask(accountSet, change)).rejects.toMatchObject({ code: "ACCOUNT_KIND", place: "taker" });
    await lake.ask(shareRevoke, { id });
    await lake.ask(accountSet, change);
    await lake.ask(accountSet, { name: "main", kinds: ["consumer"] });
    const asked = { items: [{ on: "main.shop.orders" }], for: "account", purpose: "to count" };
    await lake.ask(accountSet, { name: "taker", kinds: ["consumer"] });
    await expect(ask(requestCreate, asked, "taker")).rejects.toMatchObject({ code: "ACCOUNT_KIND", place: "main" });
    await lake.ask(accountSet, { name: "main", kinds: ["producer", "consumer"] });
    for (const name of ["maker", "taker"]) await lake.ask(accountRemove, { name });
  });
});

describe("the removal of an account", () => {
  test("is shown as a plan, and leaves nothing of it", async () => {
    const key = await fullAccount("acme", false);
    const id = await accountIdOf(lake.context.db, "acme");
    const locations = (await lake.context.catalog.entries()).filter((one) => one.accountId === id);
    const planned = await lake.ask(accountRemove, { name: "acme", plan: true });
    const kinds = new Set(planned.contents?.map(({ what }) => what));
    for (const what of ["source", "database", "table", "view", "schedule", "group", "key", "member"] as const)
      expect(kinds).toContain(what);
    for (const what of ["share given", "share received", "request", "process", "hook", "tag", "budget"] as const)
      expect(kinds).toContain(what);
    expect(await principalOfKey(lake.context.db, key)).toBeDefined();

    const { filesDeleted } = await lake.ask(accountRemove, { name: "acme" });
    expect(filesDeleted).toBeGreaterThan(4);
    expect(await leftOf(id)).toEqual([]);
    expect(await principalOfKey(lake.context.db, key)).toBeUndefined();
    for (const { location } of locations)
      expect(await Array.fromAsync(lake.context.objects.list(`${location}/`, { drafts: true }))).toEqual([]);
    const events = await lake.context.db.selectFrom("sharing_events").select(["type", "details"]).execute();
    const told = events.filter(({ details }) => details["reason"] === "the account acme was removed");
    expect(told.map(({ type }) => type).toSorted()).toEqual(["request.withdrawn", "share.revoked", "share.revoked"]);
    await expect(lake.ask(accountRemove, { name: "acme" })).rejects.toMatchObject({ code: "ACCOUNT_NOT_FOUND" });
    await lake.ask(accountAdd, { name: "acme" });
    await lake.ask(accountRemove, { name: "acme" });
  });

  test.each(["after its rights", "after its contents"])("that ended %s is finished by the next one", async (point) => {
    const name = point.replaceAll(" ", "-");
    const key = await fullAccount(name, true);
    const { db } = lake.context;
    const id = await accountIdOf(db, name);
    await inPolicyChange(db, async (transaction) =>
      endAccount(transaction, { account: await findRemovable(transaction, name), by: null, keepFiles: false }),
    );
    expect(await principalOfKey(db, key)).toBeUndefined();
    expect(await listed(name)).toMatchObject({ removing: true });
    await expect(lake.ask(accountAdd, { name })).rejects.toMatchObject({ code: "NAME_TAKEN" });
    await expect(ownerIn(db, name)).rejects.toMatchObject({ code: "ACCOUNT_NOT_FOUND" });
    if (point.endsWith("contents")) await dropContents(lake.context, { id, by: null, report: silent });
    const { filesDeleted } = await lake.ask(accountRemove, { name });
    expect(filesDeleted).toBeGreaterThan(4);
    expect(await leftOf(id)).toEqual([]);
  });

  test("keeps what deleting its files needs while its lake cannot be reached", async () => {
    await fullAccount("far", true);
    const id = await accountIdOf(lake.context.db, "far");
    const [there, away] = [join(home, "far"), join(home, "away")];
    await rename(there, away);
    await writeFile(there, "in place of the directory");
    await expect(lake.ask(accountRemove, { name: "far" })).rejects.toThrow();
    expect(await listed("far")).toMatchObject({ removing: true });
    expect((await lake.context.catalog.entries()).filter((one) => one.accountId === id)).toEqual([]);
    await rm(there);
    await rename(away, there);
    expect((await lake.ask(accountRemove, { name: "far" })).filesDeleted).toBeGreaterThan(4);
    expect(await leftOf(id)).toEqual([]);
  });

  test("leaves the files where they are if that is asked for", async () => {
    await fullAccount("kept", true);
    expect(await lake.ask(accountRemove, { name: "kept", keepFiles: true })).toMatchObject({ filesDeleted: 0 });
    await access(join(home, "kept"));
  });

  test("is done once when two ask for it at the same moment, whatever else happens", async () => {
    await fullAccount("twice", false);
    const id = await accountIdOf(lake.context.db, "twice");
    const results = await Promise.allSettled([
      lake.ask(accountRemove, { name: "twice" }),
      lake.ask(accountRemove, { name: "twice" }),
      ask(sync, { source: "crm" }, "twice"),
      lake.ask(shareCreate, { on: ["shop.orders"], to: "account:twice" }),
    ]);
    expect(results.some(({ status }) => status === "fulfilled")).toBe(true);
    if ((await listed("twice")) !== undefined) await lake.ask(accountRemove, { name: "twice" });
    expect(await leftOf(id)).toEqual([]);
  });

  test("ends an answer that is being sent from it", async () => {
    const key = await fullAccount("flow", false);
    const principal = must(await principalOfKey(lake.context.db, key), "the key");
    const product = Array.from({ length: 10 }, (_, index) => `crm.people p${index}`).join(", ");
    let removed: Promise<unknown> | undefined;
    const emit = async (item: unknown): Promise<void> => {
      if ("rows" in Object(item)) await (removed ??= lake.ask(accountRemove, { name: "flow" }));
    };
    const text = `select p0.id, p9.label from ${product}`;
    await expect(lake.ask(sql, { sql: text }, { principal, emit })).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
    await expect(removed).resolves.toMatchObject({ removed: "flow" });
    await expect(lake.ask(sql, { sql: "select count(*) from crm.people" }, { principal })).rejects.toThrow();
  });

  test.each(["a\0b", "🦀", "<b>x</b>", "main", "'; drop table accounts"])("has no effect for %j", async (name) => {
    const code = name === "main" ? "USAGE" : "ACCOUNT_NOT_FOUND";
    for (const plan of [true, false])
      await expect(lake.ask(accountRemove, { name, plan })).rejects.toMatchObject({ code });
  });
});
