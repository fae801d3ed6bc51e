/** A named set of grants is made exactly as it is given: by whom, what stays, and what is refused. */
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { memberOf, openPlainLake, type PlainLake } from "../../../test/world/plain-lake.ts";
import { labelledTable } from "../../../test/world/plain-source.ts";
import type { Principal } from "../../identity/principal.ts";
import { grantPut } from "./grant-put.ts";
import { grantAdd, grantList, grantRevoke } from "./grants.ts";

let lake: PlainLake;
const people = new Map<string, Principal>();

beforeAll(async () => {
  lake = await openPlainLake();
  await (await lake.connect("shop", { orders: labelledTable(3), staff: labelledTable(2) })).sync();
  for (const name of ["ann", "bob", "carl"]) people.set(name, await memberOf(lake, name));
});
afterAll(() => lake[Symbol.asyncDispose]());
beforeEach(async () => {
  await lake.context.db.updateTable("grants").set({ ended_at: new Date() }).where("ended_at", "is", null).execute();
});

const as = (name: string) => ({ principal: people.get(name) as Principal });
const put = (set: string, grants: readonly object[], by?: string, more: object = {}) =>
  lake.ask(grantPut, { set, grants, ...more }, by === undefined ? {} : as(by));
const changes = async (...asked: Parameters<typeof put>): Promise<readonly string[]> =>
  (await put(...asked)).changes.map(({ change, name, falls }) => [change, name, ...falls].join(" "));
const listed = async () =>
  (await lake.ask(grantList, {})).grants.map(({ to, on, origin }) => `${to} ${on} ${origin ?? "one by one"}`);
const select = { permissions: ["SELECT"], on: "shop.orders" };

test("is made, changed and emptied, and every other grant stays", async () => {
  await lake.ask(grantAdd, { ...select, to: "bob" });
  await put("other", [{ to: "bob", select: "shop.orders" }]);
  const set = [{ to: ["ann", "bob"], select: "shop.orders" }];
  const both = ["add SELECT on shop.orders to ann", "add SELECT on shop.orders to bob"];
  expect(await changes("one", set, undefined, { plan: true })).toEqual(both);
  expect(await listed()).toHaveLength(2);
  expect(await changes("one", set)).toEqual(both);
  expect(await changes("one", set)).toEqual([]);
  expect(await changes("one", [{ to: "ann", select: "shop.*" }])).toEqual([
    "add SELECT on shop.* to ann",
    "remove SELECT on shop.orders to ann",
    "remove SELECT on shop.orders to bob",
  ]);
  await put("one", []);
  expect(await listed()).toEqual(["bob shop.orders one by one", "bob shop.orders set:other"]);
});

test("is made as a whole or not at all", async () => {
  await expect(
    put("one", [
      { to: "ann", select: "shop.orders" },
      { to: "dora", select: "shop.orders" },
    ]),
  ).rejects.toMatchObject({ code: "USER_NOT_FOUND", place: "grants[1]: dora" });
  expect(await listed()).toEqual([]);
});

test("can have what its author may pass on, and no more", async () => {
  await lake.ask(grantAdd, { ...select, to: "ann", grantable: true, until: "2999-01-01T00:00:00Z" });
  const set = [{ to: "bob", select: "shop.orders" }];
  expect(await changes("hers", set, "ann")).toEqual(["add SELECT on shop.orders to bob"]);
  expect(await changes("hers", set, "ann"), "its end is that of her own grant").toEqual([]);
  const wider = put("hers", [...set, { to: "bob", select: "shop.staff" }], "ann");
  await expect(wider).rejects.toMatchObject({ code: "TABLE_NOT_FOUND", place: "grants[1]: shop.staff" });
  const longer = put("hers", [{ ...set[0], until: "3000-01-01" }], "ann");
  await expect(longer).rejects.toMatchObject({ code: "GRANT_TOO_WIDE", place: "grants[0]" });
  expect((await lake.ask(grantList, { to: "bob" })).grants).toMatchObject([{ until: "2999-01-01T00:00:00.000Z" }]);
  const ended = await lake.ask(grantRevoke, { ...select, from: "ann" });
  expect(ended.falls).toMatchObject([{ to: "bob", origin: "set:hers" }]);
  expect(await listed()).toEqual([]);
});

test("of somebody else is not changed by others, who are not told what it has", async () => {
  await lake.ask(grantAdd, { ...select, to: "ann", grantable: true });
  await put("one", [{ to: "carl", select: "shop.staff" }]);
  const others = put("one", [{ to: "bob", select: "shop.orders" }], "ann");
  await expect(others).rejects.toMatchObject({ code: "NOT_ALLOWED", message: expect.not.stringContaining("staff") });
  await expect(put("new", [{ to: "nobody", select: "shop.orders" }], "bob")).rejects.toMatchObject({
    code: "TABLE_NOT_FOUND",
  });
  await lake.ask(grantAdd, { ...select, to: "bob" });
  for (const to of ["nobody", "carl"])
    await expect(put("new", [{ to, select: "shop.orders" }], "bob")).rejects.toMatchObject({ code: "NOT_ALLOWED" });
  expect(await listed()).toEqual([
    "ann shop.orders one by one",
    "bob shop.orders one by one",
    "carl shop.staff set:one",
  ]);
});

test("is revoked one by one, too, which says where it comes back from", async () => {
  await put("one", [{ to: "bob", select: "shop.orders" }]);
  expect(await lake.ask(grantRevoke, { ...select, from: "bob" })).toMatchObject({ declaredIn: ["set:one"] });
  expect(await changes("one", [{ to: "bob", select: "shop.orders" }])).toEqual(["add SELECT on shop.orders to bob"]);
});
