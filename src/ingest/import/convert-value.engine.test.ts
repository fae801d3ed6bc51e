/** A value is converted without loss, or it is said to fit not: each text against each type, by the engine. */
import { tmpdir } from "node:os";
import { afterAll, beforeAll, expect, test } from "vitest";
import { quoteText } from "../../engine/duckdb-type.ts";
import { openEngine, type Engine } from "../../engine/engine.ts";
import { conversion } from "./convert-value.ts";
import { textKindSql } from "./text-type.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine({ memoryMb: 200, threads: 1, scratchDirectory: tmpdir() });
});
afterAll(() => engine[Symbol.asyncDispose]());

const misfit = Symbol("misfit");

test.each([
  ["12", "long", "12"],
  [" -7 ", "int", "-7"],
  ["1.0", "long", "1"],
  ["1.5", "long", misfit],
  ["99999999999", "int", misfit],
  ["0x1f", "long", misfit],
  ["1_000", "long", misfit],
  ["12.10", "decimal(12,2)", "12.10"],
  ["12.100", "decimal(12,2)", "12.10"],
  ["12.345", "decimal(12,2)", misfit],
  ["1e3", "decimal(12,2)", misfit],
  ["2026-02-30", "date", misfit],
  ["2026-02-03 04:05:06", "date", misfit],
  ["2026-02-03 00:00:00", "date", "2026-02-03"],
  ["2026-02-03T04:05:06.123456", "timestamp", "2026-02-03 04:05:06.123456"],
  ["2026-02-03 04:05:06.1234567", "timestamp", misfit],
  ["2026-02-03 04:05:06.123456789", "timestamp_ns", "2026-02-03 04:05:06.123456789"],
  ["2026-02-03 04:05:06.1234567891", "timestamp_ns", misfit],
  ["3026-02-03", "timestamp_ns", misfit],
  ["2026-02-03 04:05:06Z", "timestamp", misfit],
  ["2026-02-03 04:05:06+02:00", "timestamptz", "2026-02-03 02:05:06+00"],
  ["", "long", null],
  ["", "string", ""],
  ["yes please", "boolean", misfit],
])("%j as %s is %s", async (text, type, expected) => {
  const { sql, misfit: condition } = conversion({ reference: "v", type: "string", engineType: undefined }, type);
  const from = `from (select ${quoteText(text)} as v)`;
  const { rows } = await engine.run(`select coalesce(${condition ?? "false"}, false) ${from}`);
  expect(rows).toEqual([[expected === misfit]]);
  const value = engine.run(`select (${sql})::varchar ${from}`);
  if (expected === misfit) await expect(value).rejects.toMatchObject({ code: "SQL_FAILED" });
  else expect((await value).rows).toEqual([[expected]]);
});

test.each([
  [["1", null, " -2 ", ""], "long"],
  [["1", "2.5", "1e9"], "double"],
  [["1", "007"], "digits"],
  [["+40712345678"], "digits"],
  [["1", "123456789012345678901"], "digits"],
  [["true", "FALSE"], "boolean"],
  [["true", "1"], "string"],
  [["2026-01-02", ""], "date"],
  [["2026-01-02", "2026-13-02"], "string"],
  [["2026-01-02", "2026-01-02 03:04"], "timestamp"],
  [["2026-01-02T03:04:05Z", null], "timestamptz"],
  [[null], "unknown"],
  [[""], "string"],
])("texts %j are %s", async (texts, kind) => {
  const values = texts.map((text) => `(${text === null ? "null" : quoteText(text)}::varchar)`).join(", ");
  expect((await engine.run(`select ${textKindSql("v")} from (values ${values}) t(v)`)).rows).toEqual([[kind]]);
});
