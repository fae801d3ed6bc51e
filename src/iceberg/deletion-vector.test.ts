/** Positions survive whatever kind of container holds them, and damaged blobs are refused. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readDeletionVector, writeDeletionVector } from "./deletion-vector.ts";
import { readRoaring64 } from "./roaring-bitmap.ts";

const sparse = fc.uniqueArray(fc.integer({ min: 0, max: 2 ** 40 }), { maxLength: 200 });
const dense = fc
  .record({ start: fc.integer({ min: 0, max: 2 ** 34 }), length: fc.integer({ min: 4_000, max: 9_000 }) })
  .map(({ start, length }) => Array.from({ length }, (_, index) => start + index * 2));

describe("deletion vectors", () => {
  test("what is written is read", () => {
    fc.assert(
      fc.property(fc.oneof(sparse, dense), (numbers) => {
        const positions = numbers.toSorted((left, right) => left - right);
        expect(readDeletionVector(writeDeletionVector(positions))).toEqual(positions);
      }),
      { numRuns: 200 },
    );
  });

  test("runs of positions, as other writers pack them, are read", () => {
    const bytes = Buffer.alloc(8 + 4 + 4 + 1 + 4 + 2 + 8);
    bytes.writeBigUInt64LE(1n);
    bytes.writeUInt32LE(1, 8);
    bytes.writeUInt32LE(12347, 12);
    bytes.writeUInt8(1, 16);
    bytes.writeUInt16LE(2, 17);
    bytes.writeUInt16LE(4, 19);
    bytes.writeUInt16LE(2, 21);
    for (const [index, value] of [10, 2, 100, 1].entries()) bytes.writeUInt16LE(value, 23 + index * 2);
    const base = 2 ** 32 + 2 * 65_536;
    expect(readRoaring64(bytes)).toEqual([10, 11, 12, 100, 101].map((low) => base + low));
  });

  test("a blob with one byte changed or cut off is refused", () => {
    const blob = writeDeletionVector([1, 5, 70_000]);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: blob.length - 1 }), fc.boolean(), (index, cut) => {
        const damaged = cut
          ? blob.subarray(0, index)
          : Uint8Array.from(blob, (byte, at) => (at === index ? byte ^ 1 : byte));
        expect(() => readDeletionVector(damaged)).toThrow(expect.objectContaining({ code: "METADATA_INVALID" }));
      }),
    );
  });
});
