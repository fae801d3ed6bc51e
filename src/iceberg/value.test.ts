/** Values as the engine writes them: what is read, what is no value of its type, their order, and that writing undoes reading. */
import { expect, test } from "vitest";
import { bytesValue, compareValues, longValue, numberValue, textOf, textValue, valueFromText } from "./value.ts";

test.each([
  ["boolean", "true", true],
  ["boolean", "false", false],
  ["int", "-7", -7],
  ["long", "9223372036854775807", 9223372036854775807n],
  ["float", "0.5", 0.5],
  ["double", "-inf".replace("inf", "Infinity"), Number.NEGATIVE_INFINITY],
  ["date", "1970-01-02", 1],
  ["date", "1969-12-31", -1],
  ["date", "infinity", 2 ** 31 - 1],
  ["date", "-infinity", -(2 ** 31 - 1)],
  ["date", "0001-01-01 (BC)", -719_528],
  ["date", "300000-01-01", 108_853_222],
  ["time", "01:02:03.5", 3_723_500_000n],
  ["time", "01:02", 3_720_000_000n],
  ["timestamp", "1970-01-01 00:00:01", 1_000_000n],
  ["timestamp", "1969-12-31T23:59:59.999999", -1n],
  ["timestamp", "infinity", 2n ** 63n - 1n],
  ["timestamptz", "1970-01-01 00:00:00.000001+00", 1n],
  ["timestamptz", "1970-01-01T00:00:00.1Z", 100_000n],
  ["timestamptz", "0001-01-01 (BC) 00:00:00+00", -62_167_219_200_000_000n],
  ["timestamptz", "0001-01-01 00:00:00+00 (BC)", -62_167_219_200_000_000n],
  ["timestamp_ns", "1970-01-01 00:00:00.123456789", 123_456_789n],
  ["timestamptz_ns", "1970-01-01 00:00:00.000000001+00:00", 1n],
  ["string", "", ""],
  ["uuid", "ABCD", "abcd"],
  ["decimal(9,2)", "-12.3", -1230n],
  ["decimal(9,2)", ".5", 50n],
  ["decimal(9,2)", "7", 700n],
  ["decimal(9,2)", "1.230", 123n],
  ["decimal(5,0)", "42", 42n],
  ["binary", "00ff", Buffer.from([0, 255])],
  ["fixed[1]", "Ab", Buffer.from([0xab])],
])("%s %j is %s", (type, text, value) => expect(valueFromText(type, text)).toEqual(value));

test.each([
  ["boolean", "yes"],
  ["int", "1.5"],
  ["int", ""],
  ["long", "0x1"],
  ["float", ""],
  ["double", "much"],
  ["date", "1970-1-2"],
  ["date", "today"],
  ["time", "1:02:03"],
  ["time", "01:02:03.1234567"],
  ["timestamp", "1970-01-01"],
  ["timestamp", "1970-01-01 00:00:00.1234567"],
  ["timestamp", "1970-01-01 00:00:00+01"],
  ["timestamp_ns", "1970-01-01 00:00:00.1234567890"],
  ["decimal(9,2)", "1.234"],
  ["decimal(9,2)", ""],
  ["decimal(9,2)", "1e3"],
  ["binary", "0"],
  ["binary", "zz"],
])("%s %j is no value", (type, text) => expect(valueFromText(type, text)).toBeUndefined());

test.each([
  ["date", "1970-01-02"],
  ["date", "0000-01-01"],
  ["date", "-0001-12-31"],
  ["date", "12345-06-07"],
  ["time", "01:02:03.500000"],
  ["timestamp", "1969-12-31 23:59:59.999999"],
  ["timestamp", "2026-05-01 00:00:00.000000"],
  ["timestamptz", "2026-05-01 10:20:30.000001+00"],
  ["timestamp_ns", "1969-12-31 23:59:59.999999999"],
  ["timestamptz_ns", "2026-05-01 10:20:30.000000001+00"],
  ["decimal(9,2)", "-12.30"],
  ["decimal(9,2)", "0.05"],
  ["decimal(5,0)", "42"],
  ["decimal(3,3)", "0.001"],
  ["binary", "00ff"],
  ["long", "-5"],
  ["string", "any text"],
  ["boolean", "true"],
])("%s %s is written as it was read", (type, text) => {
  const value = valueFromText(type, text);
  expect(value === undefined ? undefined : textOf(type, value)).toBe(text);
});

test("values are in Iceberg's order", () => {
  const order = (...values: readonly Parameters<typeof compareValues>[0][]) =>
    values.slice(1).map((value, index) => Math.sign(compareValues(values[index] ?? 0, value)));
  expect(order(-1, -0, 0, 1)).toEqual([-1, -1, -1]);
  expect(order(1, 0, -0, -1)).toEqual([1, 1, 1]);
  expect([compareValues(0, 0), compareValues(-0, -0), compareValues(2n, 2n)]).toEqual([0, 0, 0]);
  expect(order("Z", "a", "é", "\u{1F600}")).toEqual([-1, -1, -1]);
  expect(order("￿", "\u{10000}"), "by code point, not by UTF-16 unit").toEqual([-1]);
  expect(order(Buffer.from([1]), Buffer.from([127]), Buffer.from([128]))).toEqual([-1, -1]);
  expect(order(false, true)).toEqual([-1]);
});

test("a value of another type is a mistake in the program", () => {
  expect(() => longValue(1)).toThrow("expected a bigint, got number");
  expect(() => numberValue(1n)).toThrow("expected a number, got bigint");
  expect(() => textValue(1)).toThrow("expected a string, got number");
  expect(() => bytesValue("a")).toThrow("expected bytes, got string");
  expect(() => compareValues(Buffer.from([1]), "a")).toThrow("expected bytes");
  expect([longValue(1n), numberValue(1), textValue("a")]).toEqual([1n, 1, "a"]);
});
