/** Snappy blocks byte by byte, as the format's description defines them. test/peers reads blocks of a real writer. */
import { expect, test } from "vitest";
import { snappyDecompress } from "./snappy.ts";

const literal = (text: string): number[] => [(text.length - 1) << 2, ...Buffer.from(text)];
const read = (...bytes: number[]): string => snappyDecompress(Buffer.from(bytes)).toString();

test("literals, copies of each width, copies that run into themselves", () => {
  const long = "0123456789".repeat(50);
  const longLiteral = [61 << 2, (long.length - 1) & 0xff, (long.length - 1) >> 8, ...Buffer.from(long)];
  expect(read(3, ...literal("abc"))).toBe("abc");
  expect(read(11, ...literal("abc"), (4 << 2) | 1, 3)).toBe("abcabcabcab");
  expect(read(6, ...literal("abcd"), (1 << 2) | 2, 4, 0)).toBe("abcdab");
  expect(read(6, ...literal("abcd"), (1 << 2) | 3, 3, 0, 0, 0)).toBe("abcdbc");
  expect(read(0xfa, 0x03, ...longLiteral, (2 << 2) | 1 | (1 << 5), 0xf4)).toBe(`${long}012345`);
  expect(read(0)).toBe("");
});

test.each([
  ["is too short", [5, ...literal("abc")]],
  ["is too long", [2, ...literal("abc")]],
  ["copies from before the start", [8, ...literal("abc"), (1 << 2) | 1, 4]],
  ["copies from nowhere", [8, ...literal("abc"), (1 << 2) | 1, 0]],
  ["ends in a literal", [9, 8 << 2, 65]],
  ["ends in a tag", [9, ...literal("abc"), 2, 1]],
  ["has no length", [0xff, 0xff]],
  ["is longer than memory", [0xff, 0xff, 0xff, 0xff, 0x7f]],
])("a block that %s is refused", (_, bytes) => {
  expect(() => read(...bytes)).toThrow(expect.objectContaining({ code: "DATA_FILE_CORRUPT" }));
});
