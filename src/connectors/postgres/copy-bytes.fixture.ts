/**
 * For tests: the bytes that a server sends for `copy (…) to stdout (format binary)`, and a row of values that the
 * appenders accept.
 */
import { handlingOf } from "./types.ts";

const types = ["int4", "text", "int8", "bool", "timestamptz", "uuid", "jsonb", "float8", "date", "numeric"];
/** numeric(30,4). */
const modifier = (30 << 16) + 4 + 4;
/** The type handling of each value in `copyRow`. */
export const copyHandlings = types.map((builtIn) => handlingOf({ builtIn, modifier }));

export type CopyValue = Buffer | null;

/** The bytes that a server sends for these rows. */
export function copyBytes(rows: readonly (readonly CopyValue[])[]): Buffer {
  const header = Buffer.concat([Buffer.from("PGCOPY\n\xff\r\n\0", "latin1"), Buffer.alloc(8)]);
  const messages = [message("H", Buffer.from([1, 0, 0])), ...rows.map((row, index) => copyData(row, index, header))];
  return Buffer.concat([
    ...messages,
    message("d", Buffer.from([0xff, 0xff])),
    message("c", Buffer.alloc(0)),
    message("C", Buffer.from("COPY\0")),
    message("Z", Buffer.from("I")),
  ]);
}

/** One `CopyData` message. */
export function copyData(row: readonly CopyValue[], index: number, header: Buffer): Buffer {
  const fields = row.flatMap((value) => (value === null ? [int32Bytes(-1)] : [int32Bytes(value.length), value]));
  const count = Buffer.from([row.length >>> 8, row.length & 0xff]);
  return message("d", Buffer.concat([...(index === 0 ? [header] : []), count, ...fields]));
}

export function message(kind: string, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from(kind), int32Bytes(content.length + 4), content]);
}

export function int32Bytes(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

/** 12.3456 as numeric(30,4). */
export const numericBytes = Buffer.from([0, 2, 0, 0, 0, 0, 0, 4, 0, 12, 0x0d, 0x80]);
export const copyRow: readonly CopyValue[] = [
  int32Bytes(7),
  Buffer.from("text of some length"),
  Buffer.from([0, 0, 0, 0, 0, 0, 0, 9]),
  Buffer.from([1]),
  Buffer.from([0, 2, 0, 0, 0, 0, 0, 1]),
  Buffer.alloc(16, 3),
  Buffer.from('\u0001{"a": 1}'),
  Buffer.alloc(8),
  int32Bytes(8_000),
  numericBytes,
];
