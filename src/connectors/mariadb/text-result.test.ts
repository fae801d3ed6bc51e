import * as fc from "fast-check";
import { expect, test } from "vitest";
import { ProtocolViolation } from "../../base/protocol-violation.ts";
import { ColumnBuffer } from "../../engine/column-buffer.ts";
import type { ServerFailure } from "./failures.ts";
import { queryPacket, TextResult, type ValueAppender } from "./text-result.ts";
import { typeHandling } from "./types.ts";

type Value = Buffer | null;

/** The bytes that a server sends for these rows, with or without CLIENT_DEPRECATE_EOF. */
function resultBytes(rows: readonly (readonly Value[])[], columns: number, deprecateEof: boolean): Buffer {
  const eof = Buffer.from([0xfe, 0, 0, 2, 0]);
  const payloads = [
    lengthEncoded(columns),
    ...Array.from({ length: columns }, () => Buffer.from("\u0003defdefinition")),
  ];
  if (!deprecateEof) payloads.push(eof);
  for (const row of rows)
    payloads.push(
      Buffer.concat(
        row.flatMap((value) => (value === null ? [Buffer.from([0xfb])] : [lengthEncoded(value.length), value])),
      ),
    );
  payloads.push(deprecateEof ? Buffer.from([0xfe, 0, 0, 2, 0, 0, 0]) : eof);
  return packets(payloads);
}

function packets(payloads: readonly Buffer[]): Buffer {
  let sequence = 1;
  const parts: Buffer[] = [];
  for (const payload of payloads) {
    for (let at = 0; at <= payload.length; at += 0xffffff) {
      const part = payload.subarray(at, at + 0xffffff);
      const header = Buffer.alloc(4);
      header.writeUIntLE(part.length, 0, 3);
      header[3] = sequence++ & 0xff;
      parts.push(header, part);
    }
  }
  return Buffer.concat(parts);
}

function lengthEncoded(value: number): Buffer {
  if (value < 251) return Buffer.from([value]);
  if (value < 65_536) return Buffer.from([0xfc, value & 0xff, value >>> 8]);
  const long = Buffer.alloc(9);
  if (value > 0xffffff) {
    long[0] = 0xfe;
    long.writeUIntLE(value, 1, 6);
    return long;
  }
  return Buffer.from([0xfd, value & 0xff, (value >>> 8) & 0xff, value >>> 16]);
}

function readChunks(
  chunks: readonly Buffer[],
  columns: number,
): { rows: Value[][]; ends: (ServerFailure | undefined)[] } {
  const rows: Value[][] = [];
  const ends: (ServerFailure | undefined)[] = [];
  let row: Value[] = [];
  const append: ValueAppender = (bytes, start, end) =>
    void row.push(start < 0 ? null : Buffer.from(bytes.subarray(start, end)));
  const rowDone = (): void => {
    rows.push(row);
    row = [];
  };
  const appenders = Array.from({ length: columns }, () => append);
  const result = new TextResult({ appenders, rowDone, ended: (failure) => void ends.push(failure) });
  for (const chunk of chunks) result.execute(chunk);
  return { rows, ends };
}

function cutAt(bytes: Buffer, places: readonly number[]): Buffer[] {
  const cuts = [
    0,
    ...places.map((place) => place % (bytes.length + 1)).sort((left, right) => left - right),
    bytes.length,
  ];
  return cuts.slice(1).map((end, index) => bytes.subarray(cuts[index], end));
}

const value = fc.option(
  fc.oneof(
    fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
    fc.integer({ min: 240, max: 66_000 }).map((size) => Buffer.alloc(size, size)),
  ),
  { freq: 5 },
);

const results = fc.integer({ min: 1, max: 6 }).chain((columns) =>
  fc.record({
    columns: fc.constant(columns),
    rows: fc.array(fc.array(value, { minLength: columns, maxLength: columns }), { maxLength: 8 }),
    cuts: fc.array(fc.nat(), { maxLength: 40 }),
    deprecateEof: fc.boolean(),
  }),
);

test("rows come out whole, wherever the bytes were cut", () => {
  fc.assert(
    fc.property(results, ({ columns, rows, cuts, deprecateEof }) => {
      const read = readChunks(cutAt(resultBytes(rows, columns, deprecateEof), cuts), columns);
      expect(read).toEqual({ rows, ends: [undefined] });
    }),
    { numRuns: 60 },
  );
});

/** The bytes between the column definitions and the end mark. */
function rowSection(bytes: Buffer, columns: number, deprecateEof: boolean): Buffer {
  const endBytes = deprecateEof ? 11 : 9;
  const withoutRows = resultBytes([], columns, deprecateEof).length;
  return bytes.subarray(withoutRows - endBytes, bytes.length - endBytes);
}

function passedRows(chunks: readonly Buffer[], columns: number): Buffer {
  const passed: Buffer[] = [];
  const appenders = Array.from({ length: columns }, () => () => undefined);
  const [rowDone, ended] = [() => undefined, () => undefined];
  const rowBytes = (bytes: Buffer): void => void passed.push(Buffer.from(bytes));
  const result = new TextResult({ appenders, rowDone, ended, rowBytes });
  for (const chunk of chunks) result.execute(Buffer.from(chunk));
  return Buffer.concat(passed);
}

test("the bytes of the rows, and no others, are passed on once and in order, wherever they were cut", () => {
  fc.assert(
    fc.property(results, ({ columns, rows, cuts, deprecateEof }) => {
      const bytes = resultBytes(rows, columns, deprecateEof);
      const expected = rowSection(bytes, columns, deprecateEof);
      expect(passedRows(cutAt(bytes, cuts), columns).equals(expected)).toBe(true);
    }),
    { numRuns: 60 },
  );
  const long = resultBytes([[Buffer.alloc(40_000_000, 1)], [Buffer.from("next")]], 1, false);
  const passed = passedRows(cutAt(long, [3, 1_000_000, 0xffffff + 2]), 1);
  expect(passed.equals(rowSection(long, 1, false))).toBe(true);
});

test("every single byte may be a chunk of its own", () => {
  const rows = [
    [Buffer.from("a"), null],
    [Buffer.alloc(300, 7), Buffer.from("")],
  ];
  const bytes = resultBytes(rows, 2, false);
  expect(
    readChunks(
      [...bytes].map((byte) => Buffer.from([byte])),
      2,
    ),
  ).toEqual({ rows, ends: [undefined] });
});

test.each([0xffffff - 9, 0xffffff, 2 * 0xffffff - 9, 40_000_000])(
  "a value of %i bytes goes over several packets",
  (size) => {
    const large = Buffer.alloc(size, 1);
    const bytes = resultBytes([[large], [Buffer.from("next")]], 1, false);
    const { rows, ends } = readChunks(cutAt(bytes, [3, 1_000_000, 0xffffff + 2, size]), 1);
    expect(rows.map(([cell]) => cell?.length)).toEqual([size, 4]);
    expect(rows[0]?.[0]?.equals(large)).toBe(true);
    expect(ends).toEqual([undefined]);
  },
);

test("an error in the middle of the rows ends the result with the server's words", () => {
  const error = Buffer.concat([Buffer.from([0xff, 0x25, 0x05]), Buffer.from("#70100Query execution was interrupted")]);
  const rows = resultBytes([[Buffer.from("1")]], 1, false);
  const bytes = Buffer.concat([rows.subarray(0, rows.length - 9), packets([error])]);
  expect(readChunks([bytes], 1)).toEqual({
    rows: [[Buffer.from("1")]],
    ends: [{ errno: 1317, message: "Query execution was interrupted" }],
  });
});

test("a statement becomes one COM_QUERY packet, a huge one several", () => {
  expect(queryPacket("select 1").toString("latin1")).toBe("\u0009\0\0\0\u0003select 1");
  const packet = queryPacket("x".repeat(0xffffff));
  expect(packet.subarray(0, 4)).toEqual(Buffer.from([0xff, 0xff, 0xff, 0]));
  expect(packet.subarray(4 + 0xffffff, 8 + 0xffffff)).toEqual(Buffer.from([1, 0, 0, 1]));
});

/** A server that announces more than it sends, in a result of two columns whose first value is null. */
test.each([
  ["a value of 60,000 bytes in a packet of eight", Buffer.from([0xfb, 0xfc, 0x60, 0xea, 1, 2, 3, 4, 5])],
  ["a value of 2^31-1 bytes", Buffer.from([0xfb, 0xfe, 0xff, 0xff, 0xff, 0x7f, 0, 0, 0, 0, 1])],
  ["a value of 2^56 bytes", Buffer.from([0xfb, 0xfe, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2, 3])],
  ["a length cut off by the end of its packet", Buffer.from([0xfb, 0xfd, 1])],
  ["a row with a value too many", Buffer.from([0xfb, 1, 49, 1, 50])],
  ["a row with a value too few", Buffer.from([0xfb])],
  ["an empty row", Buffer.alloc(0)],
  ["an error cut short", Buffer.from([0xff, 1])],
])("%s is refused, and nothing of it is taken", (_, payload) => {
  const good = resultBytes([], 2, false);
  const head = good.subarray(0, good.length - 9);
  const rows: string[] = [];
  const append: ValueAppender = (bytes, start, end) =>
    void (start >= 0 && rows.push(bytes.toString("latin1", start, end)));
  const appenders = [append, append];
  const result = new TextResult({ appenders, rowDone: () => undefined, ended: () => undefined });
  expect(() => result.execute(Buffer.concat([head, packets([payload])]))).toThrow(ProtocolViolation);
  expect(rows.join("").length).toBeLessThanOrEqual(1);
});

test.each([Buffer.from([0xfb]), Buffer.from([2]), Buffer.from([0xfc, 1]), Buffer.from([0xfe, 1])])(
  "a result that does not have the columns that were asked for is refused: %o",
  (head) => {
    const result = new TextResult({ appenders: [() => undefined], rowDone: () => undefined, ended: () => undefined });
    expect(() => result.execute(packets([head]))).toThrow(ProtocolViolation);
  },
);

const declared = [
  "int(11)",
  "bigint(20)",
  "date",
  "datetime(6)",
  "bit(8)",
  "bit(1)",
  "decimal(12,2)",
  "double",
  "uuid",
];

test("whatever bytes a server sends, no more are taken than it sent", () => {
  const texts = ["7", "-9", "2024-02-29", "2024-02-29 12:00:00.5", "x", "\u0001", "12.50", "1.5", "0".repeat(32)];
  const whole = resultBytes(
    [texts.map((text) => Buffer.from(text, "latin1")), texts.map(() => null)],
    texts.length,
    false,
  );
  const change = fc.record({ at: fc.nat(), byte: fc.integer({ min: 0, max: 255 }), cut: fc.nat() });
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), (changes) => {
      const bytes = Buffer.from(whole);
      for (const { at, byte } of changes) bytes[at % bytes.length] = byte;
      let taken = 0;
      const appenders = declared.map((type): ValueAppender => {
        const { fromText, staged } = typeHandling(type);
        const appendValue = fromText(new ColumnBuffer(staged), () => undefined);
        return (source, start, end) => {
          taken += Math.max(end - start, 0);
          expect(end).toBeLessThanOrEqual(source.length);
          appendValue(source, start, end);
        };
      });
      const result = new TextResult({ appenders, rowDone: () => undefined, ended: () => undefined });
      try {
        for (const chunk of cutAt(
          bytes,
          changes.map(({ cut }) => cut),
        ))
          result.execute(chunk);
      } catch (failure) {
        if (!(failure instanceof ProtocolViolation)) throw failure;
      }
      expect(taken).toBeLessThanOrEqual(bytes.length);
    }),
    { numRuns: 3_000 },
  );
}, 60_000);
