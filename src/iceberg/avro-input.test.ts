/** Avro's numbers, texts and counts at the ends of their ranges, and bytes that end too early. */
import { expect, test } from "vitest";
import { AvroInput } from "./avro-input.ts";

/** The zigzag varint of a number. */
function varint(value: bigint): number[] {
  const bytes: number[] = [];
  let rest = value < 0n ? -value * 2n - 1n : value * 2n;
  for (; rest >= 128n; rest /= 128n) bytes.push(Number(rest % 128n) + 128);
  return [...bytes, Number(rest)];
}
const input = (...bytes: readonly number[]): AvroInput => new AvroInput(Buffer.from(bytes));

test.each([
  0n,
  1n,
  -1n,
  63n,
  -64n,
  64n,
  2n ** 31n - 1n,
  -(2n ** 31n),
  2n ** 31n,
  2n ** 33n + 5n,
  2n ** 63n - 1n,
  -(2n ** 63n),
])("%s is read as two halves", (value) => {
  const read = input(...varint(value), 7);
  read.long();
  expect(BigInt(read.high) * 2n ** 32n + BigInt(read.low >>> 0)).toBe(value);
  expect(read.at).toBe(varint(value).length);
});

test("a number that fits 32 bits is an int, and a larger one is refused", () => {
  for (const value of [0n, -1n, 2n ** 31n - 1n, -(2n ** 31n)])
    expect(input(...varint(value)).int()).toBe(Number(value));
  for (const value of [2n ** 31n, -(2n ** 31n) - 1n])
    expect(() => input(...varint(value)).int()).toThrow(expect.objectContaining({ code: "DATA_FILE_CORRUPT" }));
});

test("bytes and texts end where the input ends, and not later", () => {
  const read = input(1, 2, 3);
  expect([read.take(2), read.at, read.take(1), read.take(0), read.at]).toEqual([0, 2, 2, 3, 3]);
  expect(() => read.take(1)).toThrow("a value is cut off");
  expect(() => input(1, 2).take(-1)).toThrow("a value is cut off");
  expect(input(...varint(3n), ...Buffer.from("abc"), 9).text()).toBe("abc");
  expect(() => input(...varint(4n), ...Buffer.from("abc")).text()).toThrow("a value is cut off");
  expect(() => input(...varint(-1n)).text()).toThrow("a value is cut off");
});

test("a list has no more items than bytes; with a negative count, their size follows", () => {
  expect(input(...varint(2n), 0, 0).itemCount()).toBe(2);
  expect(input(0).itemCount()).toBe(0);
  expect(() => input(...varint(3n), 0, 0).itemCount()).toThrow("a list has more items than bytes");
  const sized = input(...varint(-2n), ...varint(5n), 0, 0);
  expect([sized.itemCount(), sized.at]).toEqual([2, 2]);
});

test("a number that does not end is refused", () => {
  expect(() => input(0x80).long()).toThrow("a value is cut off");
  expect(() => input(...Array.from({ length: 12 }, () => 0x80)).long()).toThrow("a value is cut off");
});
