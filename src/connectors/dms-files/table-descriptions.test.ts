/** Tests how what is said of columns meets files that have names for them, or none. */
import { expect, test } from "vitest";
import type { SourceTable } from "../../sync/source.ts";
import { tableDescriptions } from "./table-descriptions.ts";

const place = { "schema-name": "shop", "table-name": "sale" };
const rules = {
  include: { "rule-type": "selection", "rule-action": "include", "object-locator": place },
  type: {
    "rule-type": "transformation",
    "rule-target": "column",
    "rule-action": "change-data-type",
    "object-locator": { ...place, "column-name": "price" },
    "data-type": { type: "numeric", precision: 8, scale: 2 },
  },
  key: {
    "rule-type": "transformation",
    "rule-target": "table",
    "rule-action": "define-primary-key",
    "object-locator": place,
    "primary-key-def": { columns: ["id"] },
  },
};

const mappingOf = (...names: (keyof typeof rules)[]) =>
  tableDescriptions.tableMapping(JSON.stringify({ rules: names.map((name) => rules[name]) }));

function tableOf(names: readonly string[], header: boolean): SourceTable {
  const columns = names.map((name) => ({ name, type: "string" }));
  const incarnation = JSON.stringify({ columns, header });
  return { name: { schema: "shop", name: "sale" }, kind: "table", columns: [], incarnation };
}

const numbered = tableOf(["column0", "column1"], false);

test.each([
  ["type", /something of price, /],
  ["key", /something of id, /],
] as const)("a mapping with a %s is refused for files without names, by the column", (rule, message) => {
  expect(() => mappingOf("include", rule).readingOf(numbered, undefined)).toThrow(message);
});

test("a mapping that says nothing of columns says nothing of files without names", () => {
  expect(mappingOf("include").readingOf(numbered, undefined)).toBeUndefined();
});

test("a mapping has its say once the columns have names, from the files or from somebody", () => {
  const typed = { name: "price", type: "decimal(8,2)" };
  const mapping = mappingOf("include", "type", "key");
  const named = mapping.readingOf(tableOf(["id", "price"], true), undefined);
  expect(named).toMatchObject({ reading: JSON.stringify({ columns: [typed] }), key: ["id"] });
  const set = JSON.stringify({ columns: [{ name: "id" }, { name: "price" }] });
  const given = mapping.readingOf(tableOf(["id", "price"], false), set);
  expect(given?.reading).toContain(JSON.stringify(typed));
});
