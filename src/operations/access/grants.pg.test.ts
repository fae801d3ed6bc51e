/** Grants as people make and end them: who may, on what, how wide, for how long, and what falls with them. */
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { memberOf, openPlainLake, type PlainLake } from "../../../test/world/plain-lake.ts";
import { labelledTable } from "../../../test/world/plain-source.ts";
import { mainAccount, type PrincipalKind } from "../../db/tables.ts";
import { lockPolicy } from "../../db/policy-change.ts";
import { decide } from "../../governance/decide.ts";
import { insertPrincipal } from "../../identity/principals.ts";
import type { Principal } from "../../identity/principal.ts";
import { grantAdd, grantList, grantRevoke } from "./grants.ts";

let lake: PlainLake;
const people = new Map<string, Principal>();

beforeAll(async () => {
  lake = await openPlainLake();
  const shop = await lake.connect("shop", { orders: labelledTable(3), staff: labelledTable(2) });
  await shop.sync();
  for (const name of ["ann", "bob", "carl"]) await add("user", name);
  await add("group", "bi");
});
afterAll(() => lake[Symbol.asyncDispose]());
beforeEach(async () => {
  await lake.context.db.updateTable("grants").set({ ended_at: new Date() }).where("ended_at", "is", null).execute();
});

async function add(kind: PrincipalKind, name: string): Promise<void> {
  if (kind === "user") return void people.set(name, await memberOf(lake, name));
  const id = (await insertPrincipal(lake.context.db, { kind, account_id: mainAccount, name })) ?? "";
  people.set(name, { kind: "user", id, name, role: "none", mustChangePassword: false });
}

const as = (name: string): { principal: Principal } => ({ principal: people.get(name) as Principal });
const grant = (input: object, by?: string) => lake.ask(grantAdd, input, by === undefined ? {} : as(by));
const revoke = (input: object, by?: string) => lake.ask(grantRevoke, input, by === undefined ? {} : as(by));
const select = (to: string, more: object = {}) => ({ permissions: ["SELECT"], on: "shop.orders", to, ...more });
const listed = async (more: object = {}, by?: string) =>
  (await lake.ask(grantList, more, by === undefined ? {} : as(by))).grants;

async function mayRead(name: string, table = "shop.orders"): Promise<boolean> {
  const { id, databaseId, accountId } = await lake.context.catalog.findEntry(table);
  const resource = { kind: "table", id, databaseId, accountId } as const;
  const policy = await lake.context.policies.current();
  return decide({ policy, ...as(name), action: "read", resource, now: Date.now() }).allowed;
}

describe("a grant", () => {
  test("is made once, and read back as it was made", async () => {
    const first = await grant(select("ann", { columns: ["id", "label"], until: "2999-01-31T02:00:00+02:00" }));
    expect(first).toMatchObject({ added: 1, toSelf: false });
    expect(first.grants).toMatchObject([
      {
        to: "ann",
        permissions: ["SELECT"],
        on: "shop.orders",
        columns: { mode: "include", names: ["id", "label"] },
        filter: null,
        grantable: false,
        from: null,
        until: "2999-01-31T00:00:00.000Z",
        grantedBy: "local",
        passedOnFrom: null,
        origin: null,
        state: "active",
      },
    ]);
    const again = await grant(select("ann", { columns: ["label", "ID"], until: "2999-01-31T00:00:00Z" }));
    expect(again).toEqual({ ...first, added: 0 });
    expect(await listed({ to: "ann" })).toEqual(first.grants);
    expect((await grant(select("ann"))).added).toBe(1);
  });

  test("is one per permission, and those that exist stay", async () => {
    await grant({ permissions: ["SELECT"], on: "shop.*", to: "group:bi" });
    const both = await grant({ permissions: ["SELECT", "DESCRIBE", "SELECT"], on: "shop.*", to: "group:bi" });
    expect(both).toMatchObject({ added: 1, grants: [{ permissions: ["SELECT"] }, { permissions: ["DESCRIBE"] }] });
    expect((await listed({ on: "shop.*" })).map(({ on, to }) => `${on} ${to}`)).toEqual([
      "shop.* group:bi",
      "shop.* group:bi",
    ]);
  });

  test("that many ask for at once is made once", async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => grant(select("ann"))));
    expect(answers.map(({ added }) => added).toSorted()).toEqual([0, 0, 0, 0, 0, 0, 0, 1]);
  });

  test.each(["9999-12-31T23:59:59-00:01", "0000-12-31T00:00:00Z", "0001-01-01T00:00:00+00:01"])(
    "does not end at %s, a time that cannot be read back",
    async (until) => {
      await expect(grant(select("ann", { until }))).rejects.toMatchObject({ code: "USAGE" });
      await expect(grant(select("ann", { from: until }))).rejects.toMatchObject({ code: "USAGE" });
    },
  );

  test("is decided by the rights that hold when it is made, however long it waited", async () => {
    await grant({ permissions: ["ADMINISTER"], on: "shop.orders", to: "carl" });
    const waiting = await lake.context.db.transaction().execute(async (transaction) => {
      await lockPolicy(transaction);
      const late = grant(select("bob"), "carl").catch((failure: unknown) => failure);
      await delay(300);
      await transaction.updateTable("grants").set({ ended_at: new Date() }).where("ended_at", "is", null).execute();
      return { late };
    });
    expect(await waiting.late).toMatchObject({ code: "NOT_ALLOWED" });
    expect(await listed({ to: "bob" })).toEqual([]);
  });

  test.each([
    ["lake", "lake"],
    ["account main", "account main"],
    ["database shop", "database shop"],
    ["shop.*", "shop.*"],
    ["SHOP.Orders", "shop.orders"],
    ["orders", "shop.orders"],
    ["table shop.orders", "shop.orders"],
    ["source shop", "source shop"],
  ])("on %s is on %s", async (on, label) => {
    expect((await grant({ permissions: ["DESCRIBE"], on, to: "ann" })).grants).toMatchObject([{ on: label }]);
    expect(await listed({ on })).toHaveLength(1);
  });

  test("lets read what it is on, at once and only then", async () => {
    expect(await mayRead("ann")).toBe(false);
    await grant(select("ann"));
    expect([await mayRead("ann"), await mayRead("ann", "shop.staff")]).toEqual([true, false]);
    await revoke({ permissions: ["SELECT"], on: "shop.orders", from: "ann" });
    expect(await mayRead("ann")).toBe(false);
  });

  test("on a storage location is for creating tables there", async () => {
    const on = "location s3://bucket/landing";
    expect((await grant({ permissions: ["DATA_LOCATION_ACCESS"], on, to: "ann" })).grants).toMatchObject([{ on }]);
    await expect(grant({ permissions: ["SELECT"], on, to: "ann" })).rejects.toMatchObject({ code: "GRANT_INVALID" });
  });

  test.each([
    ["a database for reading", { on: "database shop" }, "GRANT_INVALID", /rows are in tables/],
    ["columns of all tables", { on: "shop.*", columns: ["id"] }, "GRANT_INVALID", /only SELECT on one table/],
    ["a filter of all tables", { on: "shop.*", filter: "f" }, "GRANT_INVALID", /only SELECT on one table/],
    ["columns to describe", { permissions: ["DESCRIBE"], columns: ["id"] }, "GRANT_INVALID", /only SELECT on one/],
    ["an unknown column", { columns: ["lable"] }, "USAGE", /no column lable; did you mean label\?/],
    ["columns in two ways", { columns: ["id"], except: ["label"] }, "USAGE", /either the columns/],
    ["excluded columns to pass on", { except: ["id"], grantable: true }, "GRANT_INVALID", /by name/],
    ["an unknown filter", { filter: "nobody" }, "FILTER_NOT_FOUND", /no data filter nobody/],
    ["an unknown table", { on: "shop.order" }, "TABLE_NOT_FOUND", /did you mean shop.orders/],
    ["a database in place of a table", { on: "shop" }, "TABLE_NOT_FOUND", /shop is a database, not a table/],
    ["an unknown database", { on: "shoq.*" }, "DATABASE_NOT_FOUND", /no such database/],
    ["an unknown account", { on: "account sales" }, "ACCOUNT_NOT_FOUND", /no such account/],
    ["an unknown source", { on: "source shoq" }, "SOURCE_NOT_FOUND", /./],
    ["an unknown user", { to: "dora" }, "USER_NOT_FOUND", /./],
    ["an unknown group", { to: "group:ann" }, "GROUP_NOT_FOUND", /./],
    ["an end that is over", { until: "2020-01-01T00:00:00Z" }, "USAGE", /which is over/],
    ["an end before its beginning", { from: "2999-02-01T00:00:00Z", until: "2999-01-01T00:00:00Z" }, "USAGE", /before/],
    ["an end at its beginning", { from: "2999-01-01T00:00:00Z", until: "2999-01-01T00:00:00Z" }, "USAGE", /before/],
    ["columns of no table", { on: "source shop", columns: ["id"] }, "GRANT_INVALID", /only SELECT on one table/],
    ["a part of a database", { on: "database shop.orders" }, "USAGE", /not the name of a database/],
  ])("cannot be made of %s", async (_what, more, code, message) => {
    await expect(grant(select("ann", more))).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    expect(await listed()).toEqual([]);
  });
});

describe("whoever administers", () => {
  test("grants what is in the account, also to themselves, which is said", async () => {
    await grant({ permissions: ["ADMINISTER"], on: "account main", to: "carl" });
    expect(await grant(select("ann"), "carl")).toMatchObject({ toSelf: false, grants: [{ grantedBy: "carl" }] });
    expect(await mayRead("carl")).toBe(false);
    expect(await grant(select("carl"), "carl")).toMatchObject({ toSelf: true });
    expect(await mayRead("carl")).toBe(true);
    await expect(grant({ permissions: ["DESCRIBE"], on: "shop.staff", to: "ann" }, "carl")).resolves.toBeDefined();
  });

  test("one database grants only there", async () => {
    await grant({ permissions: ["ADMINISTER"], on: "shop.*", to: "carl" });
    await grant({ permissions: ["SELECT"], on: "shop.*", to: "ann" }, "carl");
    await expect(grant({ permissions: ["SELECT"], on: "account main", to: "ann" }, "carl")).rejects.toMatchObject({
      code: "ACCOUNT_NOT_FOUND",
    });
    expect((await listed({}, "carl")).map(({ on }) => on)).toEqual(["shop.*", "shop.*"]);
  });
});

describe("whoever may not", () => {
  test("cannot tell a hidden thing from a missing one", async () => {
    await grant({ permissions: ["SELECT"], on: "shop.staff", to: "bob" });
    const answer = (on: string): Promise<unknown> =>
      grant({ permissions: ["DESCRIBE"], on, to: "ann" }, "bob").catch(({ code, message, place, remedy }) =>
        JSON.stringify({ code, message, place, remedy }).replaceAll(/shop|main|nothing/g, "…"),
      );
    for (const on of ["shop.orders", "shop.*", "database shop", "source shop", "account main"])
      expect(await answer(on)).toBe(await answer(on.replace(/shop|main/, "nothing")));
  });

  test("is refused, and sees only what concerns them", async () => {
    await grant(select("ann"));
    await grant(select("bob"));
    await expect(grant(select("carl"), "ann")).rejects.toMatchObject({
      code: "NOT_ALLOWED",
      message: "ann may not grant SELECT on this table",
    });
    await expect(revoke({ permissions: ["SELECT"], on: "shop.orders", from: "bob" }, "ann")).rejects.toMatchObject({
      code: "GRANT_NOT_FOUND",
    });
    expect((await listed({}, "ann")).map(({ to }) => to)).toEqual(["ann"]);
    expect(await mayRead("bob")).toBe(true);
  });
});

describe("what may be passed on", () => {
  const until = "2999-01-01T00:00:00.000Z";

  test("ends with the grant that it was passed on from, and no later", async () => {
    await grant(select("ann", { grantable: true, until }));
    const { grants } = await grant(select("bob", { grantable: true }), "ann");
    const [parent] = await listed({ to: "ann" });
    expect(grants).toMatchObject([{ grantedBy: "ann", passedOnFrom: parent?.id, until }]);
    await grant(select("carl"), "bob");
    await expect(grant(select("carl", { until: "2999-01-02T00:00:00Z" }), "bob")).rejects.toMatchObject({
      code: "GRANT_TOO_WIDE",
    });
    const ending = { permissions: ["SELECT"], on: "shop.orders", from: "ann" };
    const plan = await revoke({ ...ending, plan: true });
    expect(plan).toMatchObject({ revoked: false, grants: [{ to: "ann" }], falls: [{ to: "bob" }, { to: "carl" }] });
    expect(await mayRead("carl")).toBe(true);
    expect(await revoke(ending)).toMatchObject({ revoked: true, falls: plan.falls });
    expect([await mayRead("bob"), await mayRead("carl"), (await listed()).length]).toEqual([false, false, 0]);
  });

  test("is never more than somebody has", async () => {
    await grant(select("ann", { grantable: true, columns: ["id"] }));
    await expect(grant(select("bob"), "ann")).rejects.toMatchObject({ code: "GRANT_TOO_WIDE" });
    await expect(grant(select("bob", { columns: ["id", "label"] }), "ann")).rejects.toMatchObject({
      code: "USAGE",
      message: "the table has no column label",
      remedy: "name some of its columns: id",
    });
    await expect(grant({ ...select("bob"), permissions: ["DESCRIBE"] }, "ann")).rejects.toMatchObject({
      code: "NOT_ALLOWED",
    });
    expect((await grant(select("bob", { columns: ["id"] }), "ann")).added).toBe(1);
  });

  test("may be taken back by whoever passed it on", async () => {
    await grant(select("ann", { grantable: true }));
    await grant(select("bob"), "ann");
    await grant(select("bob"));
    expect(await revoke({ permissions: ["SELECT"], on: "shop.orders", from: "bob" }, "ann")).toMatchObject({
      grants: [{ grantedBy: "ann" }],
    });
    expect(await listed({ to: "bob" })).toMatchObject([{ grantedBy: "local" }]);
  });

  test("may be taken back by all through whom it was passed on, and by nobody else", async () => {
    await grant(select("ann", { grantable: true }));
    await grant(select("bob", { grantable: true }), "ann");
    await grant(select("carl"), "bob");
    const ending = { permissions: ["SELECT"], on: "shop.orders", from: "bob" };
    await expect(revoke(ending, "carl")).rejects.toMatchObject({ code: "GRANT_NOT_FOUND" });
    expect(await revoke({ ...ending, from: "carl" }, "ann")).toMatchObject({ grants: [{ grantedBy: "bob" }] });
    expect(await listed({ to: "bob" })).toHaveLength(1);
  });

  test("is worth nothing once its holder is not active, and says so", async () => {
    await grant(select("ann", { grantable: true }));
    await grant(select("bob"), "ann");
    const active = (yes: boolean) =>
      lake.context.db.updateTable("principals").set({ active: yes }).where("name", "=", "ann").execute();
    await active(false);
    expect(await mayRead("bob")).toBe(false);
    expect(await listed({ to: "bob" })).toMatchObject([
      { state: "inactive", why: "the grant that it was passed on from gives nothing: ann is not active" },
    ]);
    await active(true);
  });
});

test("a grant on something that was removed is listed as inactive", async () => {
  await lake.connect("gone", { orders: labelledTable(1) });
  await grant({ permissions: ["DESCRIBE"], on: "source gone", to: "ann" });
  await lake.context.db.deleteFrom("sources").where("name", "=", "gone").execute();
  expect(await listed({ to: "ann" })).toMatchObject([
    { on: "a source that was removed", state: "inactive", why: "what it is on was removed" },
  ]);
});

test("a role is taken away as a role", async () => {
  await grant({ permissions: ["DESCRIBE"], on: "account main", to: "bob" });
  await lake.context.db.updateTable("grants").set({ origin: "role:viewer" }).where("ended_at", "is", null).execute();
  await expect(revoke({ permissions: ["DESCRIBE"], on: "account main", from: "bob" })).rejects.toMatchObject({
    code: "GRANT_INVALID",
    remedy: expect.stringContaining("--role none"),
  });
});
