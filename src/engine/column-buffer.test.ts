/** Column buffers begin small and keep everything that is appended beyond that, in every physical type. */
import { expect, test } from "vitest";
import { ColumnBuffer, type Physical } from "./column-buffer.ts";

const count = 50_000;
const fixed = Buffer.from("00112233445566778899aabbccddeeff", "hex");
const text = Buffer.from("text");

test.each<[string, Physical, number, (buffer: ColumnBuffer) => void]>([
  ["bytes", "bytes", 8, (buffer) => buffer.appendBytes(text, 0, 4)],
  ["fixed", "fixed16", 16, (buffer) => buffer.appendFixed16(fixed, 0)],
  ["int32", "int32", 4, (buffer) => buffer.appendInt32(-7)],
  ["int64 in halves", "int64", 8, (buffer) => buffer.appendInt64(-1, -7)],
  ["int64", "int64", 8, (buffer) => buffer.appendBigInt64(-7n)],
  ["float", "float", 4, (buffer) => buffer.appendFloat(-7.5)],
  ["double", "double", 8, (buffer) => buffer.appendDouble(-7.5)],
])("%s", (_, physical, bytes, append) => {
  const buffer = new ColumnBuffer({ physical });
  append(buffer);
  const first = Buffer.from(buffer.values);
  for (let row = 1; row < count; row++) append(buffer);
  expect({ rows: buffer.rows, size: buffer.size }).toEqual({ rows: count, size: count * bytes });
  expect(buffer.values.equals(Buffer.alloc(count * bytes, first))).toBe(true);
});
