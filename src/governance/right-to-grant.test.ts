/** Who may make which grant, and by the right of which other grant. */
import { expect, test } from "vitest";
import type { Principal } from "../identity/principal.ts";
import { askingOf } from "./asking.ts";
import type { DataFilter } from "./policy.ts";
import { policyOf, type GrantText } from "./policy.fixture.ts";
import { administers, rightToGrant, type GrantPlace, type Wanted } from "./right-to-grant.ts";
import type { ColumnSet } from "./table-access.ts";

const ada: Principal = { kind: "user", id: "ada", name: "ada", role: "none", mustChangePassword: false };
const orders = { kind: "table", id: "orders", databaseId: "shop", accountId: "main" } as const;
const filter: DataFilter = {
  id: "few",
  tableId: "orders",
  name: "few",
  columns: { mode: "all" },
  rows: undefined,
  masks: new Map(),
};
/** Shows columns 1 and 3, and 3 masked. */
const masking: DataFilter = {
  ...filter,
  id: "masking",
  name: "masking",
  columns: { mode: "include", fieldIds: new Set([1, 3]) },
  masks: new Map([[3, { action: "replace-with-null" }]]),
};
/** Compares column 3. */
const third: DataFilter = {
  ...filter,
  id: "third",
  name: "third",
  rows: { op: "is-null", column: { fieldId: 3, type: "int" } },
};
const usual: Wanted = {
  on: { kind: "table", id: "orders" },
  permission: "SELECT",
  columns: { mode: "all" },
  filterId: undefined,
  valid: { from: undefined, until: undefined },
};
const asking = (grants: readonly GrantText[]) =>
  askingOf(policyOf({ grants, filters: [filter, third, masking] }), ada, 0);
const right = (grants: readonly GrantText[], wanted: Partial<Wanted> = {}, place: GrantPlace = orders) =>
  rightToGrant(asking(grants), place, { ...usual, ...wanted });
const include = (...ids: number[]): ColumnSet => ({ mode: "include", fieldIds: new Set(ids) });

const passable = (id: string, more: Partial<GrantText> = {}): GrantText => ({
  id,
  to: "ada",
  on: "table orders",
  permissions: ["SELECT"],
  grantable: true,
  ...more,
});
const refused = expect.objectContaining({ code: "NOT_ALLOWED" });
const tooWide = (message: string) =>
  expect.objectContaining({ code: "GRANT_TOO_WIDE", message: expect.stringContaining(message) });

test("an administrator of a thing grants it by no other grant, until whenever they say", () => {
  const own: GrantText = { to: "ada", on: "table orders", permissions: ["ADMINISTER"] };
  expect(right([own, passable("own")])).toEqual({ parentId: undefined, until: undefined });
  expect(right([own], { valid: { from: 1, until: 9 } })).toEqual({ parentId: undefined, until: 9 });
  expect(administers(asking([own]), undefined)).toBe(false);
});

test("others need a grant that they may pass on, of the same permission and on the same thing", () => {
  expect(right([passable("own")])).toEqual({ parentId: "own", until: undefined });
  expect(right([passable("all", { permissions: ["ALL"] })])).toMatchObject({ parentId: "all" });
  expect(() => right([passable("own", { grantable: false })])).toThrow(refused);
  expect(() => right([passable("own", { permissions: ["DESCRIBE"] })])).toThrow(refused);
  expect(() => right([passable("own", { on: "table staff" })])).toThrow(refused);
  expect(() => right([passable("own", { until: 0 })])).toThrow(refused);
  expect(() => right([passable("all", { permissions: ["ALL"] })], { permission: "ADMINISTER" })).toThrow(refused);
});

test("nothing is passed on for the whole lake or for a location", () => {
  const everything = passable("own", { on: "lake" });
  expect(right([everything])).toMatchObject({ parentId: "own" });
  for (const place of [{ kind: "lake" }, undefined] as const) {
    const wanted: Wanted = { ...usual, on: { kind: "lake" } };
    expect(() => rightToGrant(asking([everything]), place, wanted)).toThrow(refused);
  }
});

test("what is passed on ends no later, and of several grants the one that lasts longest is passed on", () => {
  const grants = [passable("short", { until: 5 }), passable("long", { until: 9 })];
  expect(right(grants)).toEqual({ parentId: "long", until: 9 });
  expect(right(grants, { valid: { from: undefined, until: 7 } })).toEqual({ parentId: "long", until: 7 });
  expect(right(grants, { valid: { from: undefined, until: 9 } })).toEqual({ parentId: "long", until: 9 });
  expect(() => right(grants, { valid: { from: undefined, until: 10 } })).toThrow(tooWide("last longer"));
});

test("columns are passed on by name, and only those that were granted", () => {
  const some = [passable("some", { include: [1, 2] })];
  expect(right(some, { columns: include(1) })).toMatchObject({ parentId: "some" });
  expect(right(some, { columns: include(1, 2) })).toMatchObject({ parentId: "some" });
  for (const columns of [include(2, 3), { mode: "all" }, { mode: "exclude", fieldIds: new Set([3]) }] as ColumnSet[])
    expect(() => right(some, { columns })).toThrow(tooWide("only the columns"));
  for (const filterId of ["third", "missing"])
    expect(() => right(some, { filterId })).toThrow(tooWide("only some columns"));
  expect(right(some, { filterId: "few" })).toMatchObject({ parentId: "some" });
  expect(right([passable("more", { include: [1, 3] })], { filterId: "third" })).toMatchObject({ parentId: "more" });
  expect(right([passable("all")], { columns: { mode: "exclude", fieldIds: new Set([3]) } })).toMatchObject({
    parentId: "all",
  });
  expect(right([passable("all")], { filterId: "few" })).toMatchObject({ parentId: "all" });
});

test("what a data filter shows is passed on with the same filter, with some of its columns, or with another filter that tells nothing new", () => {
  const filtered = [passable("few's", { filter: "few" })];
  for (const wanted of [{ filterId: "few" }, { filterId: "third" }, { columns: include(1) }])
    expect(right(filtered, wanted)).toMatchObject({ parentId: "few's" });
  const excluding: ColumnSet = { mode: "exclude", fieldIds: new Set([1]) };
  for (const wanted of [
    {},
    { filterId: "missing" },
    { filterId: "few", columns: include(1) },
    { filterId: "third", columns: include(1) },
    { columns: excluding },
  ])
    expect(() => right(filtered, wanted)).toThrow(tooWide("the data filter few"));
});

test("a filter that compares a column which one's own filter hides or masks is not passed on", () => {
  const masked = [passable("masking's", { filter: "masking" })];
  expect(right(masked, { filterId: "few" })).toMatchObject({ parentId: "masking's" });
  for (const filterId of ["third", "missing"])
    expect(() => right(masked, { filterId })).toThrow(tooWide("the data filter masking"));
  expect(right(masked, { columns: include(3) })).toMatchObject({ parentId: "masking's" });
  expect(() => right(masked, { columns: include(3, 4) })).toThrow(tooWide("the data filter masking"));
  expect(right(masked, { filterId: "masking" })).toMatchObject({ parentId: "masking's" });
});
