/** People and rights in headgate.yaml: what is made, changed and ended, with which events, and what stays. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { PlainLake } from "../../../test/world/plain-lake.ts";
import { labelledTable } from "../../../test/world/plain-source.ts";
import { addGroup } from "../../identity/groups.ts";
import { addNamedMember } from "../../identity/change-members.ts";
import { addUnit } from "../../identity/org-units.ts";
import { filterAdd, filterList } from "../access/filters.ts";
import { grantAdd, grantList, grantRevoke } from "../access/grants.ts";
import { accountAdd } from "../people/accounts.ts";
import { groupList } from "../people/groups.ts";
import { memberList, memberRemove } from "../people/members.ts";
import { unitList } from "../people/units.ts";
import {
  declaredPeople as people,
  declaredFilters as filters,
  declaredRights as rights,
  openAccessLake,
  type AccessLake,
} from "./access-lake.fixture.ts";

let at: AccessLake;
let lake: PlainLake;
beforeAll(async () => {
  at = await openAccessLake();
  ({ lake } = at);
});
afterAll(() => at[Symbol.asyncDispose]());
beforeEach(() => at.reset());

const apply: AccessLake["apply"] = (...asked) => at.apply(...asked);
const steps: AccessLake["steps"] = (...asked) => at.steps(...asked);
const refused: AccessLake["refused"] = (...asked) => at.refused(...asked);
const events = (): Promise<number> => at.events();
const grants = async () => (await lake.ask(grantList, {})).grants;

/** Everything that an apply without changes must leave alone. */
async function quiet(): Promise<object> {
  return { ...(await at.state()), events: await events() };
}

async function lastEvents(count: number) {
  return lake.context.db
    .selectFrom("audit_events")
    .select(["operation", "resources", "details"])
    .orderBy("sequence", "desc")
    .limit(count)
    .execute();
}

describe("people", () => {
  test("are planned, made, and left alone the second time", async () => {
    const expected = [
      "add unit europe",
      "add unit europe/romania",
      "add account sales: unit none → europe/romania",
      "add group analysts: attributes none → country=DE",
      "add group sellers: in the account sales",
      "add member ann in analysts",
      "add member bob in analysts: until none → 2099-06-30T00:00:00.000Z",
      "add member group:analysts in sellers",
    ];
    const before = await quiet();
    expect(await steps(people, { dryRun: true })).toEqual(expected);
    expect(await quiet()).toEqual(before);
    expect(await steps(people)).toEqual(expected);
    const after = await quiet();
    expect(await apply(people)).toMatchObject({ steps: [], applied: true });
    expect(await apply(people, { file: "another.yaml" })).toMatchObject({ steps: [] });
    expect(await quiet()).toEqual(after);
  });

  test("are changed and removed, with what falls with them", async () => {
    await apply(people);
    await lake.ask(grantAdd, { permissions: ["SELECT"], on: "shop.orders", to: "group:analysts" });
    const changed = people
      .replace("country: DE", "team: bi")
      .replace("until: 2099-06-30", "from: 2098-01-01")
      .replace("{ unit: europe/romania }", "{}")
      .replace("[ann, ", "[");
    expect(await steps(changed)).toEqual([
      "change account sales: unit europe/romania → none",
      "change group analysts: attributes country=DE → team=bi",
      "remove member ann in analysts",
      "change member bob in analysts: from none → 2098-01-01T00:00:00.000Z; until 2099-06-30T00:00:00.000Z → none",
    ]);
    expect(await steps("")).toEqual([
      "remove group analysts (falls: SELECT on shop.orders; the membership of bob; the membership in group:sellers)",
      "remove group sellers",
      "remove account sales",
      "remove unit europe/romania",
      "remove unit europe",
    ]);
    expect(await lake.ask(groupList, {})).toEqual({ groups: [] });
    expect(await lake.ask(unitList, {})).toEqual({ units: [] });
  });

  test("that a command changed are as declared after the next apply, and what it added stays", async () => {
    await apply(people);
    const { db } = lake.context;
    await addNamedMember(db, { kind: "group", name: "analysts", member: "carl", by: null });
    await addNamedMember(db, { kind: "group", name: "analysts", member: "bob", by: null });
    await lake.ask(memberRemove, { kind: "group", name: "analysts", member: "ann" });
    expect(await steps(people)).toEqual([
      "add member ann in analysts",
      "change member bob in analysts: until none → 2099-06-30T00:00:00.000Z",
    ]);
    const { members } = await lake.ask(memberList, { kind: "group", name: "analysts" });
    expect(members.map(({ member }) => member)).toEqual(["ann", "bob", "carl"]);
    expect(await steps(people.replace("[ann, { member: bob, until: 2099-06-30 }]", "[]"))).toEqual([
      "remove member ann in analysts",
      "remove member bob in analysts",
    ]);
    expect((await lake.ask(memberList, { kind: "group", name: "analysts" })).members).toMatchObject([
      { member: "carl" },
    ]);
  });

  test("that another origin made are named and neither changed nor removed", async () => {
    const { db } = lake.context;
    await addGroup(db, { kind: "group", name: "analysts" });
    await addUnit(db, "europe");
    await lake.ask(accountAdd, { name: "sales" });
    expect(await refused(people)).toMatchObject({
      code: "DECLARATION_INVALID",
      place: "headgate.yaml:3:27",
      message: expect.stringContaining("the unit europe was made by a command"),
    });
    const account = "organisation:\n  accounts:\n    sales: {}\n";
    expect(await refused(account)).toMatchObject({ place: "headgate.yaml:3:12", code: "DECLARATION_INVALID" });
    expect(await refused("organisation: { accounts: { main: {} } }")).toMatchObject({ code: "DECLARATION_INVALID" });
    expect(await refused("groups: { analysts: {} }")).toMatchObject({
      place: "headgate.yaml:1:21",
      message: expect.stringContaining("the group analysts was made by a command or the API"),
    });
    await apply("groups: { staff: { members: [ann] } }");
    await addNamedMember(db, { kind: "group", name: "staff", member: "bob", by: null });
    expect(await refused("groups: { staff: { members: [ann, bob] } }")).toMatchObject({
      place: "headgate.yaml:1:35",
      message: expect.stringContaining("the membership of bob in the group staff"),
    });
    expect(await steps("")).toEqual(["remove group staff (falls: the membership of ann; the membership of bob)"]);
    expect((await lake.ask(groupList, {})).groups).toMatchObject([{ name: "analysts" }]);
    expect(await lake.ask(unitList, {})).toEqual({ units: ["europe"] });
  });

  test("change places in groups that contain each other", async () => {
    await apply('groups: { a: {}, b: { members: ["group:a"] } }');
    expect(await steps('groups: { a: { members: ["group:b"] }, b: {} }')).toEqual([
      "remove member group:a in b",
      "add member group:b in a",
    ]);
  });
});

describe("filters and grants", () => {
  test("are made, and left alone the second time, also under another spelling", async () => {
    const text = people + filters + rights;
    expect((await steps(text)).slice(8)).toEqual([
      "add filter some on shop.orders: rows none → id < 3; columns none → all but label",
      "add filter masked on shop.orders: columns none → all; masks none → label=fixed-value=hidden",
      "add grant SELECT on shop.orders to group:analysts: columns id",
      "add grant SELECT on shop.orders to ann: filter some; until 2099-01-31T00:00:00.000Z",
      "add grant DESCRIBE on shop.* to ann",
      "add grant DESCRIBE on shop.* to group:sellers",
      "add grant DESCRIBE on source shop to ann",
      "add grant DESCRIBE on source shop to group:sellers",
      "add grant OPERATE on source shop to ann",
      "add grant OPERATE on source shop to group:sellers",
    ]);
    const after = await quiet();
    expect(await steps(text)).toEqual([]);
    const respelled = text.replaceAll("shop.orders", "SHOP.Orders").replaceAll("to: ann", "to: user:ann");
    expect(await steps(respelled.replace("2099-01-31", '"2099-01-31T02:00:00+02:00"'))).toEqual([]);
    expect(await quiet()).toEqual(after);
  });

  test("are changed and ended with what was passed on, and those of others stay", async () => {
    const passing = (until: string) =>
      `grants: [{ to: ann, select: shop.orders, grantable: true, until: ${until} }, { to: bob, select: shop.staff }]`;
    expect(await steps(passing("2099-01-31"))).toEqual([
      "add grant SELECT on shop.orders to ann: until 2099-01-31T00:00:00.000Z; may be passed on",
      "add grant SELECT on shop.staff to bob",
    ]);
    const select = { permissions: ["SELECT"], on: "shop.orders" };
    await lake.ask(grantAdd, { ...select, to: "carl" }, at.as("ann"));
    await lake.ask(grantAdd, { ...select, to: "bob" });
    const planned = [
      "change grant SELECT on shop.orders to ann: until 2099-01-31T00:00:00.000Z → 2099-06-30T00:00:00.000Z (falls: SELECT on shop.orders to carl)",
    ];
    expect(await steps(passing("2099-06-30"), { dryRun: true })).toEqual(planned);
    expect(await steps(passing("2099-06-30"))).toEqual(planned);
    expect((await grants()).map(({ to, on, origin }) => `${to} ${on} ${origin}`)).toEqual([
      "ann shop.orders yaml",
      "bob shop.orders null",
      "bob shop.staff yaml",
    ]);
    await lake.ask(grantAdd, { ...select, to: "carl" }, at.as("ann"));
    expect(await steps("")).toEqual([
      "remove grant SELECT on shop.orders to ann (falls: SELECT on shop.orders to carl)",
      "remove grant SELECT on shop.staff to bob",
    ]);
    expect(await grants()).toMatchObject([{ to: "bob", on: "shop.orders", origin: null }]);
  });

  test("that a command has granted too are told of, and both exist", async () => {
    await lake.ask(grantAdd, { permissions: ["SELECT"], on: "shop.orders", to: "ann" });
    const text = "grants: [{ to: ann, select: shop.orders }]";
    expect(await steps(text)).toEqual([
      "add grant SELECT on shop.orders to ann: a command or the API has granted the same, which stays",
    ]);
    expect(await steps("")).toEqual(["remove grant SELECT on shop.orders to ann"]);
    expect(await grants()).toMatchObject([{ to: "ann", origin: null }]);
  });

  test("a filter changes for all who were granted it, and stays while a grant of others uses it", async () => {
    await apply(filters);
    await lake.ask(grantAdd, { permissions: ["SELECT"], on: "shop.orders", to: "bob", filter: "some" });
    expect(await steps(filters.replace("id < 3", "id < 2"))).toEqual([
      "change filter some on shop.orders: rows id < 3 → id < 2",
    ]);
    expect(await refused("")).toMatchObject({ code: "FILTER_IN_USE", message: expect.stringContaining("bob") });
    await lake.ask(grantRevoke, { permissions: ["SELECT"], on: "shop.orders", from: "bob" });
    expect(await steps("")).toEqual(["remove filter masked on shop.orders", "remove filter some on shop.orders"]);
    await lake.ask(filterAdd, { name: "some", on: "shop.orders", rows: "id < 9" });
    expect(await refused(filters)).toMatchObject({
      code: "DECLARATION_INVALID",
      message: expect.stringContaining("the data filter some of shop.orders was made by a command"),
    });
    expect((await lake.ask(filterList, {})).filters).toMatchObject([{ name: "some", rows: "id < 9" }]);
  });

  test("are made together with the source that they are on", async () => {
    const source = lake.make({ a: labelledTable(1) });
    const text = `sources: { other: { url: "${source.url}" } }\ngrants: [{ to: ann, operate: source other }]`;
    const planned = [`add source other: ${source.url}`, "add grant OPERATE on source other to ann"];
    expect(await steps(text, { dryRun: true })).toEqual(planned);
    expect((await lake.context.sources.list()).map(({ name }) => name)).toEqual(["shop"]);
    expect(await steps(text)).toEqual(planned);
    await apply("");
    await lake.context.sources.remove("other");
  });

  test("that are over stay as they were declared, and are not made any more", async () => {
    const text = `grants: [{ to: ann, select: shop.orders, until: ${new Date(Date.now() + 1_500).toISOString()} }]`;
    await apply(text);
    await new Promise((resolve) => setTimeout(resolve, 1_600));
    expect(await steps(text)).toEqual([]);
    await apply("");
    expect(await refused(text)).toMatchObject({ code: "USAGE", message: expect.stringContaining("which is over") });
  });
});

describe("each change", () => {
  test("is an event of its own with the origin, and the apply is one", async () => {
    const before = await events();
    await apply("groups: { staff: { members: [ann] } }\ngrants: [{ to: ann, select: shop.orders }]");
    expect((await events()) - before).toBe(4);
    const [whole, grant, member, group] = await lastEvents(4);
    expect(whole).toMatchObject({ operation: "declaration.apply" });
    expect(grant).toMatchObject({
      operation: "grant.add",
      resources: [{ kind: "table", name: "shop.orders", id: expect.any(String) }],
      details: { what: { origin: "yaml", to: "ann", permissions: ["SELECT"] } },
    });
    expect(member).toMatchObject({ operation: "member.add", details: { what: { origin: "yaml", member: "ann" } } });
    expect(group).toMatchObject({ operation: "group.add", resources: [{ kind: "group", name: "staff" }] });
    await apply("");
    expect((await lastEvents(4)).map(({ operation }) => operation)).toEqual([
      "declaration.apply",
      "grant.revoke",
      "group.remove",
      "declaration.apply",
    ]);
  });

  test("to oneself is flagged", async () => {
    await lake.ask(grantAdd, { permissions: ["ADMINISTER"], on: "account main", to: "ann" });
    await apply("grants: [{ to: ann, select: shop.orders }]", {}, "ann");
    const [, grant] = await lastEvents(2);
    expect(grant).toMatchObject({ operation: "grant.add", details: { isSelfGrant: true } });
  });
});
