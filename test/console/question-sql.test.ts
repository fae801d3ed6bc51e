/** The statements that Explore makes: every name and every value in them is quoted, typed, or refused. */
import { assert, constantFrom, property, string } from "fast-check";
import { describe, expect, test } from "vitest";
import { begun, kindOf, type Filter, type Question } from "../../web/screens/explore/question.ts";
import { resultNames, sqlOf, ValueError } from "../../web/screens/explore/question-sql.ts";

const orders: Question = begun({ database: "shop", name: "orders" });
const on = (column: string, at = 0) => ({ at, column });
const filtered = (filter: Partial<Filter>): string =>
  sqlOf({ ...orders, filters: [{ on: on("c"), kind: "text", test: "is", values: [], ...filter }] }).split("\n")[2] ??
  "";

test("a question of rows, with the one row that each refers to", () => {
  const join = { table: { database: "shop", name: "customer" }, from: on("customer_id"), key: "id" };
  expect(sqlOf({ ...orders, joins: [join], limit: 10 })).toBe(
    `select t0.*,\n       t1.*\nfrom "shop"."orders" as t0\nleft join "shop"."customer" as t1 on t1."id" = t0."customer_id"\nlimit 10`,
  );
});

test("a question of groups, in order of their values unless another is chosen", () => {
  const grouped: Question = {
    ...orders,
    groups: [
      { on: on("ordered_at"), kind: "time", by: "month" },
      { on: on("status"), kind: "text", by: "value" },
    ],
    measures: [{ how: "count" }, { how: "sum", on: on("total") }, { how: "count" }],
  };
  expect(resultNames(grouped)).toEqual(["ordered_at by month", "status", "rows", "sum of total", "rows 2"]);
  expect(sqlOf(grouped)).toContain(`date_trunc('month', t0."ordered_at") as "ordered_at by month"`);
  expect(sqlOf(grouped)).toMatch(/group by 1, 2\norder by 1\nlimit 2000$/);
  expect(sqlOf({ ...grouped, sort: { place: 3, isDescending: true } })).toContain("order by 4 desc nulls last");
  expect(sqlOf({ ...orders, measures: [{ how: "distinct", on: on("a") }] })).not.toContain("group by");
});

describe("a filter", () => {
  test.each<[Partial<Filter>, string]>([
    [{ values: ["it's"] }, `where t0."c" = 'it''s'`],
    [{ test: "is not", values: [""] }, `where t0."c" is distinct from ''`],
    [{ test: "contains", values: ["50%_"] }, `where contains(lower(t0."c"), lower('50%_'))`],
    [{ test: "is empty" }, `where (t0."c" is null or t0."c" = '')`],
    [{ kind: "number", test: "is empty" }, `where t0."c" is null`],
    [{ kind: "number", test: "between", values: [" -1.50", "+2"] }, `where t0."c" between -1.50 and 2`],
    [{ kind: "date", values: ["2026-11-27"] }, `where t0."c" = date '2026-11-27'`],
    [{ kind: "time", test: "at most", values: ["2026-11-27T09:30"] }, `where t0."c" <= timestamp '2026-11-27 09:30'`],
    [{ kind: "time", test: "at least", values: ["2026-11-27"] }, `where t0."c" >= timestamp '2026-11-27 00:00:00'`],
    [{ kind: "date", test: "last days", values: ["7"] }, `where t0."c" >= current_date - 7`],
    [{ kind: "truth", values: ["true"] }, `where t0."c" = true`],
  ])("%j", (filter, sql) => expect(filtered(filter)).toBe(sql));

  test.each<Partial<Filter>>([
    { kind: "number", values: ["1; drop table x"] },
    { kind: "number", values: [""] },
    { kind: "date", values: ["yesterday"] },
    { kind: "time", values: ["2026-11-27 9"] },
    { kind: "truth", values: ["1 or true"] },
    { kind: "date", test: "last days", values: ["7) or (1=1"] },
  ])("refuses %j", (filter) => expect(() => filtered(filter)).toThrow(ValueError));
});

test("no name and no value leaves its quotes", () => {
  const own = /\b(select|from|as|where|limit|order|by|group|count|t0|\d+)\b|[=.,*()\s]/g;
  const unit = constantFrom('"', "'", "\\", ";", "-", "/", "*", " ", "\n", "\0", "$", "a", "é", "\u{1F600}");
  const text = string({ unit, maxLength: 12 });
  assert(
    property(text, text, (name, value) => {
      const question: Question = {
        ...begun({ database: name, name }),
        filters: [{ on: on(name), kind: "text", test: "is", values: [value] }],
        groups: [{ on: on(name), kind: "text", by: "value" }],
        measures: [{ how: "count" }],
      };
      const left = sqlOf(question)
        .replaceAll(/"(?:[^"]|"")*"/g, (found) =>
          found.slice(1, -1).replaceAll('""', '"') === name || found === '"rows"' || found === '"rows 2"' ? "" : found,
        )
        .replaceAll(/'(?:[^']|'')*'/g, "");
      expect(left.replaceAll(own, "")).toBe("");
    }),
  );
});

test("types of a table are kinds of a question", () => {
  expect(["long", "decimal(12,2)", "string", "timestamptz", "date", "boolean", "list<int>"].map(kindOf)).toEqual([
    "number",
    "number",
    "text",
    "time",
    "date",
    "truth",
    "other",
  ]);
});
