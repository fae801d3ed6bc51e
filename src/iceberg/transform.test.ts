import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { applyTransform, formatTransform, parseTransform, transformedType } from "./transform.ts";
import { valueFromText, type Value } from "./value.ts";

const at = (type: string, text: string): Value => {
  const value = valueFromText(type, text);
  if (value === undefined) throw new TypeError(`${text} is no ${type}`);
  return value;
};
const apply = (transform: string, type: string, value: Value | null): Value | null =>
  applyTransform(parseTransform(transform), { type, value });

/**
 * Spec, Appendix B: 32-bit hash requirements. With 2^31 − 1 buckets, the result shows the whole hash except its sign.
 */
test.each([
  ["int", 34, 2017239379],
  ["long", 34n, 2017239379],
  ["decimal(9,2)", 1420n, -500754589],
  ["date", at("date", "2017-11-16"), -653330422],
  ["time", at("time", "22:31:08"), -662762989],
  ["timestamp", at("timestamp", "2017-11-16 22:31:08"), -2047944441],
  ["timestamptz", at("timestamptz", "2017-11-16T22:31:08Z"), -2047944441],
  ["timestamp", at("timestamp", "2017-11-16 22:31:08.000001"), -1207196810],
  ["timestamp_ns", at("timestamp_ns", "2017-11-16 22:31:08"), -2047944441],
  ["timestamp_ns", at("timestamp_ns", "2017-11-16 22:31:08.000001001"), -1207196810],
  ["timestamptz_ns", at("timestamptz_ns", "2017-11-16T22:31:08.000001001Z"), -1207196810],
  ["string", "iceberg", 1210000089],
  ["uuid", "f79c3e09-677c-4bbd-a479-3f349cb785e7", 1488055340],
  ["fixed[4]", Uint8Array.of(0, 1, 2, 3), -188683207],
  ["binary", Uint8Array.of(0, 1, 2, 3), -188683207],
])("a %s hashes as the specification says", (type, value, hash) => {
  expect(apply("bucket[2147483647]", type, value)).toBe(hash & 0x7fffffff);
});

/** Spec, "Truncate Transform Details". */
test.each([
  ["int", 1, 10, 0],
  ["int", -1, 10, -10],
  ["long", -1n, 10, -10n],
  ["decimal(9,2)", 1065n, 50, 1050n],
  ["string", "iceberg", 3, "ice"],
  ["string", "🧊🧊🧊", 2, "🧊🧊"],
])("a truncated %s", (type, value, width, expected) => {
  expect(apply(`truncate[${width}]`, type, value)).toEqual(expected);
});

describe("dates and times count from 1970, backwards before it", () => {
  test.each([
    ["year", "date", "2017-11-16", 47],
    ["month", "date", "2017-11-16", 574],
    ["day", "timestamp", "2017-11-16 22:31:08", 17486],
    ["hour", "timestamptz", "2017-11-16T22:31:08Z", 419686],
    ["year", "date", "1969-12-31", -1],
    ["month", "timestamp", "1969-12-31 23:59:59.999999", -1],
    ["day", "timestamp", "1969-12-31 23:59:59.999999", -1],
    ["hour", "timestamp", "1969-12-31 23:59:59.999999", -1],
    ["year", "timestamp_ns", "1969-12-31 23:59:59.999999999", -1],
    ["month", "timestamp_ns", "2017-11-16 22:31:08.000000001", 574],
    ["day", "timestamp_ns", "1969-12-31 23:59:59.999999999", -1],
    ["hour", "timestamptz_ns", "2017-11-16T22:31:08.000000001Z", 419686],
  ])("%s of %s %s", (transform, type, text, expected) => {
    expect(apply(transform, type, at(type, text))).toBe(expected);
  });
});

test("null stays null, and void makes everything null", () => {
  expect(apply("bucket[16]", "int", null)).toBeNull();
  expect(apply("void", "string", "x")).toBeNull();
});

test("what does not apply is refused", () => {
  expect(() => apply("bucket[4]", "double", 1.5)).toThrow(expect.objectContaining({ code: "METADATA_INVALID" }));
  expect(() => apply("hour", "date", 3)).toThrow(expect.objectContaining({ code: "METADATA_INVALID" }));
  for (const [transform, type] of [
    ["identity", "variant"],
    ["bucket[4]", "variant"],
    ["identity", "geometry(srid:3857)"],
    ["bucket[4]", "geography"],
  ] as const)
    expect(() => apply(transform, type, Uint8Array.of(1))).toThrow(
      expect.objectContaining({ code: "METADATA_INVALID" }),
    );
  expect(apply("void", "variant", Uint8Array.of(1))).toBeNull();
  expect(() => apply("zorder[2]", "int", 3)).toThrow(expect.objectContaining({ code: "METADATA_INVALID" }));
});

test("every transform is written as it was read, also one of a later format", () => {
  for (const text of ["identity", "void", "year", "month", "day", "hour", "bucket[16]", "truncate[8]", "zorder[2]"])
    expect(formatTransform(parseTransform(text))).toBe(text);
  expect(transformedType(parseTransform("bucket[3]"), "string")).toBe("int");
  expect(transformedType(parseTransform("truncate[3]"), "string")).toBe("string");
});

test("a truncated number is the multiple at or below it", () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: 100_000 }), (value, width) => {
      const low = apply(`truncate[${width}]`, "int", value) as number;
      expect(low % width === 0 && low <= value && value < low + width).toBe(true);
      expect(apply(`truncate[${width}]`, "long", BigInt(value))).toBe(BigInt(low));
    }),
  );
});
