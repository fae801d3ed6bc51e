/** Roaring bitmaps at the sizes where containers change their kind, in the bytes that the format's description requires. */
import { describe, expect, test } from "vitest";
import { readRoaring64, writeRoaring64 } from "./roaring-bitmap.ts";

const range = (from: number, count: number, step = 1) =>
  Array.from({ length: count }, (_, index) => from + index * step);

describe("written and read again", () => {
  test.each([
    ["nothing", []],
    ["the first position", [0]],
    ["the ends of a container", [0, 65_535, 65_536, 131_071]],
    ["the ends of a bitmap of 32 bits", [2 ** 32 - 1, 2 ** 32, 2 ** 33]],
    ["as many as an array holds", range(0, 4_096, 3)],
    ["one more, which needs a bitmap", range(5, 4_097, 3)],
    ["a full container", range(65_536, 65_536)],
    ["four containers and more", [1, 65_537, 131_073, 196_609, 262_145]],
  ])("%s", (_, positions) => expect(readRoaring64(writeRoaring64(positions))).toEqual(positions));
});

test("an array takes two bytes a position, and a bitmap eight kilobytes", () => {
  const header = 8 + 4 + 4 + 4 + 4 + 4;
  expect(writeRoaring64(range(0, 4_096)).length).toBe(header + 2 * 4_096);
  expect(writeRoaring64(range(0, 4_097)).length).toBe(header + 8_192);
  expect(writeRoaring64([])).toEqual(Buffer.alloc(8));
});

test("the bytes are those of the format's description", () => {
  const uint = (bytes: number, value: number): number[] =>
    range(0, bytes).map((index) => Math.floor(value / 256 ** index) % 256);
  const bytes = [
    ...uint(8, 1),
    ...uint(4, 1),
    ...uint(4, 12_346),
    ...uint(4, 2),
    ...uint(2, 0),
    ...uint(2, 1),
    ...uint(2, 2),
    ...uint(2, 0),
    ...uint(4, 24),
    ...uint(4, 28),
    ...uint(2, 3),
    ...uint(2, 9),
    ...uint(2, 7),
  ];
  const positions = [2 ** 32 + 3, 2 ** 32 + 9, 2 ** 32 + 131_072 + 7];
  expect([...writeRoaring64(positions)]).toEqual(bytes);
});

/** One bitmap with runs. */
function withRuns(containers: readonly (readonly (readonly [start: number, more: number])[])[]): Buffer {
  const hasOffsets = containers.length >= 4;
  const words: number[] = containers.flatMap((_, key) => [key, 0]);
  const offsets = hasOffsets ? containers.flatMap(() => [0, 0]) : [];
  const bodies = containers.flatMap((runs) => [runs.length, ...runs.flat()]);
  const head = Buffer.alloc(8 + 4 + 4 + Math.ceil(containers.length / 8));
  head.writeUInt8(1);
  head.writeUInt32LE(12_347 + (containers.length - 1) * 65_536, 12);
  for (const index of containers.keys()) head[16 + (index >> 3)] = (head[16 + (index >> 3)] ?? 0) | (1 << (index & 7));
  return Buffer.concat([head, Buffer.from(Uint16Array.from([...words, ...offsets, ...bodies]).buffer)]);
}

test("runs of other writers are read, in few containers and in many", () => {
  expect(
    readRoaring64(
      withRuns([
        [
          [1, 2],
          [4, 0],
        ],
      ]),
    ),
  ).toEqual([1, 2, 3, 4]);
  expect(readRoaring64(withRuns([[[0, 0]], [[0, 65_535]]]))).toHaveLength(65_537);
  const nine = withRuns(range(0, 9).map(() => [[7, 1]]));
  expect(readRoaring64(nine)).toEqual(range(0, 9).flatMap((key) => [key * 65_536 + 7, key * 65_536 + 8]));
  expect(readRoaring64(withRuns(range(0, 4).map(() => [[0, 0]])))).toHaveLength(4);
});

test.each([
  [
    "overlapping runs",
    withRuns([
      [
        [1, 3],
        [4, 0],
      ],
    ]),
  ],
  ["a run beyond its container", withRuns([[[65_535, 1]]])],
  ["another cookie", Buffer.from([1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 0, 0, 0, 0])],
  [
    "too many containers",
    Buffer.concat([
      Buffer.from([1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
      Buffer.from(Uint32Array.of(12_346, 65_537).buffer),
    ]),
  ],
  ["no bytes", Buffer.alloc(0)],
  ["its last byte cut off", writeRoaring64([1, 2]).subarray(0, -1)],
])("%s are refused", (_, bytes) => {
  expect(() => readRoaring64(bytes)).toThrow(expect.objectContaining({ code: "METADATA_INVALID" }));
});
