/** Descriptions in headgate.yaml: made, changed, left alone and removed, read back as written, and refused as a whole. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { grantAdd } from "../access/grants.ts";
import { tableDescribe } from "../stewardship/describe.ts";
import { tableMark } from "../stewardship/mark-table.ts";
import { stewardAdd, stewardList } from "../stewardship/stewards.ts";
import { termAdd } from "../stewardship/terms.ts";
import { tableShow } from "../tables.ts";
import { openAccessLake, type AccessLake } from "./access-lake.fixture.ts";
import { accessExport } from "./export-access.ts";

let world: AccessLake;
beforeAll(async () => (world = await openAccessLake()));
afterAll(() => world[Symbol.asyncDispose]());
afterEach(() => world.apply(""));

const text = `
glossary:
  order: A purchase
descriptions:
  shop:
    description: The shop
    owners: [ann]
  shop.orders:
    description: All orders
    parameters: { data_owner: sales }
    terms: [order]
    owners: [bob]
    stewards: [ann]
    deprecated: { reason: too old, successor: shop.staff }
    columns:
      label: { description: On the box, parameters: { pii_flag: "true" }, terms: [order] }
`;

const show = () => world.lake.ask(tableShow, { table: "shop.orders" });

describe("descriptions in headgate.yaml", () => {
  test("are made once, changed and removed", async () => {
    expect(await world.steps(text)).toEqual([
      "add term order: definition none → A purchase",
      "change description shop: description none → The shop",
      "add steward ann as owner of shop",
      expect.stringContaining("change description shop.orders: data_owner none → sales"),
      "add steward bob as owner of shop.orders",
      "add steward ann as steward of shop.orders",
    ]);
    const before = await world.events();
    expect(await world.steps(text)).toEqual([]);
    expect(await world.events()).toBe(before);
    expect(await show()).toMatchObject({
      description: { text: "All orders" },
      parameters: { data_owner: "sales" },
      terms: [{ term: "order", definition: "A purchase" }],
      mark: { mark: "deprecated", reason: "too old", successor: "shop.staff" },
      owners: [{ who: "bob" }],
    });
    expect(await world.steps(text.replace("sales", "finance").replace("[bob]", "[carl]"))).toEqual([
      "change description shop.orders: data_owner sales → finance",
      "add steward carl as owner of shop.orders",
      "remove steward bob as owner of shop.orders",
    ]);
    const gone = await world.steps("");
    expect(gone.join("\n")).toContain("label: pii_flag true → none");
    expect(gone.at(-1)).toContain("remove term order");
    expect(await show()).toMatchObject({ parameters: {}, terms: [], owners: [], stewards: [] });
    expect((await show()).mark).toBeUndefined();
    expect((await world.lake.ask(stewardList, {})).stewards).toEqual([]);
  });

  test("are read back as they were written", async () => {
    await world.apply(text);
    const exported = JSON.stringify(await world.lake.ask(accessExport, { declared: true }));
    expect(await world.steps(exported)).toEqual([]);
    await world.apply("");
    expect(await world.steps(exported)).toHaveLength(6);
  });

  test("leave alone what commands have said", async () => {
    await world.apply(text);
    await world.lake.ask(tableDescribe, { table: "shop.orders", set: { unit: "EUR" } });
    await world.lake.ask(stewardAdd, { of: "shop.orders", who: "carl", as: "owner" });
    expect(await world.steps(text)).toEqual([]);
    await world.apply("");
    expect(await show()).toMatchObject({ parameters: { unit: "EUR" }, owners: [{ who: "carl" }] });
    expect(await world.refused("descriptions: { shop.orders: { parameters: { unit: USD } } }")).toMatchObject({
      code: "DECLARATION_INVALID",
    });
    await world.lake.ask(tableMark, { table: "shop.orders", mark: "certified", reason: "mine" });
    await world.lake.ask(termAdd, { term: "Mine", definition: "mine" });
    for (const other of ["descriptions: { shop.orders: { certified: x } }", "glossary: { mine: x }"])
      expect(await world.refused(other)).toMatchObject({ code: "DECLARATION_INVALID" });
    await world.lake.ask(tableMark, { table: "shop.orders", mark: "none" });
  });

  test.each([
    ["descriptions: { shop.none: { description: x } }", "TABLE_NOT_FOUND"],
    ["descriptions: { none: { description: x } }", "DATABASE_NOT_FOUND"],
    ["descriptions: { shop.orders: { columns: { none: { description: x } } } }", "COLUMN_NOT_FOUND"],
    ["descriptions: { shop.orders: { terms: [none] } }", "TERM_NOT_FOUND"],
    ["descriptions: { shop.orders: { owners: [none] } }", "USER_NOT_FOUND"],
    ["descriptions: { shop: { certified: x } }", "DECLARATION_INVALID"],
    ["descriptions: { shop.orders: { parameters: { pii_flag: true } } }", "DECLARATION_INVALID"],
    ["descriptions: { shop.orders: { certified: x, deprecated: { reason: y } } }", "DECLARATION_INVALID"],
    ["descriptions: { shop.orders: {}, SHOP.orders: {} }", "DECLARATION_INVALID"],
  ])("%s is refused", async (wrong, code) => {
    expect(await world.refused(wrong)).toMatchObject({ code });
  });

  test("need the right to alter, and to administer for owners", async () => {
    await world.lake.ask(grantAdd, { permissions: ["ADMINISTER"], on: "account main", to: "carl" });
    await world.apply("descriptions: { shop.orders: { owners: [bob] } }", {}, "carl");
    await world.apply("descriptions: { shop.orders: { owners: [bob], description: x } }", {}, "carl");
    expect((await show()).description?.text).toBe("x");
  });
});
