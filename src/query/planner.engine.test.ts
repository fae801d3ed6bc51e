import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Expression } from "../iceberg/expression.ts";
import { gate, serializeStatement } from "./gate.ts";
import { planFilters } from "./planner.ts";
import { filterSql, openSampleLake, type SampleLake } from "./sample-lake.fixture.ts";
import { quoteName, quoteText } from "../engine/duckdb-type.ts";
import type { TableReference } from "./table-reference.ts";
import type { QueryColumn } from "./query-column.ts";
import type { QueryTable } from "./table-source.ts";

const columns: readonly QueryColumn[] = [
  { fieldId: 1, name: "id", type: "int" },
  { fieldId: 2, name: "big", type: "long" },
  { fieldId: 3, name: "price", type: "decimal(12, 2)" },
  { fieldId: 4, name: "ratio", type: "double" },
  { fieldId: 5, name: "Name", type: "string" },
  { fieldId: 6, name: "day", type: "date" },
  { fieldId: 7, name: "moment", type: "timestamp" },
  { fieldId: 8, name: "seen", type: "timestamptz" },
  { fieldId: 9, name: "ok", type: "boolean" },
  { fieldId: 10, name: "tick", type: "timestamp_ns" },
];

/**
 * Values around the edges: equal values, neighbours, extremes, both zeros, NaN, and texts on both sides of a surrogate.
 */
const values: Readonly<Record<string, readonly string[]>> = {
  id: ["null", "-2147483648", "-1", "0", "1", "2", "2147483647"],
  big: ["null", "-9223372036854775808", "0", "5", "9007199254740993", "9223372036854775807"],
  price: ["null", "-9.99", "0", "0.01", "1.10", "5", "9999999999.99"],
  ratio: ["null", "'nan'", "'inf'", "'-inf'", "0.0", "-0.0", "0.1", "1.5", "5"],
  Name: ["null", "''", "'a'", "'A'", "'ab'", "'abc%'", "'b'", "'🛒'", "'\uffff'", "'é'", "'e\u0301'"],
  day: ["null", "date '1969-12-31'", "date '2024-02-29'", "date '2026-05-01'", "date '2026-05-02'"],
  moment: [
    "null",
    "timestamp '1969-12-31 23:59:59.999999'",
    "timestamp '2026-05-01'",
    "timestamp '2026-05-01 12:30:00.5'",
  ],
  seen: ["null", "timestamptz '2026-05-01 00:00:00+00'", "timestamptz '2026-05-01 12:30:00+02'"],
  ok: ["null", "true", "false"],
  tick: [
    "null",
    "timestamp_ns '1969-12-31 23:59:59.999999999'",
    "timestamp_ns '2026-05-01 12:30:00.123456789'",
    "timestamp '2026-05-01 12:30:00.123456'",
    "date '2026-05-01'",
    "'2026-05-01 12:30:00.123456789'",
  ],
};

/** Literals as people write them, some with another type than the column. */
const literals: readonly string[] = [
  ...new Set(Object.values(values).flat()),
  "1.0",
  "1.105",
  "1e0",
  "0.1",
  "5::bigint",
  "'5'",
  "'1.10'",
  "'2026-05-01'",
  "'2026-5-1'",
  "'2026-05-01 12:30:00.5'",
  "'2026-05-01T12:30:00Z'",
  "timestamp '2026-05-01 12:30:00'",
  "date '2026-05-01' + 1",
  "99999999999999999999",
  "-0.0::double",
  "upper('a')",
];

let lake: SampleLake;
let left: QueryTable;
let right: QueryTable;
beforeAll(async () => {
  lake = await openSampleLake();
  const random = fc.sample(rowsOfFiles, { numRuns: 2, seed: 42 });
  left = await lake.add({ database: "shop", name: "l", columns, files: random[0] ?? [] });
  right = await lake.add({ database: "shop", name: "r", columns, files: random[1] ?? [] });
  await lake.connection.run("create schema whole; create schema kept");
  await showFiles("whole", new Map());
});
afterAll(() => lake[Symbol.asyncDispose]());

const row = fc.tuple(...columns.map(({ name }) => fc.constantFrom(...(values[name] ?? []))));
const rowsOfFiles = fc.array(fc.array(row, { minLength: 1, maxLength: 2 }), { minLength: 16, maxLength: 16 });

const alias = fc.constantFrom("", "l.", "r.");
const column = fc
  .tuple(alias, fc.constantFrom(...columns.map(({ name }) => name)))
  .map(([owner, name]) => ({ reference: `${owner}${name}`, name }));
/** Usually a value that the column may hold, sometimes any literal. */
const pair = column.chain(({ reference, name }) =>
  fc
    .array(
      fc.oneof(
        { weight: 9, arbitrary: fc.constantFrom(...(values[name] ?? [])) },
        { weight: 1, arbitrary: fc.constantFrom(...literals) },
      ),
      { minLength: 2, maxLength: 3 },
    )
    .map((list) => ({ reference, list })),
);
const comparison = fc.constantFrom("=", "<", "<=", ">", ">=", "<>");
const condition = fc.letrec<{ leaf: string; node: string }>((tie) => ({
  leaf: fc.oneof(
    {
      weight: 6,
      arbitrary: fc.tuple(pair, comparison).map(([{ reference, list }, word]) => `${reference} ${word} ${list[0]}`),
    },
    {
      weight: 2,
      arbitrary: fc.tuple(pair, comparison).map(([{ reference, list }, word]) => `${list[0]} ${word} ${reference}`),
    },
    { weight: 2, arbitrary: pair.map(({ reference, list }) => `${reference} between ${list[0]} and ${list[1]}`) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(pair, fc.constantFrom("in", "not in"))
        .map(([{ reference, list }, word]) => `${reference} ${word} (${list.join(", ")})`),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(column, fc.constantFrom("is null", "is not null", "is not distinct from null"))
        .map(([{ reference }, word]) => `${reference} ${word}`),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(
          alias,
          fc.constantFrom(
            "like 'a%'",
            "like 'a_c%'",
            "like 'abc\\%'",
            "not like 'a%'",
            "^@ 'a'",
            "ilike 'A%'",
            "= 'a' collate nocase",
          ),
        )
        .map(([owner, word]) => `${owner}Name ${word}`),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        "ok",
        "not ok",
        "l.id = r.id",
        "shifted > 1",
        "id + 1 > 2",
        "starts_with(l.Name, 'a')",
      ),
    },
  ),
  node: fc.oneof(
    { maxDepth: 3 },
    tie("leaf"),
    fc
      .tuple(tie("node"), fc.constantFrom("and", "or"), tie("node"))
      .map(([one, word, other]) => `(${one} ${word} ${other})`),
    tie("node").map((inner) => `(not ${inner})`),
  ),
})).node;

const from = fc.constantFrom(
  "l",
  "r as l",
  "l, r",
  "l join r on l.id = r.id",
  "l left join r on l.id = r.id",
  "l right join r on l.id = r.id",
  "l full join r on l.id = r.id",
  "l left join r using (id)",
  "l full join r using (id)",
  "l natural left join (select id, ratio as other from r) r",
  "l semi join r on l.id = r.id",
  "l anti join r on l.id = r.id",
  "l asof join (select big, min(id) as rid from r group by big) r on l.big >= r.big",
  "l asof left join (select big, min(id) as rid from r where id > 0 group by big) r on l.big >= r.big",
  "l left join r on l.id = r.id join l as third on third.id = l.id",
  "(select * from r where ok) l",
  "l as l(id, big)",
  "l, lateral (select r.id as rid from r where r.id >= l.id) r",
);

async function prepare(
  sql: string,
): Promise<{ tables: Map<TableReference, QueryTable>; filters: ReadonlyMap<TableReference, Expression> }> {
  const statement = await gate(sql, async (text) =>
    String((await lake.connection.runAndReadAll(serializeStatement, [text])).getRows()[0]?.[0]),
  );
  const tables = new Map<TableReference, QueryTable>();
  for (const reference of statement.tables) tables.set(reference, await lake.resolve(reference.parts, undefined));
  return { tables, filters: planFilters(statement, tables) };
}

/** Creates the tables in a schema of their own from the files that the filters leave. */
async function showFiles(
  schema: string,
  filters: ReadonlyMap<QueryTable, readonly (Expression | undefined)[]>,
): Promise<void> {
  for (const table of [left, right]) {
    const asked = filters.get(table);
    const needed =
      asked === undefined || asked.some((filter) => filter === undefined)
        ? undefined
        : ({ op: "or", terms: asked as readonly Expression[] } as const);
    const { files } = await table.planFiles(needed);
    const paths = files.map(({ path }) => quoteText(path)).join(", ");
    const whole = (await table.planFiles(undefined)).files[0]?.path ?? "";
    const source = files.length === 0 ? `read_parquet(${quoteText(whole)}) where false` : `read_parquet([${paths}])`;
    await lake.connection.run(`create or replace view ${schema}.${quoteName(table.name)} as select * from ${source}`);
  }
}

async function outcome(schema: string, sql: string): Promise<string> {
  try {
    await lake.connection.run(`set search_path = '${schema}'`);
    const rows = (await lake.connection.runAndReadAll(sql)).getRowsJson();
    return rows
      .map((cells) => JSON.stringify(cells))
      .sort()
      .join("\n");
  } catch {
    return "error";
  }
}

let pruned = 0;

describe("leaves out no file that matters", () => {
  test("whatever the joins and conditions", { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(from, condition, async (relations, where) => {
        const sql = `select *, 1 as shifted from ${relations} where ${where}`;
        const { tables, filters } = await prepare(sql);
        if (filters.size === 0) return;
        const whole = await outcome("whole", sql);
        if (whole === "error") return;
        const asked = new Map<QueryTable, (Expression | undefined)[]>();
        for (const [reference, table] of tables)
          asked.set(table, [...(asked.get(table) ?? []), filters.get(reference)]);
        await showFiles("kept", asked);
        pruned++;
        expect(await outcome("kept", sql)).toBe(whole);
      }),
      { numRuns: 1_500, seed: 7, endOnFailure: false },
    );
    expect(pruned).toBeGreaterThan(100);
  });
});

describe("turns conditions into filters", () => {
  const statements: readonly (readonly [string, string | undefined])[] = [
    ["from l where id = 1 and big < 9007199254740993", `("id" = (1)::integer and "big" < (9007199254740993)::bigint)`],
    ["from l where 3 > id", `"id" < (3)::integer`],
    ["from l where id = 1 and upper(Name) = 'A'", `"id" = (1)::integer`],
    ["from l where id = 1 or upper(Name) = 'A'", undefined],
    [
      "from l where id in (1, 2) or id between 5 and 7",
      `("id" in ((1)::integer, (2)::integer) or ("id" >= (5)::integer and "id" <= (7)::integer))`,
    ],
    ["from l where price = 1.1", `"price" = '1.10'::decimal(12, 2)`],
    ["from l where price < 1.105", undefined],
    ["from l where day >= date '2026-05-01'", `"day" >= (date '1970-01-01' + (20574)::integer)`],
    ["from l where day = '2026-05-01'", `"day" = (date '1970-01-01' + (20574)::integer)`],
    ["from l where moment < '2026-05-01 00:00:01'", `"moment" < make_timestamp((1777593601000000)::bigint)`],
    ["from l where ratio < 1e1", `"ratio" < (10)::double`],
    ["from l where ratio > 1e1", `"ratio" > (10)::double`],
    ["from l where ratio = 0", undefined],
    ["from l where Name like 'abc%'", `starts_with("Name", 'abc')`],
    ["from l where Name like '%abc'", undefined],
    ["from l where Name is null", `"Name" is null`],
    ["from l where ok = true", `"ok" = (true)::boolean`],
    ["from l where id = '1'", undefined],
    ["from l where id = null", undefined],
    ["from l where not (id = 1 and big = 2)", undefined],
    ["from l where NAME = 'a'", `"Name" = 'a'`],
    ["select id + 1 as big from l where big = 1", undefined],
    ["from l x where x.id = 1", `"id" = (1)::integer`],
    ["from l using sample 5 where id = 1", undefined],
    ["select * from l where id = 1 using sample 5", undefined],
    ["select * from l tablesample 10% where id = 1", undefined],
    ["select * from l positional join r where l.id = 1", undefined],
  ];
  test.for(statements)("%s", async ([sql, expected]) => {
    const prepared = await prepare(sql).catch(() => undefined);
    const filter = prepared?.filters.values().next().value;
    expect(filter === undefined ? undefined : filterSql(filter, columns)).toBe(expected);
  });
});
