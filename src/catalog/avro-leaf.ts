/**
 * Avro's primitive types as leaves of a Parquet file (Iceberg spec: Appendix A, "Avro"; Avro 1.11 specification,
 * "Logical Types").
 */
import type { ColumnBuffer, Logical } from "../engine/column-buffer.ts";
import type { LeafType } from "../engine/nested-parquet.ts";
import { HeadgateError } from "../errors.ts";
import type { AvroInput } from "../iceberg/avro-input.ts";

/** An Avro type in its form as an object. */
export type AvroType = Readonly<Record<string, unknown>>;

export interface AvroLeaf {
  readonly type: LeafType;
  readonly append: AppendValue;
}

type AppendValue = (input: AvroInput, values: ColumnBuffer) => void;

/** Returns undefined for a type that Iceberg tables cannot have. */
export function avroLeaf(type: AvroType): AvroLeaf | undefined {
  switch (type["type"]) {
    case "boolean":
      return { type: { physical: "int32", isBoolean: true }, append: appendBoolean };
    case "int":
      return intLeaf(type);
    case "long":
      return longLeaf(type);
    case "float":
      return { type: { physical: "float" }, append: appendFloat };
    case "double":
      return { type: { physical: "double" }, append: appendDouble };
    case "string":
      return { type: { physical: "bytes", logical: { kind: "utf8" } }, append: appendBytes };
    case "enum":
      return enumLeaf(type);
    case "bytes":
      return bytesLeaf(type, (input) => input.int());
    case "fixed":
      return fixedLeaf(type);
    default:
      return undefined;
  }
}

const appendBoolean: AppendValue = (input, values) => values.appendInt32(input.bytes[input.take(1)] === 0 ? 0 : 1);

const appendFloat: AppendValue = (input, values) => values.appendFloat(input.bytes.readFloatLE(input.take(4)));

const appendDouble: AppendValue = (input, values) => values.appendDouble(input.bytes.readDoubleLE(input.take(8)));

const appendInt: AppendValue = (input, values) => values.appendInt32(input.int());

const appendLong: AppendValue = (input, values) => {
  input.long();
  values.appendInt64(input.high, input.low);
};

/** Converts milliseconds to microseconds. */
const appendMillis: AppendValue = (input, values) => {
  input.long();
  const millis = (BigInt(input.high) << 32n) | BigInt(input.low >>> 0);
  values.appendBigInt64(millis * 1_000n);
};

const appendBytes: AppendValue = (input, values) => {
  const length = input.int();
  const start = input.take(length);
  values.appendBytes(input.bytes, start, start + length);
};

function intLeaf({ logicalType }: AvroType): AvroLeaf {
  if (logicalType === "time-millis")
    return { type: { physical: "int64", logical: { kind: "time" } }, append: appendMillis };
  const logical: Logical | undefined = logicalType === "date" ? { kind: "date" } : undefined;
  return { type: { physical: "int32", logical }, append: appendInt };
}

function longLeaf(type: AvroType): AvroLeaf {
  const utc = type["adjust-to-utc"] === true;
  switch (String(type["logicalType"]).replace(/^local-/, "")) {
    case "time-micros":
      return { type: { physical: "int64", logical: { kind: "time" } }, append: appendLong };
    case "timestamp-millis":
      return { type: { physical: "int64", logical: { kind: "timestamp", utc } }, append: appendMillis };
    case "timestamp-micros":
      return { type: { physical: "int64", logical: { kind: "timestamp", utc } }, append: appendLong };
    case "timestamp-nanos":
      return { type: { physical: "int64", nanoseconds: { utc } }, append: appendLong };
    default:
      return { type: { physical: "int64" }, append: appendLong };
  }
}

function enumLeaf(type: AvroType): AvroLeaf {
  const symbols = (type["symbols"] as readonly string[]).map((symbol) => Buffer.from(symbol));
  const append: AppendValue = (input, values) => {
    const symbol = symbols[input.int()];
    if (symbol === undefined)
      throw new HeadgateError("DATA_FILE_CORRUPT", { message: "a value is not one of the symbols of its enum" });
    values.appendBytes(symbol, 0, symbol.length);
  };
  return { type: { physical: "bytes", logical: { kind: "utf8" } }, append };
}

/** `length` reads the length of the next value. */
function bytesLeaf(type: AvroType, length: (input: AvroInput) => number): AvroLeaf {
  if (type["logicalType"] === "decimal") return decimalLeaf(type, length);
  const append: AppendValue = (input, values) => {
    const bytes = length(input);
    const start = input.take(bytes);
    values.appendBytes(input.bytes, start, start + bytes);
  };
  return { type: { physical: "bytes" }, append };
}

function fixedLeaf(type: AvroType): AvroLeaf {
  const size = Number(type["size"]);
  if (!Number.isInteger(size) || size < 0)
    throw new HeadgateError("DATA_FILE_CORRUPT", {
      message: "the schema in the file has a type of fixed size, but does not say which size",
    });
  if (type["logicalType"] !== "uuid" || size !== 16) return bytesLeaf(type, () => size);
  const append: AppendValue = (input, values) => values.appendFixed16(input.bytes, input.take(size));
  return { type: { physical: "fixed16", logical: { kind: "uuid" } }, append };
}

const decimalBytes = 16;

/** Decimals are big-endian two's complement of any length. */
function decimalLeaf(type: AvroType, length: (input: AvroInput) => number): AvroLeaf {
  const wide = Buffer.alloc(decimalBytes);
  const append: AppendValue = (input, values) => {
    const bytes = length(input);
    const start = input.take(bytes);
    if (bytes > decimalBytes)
      throw new HeadgateError("DATA_FILE_CORRUPT", {
        message: `a decimal of ${bytes} bytes has more than 38 digits, the most that Iceberg allows`,
      });
    wide.fill(((input.bytes[start] ?? 0) & 0x80) !== 0 && bytes > 0 ? 0xff : 0);
    input.bytes.copy(wide, decimalBytes - bytes, start, start + bytes);
    values.appendFixed16(wide, 0);
  };
  const logical: Logical = { kind: "decimal", precision: Number(type["precision"]), scale: Number(type["scale"] ?? 0) };
  return { type: { physical: "fixed16", logical }, append };
}
