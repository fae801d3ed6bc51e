/** Explanations of access: who reaches what, why, until when, and what is missing. They agree with real reads. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { memberOf, openPlainLake, type PlainLake } from "../../../test/world/plain-lake.ts";
import { labelledTable } from "../../../test/world/plain-source.ts";
import { uuidv7 } from "../../base/uuid.ts";
import { mainAccount, type PrincipalKind } from "../../db/tables.ts";
import { insertPrincipal } from "../../identity/principals.ts";
import { setRole } from "../../identity/role-grants.ts";
import type { Principal } from "../../identity/principal.ts";
import { sql } from "../sql.ts";
import { accessExplain } from "./explain.ts";
import { filterAdd } from "./filters.ts";
import { grantAdd } from "./grants.ts";
import { accessMine, accessOf, accessTo } from "./reach.ts";

let lake: PlainLake;
const people = new Map<string, Principal>();
const until = "2999-01-01T00:00:00.000Z";
const memberUntil = "2998-06-01T00:00:00.000Z";

beforeAll(async () => {
  lake = await openPlainLake();
  const { db } = lake.context;
  for (const name of ["shop", "hr"]) {
    const source = await lake.connect(name, { orders: labelledTable(3), staff: labelledTable(2) });
    await source.sync();
  }
  for (const name of ["ann", "bob", "carl", "dora"]) await add("user", name);
  for (const name of ["bi", "staff", "past"]) await add("group", name);
  await add("service", "loader");
  const member = (of: string, who: string, end: string | null) => ({
    id: uuidv7(),
    container_kind: "group" as const,
    container_id: idOf(of),
    member_id: idOf(who),
    valid_until: end === null ? null : new Date(end),
  });
  const memberships = [
    member("staff", "ann", memberUntil),
    member("bi", "staff", null),
    member("past", "bob", "2020-01-01T00:00:00Z"),
  ];
  await db.insertInto("memberships").values(memberships).execute();
  await setRole(db, { principalId: idOf("carl"), accountId: mainAccount, role: "administrator", by: null });
  await lake.ask(filterAdd, {
    name: "first",
    on: "shop.orders",
    rows: "id < 2",
    masks: [{ column: "label", mask: "sha-256-global" }],
  });
  await grant("SELECT", "shop.*", "group:bi", { until });
  await grant("SELECT", "shop.orders", "bob", { filter: "first" });
  await grant("SELECT", "hr.staff", "key:loader", { columns: ["id"], grantable: true });
  await grant("SELECT", "hr.staff", "group:past");
  await grant("SELECT", "hr.orders", "dora", { from: until });
});
afterAll(() => lake[Symbol.asyncDispose]());

async function add(kind: PrincipalKind, name: string): Promise<void> {
  if (kind === "user") return void people.set(name, await memberOf(lake, name));
  const id = (await insertPrincipal(lake.context.db, { kind, account_id: mainAccount, name })) ?? "";
  people.set(name, { kind: kind === "service" ? kind : "user", id, name, role: "none", mustChangePassword: false });
}

const personCalled = (name: string): Principal => people.get(name) as Principal;
const idOf = (name: string): string => personCalled(name).id;
const as = (name: string) => ({ principal: personCalled(name) });
const grant = (permission: string, on: string, to: string, more: object = {}) =>
  lake.ask(grantAdd, { permissions: [permission], on, to, ...more });

async function canRead(name: string, table: string): Promise<boolean> {
  return lake.ask(sql, { sql: `select count(*) from ${table}` }, as(name)).then(
    () => true,
    () => false,
  );
}

const tables = ["hr.orders", "hr.staff", "shop.orders", "shop.staff"];

describe("access to a table", () => {
  test("is everybody who may read it, with columns, rows, and why", async () => {
    const { readers } = await lake.ask(accessTo, { table: "shop.orders" });
    expect(readers).toMatchObject([
      {
        principal: "ann",
        reads: "whole",
        hidden: [],
        ways: [{ on: "shop.*", to: "group:bi", through: ["group:staff", "group:bi"], until: memberUntil, rows: null }],
      },
      {
        principal: "bob",
        reads: "part",
        ways: [{ to: "bob", filter: "first", rows: "id < 2", masks: [{ column: "label", mask: "sha-256-global" }] }],
      },
    ]);
    const staff = await lake.ask(accessTo, { table: "hr.staff" });
    expect(staff.readers).toMatchObject([{ principal: "key:loader", columns: ["id"] }]);
    expect(staff.readers[0]?.hidden).toContain("label");
  });

  test("agrees with what they read", async () => {
    for (const table of tables) {
      const { readers } = await lake.ask(accessTo, { table });
      const said = readers.map(({ principal }) => principal.replace("key:", ""));
      const found: string[] = [];
      for (const name of ["ann", "bob", "carl", "dora", "loader"]) if (await canRead(name, table)) found.push(name);
      expect(said, table).toEqual(found);
    }
  });
});

describe("access of somebody", () => {
  test("is everything that they reach, and the same that they see themselves", async () => {
    const of = await lake.ask(accessOf, { principal: "ann" }, as("carl"));
    expect(of.reached.map(({ resource, actions, reads }) => [resource, actions, reads])).toEqual([
      ["database shop", ["watch"], "nothing"],
      ["shop.orders", ["watch", "read"], "whole"],
      ["shop.staff", ["watch", "read"], "whole"],
    ]);
    expect(await lake.ask(accessMine, {}, as("ann"))).toEqual(of);
  });

  test("shows a part of a table, and no condition on rows to the reader", async () => {
    const mine = await lake.ask(accessMine, {}, as("bob"));
    expect(mine.reached).toMatchObject([
      { resource: "shop.orders", reads: "part", ways: [{ filter: "first", rows: "some" }] },
    ]);
    expect(await lake.ask(accessMine)).toEqual({ principal: "local", everything: true, reached: [] });
  });

  test("is for administrators, of what they administer", async () => {
    for (const ask of [
      () => lake.ask(accessOf, { principal: "ann" }, as("bob")),
      () => lake.ask(accessTo, { table: "shop.orders" }, as("bob")),
      () => lake.ask(accessExplain, { principal: "ann", resource: "shop.orders" }, as("bob")),
    ])
      await expect(ask()).rejects.toMatchObject({ code: "NOT_ALLOWED" });
    await grant("ADMINISTER", "hr.*", "dora");
    expect(await lake.ask(accessOf, { principal: "ann" }, as("dora"))).toMatchObject({ reached: [] });
    expect((await lake.ask(accessOf, { principal: "key:loader" }, as("dora"))).reached).toMatchObject([
      { resource: "hr.staff" },
    ]);
  });
});

describe("an explanation", () => {
  const explain = (principal: string, resource: string, by = "carl") =>
    lake.ask(accessExplain, { principal, resource }, as(by));
  const reading = async (principal: string, resource: string) =>
    (await explain(principal, resource)).actions.find(({ action }) => action === "read");

  test("names the grant, the memberships and the end", async () => {
    expect(await reading("ann", "shop.orders")).toMatchObject({
      allowed: true,
      ways: [{ on: "shop.*", to: "group:bi", through: ["group:staff", "group:bi"], until: memberUntil }],
      missing: [],
    });
  });

  test("names the filter, and the columns", async () => {
    expect(await explain("bob", "shop.orders")).toMatchObject({
      principal: "bob",
      resource: "shop.orders",
      columns: { hidden: [] },
    });
    expect(await reading("bob", "shop.orders")).toMatchObject({ ways: [{ filter: "first", rows: "id < 2" }] });
  });

  test("says what is missing, and who could grant it", async () => {
    expect(await reading("bob", "hr.staff")).toMatchObject({
      allowed: false,
      missing: [
        "SELECT on hr.staff is granted to group:past, where the membership is valid until 2020-01-01T00:00:00.000Z",
      ],
      couldGrant: ["carl", "dora", "key:loader"],
    });
    expect((await reading("dora", "hr.orders"))?.missing).toEqual([
      `SELECT on hr.orders is granted to dora, but only from ${until}`,
    ]);
    expect(await reading("carl", "hr.orders")).toMatchObject({ allowed: false, couldGrant: ["carl", "dora"] });
  });

  test("is given to everybody about themselves", async () => {
    const mine = await explain("bob", "shop.orders", "bob");
    expect(mine.actions.map(({ allowed }) => allowed)).toEqual([true, true, false, false, false]);
    expect(mine.actions[1]).toMatchObject({ ways: [{ rows: "some" }] });
    expect(mine.actions[2]).toMatchObject({ couldGrant: [] });
    await expect(explain("bob", "hr.orders", "bob")).rejects.toMatchObject({ code: "TABLE_NOT_FOUND" });
  });

  test.each([
    ["nobody", "shop.orders", "USER_NOT_FOUND"],
    ["ann", "lake", "USAGE"],
    ["ann", "shop.nothing", "TABLE_NOT_FOUND"],
    ["ann", "location s3://bucket", "USAGE"],
  ])("cannot be given for %s and %s", async (principal, resource, code) => {
    await expect(explain(principal, resource)).rejects.toMatchObject({ code });
  });
});
