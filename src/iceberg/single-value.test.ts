import * as fc from "fast-check";
import { expect, test } from "vitest";
import { bigEndian, fromBigEndian } from "../base/big-endian.ts";
import { boundFromText, fromBytes, toBytes } from "./single-value.ts";
import { compareValues, textOf, valueFromText, type Value } from "./value.ts";

const hex = (bytes: Uint8Array | undefined): string | undefined =>
  bytes === undefined ? undefined : Buffer.from(bytes).toString("hex");

/** Spec, Appendix D: binary single-value serialization. */
test.each<[string, Value, string]>([
  ["boolean", true, "01"],
  ["boolean", false, "00"],
  ["int", -2, "feffffff"],
  ["long", 34n, "2200000000000000"],
  ["float", 1.5, "0000c03f"],
  ["double", -0, "0000000000000080"],
  ["date", 1, "01000000"],
  ["timestamp", -1n, "ffffffffffffffff"],
  ["timestamp_ns", valueFromText("timestamp_ns", "1970-01-01 00:00:00.000000258") ?? 0n, "0201000000000000"],
  ["timestamptz_ns", -1n, "ffffffffffffffff"],
  ["string", "ä", "c3a4"],
  ["uuid", "f79c3e09-677c-4bbd-a479-3f349cb785e7", "f79c3e09677c4bbda4793f349cb785e7"],
  ["binary", Uint8Array.of(0, 255), "00ff"],
  ["decimal(14,2)", 1420n, "058c"],
  ["decimal(38,0)", -1n, "ff"],
])("a %s is written as the specification says, and read back", (type, value, bytes) => {
  expect(hex(toBytes(type, value))).toBe(bytes);
  expect(compareValues(fromBytes(type, toBytes(type, value)), value)).toBe(0);
});

test("a bound written before a promotion is read as the wider type", () => {
  expect(fromBytes("long", toBytes("int", -7))).toBe(-7n);
  expect(fromBytes("double", toBytes("float", 0.5))).toBe(0.5);
  expect(fromBytes("timestamp", toBytes("date", -1))).toBe(-86_400_000_000n);
  expect(fromBytes("timestamp_ns", toBytes("date", 1))).toBe(86_400_000_000_000n);
});

test("whole numbers take as few bytes as hold them, and come back", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 127n), max: 2n ** 127n }), (value) => {
      const bytes = bigEndian(value);
      expect(fromBigEndian(bytes)).toBe(value);
      expect(bytes.length === 1 || BigInt.asIntN((bytes.length - 1) * 8, value) !== value).toBe(true);
    }),
  );
});

/** Metrics must be correct: a lower bound is at or below every value, an upper bound at or above it. */
test("bounds made from an engine's text enclose the value, however long it is", () => {
  const enclose = (type: string, text: string): void => {
    const value = valueFromText(type, text) as Value;
    const [lower, upper] = [boundFromText(type, { text, side: "lower" }), boundFromText(type, { text, side: "upper" })];
    if (lower !== undefined) expect(compareValues(fromBytes(type, lower), value)).toBeLessThanOrEqual(0);
    if (upper !== undefined) expect(compareValues(fromBytes(type, upper), value)).toBeGreaterThanOrEqual(0);
  };
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 40 }), (text) => enclose("string", text)));
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => enclose("binary", Buffer.from(bytes).toString("hex"))),
  );
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (long) => enclose("long", String(long))),
  );
});

test("long bounds are cut, and where no greater text exists there is none", () => {
  expect(hex(boundFromText("string", { text: "a".repeat(20), side: "upper" }))).toBe(
    Buffer.from(`${"a".repeat(15)}b`).toString("hex"),
  );
  expect(boundFromText("string", { text: "\u{10ffff}".repeat(20), side: "upper" })).toBeUndefined();
  expect(boundFromText("binary", { text: "ff".repeat(20), side: "upper" })).toBeUndefined();
  expect(boundFromText("double", { text: "nan", side: "upper" })).toBeUndefined();
});

test("a geometry's bound is a corner of the box around all values, a variant has none", () => {
  expect(hex(boundFromText("geometry", { text: "1.0 -2.5", side: "lower" }))).toBe("000000000000f03f00000000000004c0");
  expect(boundFromText("geometry(srid:3857)", { text: "nan 1.0", side: "upper" })).toBeUndefined();
  expect(boundFromText("variant", { text: "5", side: "lower" })).toBeUndefined();
});

test("nanoseconds are read from text and written back", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (nanos) => {
      for (const type of ["timestamp_ns", "timestamptz_ns"])
        expect(valueFromText(type, textOf(type, nanos))).toBe(nanos);
    }),
  );
  expect(valueFromText("timestamp", "2026-01-01 00:00:00.1234567")).toBeUndefined();
});

test("zero is enclosed whichever zero it was", () => {
  expect(Object.is(fromBytes("double", boundFromText("double", { text: "0", side: "lower" }) as Uint8Array), -0)).toBe(
    true,
  );
  expect(Object.is(fromBytes("double", boundFromText("double", { text: "-0", side: "upper" }) as Uint8Array), 0)).toBe(
    true,
  );
});

/**
 * Texts as the engine writes them (DuckDB 1.5.5, `return_stats`). Its calendar reaches further than a JavaScript date.
 */
test.each<[type: "date" | "timestamp" | "timestamptz" | "time" | "string", text: string, value: Value, again?: string]>(
  [
    ["date", "5881580-07-10", 2_147_483_646],
    ["date", "infinity", 2_147_483_647, "5881580-07-11"],
    ["date", "-infinity", -2_147_483_647, "-5877641-06-24"],
    ["date", "0044-03-15 (BC)", -735_160, "-0043-03-15"],
    ["date", "0001-01-01", -719_162],
    ["timestamp", "275761-01-01 00:00:00", 8_640_009_504_000_000_000n, "275761-01-01 00:00:00.000000"],
    ["timestamp", "294246-01-10 04:00:54.775806", 9_223_340_500_854_775_806n],
    ["timestamp", "infinity", 2n ** 63n - 1n, "294247-01-10 04:00:54.775807"],
    ["timestamp", "0044-03-15 (BC) 01:02:03.5", -63_517_820_276_500_000n, "-0043-03-15 01:02:03.500000"],
    ["timestamptz", "0044-03-15 (BC) 01:02:03.5+00", -63_517_820_276_500_000n, "-0043-03-15 01:02:03.500000+00"],
    ["timestamptz", "-infinity", -(2n ** 63n - 1n), "-290308-12-21 19:59:05.224193+00"],
    ["time", "24:00:00", 86_400_000_000n, "00:00:00.000000"],
    ["string", "a\u0000b", "a\u0000b"],
  ],
)("the %s %s becomes a value and a bound", (type, text, value, again = text) => {
  expect(valueFromText(type, text)).toBe(value);
  expect(fromBytes(type, boundFromText(type, { text, side: "upper" }) ?? Buffer.alloc(0))).toBe(value);
  expect(textOf(type, value)).toBe(again);
});

test("every day and microsecond that the engine has is read from its text and written as one", () => {
  fc.assert(
    fc.property(fc.integer({ min: -719_162, max: 2_147_483_646 }), (days) => {
      expect(valueFromText("date", textOf("date", days))).toBe(days);
    }),
  );
  fc.assert(
    fc.property(fc.bigInt({ min: -62_135_596_800_000_000n, max: 2n ** 63n - 2n }), (micros) => {
      expect(valueFromText("timestamp", textOf("timestamp", micros))).toBe(micros);
    }),
  );
});
