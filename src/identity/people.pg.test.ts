/** Units, accounts, groups, roles and their members: who belongs where, and what ends with what. */
import { setTimeout as delay } from "node:timers/promises";
import { sql, type Kysely } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openCleanup } from "../base/cleanup.ts";
import { uuidv7 } from "../base/uuid.ts";
import { openMetadata } from "../../test/world/prepared-metadata.ts";
import { inPolicyChange, lockPolicy } from "../db/policy-change.ts";
import { mainAccount, type Role, type Tables } from "../db/tables.ts";
import { addAccount, changeAccount, listAccounts } from "./accounts.ts";
import { endPeopleOf, findRemovable, markRemoved } from "./account-end.ts";
import { createKey, listKeys } from "./api-keys.ts";
import { addNamedMember, membersOf, removeNamedMember, type ContainerName } from "./change-members.ts";
import { addGroup, changeGroup, listGroups, removeGroup } from "./groups.ts";
import { addUnit, listUnits, moveUnit, removeUnit } from "./org-units.ts";
import { findPrincipal, parsePrincipalName, principalLabel } from "./principal-name.ts";
import { listTombstones } from "./principals.ts";
import { addUser, changeUser, listUsers, removeUser } from "./users.ts";

const cleanup = openCleanup();
let db: Kysely<Tables>;

beforeAll(async () => {
  ({ db } = cleanup.use(await openMetadata()));
});
afterAll(() => cleanup[Symbol.asyncDispose]());

const by = null;

beforeEach(async () => {
  await sql`truncate principals cascade`.execute(db);
  await sql`alter table accounts disable trigger accounts_kept`.execute(db);
  await db.deleteFrom("accounts").where("id", "<>", mainAccount).execute();
  await sql`alter table accounts enable trigger accounts_kept`.execute(db);
  await db.updateTable("accounts").set({ name: "main", unit_id: null }).execute();
  await db.deleteFrom("org_units").execute();
  await addUser(db, { name: "root", role: "administrator", by });
});

const user = (name: string, role: Role = "none") => addUser(db, { name, role, by });
const group = (name: string) => addGroup(db, { kind: "group", name });
const inGroup = (name: string): ContainerName => ({ kind: "group", name });
const enter = (container: ContainerName, member: string, more: { from?: Date; until?: Date; role?: Role } = {}) =>
  addNamedMember(db, { ...container, member, by, ...more });
const leave = (container: ContainerName, member: string) => removeNamedMember(db, { ...container, member, by });

const removeAccount = (name: string) =>
  inPolicyChange(db, async (transaction) => {
    const { id } = await findRemovable(transaction, name);
    await endPeopleOf(transaction, { id, by, reason: "the account was removed" });
    await markRemoved(transaction, id);
  });

describe("units", () => {
  const paths = async () => (await listUnits(db)).map(({ path }) => path);

  test("are a tree, in which a unit moves with everything below it", async () => {
    for (const path of ["europe", "europe/romania", "europe/romania/cluj", "asia"]) await addUnit(db, path);
    await moveUnit(db, { path: "europe/romania", to: "asia/ro" });
    expect(await paths()).toEqual(["asia", "asia/ro", "asia/ro/cluj", "europe"]);
    await moveUnit(db, { path: "asia/ro/cluj", to: "cluj" });
    expect(await paths()).toEqual(["asia", "asia/ro", "cluj", "europe"]);
  });

  test("have a place of their own", async () => {
    await addUnit(db, "europe");
    await addUnit(db, "europe/romania");
    await expect(addUnit(db, "europe")).rejects.toMatchObject({ code: "NAME_TAKEN", place: "europe" });
    await expect(addUnit(db, "asia/japan")).rejects.toMatchObject({ code: "UNIT_NOT_FOUND", place: "asia" });
    await expect(moveUnit(db, { path: "asia", to: "a" })).rejects.toMatchObject({ code: "UNIT_NOT_FOUND" });
    for (const to of ["europe", "europe/romania/europe"])
      await expect(moveUnit(db, { path: "europe", to })).rejects.toMatchObject({ code: "USAGE", place: to });
    await expect(moveUnit(db, { path: "europe/romania", to: "europe" })).rejects.toMatchObject({ code: "NAME_TAKEN" });
    await moveUnit(db, { path: "europe", to: "europe2" });
    expect(await paths()).toEqual(["europe2", "europe2/romania"]);
  });

  test("are removed when nothing is in them", async () => {
    await addUnit(db, "europe");
    await addUnit(db, "europe/romania");
    await addAccount(db, { name: "sales", unit: "europe" });
    await expect(removeUnit(db, "europe")).rejects.toMatchObject({
      code: "NOT_EMPTY",
      message: "the unit still has in it: unit europe/romania, account sales",
    });
    await removeUnit(db, "europe/romania");
    await removeAccount("sales");
    await removeUnit(db, "europe");
    expect(await paths()).toEqual([]);
    await expect(removeUnit(db, "europe")).rejects.toMatchObject({ code: "UNIT_NOT_FOUND" });
  });

  test("do not become a circle when two are moved at the same moment", async () => {
    await addUnit(db, "a");
    await addUnit(db, "b");
    const moves = [moveUnit(db, { path: "a", to: "b/a" }), moveUnit(db, { path: "b", to: "a/b" })];
    const outcomes = (await Promise.allSettled(moves)).map(({ status }) => status);
    expect(outcomes.toSorted()).toEqual(["fulfilled", "rejected"]);
    expect(await paths()).toHaveLength(2);
  });
});

describe("accounts", () => {
  test("have a number that stays when everything else changes", async () => {
    await addUnit(db, "europe");
    const { number } = await addAccount(db, { name: "sales", unit: "europe" });
    expect(number).toMatch(/^\d{12}$/);
    await changeAccount(db, { name: "sales", newName: "trade", unit: null });
    expect(await listAccounts(db)).toMatchObject([{ name: "main" }, { name: "trade", number, unit: null }]);
    await expect(addAccount(db, { name: "trade", unit: undefined })).rejects.toMatchObject({ code: "NAME_TAKEN" });
    await expect(changeAccount(db, { name: "trade", newName: "main" })).rejects.toMatchObject({ code: "NAME_TAKEN" });
    await expect(changeAccount(db, { name: "sales", unit: null })).rejects.toMatchObject({ code: "ACCOUNT_NOT_FOUND" });
    await expect(addAccount(db, { name: "x", unit: "asia" })).rejects.toMatchObject({ code: "UNIT_NOT_FOUND" });
  });

  test("are removed with whoever acts in them, and their names are then free", async () => {
    await addAccount(db, { name: "sales", unit: undefined });
    const inSales = { account: "sales", by } as const;
    await user("ann");
    await enter({ kind: "account", name: "sales" }, "ann");
    await addGroup(db, { kind: "group", name: "analysts", account: "sales" });
    await createKey(db, { name: "nightly", role: "viewer", expiresAt: undefined, ...inSales });
    const { number } = (await listAccounts(db)).find(({ name }) => name === "sales") ?? { number: "" };
    await removeAccount("sales");
    expect(await addAccount(db, { name: "sales", unit: undefined })).not.toMatchObject({ number });
    const rows = await db.selectFrom("accounts").select("number").where("name", "=", "sales").execute();
    expect(rows.map((row) => row.number)).toContain(number);
    expect(await listGroups(db, { kind: "group" })).toEqual([]);
    expect(await listKeys(db)).toEqual([]);
    await expect(leave({ kind: "account", name: "sales" }, "ann")).rejects.toMatchObject({ code: "MEMBER_NOT_FOUND" });
  });

  test("never all go: the first stays", async () => {
    await expect(removeAccount("main")).rejects.toMatchObject({ code: "USAGE", place: "main" });
  });

  test("have members with a role of their own in each", async () => {
    await addAccount(db, { name: "sales", unit: undefined });
    await user("ann", "viewer");
    const role = { name: "ann", role: "analyst", account: "sales", by } as const;
    await expect(changeUser(db, role)).rejects.toMatchObject({ code: "MEMBER_NOT_FOUND", place: "sales" });
    await enter({ kind: "account", name: "sales" }, "ann", { role: "operator" });
    const roles = async () =>
      Promise.all(
        ["main", "sales"].map(async (of) => (await listUsers(db, of)).find(({ name }) => name === "ann")?.role),
      );
    expect(await roles()).toEqual(["viewer", "operator"]);
    await changeUser(db, role);
    expect(await roles()).toEqual(["viewer", "analyst"]);
    expect((await listUsers(db)).find(({ name }) => name === "ann")?.accounts).toEqual(["main", "sales"]);
    await leave({ kind: "account", name: "sales" }, "ann");
    expect(await roles()).toEqual(["viewer", "none"]);
    await group("analysts");
    await expect(enter({ kind: "account", name: "sales" }, "group:analysts")).rejects.toMatchObject({ code: "USAGE" });
  });

  test("have members whose role is valid as long as they are members", async () => {
    await addAccount(db, { name: "sales", unit: undefined });
    await user("ann");
    const container = { kind: "account", name: "sales" } as const;
    const open = () =>
      db
        .selectFrom("grants")
        .select(["origin", "valid_from", "valid_until"])
        .where("ended_at", "is", null)
        .where("origin", "<>", "role:administrator")
        .where("resource_kind", "=", "account")
        .execute();
    const [from, until] = [new Date(Date.now() + 60_000), new Date(Date.now() + 120_000)];
    await enter(container, "ann", { until, role: "analyst" });
    expect(await open()).toEqual([{ origin: "role:analyst", valid_from: null, valid_until: until }]);
    await enter(container, "ann", { from, until });
    expect(await open()).toEqual([{ origin: "role:analyst", valid_from: from, valid_until: until }]);
    await changeUser(db, { name: "ann", role: "viewer", account: "sales", by });
    expect(await open()).toEqual([{ origin: "role:viewer", valid_from: from, valid_until: until }]);
    await enter(container, "ann");
    expect(await open()).toEqual([{ origin: "role:viewer", valid_from: null, valid_until: null }]);
    await leave(container, "ann");
    expect(await open()).toEqual([]);
  });

  test("always have an administrator, if they are main", async () => {
    const main = { kind: "account", name: "main" } as const;
    const last = { code: "LAST_ADMINISTRATOR", place: "root" };
    await expect(leave(main, "root")).rejects.toMatchObject(last);
    await expect(enter(main, "root", { role: "viewer" })).rejects.toMatchObject(last);
    await expect(enter(main, "root", { until: new Date(Date.now() + 60_000) })).rejects.toMatchObject(last);
    await user("ann", "administrator");
    await leave(main, "root");
    expect((await listUsers(db)).find(({ name }) => name === "root")?.role).toBe("none");
  });
});

describe("groups", () => {
  test("have members of three kinds, in groups in groups", async () => {
    for (const name of ["staff", "analysts"]) await group(name);
    await user("ann");
    await createKey(db, { name: "nightly", role: "none", expiresAt: undefined, by });
    await enter(inGroup("analysts"), "ann");
    await enter(inGroup("analysts"), "key:nightly");
    await enter(inGroup("staff"), "group:analysts");
    expect((await membersOf(db, inGroup("analysts"))).map(principalLabel)).toEqual(["key:nightly", "ann"]);
    const ann = await findPrincipal(db, parsePrincipalName("ann"));
    const { rows } = await sql<{ id: string }>`select with_groups(${ann.id}) as id`.execute(db);
    expect(rows).toHaveLength(3);
    await leave(inGroup("staff"), "group:analysts");
    await expect(leave(inGroup("staff"), "group:analysts")).rejects.toMatchObject({
      code: "MEMBER_NOT_FOUND",
      message: "group:analysts is not a member of the group staff",
    });
  });

  test("are never in themselves, also if two are put into each other at the same moment", async () => {
    for (const name of ["a", "b", "c"]) await group(name);
    await enter(inGroup("b"), "group:a");
    await enter(inGroup("c"), "group:b", { from: new Date(Date.now() + 60_000) });
    await expect(enter(inGroup("a"), "group:c")).rejects.toMatchObject({
      code: "MEMBERSHIP_CYCLE",
      place: "a",
      message: "c cannot be a member of a, which is a member of it: a in b in c",
    });
    await expect(enter(inGroup("a"), "group:a")).rejects.toMatchObject({
      code: "MEMBERSHIP_CYCLE",
      message: "a cannot be a member of itself",
    });
    await leave(inGroup("b"), "group:a");
    const both = await Promise.allSettled([enter(inGroup("a"), "group:b"), enter(inGroup("b"), "group:a")]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  });

  test("have members from when until when, and a change ends what was before", async () => {
    await group("analysts");
    await user("ann");
    const [past, future] = [new Date(Date.now() - 60_000), new Date(Date.now() + 60_000)];
    const isValid = async () => (await membersOf(db, inGroup("analysts"))).map((member) => member.isValid);
    await enter(inGroup("analysts"), "ann", { from: future });
    expect(await isValid()).toEqual([false]);
    await enter(inGroup("analysts"), "ann", { from: past, until: future });
    expect(await isValid()).toEqual([true]);
    await expect(enter(inGroup("analysts"), "ann", { until: past })).rejects.toMatchObject({ code: "USAGE" });
    const rows = await db.selectFrom("memberships").select("ended_at").where("container_kind", "=", "group").execute();
    expect(rows.map(({ ended_at: end }) => end === null).toSorted()).toEqual([false, true]);
  });

  test("have names that no other group has, and attributes that change one by one", async () => {
    await addGroup(db, { kind: "group", name: "analysts", attributes: { country: "DE", team: "x" } });
    await addGroup(db, { kind: "role", name: "analysts" });
    await expect(group("analysts")).rejects.toMatchObject({ code: "NAME_TAKEN" });
    await expect(addGroup(db, { kind: "role", name: "viewer" })).rejects.toMatchObject({ code: "NAME_TAKEN" });
    await changeGroup(db, { kind: "group", name: "analysts", attributes: { country: "RO", team: null } });
    expect(await listGroups(db, { kind: "group" })).toMatchObject([{ attributes: { country: "RO" }, account: "main" }]);
    expect(await listGroups(db, { kind: "role" })).toMatchObject([{ name: "analysts", attributes: {} }]);
    await expect(changeGroup(db, { kind: "role", name: "no", attributes: {} })).rejects.toMatchObject({
      code: "ROLE_NOT_FOUND",
    });
  });

  test("of one account are listed alone", async () => {
    await addAccount(db, { name: "sales", unit: undefined });
    await group("analysts");
    await addGroup(db, { kind: "group", name: "sellers", account: "sales" });
    await createKey(db, { name: "nightly", role: "viewer", expiresAt: undefined, account: "sales", by });
    expect((await listGroups(db, { kind: "group", account: "sales" })).map(({ name }) => name)).toEqual(["sellers"]);
    expect((await listKeys(db, "sales")).map(({ name, role }) => [name, role])).toEqual([["nightly", "viewer"]]);
    expect(await listKeys(db, "main")).toEqual([]);
  });
});

test("a role is assumed by its members and is no member itself", async () => {
  await addGroup(db, { kind: "role", name: "steward" });
  await group("analysts");
  const refused = { code: "USAGE", place: "role:steward" };
  await expect(enter(inGroup("analysts"), "role:steward")).rejects.toMatchObject(refused);
  await expect(enter({ kind: "role", name: "steward" }, "role:steward")).rejects.toMatchObject(refused);
});

test.each([
  ["ann", { kind: "user", name: "ann" }],
  ["user:ann", { kind: "user", name: "ann" }],
  ["key:a:b", { kind: "service", name: "a:b" }],
  ["service:x", { kind: "user", name: "service:x" }],
])("%s names a principal", (text, named) => expect(parsePrincipalName(text)).toEqual(named));

test("another kind is answered with the kinds that there are", async () => {
  await expect(findPrincipal(db, parsePrincipalName("groups:bi"))).rejects.toMatchObject({
    code: "USER_NOT_FOUND",
    place: "groups:bi",
    message: "groups is not a kind of principal",
    remedy: expect.stringContaining("group:<name>"),
  });
});

test.each(["USER user:x", "GROUP group:x", "ROLE role:x"])(
  "what is not there is said by its kind: %s",
  async (line) => {
    const [kind = "", text = ""] = line.split(" ");
    const finding = findPrincipal(db, parsePrincipalName(text));
    await expect(finding).rejects.toMatchObject({ code: `${kind}_NOT_FOUND`, place: "x" });
  },
);

describe("what is removed", () => {
  const grant = async (principal: string, parent: string | null = null): Promise<string> => {
    const { id } = await findPrincipal(db, parsePrincipalName(principal));
    const row = {
      id: uuidv7(),
      principal_id: id,
      resource_kind: "lake",
      resource_id: null,
      parent_id: parent,
    } as const;
    await db
      .insertInto("grants")
      .values({ ...row, permissions: ["SELECT", "DESCRIBE"] })
      .execute();
    return row.id;
  };

  test("says first what falls with it, and then falls with it", async () => {
    await user("ann", "viewer");
    await user("bob");
    await group("analysts");
    await enter(inGroup("analysts"), "ann");
    await grant("bob", await grant("bob", await grant("ann")));
    const falls = await removeUser(db, { name: "ann", by, isPlan: true });
    expect(falls).toEqual({
      grants: ["SELECT, DESCRIBE on the lake", "the role viewer on account main"],
      grantsToOthers: ["SELECT, DESCRIBE on the lake to bob", "SELECT, DESCRIBE on the lake to bob"],
      memberOf: ["account main", "group:analysts"],
      members: [],
      answersFor: [],
      sessions: 0,
    });
    expect(await removeUser(db, { name: "ann", by })).toEqual(falls);
    expect(await membersOf(db, inGroup("analysts"))).toEqual([]);
    expect((await listTombstones(db, { kind: "user", account: undefined })).map(({ name }) => name)).toEqual(["ann"]);
    const open = await db.selectFrom("grants").select("id").where("ended_at", "is", null).execute();
    expect(open, "the administrator's role, and bob's two, which no longer count").toHaveLength(3);
  });

  test("takes its members with it, if it is a group", async () => {
    await group("analysts");
    await user("ann");
    await enter(inGroup("analysts"), "ann");
    const plan = { kind: "group", name: "analysts", by, isPlan: true } as const;
    expect(await removeGroup(db, plan)).toMatchObject({ members: ["ann"], grants: [], memberOf: [] });
    await removeGroup(db, { ...plan, isPlan: false });
    await expect(removeGroup(db, plan)).rejects.toMatchObject({ code: "GROUP_NOT_FOUND" });
    await group("analysts");
    expect(await membersOf(db, inGroup("analysts"))).toEqual([]);
  });

  test("gives rights to things that are gone a name, too", async () => {
    await user("ann");
    const { id } = await findPrincipal(db, parsePrincipalName("ann"));
    const row = { id: uuidv7(), principal_id: id, resource_kind: "table", resource_id: uuidv7() } as const;
    await db
      .insertInto("grants")
      .values({ ...row, permissions: ["ALL"] })
      .execute();
    const product = {
      id: uuidv7(),
      account_id: (await db.selectFrom("accounts").select("id").executeTakeFirstOrThrow()).id,
    };
    await db
      .insertInto("products")
      .values({ ...product, name: "customer360" })
      .execute();
    await db
      .insertInto("grants")
      .values({
        id: uuidv7(),
        principal_id: id,
        resource_kind: "product",
        resource_id: product.id,
        permissions: ["BROWSE"],
      })
      .execute();
    const { grants } = await removeUser(db, { name: "ann", by, isPlan: true });
    expect(grants).toEqual(["ALL on a table that was removed", "BROWSE on product customer360"]);
  });
});

describe("changes at the same moment", () => {
  /** Begins them one after the other while the policy is locked, so that none can write before all have begun. */
  async function atOnce(changes: readonly (() => Promise<unknown>)[]): Promise<readonly string[]> {
    const begun = await db.transaction().execute(async (transaction) => {
      await lockPolicy(transaction);
      const all: Promise<unknown>[] = [];
      for (const change of changes) {
        all.push(change());
        await delay(200);
      }
      return { all: Promise.allSettled(all) };
    });
    return (await begun.all).map((one) =>
      one.status === "fulfilled" ? "done" : String((one.reason as { code?: unknown }).code),
    );
  }

  test("leave somebody with one role, that of the last change", async () => {
    await user("ann");
    await atOnce(
      (["analyst", "operator", "viewer"] as const).map((role) => () => changeUser(db, { name: "ann", role, by })),
    );
    const ofAnn = async () => (await listUsers(db)).find(({ name }) => name === "ann")?.role;
    expect(["analyst", "operator", "viewer"]).toContain(await ofAnn());
    await atOnce((["none", "none"] as const).map((role) => () => changeUser(db, { name: "ann", role, by })));
    expect(await ofAnn()).toBe("none");
  });

  test("make nobody a member of what was removed, and nothing of somebody who was removed", async () => {
    for (const name of ["ann", "bob"]) await user(name);
    await addAccount(db, { name: "sales", unit: undefined });
    await group("bi");
    await addAccount(db, { name: "buying", unit: undefined });
    await atOnce([
      () => removeAccount("sales"),
      () => enter({ kind: "account", name: "sales" }, "bob", { role: "analyst" }),
    ]);
    await atOnce([
      () => removeAccount("buying"),
      () => createKey(db, { name: "nightly", role: "analyst", expiresAt: undefined, account: "buying", by }),
    ]);
    await atOnce([
      () => removeGroup(db, { kind: "group", name: "bi", by, isPlan: false }),
      () => enter(inGroup("bi"), "root"),
    ]);
    await atOnce([
      () => removeUser(db, { name: "ann", by }),
      () => changeUser(db, { name: "ann", role: "analyst", by }),
    ]);
    const { rows } = await sql<{ label: string }>`
      select 'a membership in an account' as label from memberships join accounts on accounts.id = container_id
        where accounts.deleted_at is not null and ended_at is null
      union all select 'a membership in a group' from memberships join principals on principals.id = container_id
        where principals.deleted_at is not null and ended_at is null
      union all select 'a key' from principals join accounts on accounts.id = principals.account_id
        where accounts.deleted_at is not null and principals.deleted_at is null
      union all select 'a grant' from grants join principals on principals.id = grants.principal_id
        where principals.deleted_at is not null and ended_at is null`.execute(db);
    expect(rows).toEqual([]);
  });
});
