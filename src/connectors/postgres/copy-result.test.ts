import * as fc from "fast-check";
import { expect, test } from "vitest";
import { ProtocolViolation } from "../../base/protocol-violation.ts";
import { ColumnBuffer, type StagedType } from "../../engine/column-buffer.ts";
import { copyResult } from "./copy-result.ts";
import { copyBytes, copyData, copyHandlings, copyRow, message, numericBytes } from "./copy-bytes.fixture.ts";

interface Read {
  readonly rows: number;
  readonly bytes: number;
  readonly end: "done" | "failed" | "violation" | "none";
}

function read(chunks: readonly Buffer[]): Read {
  const columns = copyHandlings.map(({ staged }: { staged: StagedType }) => new ColumnBuffer(staged));
  let rows = 0;
  let end: Read["end"] = "none";
  const target = {
    sink: { columns, rowDone: () => void rows++ },
    appenders: copyHandlings.map((handling) => handling.fromBinary(() => undefined)),
  };
  const result = copyResult(target, { done: () => void (end = "done"), failed: () => void (end = "failed") });
  try {
    for (const chunk of chunks) result.chunk(chunk);
  } catch (failure) {
    if (!(failure instanceof ProtocolViolation)) throw failure;
    end = "violation";
  }
  const texts = [columns[1], columns[6]];
  return { rows, bytes: texts.reduce((sum, column) => sum + (column?.size ?? 0), 0), end };
}

function cutAt(bytes: Buffer, places: readonly number[]): Buffer[] {
  const cuts = [0, ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return cuts.slice(1).map((end, index) => bytes.subarray(cuts[index], end));
}

test("rows come out whole, wherever the bytes were cut", () => {
  const whole = copyBytes([copyRow, copyRow.map(() => null), copyRow]);
  const once = read([whole]);
  expect(once).toMatchObject({ rows: 3, end: "done" });
  fc.assert(
    fc.property(fc.array(fc.nat(), { maxLength: 40 }), (cuts) => {
      expect(read(cutAt(whole, cuts))).toEqual(once);
    }),
    { numRuns: 60 },
  );
  expect(read([...whole].map((byte) => Buffer.from([byte])))).toEqual(once);
});

/** In each case fewer bytes arrive than the message announces. */
test.each([
  ["a message of length -1", message("d", Buffer.alloc(4)).fill(0xff, 1, 5)],
  ["a message shorter than its own head", Buffer.from([0x64, 0, 0, 0, 3, 0])],
  ["a message of two gigabytes", Buffer.from([0x64, 0x7f, 0xff, 0xff, 0xff, 0])],
  ["a header that is cut short", message("d", Buffer.from("PGCOPY"))],
  ["a value beyond its message", damagedRow(19 + 2, 60_000)],
  ["a value of a negative length", damagedRow(19 + 2, -2)],
  ["a value of two gigabytes", damagedRow(19 + 2, 0x7fffffff)],
  ["another number of values", Buffer.concat([copyData(copyRow.slice(1), 0, Buffer.alloc(19))])],
  ["an integer of five bytes", copyData([Buffer.alloc(5), ...copyRow.slice(1)], 0, Buffer.alloc(19))],
  [
    "a numeric without its digits",
    copyData([...copyRow.slice(0, 9), numericBytes.subarray(0, 8)], 0, Buffer.alloc(19)),
  ],
])("%s is refused, and nothing of it is taken", (_, bytes) => {
  expect(read([bytes])).toMatchObject({ rows: 0, end: "violation" });
});

/** Overwrites the length of the first value. */
function damagedRow(at: number, length: number): Buffer {
  const bytes = copyData(copyRow, 0, Buffer.alloc(19));
  bytes.writeInt32BE(length, 5 + at);
  return bytes;
}

test("whatever bytes a server sends, no more are taken than it sent", () => {
  const whole = copyBytes([copyRow, copyRow, copyRow.map(() => null), copyRow]);
  const change = fc.record({ at: fc.nat(), byte: fc.integer({ min: 0, max: 255 }), cut: fc.nat() });
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), fc.nat(), (changes, last) => {
      const bytes = Buffer.from(whole.subarray(0, last % 4 === 0 ? last % whole.length : whole.length));
      for (const { at, byte } of changes) if (bytes.length > 0) bytes[at % bytes.length] = byte;
      const result = read(
        cutAt(
          bytes,
          changes.map(({ cut }) => cut),
        ),
      );
      expect(result.bytes).toBeLessThanOrEqual(bytes.length + 8 * (result.rows + 1));
    }),
    { numRuns: 3_000 },
  );
});
