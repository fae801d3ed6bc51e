/**
 * Two accounts that have things of the same names. Each has an administrator, an analyst and an operator, and what one
 * account has is found in no answer to anybody of the other.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openPlainLake, type PlainLake } from "../../test/world/plain-lake.ts";
import { labelledTable } from "../../test/world/plain-source.ts";
import { must } from "../base/must.ts";
import type { Role } from "../db/tables.ts";
import { createKey, principalOfKey } from "../identity/api-keys.ts";
import { ownerIn } from "../identity/acting.ts";
import type { Principal } from "../identity/principal.ts";
import { accessMine, accessOf } from "./access/reach.ts";
import { grantAdd, grantList } from "./access/grants.ts";
import { auditList } from "./audit/audit-list.ts";
import { databaseList } from "./databases.ts";
import { figures } from "./figures.ts";
import { nameList } from "./names.ts";
import type { Operation } from "./operation.ts";
import { accountAdd, accountList } from "./people/accounts.ts";
import { groupAdd, groupList } from "./people/groups.ts";
import { keyCreate, keyList, keyRevoke } from "./people/keys.ts";
import { memberAdd } from "./people/members.ts";
import { userAdd, userList, userRemove, userReset, userSet } from "./people/users.ts";
import { runCancel, runList, runShow } from "./runs.ts";
import { scheduleList, scheduleSet, scheduleShow } from "./schedules.ts";
import { sourceAdd, sourceList, sourceRemove, sourceShow } from "./sources.ts";
import { sql } from "./sql.ts";
import { status } from "./status.ts";
import { sync } from "./sync.ts";
import { tableList, tableShow } from "./tables.ts";

const accounts = ["main", "acme"] as const;
type AccountName = (typeof accounts)[number];
const roles = ["viewer", "analyst", "operator", "administrator"] as const;

let lake: PlainLake;
const people = new Map<string, Principal>();
const runs = new Map<AccountName, string>();

/** Words that only things of the account have. */
const canary = { main: "lighthouse", acme: "windmill" } as const;
const other = (account: AccountName): AccountName => (account === "main" ? "acme" : "main");
const as = (account: AccountName, role: Role) => ({ principal: must(people.get(`${account} ${role}`), role) });

beforeAll(async () => {
  lake = await openPlainLake();
  await lake.ask(userAdd, { name: "root", role: "administrator" });
  await lake.ask(accountAdd, { name: "acme" });
  const { db } = lake.context;
  for (const account of accounts) {
    for (const role of roles) {
      const name = `${canary[account]} ${role}`;
      const key = await createKey(db, { name, role, account, expiresAt: undefined, by: null });
      people.set(`${account} ${role}`, must(await principalOfKey(db, key), "a key"));
    }
    const by = { principal: await ownerIn(db, account) };
    const tables = { orders: labelledTable(account === "main" ? 2 : 5), [canary[account]]: labelledTable(1) };
    await lake.ask(sourceAdd, { name: "shop", url: lake.make(tables).url }, by);
    await lake.ask(sourceAdd, { name: `${canary[account]}s`, url: lake.make(tables).url }, by);
    await lake.ask(scheduleSet, { name: "nightly", source: "shop", tables: [canary[account]], cron: "0 1 * * *" }, by);
    const report = await lake.ask(sync, { source: "shop" }, by);
    runs.set(account, must((report as { run?: string }).run, "a run"));
    await lake.ask(groupAdd, { name: `${canary[account]}-team` }, by);
    await lake.ask(userAdd, { name: `${canary[account]}-user`, role: "viewer" }, by);
  }
});
afterAll(() => lake[Symbol.asyncDispose]());

async function answer(operation: unknown, input: object, by: { readonly principal: Principal }): Promise<string> {
  const items: unknown[] = [];
  const emit = async (item: unknown): Promise<void> => void items.push(item);
  const given = await lake
    .ask(operation as Operation<unknown, unknown>, input, { ...by, emit })
    .catch((failure: { code: string; message: string }) => ({ code: failure.code, message: failure.message }));
  return JSON.stringify({ given, items }, (_key, value: unknown) => (typeof value === "bigint" ? `${value}` : value));
}

const questions: readonly (readonly [operation: unknown, input?: object])[] = [
  [tableList],
  [databaseList],
  [sourceList],
  [scheduleList],
  [runList],
  [status],
  [figures],
  [keyList],
  [groupList],
  [userList],
  [accountList],
  [grantList],
  [accessMine],
  [auditList],
  [sourceShow, { name: "shop" }],
  [scheduleShow, { name: "nightly" }],
  [runList, { source: "shop" }],
  [runShow, { run: "latest" }],
  [tableShow, { table: "shop.order" }],
  ...["source", "table", "schedule", "database", "run"].map((kind) => [nameList, { kind }] as const),
  [nameList, { kind: "source-table", source: "shop" }],
  [sql, { sql: "select * from shop.nothing" }],
];

describe.each(accounts)("somebody of %s", (account) => {
  test.each(roles)("with the role %s sees nothing of the other account in any answer", async (role) => {
    for (const [operation, input = {}] of questions) {
      const text = await answer(operation, input, as(account, role));
      expect(text, (operation as { name: string }).name).not.toContain(canary[other(account)]);
      expect(text).not.toContain(must(runs.get(other(account)), "a run"));
    }
  });

  test("sees their own things, under the names that both accounts have", async () => {
    const by = as(account, "administrator");
    expect((await lake.ask(sourceList, {}, by)).sources.map(({ name }) => name).toSorted()).toEqual(
      ["shop", `${canary[account]}s`].toSorted(),
    );
    expect((await lake.ask(scheduleShow, { name: "nightly" }, by)).tables).toEqual([canary[account]]);
    expect((await lake.ask(runList, { source: "shop" }, by)).runs.map(({ run }) => run)).toEqual([runs.get(account)]);
    expect((await lake.ask(tableList, {}, by)).tables.map(({ name }) => name)).toEqual(
      [canary[account], "orders"].toSorted(),
    );
    expect((await lake.ask(databaseList, {}, by)).databases).toMatchObject([{ name: "shop", sources: ["shop"] }]);
  });

  test("reads the rows of their own table only, also if they name the other account", async () => {
    const by = as(account, "analyst");
    const rows = account === "main" ? 2 : 5;
    expect(await answer(sql, { sql: "select count(*) from shop.orders" }, by)).toContain(`[[${rows}]]`);
    expect(await answer(sql, { sql: `select count(*) from ${account}.shop.orders` }, by)).toContain(`[[${rows}]]`);
    for (const table of [`${other(account)}.shop.orders`, `shop.${canary[other(account)]}`, "nobody.shop.orders"])
      expect(await answer(sql, { sql: `select * from ${table}` }, by)).toContain('"code":"TABLE_NOT_FOUND"');
  });

  test("finds no run of the other account, as if it did not exist", async () => {
    const theirs = must(runs.get(other(account)), "a run");
    const missing = "00000000-0000-7000-8000-000000000000";
    for (const role of roles)
      for (const operation of [runShow, runCancel]) {
        const said = await answer(operation, { run: theirs }, as(account, role));
        expect(said.replaceAll(theirs, "")).toBe(
          (await answer(operation, { run: missing }, as(account, role))).replaceAll(missing, ""),
        );
      }
  });
});

describe("an administrator of an account", () => {
  const by = () => as("acme", "administrator");

  test("adds users, keys, groups, members and grants there", async () => {
    await lake.ask(keyCreate, { name: "own", role: "viewer" }, by());
    await lake.ask(groupAdd, { name: "own" }, by());
    await lake.ask(userAdd, { name: "own", role: "analyst" }, by());
    await lake.ask(memberAdd, { kind: "group", name: "own", member: "own" }, by());
    await lake.ask(grantAdd, { permissions: ["SELECT"], on: "shop.orders", to: "group:own" }, by());
    await lake.ask(userSet, { name: "own", role: "viewer" }, by());
    await lake.ask(userReset, { name: "own" }, by());
    const { users } = await lake.ask(userList, {}, by());
    expect(users.map(({ name, role, accounts: of }) => ({ name, role, of }))).toEqual([
      { name: "own", role: "viewer", of: ["acme"] },
      { name: "windmill-user", role: "viewer", of: ["acme"] },
    ]);
    expect((await lake.ask(keyList, {}, by())).keys.map((key) => key.account)).toEqual(Array(5).fill("acme"));
    expect((await lake.ask(accessOf, { principal: "group:own" }, by())).reached).toMatchObject([
      { resource: "shop.orders", account: null, reads: "whole" },
    ]);
    await lake.ask(userRemove, { name: "own" }, by());
    await lake.ask(keyRevoke, { name: "own" }, by());
  });

  test.each([
    [keyCreate, { name: "x", account: "main" }, "NOT_ALLOWED"],
    [groupAdd, { name: "x", account: "main" }, "NOT_ALLOWED"],
    [userAdd, { name: "x", account: "main" }, "NOT_ALLOWED"],
    [userList, { account: "main" }, "NOT_ALLOWED"],
    [keyList, { account: "nowhere" }, "NOT_ALLOWED"],
    [accountAdd, { name: "x" }, "NOT_ALLOWED"],
    [userReset, { name: "lighthouse-user" }, "USER_NOT_FOUND"],
    [userRemove, { name: "lighthouse-user" }, "USER_NOT_FOUND"],
    [userSet, { name: "lighthouse-user", attributes: { country: "DE" } }, "USER_NOT_FOUND"],
    [userSet, { name: "lighthouse-user", role: "administrator" }, "MEMBER_NOT_FOUND"],
    [userSet, { name: "lighthouse-user", role: "administrator", account: "main" }, "NOT_ALLOWED"],
    [keyRevoke, { name: "lighthouse viewer" }, "API_KEY_NOT_FOUND"],
    [memberAdd, { kind: "group", name: "lighthouse-team", member: "windmill-user" }, "GROUP_NOT_FOUND"],
    [memberAdd, { kind: "account", name: "main", member: "windmill-user" }, "NOT_ALLOWED"],
    [grantAdd, { permissions: ["SELECT"], on: "main.shop.orders", to: "key:windmill viewer" }, "TABLE_NOT_FOUND"],
    [grantAdd, { permissions: ["SELECT"], on: "account main", to: "key:windmill viewer" }, "ACCOUNT_NOT_FOUND"],
    [grantAdd, { permissions: ["SELECT"], on: "lake", to: "key:windmill viewer" }, "NOT_ALLOWED"],
    [sourceRemove, { name: "lighthouses" }, "SOURCE_NOT_FOUND"],
  ] as const)("does nothing elsewhere: %o %o", async (operation, input, code) => {
    expect(JSON.parse(await answer(operation, input, by()))).toMatchObject({ given: { code } });
  });

  test("has no power over a user who is also somebody elsewhere", async () => {
    await lake.ask(userAdd, { name: "both", role: "viewer", account: "acme" });
    await lake.ask(memberAdd, { kind: "account", name: "main", member: "both", role: "administrator" });
    await lake.ask(userAdd, { name: "central", role: "viewer", account: "acme" });
    await lake.ask(grantAdd, { permissions: ["ADMINISTER"], on: "lake", to: "central" });
    const guests = { table: "shop.orders", all: "shop.*", database: "database shop", source: "source shop" };
    for (const [name, on] of Object.entries(guests)) {
      await lake.ask(userAdd, { name: `guest-${name}`, account: "acme" });
      await lake.ask(grantAdd, { permissions: ["DESCRIBE"], on, to: `guest-${name}` });
    }
    for (const name of ["both", "central", ...Object.keys(guests).map((guest) => `guest-${guest}`)])
      for (const operation of [userReset, userRemove])
        expect(await answer(operation, { name }, by())).toContain('"code":"USER_NOT_FOUND"');
    await lake.ask(userSet, { name: "both", role: "none" }, by());
    const own = { principal: await ownerIn(lake.context.db, "acme") };
    await lake.ask(userAdd, { name: "acme-guest", account: "acme" });
    await lake.ask(grantAdd, { permissions: ["SELECT"], on: "shop.orders", to: "acme-guest" }, own);
    expect(await answer(userReset, { name: "acme-guest" }, by())).toContain("oneTimePassword");
  });
});

test("whoever reads two accounts names the other one, and no shorter name means its tables", async () => {
  const reader = as("main", "viewer");
  await lake.ask(
    grantAdd,
    { permissions: ["SELECT"], on: "shop.*", to: `key:${reader.principal.name}` },
    {
      principal: await ownerIn(lake.context.db, "acme"),
    },
  );
  expect(await answer(sql, { sql: "select count(*) from acme.shop.orders" }, reader)).toContain("[[5]]");
  expect(await answer(sql, { sql: "select * from shop.orders" }, reader)).toContain('"code":"NOT_ALLOWED"');
  expect(await answer(sql, { sql: "select * from windmill" }, reader)).toContain('"code":"TABLE_NOT_FOUND"');
  const joined =
    "select count(*) from acme.shop.orders as theirs join acme.shop.windmill as more on theirs.id = more.id";
  expect(await answer(sql, { sql: joined }, reader)).toContain("[[1]]");
});
