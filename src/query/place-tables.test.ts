import * as fc from "fast-check";
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

test("a schema that a view gets occurs nowhere in the text, wherever similar words stand", () => {
  const words = fc.array(fc.constantFrom("_", "__", "state_", "State_", "state", "0", " "), { maxLength: 8 });
  fc.assert(
    fc.property(words, words, (before, after) => {
      const statement = statementOf(`${before.join("")} <pg_class> ${after.join("")}`);
      const known = new Map(statement.tables.map((reference) => [reference, { id: "now" }]));
      const [view] = placeTables(statement, known).views;
      expect(view?.schema).toMatch(/^_*state_0$/);
      expect(statement.sql.toLowerCase()).not.toContain(view?.schema);
    }),
  );
});

test("AT becomes spaces of the same length, line by line, and what follows stays where it is", () => {
  const at = { named: "first" } as const;
  const sql = "from t as a at\n  (version => (1)), t at (version => 1) where at < 3";
  const offsets = [5, sql.indexOf(", t") + 2];
  const tables = offsets.map((offset) => ({ parts: ["t"], at, offset }));
  const statement = { sql, tables, selects: [], namesAsValues: [] };
  const placed = placeTables(statement, new Map(tables.map((reference) => [reference, { id: "first" }])));
  const blank = (text: string): string => " ".repeat(text.length);
  expect(placed.sql).toBe(
    `from t as a ${blank("at")}\n${blank("  (version => (1))")}, t ${blank("at (version => 1)")} where at < 3`,
  );
});

test("a name or an AT that cannot be found in the text is refused with its place", () => {
  const refused = (sql: string, more: object): void => {
    const reference = { parts: ["pg_class"], at: undefined, offset: 5, ...more };
    const statement = { sql, tables: [reference], selects: [], namesAsValues: [] };
    expect(() => placeTables(statement, new Map([[reference, { id: "now" }]]))).toThrow(
      expect.objectContaining({ code: "SQL_NOT_ALLOWED", place: "line 1, column 6" }),
    );
  };
  refused("from other", {});
  refused("from pg_class", { parts: ["a", "pg_class"] });
  refused("from (pg_class)", {});
  refused("from pg_class a", { at: { named: "first" } });
  refused("from pg_class) at (version => 1)", { at: { named: "first" } });
  refused("from pg_class at (version => 1", { at: { named: "first" } });
});
