/** Data filters as people make, grant and remove them, and what becomes of them when their table changes. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { memberOf, openPlainLake, type ConnectedSource, type PlainLake } from "../../../test/world/plain-lake.ts";
import type { PlainTable } from "../../../test/world/plain-source.ts";
import type { Principal } from "../../identity/principal.ts";
import { filterAdd, filterList, filterRemove, filterShow } from "./filters.ts";
import { grantAdd, grantList, grantRevoke } from "./grants.ts";
import { sql } from "../sql.ts";

const customers: PlainTable = {
  columns: { id: "int!", email: "string", country: "string", since: "date" },
  key: ["id"],
  rows: [
    { id: 1, email: "ann@a.example", country: "DE", since: "2024-05-01" },
    { id: 2, email: "bob@b.example", country: "FR", since: "2025-06-02" },
  ],
};

let lake: PlainLake;
let shop: ConnectedSource;
let ann: Principal;

beforeAll(async () => {
  lake = await openPlainLake();
  shop = await lake.connect("shop", { customers });
  await shop.sync();
  ann = await memberOf(lake, "ann");
});
afterAll(() => lake[Symbol.asyncDispose]());

const germans = { name: "germans", on: "shop.customers", rows: "country = 'DE'" };
const masked = { ...germans, except: ["since"], masks: [{ column: "email", mask: "show-last-4" }] };

async function readAs(principal: Principal): Promise<readonly unknown[]> {
  const items: unknown[] = [];
  const emit = async (item: unknown): Promise<void> => void items.push(item);
  await lake.ask(sql, { sql: "select * from shop.customers order by id" }, { principal, emit });
  return items.flatMap((item) => (item as { rows?: readonly unknown[] }).rows ?? []);
}

describe("a data filter", () => {
  test("is made once, read back as it was written, and changed only if that is asked for", async () => {
    const added = await lake.ask(filterAdd, masked);
    expect(added).toEqual({
      name: "germans",
      table: "shop.customers",
      rows: "country = 'DE'",
      columns: { mode: "exclude", names: ["since"] },
      masks: [{ column: "email", mask: "show-last-4" }],
      origin: null,
      state: "ok",
      change: "added",
    });
    expect(await lake.ask(filterAdd, masked)).toMatchObject({ change: "unchanged" });
    await expect(lake.ask(filterAdd, germans)).rejects.toMatchObject({ code: "NAME_TAKEN" });
    expect(await lake.ask(filterAdd, { ...germans, replace: true })).toMatchObject({ change: "changed", masks: [] });
    expect(await lake.ask(filterAdd, { ...masked, replace: true })).toMatchObject({ change: "changed" });
    expect((await lake.ask(filterList)).filters).toMatchObject([{ name: "germans" }]);
    expect(await lake.ask(filterList, {}, { principal: ann })).toEqual({ filters: [] });
  });

  test("that nobody uses ends as it is", async () => {
    const unused = { name: "unused", on: "shop.customers" };
    await lake.ask(filterAdd, { ...unused, columns: ["id"] });
    expect(await lake.ask(filterRemove, unused)).toEqual({ removed: "unused", ended: [] });
  });

  test.each([
    ["an unknown column in the rows", { rows: "county = 'DE'" }, "FILTER_INVALID", /did you mean country/],
    ["rows that are no condition", { rows: "country" }, "FILTER_INVALID", /./],
    [
      "a mask that does not fit",
      { masks: [{ column: "id", mask: "show-last-4" }] },
      "FILTER_INVALID",
      /cannot be used/,
    ],
    ["a mask of an unknown column", { masks: [{ column: "mail", mask: "show-last-4" }] }, "USAGE", /no column mail/],
    ["a mask of a hidden column", { except: ["email"], masks: masked.masks }, "FILTER_INVALID", /not shown/],
    ["two masks of a column", { masks: [...masked.masks, ...masked.masks] }, "FILTER_INVALID", /two masks/],
    [
      "a fixed value that does not fit",
      { masks: [{ column: "id", mask: "fixed-value", value: "x" }] },
      "FILTER_INVALID",
      /./,
    ],
    ["nothing", { rows: undefined }, "FILTER_INVALID", /the whole table/],
  ])("cannot have %s", async (_what, more, code, message) => {
    const words = { name: "other", on: "shop.customers", rows: "country = 'DE'", ...more };
    await expect(lake.ask(filterAdd, words)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  test("is for administrators", async () => {
    await expect(lake.ask(filterAdd, masked, { principal: ann })).rejects.toMatchObject({ code: "TABLE_NOT_FOUND" });
    expect((await lake.ask(filterList, {}, { principal: ann })).filters).toEqual([]);
  });

  test("that is granted is what is read", async () => {
    const to = { permissions: ["SELECT"], on: "shop.customers", to: "ann", filter: "germans" };
    expect(await lake.ask(grantAdd, to)).toMatchObject({ added: 1, grants: [{ filter: "germans", columns: null }] });
    expect(await readAs(ann)).toEqual([[1, expect.stringMatching(/mple$/), "DE"]]);
    expect(await lake.ask(filterShow, { on: "shop.customers", name: "germans" })).toMatchObject({
      grants: [{ to: "ann", permissions: ["SELECT"] }],
    });
    const back = { permissions: ["SELECT"], on: "shop.customers", from: "ann", plan: true };
    const named = { grants: [{ filter: "germans" }] };
    expect(await lake.ask(grantRevoke, back)).toMatchObject(named);
    expect(await lake.ask(grantRevoke, { ...back, filter: "germans" })).toMatchObject(named);
    await expect(lake.ask(grantRevoke, { ...back, filter: "other" })).rejects.toMatchObject({
      code: "GRANT_NOT_FOUND",
    });
  });

  test("follows renames of its columns, is broken by a drop, and is not revived by another column of the name", async () => {
    const { catalog } = lake.context;
    expect((await catalog.find("shop.customers")).metadata.schemas).toHaveLength(1);
    const { country: _country, ...columns } = customers.columns;
    shop.source.set("customers", {
      ...customers,
      columns,
      rows: customers.rows.map(({ country: _gone, ...row }) => row),
    });
    await shop.sync();
    const broken = {
      state: "broken",
      why: "its row filter compares the column country, which was dropped",
    };
    expect((await lake.ask(filterList)).filters).toMatchObject([broken]);
    await expect(readAs(ann)).rejects.toMatchObject({ code: "NOT_ALLOWED" });
    shop.source.set("customers", customers);
    await shop.sync();
    expect((await lake.ask(filterList, { on: "shop.customers" })).filters).toMatchObject([broken]);
    await expect(readAs(ann)).rejects.toMatchObject({ code: "NOT_ALLOWED" });
    await lake.ask(filterAdd, { ...masked, replace: true });
    expect(await readAs(ann)).toHaveLength(1);
  });

  test("is kept while grants use it, or ends with them", async () => {
    const one = { on: "shop.customers", name: "germans" };
    await expect(lake.ask(filterRemove, one)).rejects.toMatchObject({
      code: "FILTER_IN_USE",
      message: "the data filter germans is what ann may read of the table",
    });
    expect(await lake.ask(filterRemove, { ...one, force: true })).toMatchObject({ ended: [{ to: "ann" }] });
    expect((await lake.ask(grantList)).grants).toEqual([]);
    await expect(lake.ask(filterShow, one)).rejects.toMatchObject({ code: "FILTER_NOT_FOUND" });
    await expect(lake.ask(filterRemove, one)).rejects.toMatchObject({ code: "FILTER_NOT_FOUND" });
    expect(await lake.ask(filterAdd, masked)).toMatchObject({ change: "added" });
  });
});
