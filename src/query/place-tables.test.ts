import { expect, test } from "vitest";
import { placeTables } from "./place-tables.ts";

/** A statement in which angle brackets mark the tables. */
function statementOf(marked: string) {
  const tables = [...marked.matchAll(/<(.*?)>/g)].map(({ 1: name = "", index }, before) => ({
    parts: name.replaceAll('"', "").split("."),
    at: undefined,
    offset: index - 2 * before,
  }));
  return { sql: marked.replaceAll(/[<>]/g, ""), tables, selects: [], namesAsValues: [] };
}

test("a table that cannot stand as it is written has one view, however often it is mentioned", () => {
  const statement = statementOf(
    "select (from <shop.orders.files>), (from <shop.orders.files>), (from <Shop.Orders.FILES>)",
  );
  const files = { id: "files" };
  const { sql, views } = placeTables(statement, new Map(statement.tables.map((reference) => [reference, files])));
  expect(views).toEqual([{ schema: "state_0", name: "files", table: files }]);
  expect(sql).toBe('select (from "state_0"."files"), (from "state_0"."files"), (from "state_0"."files")');
});

test("states of one name, and tables of one name, have a view each", () => {
  const statement = statementOf("from <orders>, <orders>, <orders>, <pg_class>, <a.pg_class>");
  const states = ["now", "then", "then", "one", "other"].map((id) => ({ id }));
  const known = new Map(statement.tables.map((reference, index) => [reference, states[index] ?? { id: "" }]));
  const { sql, views } = placeTables(statement, known);
  expect(views.map(({ schema, name, table }) => [schema, name, table.id])).toEqual([
    ["main", "orders", "now"],
    ["state_0", "orders", "then"],
    ["state_1", "pg_class", "one"],
    ["state_2", "pg_class", "other"],
  ]);
  expect(sql).toBe('from orders, "state_0"."orders", "state_0"."orders", "state_1"."pg_class", "state_2"."pg_class"');
});
