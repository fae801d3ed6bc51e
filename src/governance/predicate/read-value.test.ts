import { expect, test } from "vitest";
import { pruneByPredicate } from "./prune-by-predicate.ts";
import { readValue } from "./read-value.ts";

test.each([
  ["int", "2147483647", 2_147_483_647],
  ["long", "9223372036854775807", 2n ** 63n - 1n],
  ["timestamptz", "2026-05-01 12:00+02", BigInt(Date.UTC(2026, 4, 1, 10)) * 1000n],
  ["timestamptz", "2026-05-01 12:00:00.5-05:30", BigInt(Date.UTC(2026, 4, 1, 17, 30, 0, 500)) * 1000n],
  ["timestamp", "2026-05-01T12:00", BigInt(Date.UTC(2026, 4, 1, 12)) * 1000n],
  ["fixed[2]", "00ff", Buffer.from([0, 255])],
  ["boolean", "TRUE", true],
])("%s %s", (type, text, value) => {
  expect(readValue(type, text)).toEqual(value);
});

test.each([
  ["int", "2147483648"],
  ["int", "-2147483649"],
  ["int", "1.0"],
  ["long", "9223372036854775808"],
  ["double", "nan"],
  ["double", "1e999"],
  ["float", "3.5e38"],
  ["decimal(4,2)", "100"],
  ["decimal(4,2)", "1e1"],
  ["date", "0000-01-01"],
  ["date", "2026-02-30"],
  ["date", "infinity"],
  ["time", "24:00:00"],
  ["time", "12:00:00+02"],
  ["timestamp", "2026-05-01 12:00:00Z"],
  ["timestamp", "2026-05-01 12:00 13:00"],
  ["timestamp", "2026-02-30 12:00"],
  ["timestamp", "2026-05-01 25:00"],
  ["timestamptz", "2026-05-01 12:00+24:00"],
  ["timestamp_ns", "2026-05-01 12:00:00+00"],
  ["timestamp_ns", "2263-01-01"],
  ["timestamp_ns", "1677-01-01"],
  ["uuid", "not-a-uuid"],
  ["fixed[2]", "00"],
  ["string", "a\ud800"],
  ["variant", "1"],
])("%s cannot hold %s", (type, text) => {
  expect(readValue(type, text)).toBeUndefined();
});

test.each([
  ["uuid", "00000000-0000-0000-0000-000000000001"],
  ["time", "12:00:00"],
  ["float", "1.5"],
  ["double", "-0.0"],
])("no files are skipped by bounds on which writers disagree: %s", (type, literal) => {
  const predicate = { op: "=" as const, column: { fieldId: 1, type }, value: { literal } };
  expect(pruneByPredicate(predicate)).toEqual({ op: "not-null", fieldId: 1 });
});
