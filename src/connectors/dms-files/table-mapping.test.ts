import { expect, test } from "vitest";
import { parseTableMapping } from "./table-mapping.ts";

const include = (schema: string, table: string, action = "include") => ({
  "rule-type": "selection",
  "rule-id": "1",
  "rule-name": "1",
  "object-locator": { "schema-name": schema, "table-name": table },
  "rule-action": action,
});

const transform = (action: string, target: string, place: readonly string[], more: object = {}) => {
  const [schema, table, column] = place;
  const names = { "schema-name": schema, "table-name": table, "column-name": column };
  return {
    "rule-type": "transformation",
    "rule-action": action,
    "rule-target": target,
    "object-locator": names,
    ...more,
  };
};

const mappingOf = (...rules: readonly object[]) => parseTableMapping(JSON.stringify({ rules }));
const chosenBy = (...rules: readonly object[]) => {
  const { selects } = mappingOf(...rules);
  return (label: string): boolean => {
    const [schema = "", name = ""] = label.split(".");
    return selects({ schema, name });
  };
};

test("selection rules choose tables, by exact names and wildcards", () => {
  const isChosen = chosenBy(include("shop", "%"), include("shop", "tmp[_]%", "exclude"), include("crm", "person_"));
  expect(["shop.item", "shop.tmpA", "crm.person1"].map(isChosen)).toEqual([true, true, true]);
  expect(["shop.tmp_a", "crm.person", "crm.person12", "other.item"].map(isChosen)).toEqual([
    false,
    false,
    false,
    false,
  ]);
  expect(chosenBy(include("[a-c]x", "t", "explicit"))("bx.t")).toBe(true);
});

test("tables are known by the names that the rules give them", () => {
  const isChosen = chosenBy(
    include("Shop", "Actor"),
    include("Shop", "Item%"),
    transform("rename", "schema", ["Shop"], { value: "store" }),
    transform("rename", "table", ["Shop", "Actor"], { value: "performer" }),
    transform("convert-lowercase", "table", ["Shop", "Item%"]),
    transform("add-prefix", "table", ["Shop", "%"], { value: "x_" }),
  );
  expect(["store.x_performer", "Shop.Actor", "store.Actor", "store.x_other"].map(isChosen)).toEqual([
    true,
    false,
    false,
    false,
  ]);
});

test("a prefix, a suffix and a letter case are undone", () => {
  const isChosen = chosenBy(
    include("HR", "EMP%"),
    transform("convert-lowercase", "schema", ["%"]),
    transform("convert-lowercase", "table", ["%", "%"]),
    transform("replace-prefix", "table", ["HR", "EMP%"], { value: "p", "old-value": "emp" }),
    transform("add-suffix", "table", ["HR", "%"], { value: "_v1" }),
  );
  expect(isChosen("hr.ployees_v1")).toBe(false);
  expect(chosenBy(include("HR", "%"), transform("convert-lowercase", "schema", ["%"]))("hr.JOBS")).toBe(true);
});

test("types of columns, by the names that the files have", () => {
  const mapping = mappingOf(
    include("shop", "%"),
    transform("rename", "column", ["shop", "sale", "AMT"], { value: "amount" }),
    transform("change-data-type", "column", ["shop", "sale", "AMT"], {
      "data-type": { type: "numeric", precision: "12", scale: 2 },
    }),
    transform("change-data-type", "column", ["shop", "sale", "%_at"], { "data-type": { type: "datetime" } }),
    transform("change-data-type", "column", ["shop", "sale", "blob"], { "data-type": { type: "bytes" } }),
    transform("add-column", "column", ["shop", "sale"], {
      value: "origin",
      expression: "'eu'",
      "data-type": { type: "string", length: 50 },
    }),
    transform("remove-column", "column", ["shop", "sale", "secret"]),
    transform("define-primary-key", "table", ["shop", "sale"], {
      "primary-key-def": { name: "pk", columns: ["id", "AMT"] },
    }),
    { "rule-type": "table-settings", "object-locator": { "schema-name": "shop", "table-name": "sale" } },
  );
  const columns = ["id", "amount", "sold_at", "blob", "origin"];
  expect(mapping.tableOf({ schema: "shop", name: "sale" }, columns)).toEqual({
    columns: [
      { name: "amount", type: "decimal(12,2)" },
      { name: "sold_at", type: "timestamp" },
      { name: "origin", type: "string" },
    ],
    named: ["AMT", "%_at", "origin"],
    key: ["id", "amount"],
    left: [],
  });
  const nothing = { columns: [], named: [], key: undefined, left: [] };
  expect(mapping.tableOf({ schema: "shop", name: "item" }, columns)).toEqual(nothing);
});

test("a table whose schema and name only other rules spell", () => {
  const mapping = mappingOf(
    include("Shop", "%"),
    transform("convert-lowercase", "schema", ["%"]),
    transform("rename", "table", ["Shop", "SALE"], { value: "sale" }),
    transform("rename", "column", ["Shop", "SALE", "AMT"], { value: "amount" }),
    transform("change-data-type", "column", ["Shop", "SALE", "AMT"], { "data-type": { type: "int8" } }),
    transform("define-primary-key", "table", ["Shop", "SALE"], { "primary-key-def": { columns: ["AMT"] } }),
  );
  expect(mapping.tableOf({ schema: "shop", name: "sale" }, ["amount", "AMT"])).toEqual({
    columns: [{ name: "amount", type: "long" }],
    named: ["AMT"],
    key: ["amount"],
    left: [],
  });
});

test("columns that are chosen by their type in the database are left, and said", () => {
  const place = { "schema-name": "%", "table-name": "%", "column-name": "%", "data-type": "date" };
  const rule = transform("change-data-type", "column", [], {
    "data-type": { type: "datetime" },
    "object-locator": place,
  });
  const { columns, left } = mappingOf({ ...rule, "rule-id": "7" }).tableOf({ schema: "s", name: "t" }, ["a"]);
  expect(columns).toEqual([]);
  expect(left).toEqual([expect.stringMatching(/^rule 7 changes columns that have the type date in the database/)]);
});

test.each([
  ["no JSON", "{", "the table mapping", /./],
  ["no rules", "{}", "the table mapping", /rules/],
  ["a rule of another kind", [{ ...include("s", "t"), "rule-type": "object-mapping" }], "rule 1", /rule-type/],
  [
    "an unknown action",
    [include("s", "t"), transform("translate", "column", ["s"])],
    "rule 2",
    /translate is not known/,
  ],
  ["a selection that does neither", [include("s", "t", "perhaps")], "rule 1", /perhaps is not known/],
  [
    "a type that DMS does not have",
    [transform("change-data-type", "column", ["s"], { "data-type": { type: "money" } })],
    "rule 1",
    /money is no type/,
  ],
  [
    "too many digits",
    [transform("change-data-type", "column", ["s"], { "data-type": { type: "numeric", precision: 60 } })],
    "rule 1",
    /decimal\(60,0\)/,
  ],
  ["a rename without a name", [transform("rename", "table", ["s", "t"])], "rule 1", /rename needs value/],
])("%s is refused", (_what, rules, place, message) => {
  const text = typeof rules === "string" ? rules : JSON.stringify({ rules });
  expect(() => parseTableMapping(text)).toThrow(
    expect.objectContaining({
      code: "USAGE",
      place: expect.stringContaining(place),
      message: expect.stringMatching(message),
    }),
  );
});
