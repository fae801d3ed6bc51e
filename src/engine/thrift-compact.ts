/**
 * Writes one Thrift struct in the compact protocol (Apache Thrift, "Thrift compact protocol"), which Parquet uses for
 * its headers.
 */

export interface ThriftWriter {
  bool(field: number, value: boolean): void;
  i32(field: number, value: number): void;
  /** A whole number up to 2^53. */
  i64(field: number, value: number): void;
  binary(field: number, text: string): void;
  struct(field: number, write: () => void): void;
  list<T>(field: number, type: "struct" | "i32" | "binary", items: readonly T[], write: (item: T) => void): void;
  /** For items of a list, which have no field header. */
  bareI32(value: number): void;
  bareBinary(text: string): void;
  /** Ends the outermost struct. */
  finish(): Uint8Array;
}

const types = { true: 1, false: 2, i32: 5, i64: 6, binary: 8, list: 9, struct: 12 } as const;

export function thriftWriter(): ThriftWriter {
  const out = compactBytes();
  /** The last field number written in each open struct, because headers contain differences. */
  const fields: number[] = [0];

  const header = (field: number, type: number): void => {
    const delta = field - (fields.at(-1) ?? 0);
    if (delta > 0 && delta < 16) out.byte((delta << 4) | type);
    else {
      out.byte(type);
      out.zigzag(field);
    }
    fields[fields.length - 1] = field;
  };
  const nested = (write: () => void): void => {
    fields.push(0);
    write();
    fields.pop();
    out.byte(0);
  };

  return {
    bool: (field, value) => header(field, value ? types.true : types.false),
    i32(field, value) {
      header(field, types.i32);
      out.zigzag(value);
    },
    i64(field, value) {
      header(field, types.i64);
      out.zigzag(value);
    },
    binary(field, value) {
      header(field, types.binary);
      out.text(value);
    },
    struct(field, write) {
      header(field, types.struct);
      nested(write);
    },
    list(field, type, items, write) {
      header(field, types.list);
      if (items.length < 15) out.byte((items.length << 4) | types[type]);
      else {
        out.byte(0xf0 | types[type]);
        out.varint(items.length);
      }
      for (const item of items) {
        if (type === "struct") nested(() => write(item));
        else write(item);
      }
    },
    bareI32: out.zigzag,
    bareBinary: out.text,
    finish() {
      out.byte(0);
      return out.written();
    },
  };
}

/** Bytes that grow as they are written, with the encodings of the compact protocol. */
interface CompactBytes {
  byte(value: number): void;
  varint(value: number): void;
  zigzag(value: number): void;
  /** Writes the length and then the UTF-8 bytes. */
  text(value: string): void;
  written(): Uint8Array;
}

function compactBytes(): CompactBytes {
  let bytes = Buffer.alloc(1024);
  let size = 0;
  const room = (count: number): void => {
    if (size + count <= bytes.length) return;
    bytes = Buffer.concat([bytes.subarray(0, size)], Math.max(bytes.length * 2, size + count));
  };
  const byte = (value: number): void => {
    room(1);
    bytes[size++] = value;
  };
  const varint = (value: number): void => {
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 128)) byte((rest % 128) | 0x80);
    byte(rest);
  };
  return {
    byte,
    varint,
    zigzag: (value) => varint(value < 0 ? -value * 2 - 1 : value * 2),
    text(value) {
      const length = Buffer.byteLength(value);
      varint(length);
      room(length);
      size += bytes.write(value, size);
    },
    written: () => bytes.subarray(0, size),
  };
}
