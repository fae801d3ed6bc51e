/** Tests that whoever gives rights to themselves is flagged in the audit log, in whatever way they do it. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { openPlainLake, type PlainLake } from "../../../test/world/plain-lake.ts";
import { labelledTable } from "../../../test/world/plain-source.ts";
import { mainAccount } from "../../db/tables.ts";
import { addUser } from "../../identity/users.ts";
import type { Principal } from "../../identity/principal.ts";
import type { Operation } from "../operation.ts";
import { groupAdd, roleAdd } from "../people/groups.ts";
import { memberAdd } from "../people/members.ts";
import { userSet } from "../people/users.ts";
import { filterAdd } from "./filters.ts";
import { grantAdd } from "./grants.ts";

let lake: PlainLake;
let ann: Principal;
let keeper: Principal;

beforeAll(async () => {
  lake = await openPlainLake();
  await (await lake.connect("shop", { orders: labelledTable(3) })).sync();
  await addUser(lake.context.db, { name: "root", role: "administrator", by: null });
  for (const name of ["ann", "bob"]) await addUser(lake.context.db, { name, role: "none", by: null });
  for (const name of ["bi", "readers"]) await lake.ask(groupAdd, { name });
  await lake.ask(roleAdd, { name: "keeper" });
  await lake.ask(memberAdd, { kind: "role", name: "keeper", member: "ann" });
  await lake.ask(memberAdd, { kind: "group", name: "bi", member: "ann", from: "2999-01-01T00:00:00Z" });
  for (const to of ["ann", "role:keeper"])
    await lake.ask(grantAdd, { permissions: ["ADMINISTER"], on: "account main", to });
  const [annId, keeperId] = [await idOf("ann"), await idOf("keeper")];
  ann = { kind: "user", id: annId, name: "ann", role: "none", accountId: mainAccount, mustChangePassword: false };
  keeper = { ...ann, kind: "role", id: keeperId, name: "keeper", behind: { kind: "user", id: annId, name: "ann" } };
});
afterAll(() => lake[Symbol.asyncDispose]());

async function idOf(name: string): Promise<string> {
  const found = lake.context.db.selectFrom("principals").select("id").where("name", "=", name);
  return (await found.executeTakeFirstOrThrow()).id;
}

async function isFlagged<Input, Output>(
  operation: Operation<Input, Output>,
  input: object,
  principal: Principal = ann,
): Promise<boolean> {
  await lake.ask(operation, input, { principal });
  const { details } = await lake.context.db
    .selectFrom("audit_events")
    .select("details")
    .where("operation", "=", operation.name)
    .orderBy("sequence", "desc")
    .limit(1)
    .executeTakeFirstOrThrow();
  return (details as { isSelfGrant?: true }).isSelfGrant === true;
}

const select = (to: string) => ({ permissions: ["SELECT"], on: "shop.orders", to });

test("a grant to oneself while another role is assumed", async () => {
  expect(await isFlagged(grantAdd, select("ann"), keeper)).toBe(true);
  expect(await isFlagged(grantAdd, select("bob"), keeper)).toBe(false);
});

test("a grant to a role that one may assume, or to a group in which one will be", async () => {
  expect(await isFlagged(grantAdd, select("role:keeper"))).toBe(true);
  expect(await isFlagged(grantAdd, select("group:bi"))).toBe(true);
  expect(await isFlagged(grantAdd, select("group:readers"))).toBe(false);
});

test("a role of one's own, or attributes that filters compare", async () => {
  expect(await isFlagged(userSet, { name: "ann", role: "analyst" })).toBe(true);
  expect(await isFlagged(userSet, { name: "ann", attributes: { country: "DE" } }, keeper)).toBe(true);
  expect(await isFlagged(userSet, { name: "bob", role: "analyst", attributes: { country: "DE" } })).toBe(false);
  expect(await isFlagged(userSet, { name: "ann", role: "none" })).toBe(false);
});

test("a membership of one's own group", async () => {
  expect(await isFlagged(memberAdd, { kind: "group", name: "readers", member: "bob" })).toBe(false);
  expect(await isFlagged(memberAdd, { kind: "group", name: "readers", member: "group:bi" })).toBe(true);
});

test("a change of the data filter by which one reads", async () => {
  const filter = (rows: string) => ({ on: "shop.orders", name: "few", rows, replace: true });
  expect(await isFlagged(filterAdd, filter("id = 1"))).toBe(false);
  await lake.ask(grantAdd, { ...select("bob"), filter: "few" });
  expect(await isFlagged(filterAdd, filter("id = 2"))).toBe(false);
  await lake.ask(grantAdd, { ...select("ann"), filter: "few" });
  expect(await isFlagged(filterAdd, filter("id > 0"))).toBe(true);
});
