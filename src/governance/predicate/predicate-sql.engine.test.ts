/** Random row filters on random rows: text, engine, pruning and a naive evaluator agree. */
import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { duckdbType, quoteName } from "../../engine/duckdb-type.ts";
import { mayMatch, type MetricsOf } from "../../iceberg/metrics-evaluator.ts";
import type { Value } from "../../iceberg/value.ts";
import { anyFacts, anyPredicate, comparedFields, constantsOf } from "./arbitrary-predicate.fixture.ts";
import { evaluate } from "./evaluate-predicate.fixture.ts";
import { fillIn } from "./fill-in.ts";
import { parsePredicate } from "./parse-predicate.ts";
import { predicateSql } from "./predicate-sql.ts";
import { predicateText } from "./predicate-text.ts";
import { pruneByPredicate } from "./prune-by-predicate.ts";
import { readValue } from "./read-value.ts";
import { rebind } from "./rebind.ts";
import { valueSql } from "./value-sql.ts";

type Row = readonly (Value | null)[];

const rowCount = 60;
let connection: DuckDBConnection;
let rows: readonly Row[];

beforeAll(async () => {
  connection = await (await DuckDBInstance.create(":memory:")).connect();
  await connection.run("set timezone = 'UTC'");
  rows = fc.sample(anyRow, { numRuns: rowCount, seed: 7 });
  const selects = rows.map((row, number) => {
    const values = row.map((value, index) => `${cellSql(index, value)} as ${columnSql(index + 1)}`);
    return `select ${[`${number} as number`, ...values].join(", ")}`;
  });
  await connection.run(`create table t as ${selects.join(" union all ")}`);
});
afterAll(() => connection.closeSync());

const anyRow: fc.Arbitrary<Row> = fc.tuple(
  ...comparedFields.map(({ id, type }) => {
    const values = constantsOf(id).map((text) => readValue(String(type), text) ?? null);
    const special = type === "float" || type === "double" ? [Number.NaN, Number.POSITIVE_INFINITY, -Infinity] : [];
    return fc.constantFrom(null, ...values, ...special);
  }),
);

function columnSql(fieldId: number): string {
  return quoteName(`c${fieldId}`);
}

function cellSql(index: number, value: Value | null): string {
  const type = String(comparedFields[index]?.type);
  if (value === null) return `null::${duckdbType(type)}`;
  return typeof value === "number" && !Number.isFinite(value) ? `'${value}'::${type}` : valueSql(type, value);
}

async function outcomes(condition: string): Promise<readonly unknown[]> {
  const result = await connection.runAndReadAll(`select ${condition} from t order by number`);
  return result.getRows().map(([outcome]) => outcome);
}

async function passing(condition: string): Promise<readonly unknown[]> {
  const result = await connection.runAndReadAll(`select number from t where ${condition} order by number`);
  return result.getRows().map(([number]) => number);
}

/** The one row as a file. */
function metricsOf(row: Row): MetricsOf {
  return (fieldId) => {
    const value = row[fieldId - 1] ?? null;
    const hasNan = Number.isNaN(value);
    const bound = value === null || hasNan ? undefined : value;
    return { lower: bound, upper: bound, hasNulls: value === null, hasValues: value !== null, hasNan };
  };
}

test("a constant is the value that the engine reads in the same text", async () => {
  for (const { id, type } of comparedFields)
    for (const text of constantsOf(id)) {
      const value = readValue(String(type), text) ?? "no value";
      const sql = `select ${valueSql(String(type), value)} is not distinct from ($1::varchar)::${duckdbType(String(type))}`;
      const same = (await connection.runAndReadAll(sql, [text])).getRows();
      expect(same, `${text} as ${String(type)}`).toEqual([[true]]);
    }
});

test("random row filters mean the same everywhere", async () => {
  await fc.assert(
    fc.asyncProperty(anyPredicate, anyFacts, async (predicate, facts) => {
      const text = predicateText(predicate, (fieldId) => comparedFields[fieldId - 1]?.name ?? "");
      fc.pre(text.length <= 2_048);
      expect(parsePredicate(text, comparedFields)).toEqual(predicate);
      const filled = fillIn(predicate, facts);
      expect(rebind(filled, (fieldId) => comparedFields[fieldId - 1]?.type)).toEqual(filled);
      const expected = rows.map((row) => evaluate(filled, (fieldId) => row[fieldId - 1] ?? null));
      const sql = predicateSql(filled, columnSql);
      expect(await outcomes(sql)).toEqual(expected);
      const visible = [...rows.keys()].filter((number) => expected[number] === true);
      expect(await passing(sql)).toEqual(visible);
      const pruning = pruneByPredicate(filled);
      for (const number of visible) expect(mayMatch(pruning, metricsOf(rows[number] ?? []))).toBe(true);
    }),
    { numRuns: 1_500, seed: 20_261_130 },
  );
});

test("pruning leaves out what cannot match", () => {
  const column = { fieldId: 2, type: "int" };
  const metrics: MetricsOf = () => ({ lower: 5, upper: 9, hasNulls: false, hasValues: true, hasNan: false });
  const mayPass = (text: string): boolean =>
    mayMatch(pruneByPredicate(parsePredicate(text, [{ id: 2, name: "n", required: false, type: "int" }])), metrics);
  expect(["n = 4", "n in (1, 2)", "n > 9", "not n <= 9", "n is null", "not (n >= 5 or n = 1)"].map(mayPass)).toEqual(
    Array.from({ length: 6 }, () => false),
  );
  expect(
    ["n = 5", "n <> 5", "not n = 5", "n not in (5)", "n between 1 and 5", "n < 6 or n is null"].map(mayPass),
  ).toEqual(Array.from({ length: 6 }, () => true));
  expect(mayMatch(pruneByPredicate({ op: "not", term: { op: "constant", value: null } }), metrics)).toBe(false);
  expect(rebind({ op: ">", column, value: { literal: "5" } }, () => undefined)).toBeUndefined();
  expect(rebind({ op: ">", column, value: { literal: "5" } }, () => "string")).toMatchObject({
    column: { type: "string" },
  });
  expect(rebind({ op: ">", column, value: { literal: "5" } }, () => "boolean")).toBeUndefined();
});
