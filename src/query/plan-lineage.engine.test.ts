/** Lineage as it is read from plans of the real engine: where the values of each column come from, and what decides about rows. */
import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseJson } from "../base/json.ts";
import { must } from "../base/must.ts";
import { quoteText } from "../engine/duckdb-type.ts";
import { planLineage, type PlanColumn } from "./plan-lineage.ts";
import { asNode } from "./syntax-tree.ts";

const tables = { t: ["a", "b", "c"], u: ["a", "d"] } as const;
const names = Object.keys(tables) as (keyof typeof tables)[];

let connection: DuckDBConnection;
beforeAll(async () => {
  connection = await (await DuckDBInstance.create(":memory:")).connect();
  for (const name of names)
    await connection.run(`create table ${name} (${tables[name].map((column) => `${column} int`).join(", ")})`);
});
afterAll(() => connection.closeSync());

const words = (columns: readonly PlanColumn[]): string =>
  columns
    .map(({ table, column }) => `${names[table]}.${tables[names[table] ?? "t"][column]}`)
    .toSorted()
    .join(" ");

async function lineageOf(sql: string) {
  const width = (await connection.runAndReadAll(`from (${sql}) limit 0`)).columnCount;
  const answer = await connection.runAndReadAll(`select json_serialize_plan(${quoteText(sql)})`);
  const plan = must(asNode(parseJson(String(answer.getRows()[0]?.[0]))), "a plan");
  const lineage = planLineage({ plan, width, tableAt: (_schema, name) => names.findIndex((one) => one === name) });
  return {
    columns: lineage.columns.map(words),
    influences: words(lineage.influences),
    uses: words(lineage.uses),
  };
}

/** The statement, the origins of each of its columns, and the columns that decide about rows. */
test.each<[string, readonly string[], string]>([
  ["select a, b + c as s from t", ["t.a", "t.b t.c"], ""],
  ["select * from t", ["t.a", "t.b", "t.c"], ""],
  ["select * exclude (b) from t", ["t.a", "t.c"], ""],
  ["select a from t where b > 1 order by c", ["t.a"], "t.b t.c"],
  ["select t.a, d from t join u on t.a = u.a", ["t.a", "u.d"], "t.a u.a"],
  ["select a, sum(b) from t group by a", ["t.a", "t.b"], "t.a"],
  ["select sum(b) filter (where c > 0) from t", ["t.b"], "t.c"],
  ["select row_number() over (partition by b order by c) from t", [""], "t.b t.c"],
  ["select a from t union all select d from u", ["t.a u.d"], ""],
  ["select a from t except select d from u", ["t.a"], "t.a u.d"],
  ["with w as (select a, b from t) select w.b from w", ["t.b"], ""],
  ["select (select max(d) from u where u.a = t.a) as m from t", ["u.d"], "t.a u.a"],
  ["select a from t where a in (select d from u)", ["t.a"], "t.a u.d"],
  ["select case when b > 0 then a else 0 end as x from t", ["t.a t.b"], ""],
  ["select 1 as one, a from t limit 3", ["", "t.a"], ""],
  [
    "with recursive r as (select a, 1 as n from t union all select r.a + u.d, n + 1 from r, u where n < 3) select a from r",
    ["t.a u.d"],
    "",
  ],
])("%s", async (sql, columns, influences) => {
  const lineage = await lineageOf(sql);
  expect(lineage.columns).toEqual(columns);
  expect(lineage.influences.split(" ").filter((word) => word !== "")).toEqual(
    expect.arrayContaining(influences.split(" ").filter((word) => word !== "")),
  );
});

describe("nothing is left out", () => {
  test.each([
    "select * from (pivot t on b in (1, 2) using sum(a) group by c)",
    "select unnest([a, b]) as x from t",
    "select list_transform([a], y -> y + b) as l from t",
    "select distinct on (a) b from t order by a, c",
    "select t.b from t asof join u on t.a >= u.a",
  ])("of what %s reads", async (sql) => {
    const { columns, influences, uses } = await lineageOf(sql);
    const known = new Set([...columns, influences].flatMap((text) => text.split(" ")));
    expect(uses.split(" ").filter((word) => !known.has(word))).toEqual([]);
  });

  test("a plan that is none is refused", () => {
    const asked = { width: 1, tableAt: () => 0 };
    expect(() => planLineage({ plan: { error: true }, ...asked })).toThrow(TypeError);
    expect(() => planLineage({ plan: { error: false, plans: [] }, ...asked })).toThrow(TypeError);
  });

  test("a part of a plan that is not known makes everything the origin of everything", () => {
    const scan = {
      type: "LOGICAL_GET",
      name: "seq_scan",
      names: ["a", "b"],
      column_indexes: [{ index: 0 }, { index: 1 }],
      function_data: { schema: "main", table: "t" },
    };
    const plan = { error: false, plans: [{ type: "LOGICAL_OF_TOMORROW", children: [scan] }] };
    const { columns, influences } = planLineage({ plan, width: 2, tableAt: () => 0 });
    expect(columns.map(words)).toEqual(["t.a t.b", "t.a t.b"]);
    expect(words(influences)).toBe("t.a t.b");
  });
});
