/** The one answer to "may they?": yes only for a grant that is valid now, and rows only for SELECT and ALL. */
import { describe, expect, test } from "vitest";
import { must } from "../base/must.ts";
import { localPrincipal, type Principal } from "../identity/principal.ts";
import { askingOf } from "./asking.ts";
import { decide, decideFor, type Action } from "./decide.ts";
import { grantState } from "./grant-state.ts";
import type { Permission } from "./permission.ts";
import type { MaskAction } from "./mask.ts";
import type { DataFilter } from "./policy.ts";
import { policyOf, type GrantText, type PolicyText } from "./policy.fixture.ts";
import type { Securable } from "./securable.ts";
import { waysOf } from "./ways.ts";

const actions = ["watch", "read", "operate", "administer"] as const;
const lake: Securable = { kind: "lake" };
const orders = { kind: "table", id: "orders", databaseId: "shop", accountId: "main" } as const;
const staff = { kind: "table", id: "staff", databaseId: "hr", accountId: "main" } as const;
const shop = { kind: "database", id: "shop", accountId: "main" } as const;
const source = { kind: "source", id: "erp", accountId: "main" } as const;

const ada: Principal = {
  kind: "user",
  id: "ada",
  name: "ada",
  role: "none",
  accountId: "main",
  mustChangePassword: false,
};
const may = (grants: readonly GrantText[], action: Action, resource: Securable, now = 0) =>
  decide({ policy: policyOf({ grants }), principal: ada, action, resource, now });
const allowed = (grants: readonly GrantText[], resource: Securable): readonly Action[] =>
  actions.filter((action) => may(grants, action, resource).allowed);

test("without a grant nothing is allowed", () => {
  for (const resource of [lake, orders, shop, source]) expect(allowed([], resource)).toEqual([]);
});

test("the roles are grants on the account, and an administrator reads no rows", () => {
  const role = (...permissions: readonly Permission[]): readonly Action[] =>
    allowed([{ to: "ada", on: "account main", permissions }], orders);
  expect(role("DESCRIBE")).toEqual(["watch"]);
  expect(role("DESCRIBE", "SELECT")).toEqual(["watch", "read"]);
  expect(role("DESCRIBE", "OPERATE")).toEqual(["watch", "operate"]);
  expect(role("ADMINISTER")).toEqual(["watch", "operate", "administer"]);
  expect(role("ALL")).toEqual(["watch", "read", "operate"]);
});

test("only SELECT and ALL read rows, whatever else somebody may do with a table", () => {
  const others: readonly Permission[] = ["DESCRIBE", "INSERT", "DELETE", "ALTER", "DROP", "OPERATE", "ADMINISTER"];
  expect(may([{ to: "ada", on: "table orders", permissions: others }], "read", orders).allowed).toBe(false);
});

test("a grant reaches what it names, and nothing beside it", () => {
  const select = (on: GrantText["on"]) => [{ to: "ada", on, permissions: ["SELECT"] }] as const;
  expect(allowed(select("table orders"), orders)).toEqual(["watch", "read"]);
  expect(allowed(select("table orders"), staff)).toEqual([]);
  expect(allowed(select("table orders"), shop)).toEqual([]);
  expect(allowed(select("tables shop"), orders)).toEqual(["watch", "read"]);
  expect(allowed(select("tables shop"), staff)).toEqual([]);
  expect(allowed(select("database shop"), orders)).toEqual([]);
  expect(allowed(select("lake"), staff)).toEqual(["watch", "read"]);
});

test("a grant on all tables of a database shows the database, and does nothing else with it", () => {
  expect(allowed([{ to: "ada", on: "tables shop", permissions: ["ALL"] }], shop)).toEqual(["watch"]);
});

test("while there is one account, a right on it is one on the lake; with more, that is granted by itself", () => {
  const onLake = (accounts: readonly string[], on: GrantText["on"]) => {
    const policy = policyOf({ accounts, grants: [{ to: "ada", on, permissions: ["DESCRIBE"] }] });
    return decide({ policy, principal: ada, action: "watch", resource: lake, now: 0 }).allowed;
  };
  expect([onLake(["main"], "account main"), onLake(["main", "sales"], "account main")]).toEqual([true, false]);
  expect([onLake(["main"], "lake"), onLake(["main", "sales"], "lake")]).toEqual([true, true]);
});

test("a role in an account and its groups count while acting there; what is granted to somebody, everywhere", () => {
  const accounts = ["main", "sales"];
  const reads = (grant: Omit<GrantText, "permissions">, accountId: string | undefined, people = accounts) => {
    const policy = policyOf({
      accounts,
      people: { ada: people, bob: [] },
      groups: ["analysts"],
      members: [{ of: "analysts", member: "ada" }],
      grants: [{ ...grant, permissions: ["SELECT"] }],
    });
    return decide({ policy, principal: { ...ada, accountId }, action: "read", resource: orders, now: 0 }).allowed;
  };
  const inEach = (grant: Omit<GrantText, "permissions">) =>
    [...accounts, "removed", undefined].map((account) => reads(grant, account));
  expect(inEach({ to: "ada", on: "account main", role: "analyst" })).toEqual([true, false, false, false]);
  expect(inEach({ to: "analysts", on: "table orders" })).toEqual([true, false, false, false]);
  for (const on of ["table orders", "tables shop", "account main", "lake"] as const)
    expect(inEach({ to: "ada", on })).toEqual([true, true, true, true]);
  expect(reads({ to: "ada", on: "account main", role: "analyst" }, "main", ["sales"]), "no member").toBe(false);
  expect(reads({ to: "analysts", on: "table orders" }, "main", ["sales"]), "no member").toBe(false);
});

test("groups give what they have, also groups of groups, and only during a membership", () => {
  const policy = policyOf({
    grants: [{ to: "readers", on: "table orders", permissions: ["SELECT"] }],
    groups: ["team", "readers"],
    members: [
      { of: "team", member: "ada", from: 10, until: 20 },
      { of: "readers", member: "team" },
    ],
  });
  const at = (now: number) => decide({ policy, principal: ada, action: "read", resource: orders, now }).allowed;
  expect([9, 10, 19, 20].map(at)).toEqual([false, true, true, false]);
});

test("a grant is valid from its first moment until just before its last", () => {
  const grants = [{ to: "ada", on: "table orders", permissions: ["SELECT"], from: 10, until: 20 }] as const;
  expect([9, 10, 19, 20].map((now) => may(grants, "read", orders, now).allowed)).toEqual([false, true, true, false]);
});

test("a grant is worth nothing without the one it descends from, or when its grantor is gone", () => {
  const handed = { id: "child", to: "ada", on: "table orders", permissions: ["SELECT"], parent: "parent" } as const;
  const parent = { id: "parent", to: "bob", on: "table orders", permissions: ["SELECT"] } as const;
  expect(may([handed], "read", orders).allowed).toBe(false);
  expect(may([handed, parent], "read", orders).allowed).toBe(true);
  expect(may([handed, { ...parent, until: 0 }], "read", orders).allowed).toBe(false);
  const inactive = policyOf({ grants: [handed, parent], inactive: ["bob"] });
  expect(decide({ policy: inactive, principal: ada, action: "read", resource: orders, now: 0 }).allowed).toBe(false);
});

test("what was handed on is never wider than the grant it descends from", () => {
  const parent = { id: "p", to: "bob", on: "table orders", permissions: ["SELECT"], include: [1, 2] } as const;
  const child = { to: "ada", on: "table orders", permissions: ["SELECT"], include: [2, 3], parent: "p" } as const;
  expect(may([child, parent], "read", orders)).toMatchObject({
    access: { parts: [{ columns: { mode: "include", fieldIds: new Set([2]) } }] },
  });
});

test("columns that are granted to read are the columns that are known", () => {
  const grants = [{ to: "ada", on: "table orders", permissions: ["SELECT"], include: [1] }] as const;
  const columns = { columns: { mode: "include", fieldIds: new Set([1]) } };
  expect(may(grants, "watch", orders)).toMatchObject({ access: { parts: [columns] }, statistics: false });
  const described = [...grants, { to: "ada", on: "table orders", permissions: ["DESCRIBE"] }] as const;
  expect(may(described, "watch", orders)).toMatchObject({
    access: { parts: [{ columns: { mode: "all" } }] },
    statistics: false,
  });
});

test("figures that tell of every row are for those who read every row, operate, or watch the account", () => {
  const figures = (grant: Pick<GrantText, "on" | "permissions" | "include">): boolean => {
    const decision = may([{ to: "ada", ...grant }], "watch", orders);
    return decision.allowed && decision.statistics;
  };
  expect(figures({ on: "table orders", permissions: ["SELECT"] })).toBe(true);
  expect(figures({ on: "table orders", permissions: ["SELECT"], include: [1] })).toBe(false);
  expect(figures({ on: "table orders", permissions: ["DESCRIBE"] })).toBe(false);
  expect(figures({ on: "table orders", permissions: ["OPERATE"] })).toBe(true);
  expect(figures({ on: "account main", permissions: ["DESCRIBE"] })).toBe(true);
});

test("a filter that has ended gives nothing, neither its rows nor all rows", () => {
  const grants = [{ to: "ada", on: "table orders", permissions: ["SELECT"], filter: "gone" }] as const;
  expect(may(grants, "read", orders)).toMatchObject({ allowed: false, code: "NOT_ALLOWED" });
});

test("somebody with a one-time password, or who is not active, may nothing", () => {
  const policy = policyOf({ grants: [{ to: "ada", on: "lake", permissions: ["ALL", "ADMINISTER"] }] });
  const newcomer = askingOf(policy, { ...ada, mustChangePassword: true }, 0);
  for (const action of actions)
    expect(decideFor(newcomer, action, orders)).toMatchObject({ allowed: false, code: "PASSWORD_MUST_CHANGE" });
  const unready = askingOf(policy, { ...ada, lacksAuthenticator: true }, 0);
  for (const action of actions)
    for (const resource of [orders, lake, { kind: "visible" }, { kind: "provisioned" }] as const)
      expect(decideFor(unready, action, resource)).toMatchObject({ allowed: false, code: "AUTHENTICATOR_REQUIRED" });
  const stranger = askingOf(policy, { ...ada, id: "eve" }, 0);
  expect(actions.filter((action) => decideFor(stranger, action, { kind: "visible" }).allowed)).toEqual([]);
});

test("a key for provisioning may do that and nothing else, whatever it is granted, and nobody else may", () => {
  const policy = policyOf({ grants: [{ to: "ada", on: "lake", permissions: ["ALL", "ADMINISTER"] }] });
  const provisioned = { kind: "provisioned" } as const;
  const key = askingOf(policy, { ...ada, kind: "service", provisions: "company" }, 0);
  for (const resource of [orders, shop, lake, source, { kind: "visible" }, { kind: "machine" }] as const)
    expect(actions.filter((action) => decideFor(key, action, resource).allowed)).toEqual([]);
  expect(decideFor(key, "administer", provisioned).allowed).toBe(true);
  expect(decideFor(askingOf(policy, ada, 0), "administer", provisioned).allowed).toBe(false);
  const ended = askingOf(policy, { ...ada, id: "eve", provisions: "company" }, 0);
  expect(decideFor(ended, "administer", provisioned).allowed).toBe(false);
});

test("the machine is for whoever owns the data directory, who may do everything", () => {
  const policy = policyOf({ grants: [{ to: "ada", on: "lake", permissions: ["ALL", "ADMINISTER"] }] });
  expect(decide({ policy, principal: ada, action: "read", resource: { kind: "machine" }, now: 0 }).allowed).toBe(false);
  for (const resource of [{ kind: "machine" }, lake, orders] as const)
    expect(decide({ policy, principal: localPrincipal, action: "read", resource, now: 0 }).allowed).toBe(true);
});

test("an unknown action is refused, also to the owner", () => {
  const policy = policyOf({ grants: [] });
  const action = "destroy" as Action;
  expect(decide({ policy, principal: localPrincipal, action, resource: lake, now: 0 }).allowed).toBe(false);
});

test("whoever may read anything may ask to read what the grants show", () => {
  const visible = { kind: "visible" } as const;
  expect(allowed([], visible)).toEqual(["watch"]);
  expect(allowed([{ to: "ada", on: "table orders", permissions: ["SELECT"], include: [1] }], visible)).toEqual([
    "watch",
    "read",
  ]);
});

test("a value that a grant and the one it descends from mask in different ways is hidden", () => {
  const filter = (id: string, action: MaskAction): DataFilter => ({
    id,
    tableId: "orders",
    name: id,
    columns: { mode: "all" },
    rows: undefined,
    masks: new Map([[1, { action }]]),
  });
  const masksOf = (own: MaskAction): unknown => {
    const grants: readonly GrantText[] = [
      { id: "parent", to: "bob", on: "table orders", permissions: ["SELECT"], filter: "last" },
      { to: "ada", on: "table orders", permissions: ["SELECT"], filter: "own", parent: "parent" },
    ];
    const policy = policyOf({ grants, filters: [filter("last", "show-last-4"), filter("own", own)] });
    const decision = decide({ policy, principal: ada, action: "read", resource: orders, now: 0 });
    return decision.allowed && [...(decision.access.parts[0]?.masks ?? [])];
  };
  expect(masksOf("show-last-4")).toEqual([[1, { action: "show-last-4" }]]);
  expect(masksOf("show-first-4")).toEqual([[1, { action: "replace-with-null" }]]);
});

describe("what was passed on from a grant of a group", () => {
  const toTeam = { id: "team's", to: "team", on: "table orders", permissions: ["SELECT"] } as const;
  const passedOn = { id: "ada's", to: "ada", on: "table orders", permissions: ["SELECT"], parent: "team's" } as const;
  const policy = (grant: GrantText, more: Partial<PolicyText> = {}) =>
    policyOf({ grants: [toTeam, grant], groups: ["team"], members: [{ of: "team", member: "bob" }], ...more });
  const stateAt = (given: ReturnType<typeof policyOf>, now = 0) => ({
    isAllowed: decide({ policy: given, principal: ada, action: "read", resource: orders, now }).allowed,
    ...grantState(must(given.grants.get("ada's"), "the grant"), { policy: given, now }),
  });
  const inactive = (why: string) => ({ isAllowed: false, state: "inactive", why: expect.stringContaining(why) });

  test("counts while its grantor is an active member", () => {
    expect(stateAt(policy({ ...passedOn, by: "bob" }))).toEqual({ isAllowed: true, state: "active" });
    expect(stateAt(policy({ ...passedOn, by: "bob" }, { inactive: ["bob"] }))).toEqual(
      inactive("bob, who passed it on"),
    );
    expect(stateAt(policy({ ...passedOn, by: "bob" }, { members: [] }))).toEqual(
      inactive("bob, who passed it on, is not in team"),
    );
    expect(stateAt(policy({ ...passedOn, by: "eve" }))).toEqual(inactive("whoever passed it on was removed"));
  });

  test("ends with the membership of its grantor, and says so beforehand", () => {
    const ending = policy({ ...passedOn, by: "bob" }, { members: [{ of: "team", member: "bob", until: 10 }] });
    expect([9, 10].map((now) => stateAt(ending, now).isAllowed)).toEqual([true, false]);
    const asking = askingOf(ending, ada, 0);
    const decision = decideFor(asking, "read", orders);
    expect(decision.allowed && waysOf(asking, orders, decision).map(({ until }) => until)).toEqual([10]);
  });

  test("counts only while every grantor further up is a member", () => {
    const further: GrantText = { id: "ada's", to: "ada", on: "table orders", permissions: ["SELECT"], parent: "bob's" };
    const chain = (members: PolicyText["members"]) =>
      policyOf({
        grants: [toTeam, { ...passedOn, id: "bob's", to: "bob", by: "bob" }, further],
        groups: ["team"],
        members: members ?? [],
      });
    expect(stateAt(chain([{ of: "team", member: "bob" }])).isAllowed).toBe(true);
    expect(stateAt(chain([]))).toEqual(inactive("bob, who passed it on, is not in team"));
  });

  test("a grant by an administrator does not depend on who made it", () => {
    const made = { id: "ada's", to: "ada", on: "table orders", permissions: ["SELECT"], by: "bob" } as const;
    expect(stateAt(policy(made, { members: [], inactive: ["bob"] }))).toEqual({ isAllowed: true, state: "active" });
  });
});
