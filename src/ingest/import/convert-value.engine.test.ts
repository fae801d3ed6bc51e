/** Tests that each value is converted without loss or reported as a misfit: each text with each type, in the engine. */
import { tmpdir } from "node:os";
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { quoteText } from "../../engine/duckdb-type.ts";
import type { Engine } from "../../engine/engine.ts";
import { openEngine } from "../../engine/open-engine.ts";
import { conversion } from "./convert-value.ts";
import { numberShape } from "./number-kind.ts";
import { bit, typeOfShape } from "./shape.ts";
import { shapeOfRow, textShapeSql } from "./text-type.ts";

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
  ["0.1", "double", "0.1"],
  ["12.50", "double", "12.5"],
  ["1e+22", "double", "1e+22"],
  ["-Infinity", "double", "-inf"],
  ["90071992547409.93", "double", misfit],
  ["9007199254740993", "double", misfit],
  ["1e400", "double", misfit],
  ["1e-400", "double", misfit],
  ["0.1", "float", "0.1"],
  ["16777217", "float", misfit],
  ["12345678901234567.89", "decimal(30,10)", "12345678901234567.8900000000"],
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
  [["1", "007"], "string"],
  [["+40712345678"], "string"],
  [["1", "123456789012345678901"], "string"],
  [["9007199254740993"], "long"],
  [["9007199254740993", "1.5"], "decimal(17,1)"],
  [["9007199254740992", "1.5"], "double"],
  [["90071992547409.93"], "decimal(16,2)"],
  [["12345678901234567.89", "-0.123"], "decimal(20,3)"],
  [["0.30000000000000004", "1.7976931348623157e+308", "5e-324"], "double"],
  [["0.30000000000000004", "90071992547409.93"], "decimal(31,17)"],
  [["0.12345678901234567890123456789012345678901"], "string"],
  [["123456789012345678901", "1.5"], "decimal(22,1)"],
  [["1e400", "1.5"], "string"],
  [["1e-400", "1.5"], "string"],
  [["1.5e+300", "90071992547409.93"], "string"],
  [["1E5", "10E4"], "string"],
  [["1E5", "2E3"], "string"],
  [["1E5", "7"], "string"],
  [["10E4", "2.5"], "string"],
  [["1e+05", "2E-3"], "double"],
  [["-0"], "double"],
  [["-0.0", "1.5"], "double"],
  [["-0.00", "90071992547409.93"], "string"],
  [[".5"], "string"],
  [["5."], "string"],
  [["NaN", "1.5"], "string"],
  [["1,234.5"], "string"],
  [["12%"], "string"],
  [["0x1f"], "string"],
  [["1_000"], "string"],
  [['="0012"'], "string"],
  [["9".repeat(1_000)], "string"],
  [["true", "FALSE"], "boolean"],
  [["true", "1"], "string"],
  [["0", "1"], "long"],
  [["20260102"], "long"],
  [["2026-01-02", ""], "date"],
  [["2026-01-02", "2026-13-02"], "string"],
  [["2026-01-02", "2026-01-02 03:04"], "timestamp"],
  [["2026-01-02 23:59:60"], "string"],
  [["2026-01-02T03:04:05Z", null], "timestamptz"],
  [[null], "unknown"],
  [[""], "string"],
])("texts %j are %s", async (texts, type) => {
  const values = texts.map((text) => `(${text === null ? "null" : quoteText(text)}::varchar)`).join(", ");
  const { rows } = await engine.run(`select ${textShapeSql("v").join(", ")} from (values ${values}) t(v)`);
  expect(typeOfShape(shapeOfRow(rows[0] ?? []))).toBe(type);
});

const digits = fc.stringMatching(/^\d{1,19}$/).map((text) => text.replace(/^0+(?=\d)/, ""));
const numbers = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  digits,
  fc.tuple(digits, fc.stringMatching(/^\d{1,19}$/)).map((parts) => parts.join(".")),
  fc
    .tuple(fc.constantFrom("1", "9.5", "1.7976931348623157", "4.9"), fc.integer({ min: -330, max: 310 }))
    .map(([m, e]) => `${m}e${e}`),
);

test("numbers are told alike in SQL and here, and what is a double gives its digits back", async () => {
  const texts = fc.sample(numbers, { numRuns: 3_000, seed: 12 });
  const values = texts.map((text) => `(${quoteText(text)})`).join(", ");
  const { rows } = await engine.run(
    `select v, ${textShapeSql("v").join(", ")}, v::double::varchar from (values ${values}) t(v) group by v`,
  );
  expect(rows.length).toBeGreaterThan(2_000);
  for (const [text, bits, whole, scale, back] of rows) {
    const json = numberShape(String(text));
    const own = shapeOfRow([bits, whole, scale]);
    if (typeOfShape(own) === "double") expect(Number(back)).toBe(Number(text));
    if ((own.bits & (bit.code | bit.digits)) === 0)
      expect([text, own.bits | bit.jsonNumber]).toEqual([text, json.bits]);
  }
});
