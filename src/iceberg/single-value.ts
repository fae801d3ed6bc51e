/**
 * Single-value serialisation of bounds (spec: Appendix D, "Binary single-value serialization"), and truncation of
 * bounds.
 */
import { bigEndian, fromBigEndian } from "../base/big-endian.ts";
import { HeadgateError } from "../errors.ts";
import { decimalOf, isGeometry, type PrimitiveType } from "./type.ts";
import { bytesValue, longValue, numberValue, textValue, valueFromText, type Value } from "./value.ts";

export function toBytes(type: PrimitiveType, value: Value): Uint8Array {
  if (decimalOf(type) !== undefined) return bigEndian(longValue(value));
  const bytes = Buffer.alloc(8);
  switch (type) {
    case "boolean":
      return Uint8Array.of(value === true ? 1 : 0);
    case "int":
    case "date":
      bytes.writeInt32LE(numberValue(value));
      return bytes.subarray(0, 4);
    case "long":
    case "time":
    case "timestamp":
    case "timestamptz":
    case "timestamp_ns":
    case "timestamptz_ns":
      bytes.writeBigInt64LE(longValue(value));
      return bytes;
    case "float":
      bytes.writeFloatLE(numberValue(value));
      return bytes.subarray(0, 4);
    case "double":
      bytes.writeDoubleLE(numberValue(value));
      return bytes;
    case "string":
      return Buffer.from(textValue(value), "utf8");
    case "uuid":
      return Buffer.from(textValue(value).replaceAll("-", ""), "hex");
    default:
      return bytesValue(value);
  }
}

const dayMicros = 86_400_000_000n;

/**
 * A bound may have the width that the type had when the file was written: 4 bytes for a `long` that was an `int` (spec:
 * promotions).
 * Throws METADATA_INVALID for bytes that do not encode a value of the type.
 */
export function fromBytes(type: PrimitiveType, source: Uint8Array): Value {
  try {
    return valueOf(type, source);
  } catch (cause) {
    const message = `${source.length} bytes are not a value of type ${String(type)}`;
    throw new HeadgateError("METADATA_INVALID", { message, cause });
  }
}

function valueOf(type: PrimitiveType, source: Uint8Array): Value {
  const bytes = Buffer.from(source.buffer, source.byteOffset, source.byteLength);
  if (decimalOf(type) !== undefined) return fromBigEndian(bytes);
  switch (type) {
    case "boolean":
      return bytes[0] !== 0;
    case "int":
    case "date":
      return bytes.readInt32LE();
    case "long":
      return bytes.length === 4 ? BigInt(bytes.readInt32LE()) : bytes.readBigInt64LE();
    case "time":
    case "timestamptz":
    case "timestamptz_ns":
      return bytes.readBigInt64LE();
    case "timestamp":
      return bytes.length === 4 ? BigInt(bytes.readInt32LE()) * dayMicros : bytes.readBigInt64LE();
    case "timestamp_ns":
      return bytes.length === 4 ? BigInt(bytes.readInt32LE()) * dayMicros * 1000n : bytes.readBigInt64LE();
    case "float":
      return bytes.readFloatLE();
    case "double":
      return bytes.length === 4 ? bytes.readFloatLE() : bytes.readDoubleLE();
    case "string":
      return bytes.toString("utf8");
    case "uuid":
      return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
    default:
      return bytes;
  }
}

/** Bounds of texts and bytes are truncated to this length (metrics mode `truncate(16)`). */
const boundLength = 16;

/**
 * Makes a lower or upper bound from the engine's text of the minimum or maximum; undefined if no correct bound can be
 * made. A minimum of zero becomes −0 for floats, because engines do not tell the two apart (spec: "Manifests", bounds).
 * For a geometry the text is `x y`, a corner of the bounding box of all values. Variants get no bounds.
 */
export function boundFromText(
  type: PrimitiveType,
  { text, side }: { text: string; side: "lower" | "upper" },
): Uint8Array | undefined {
  if (type === "variant" || type === "unknown") return undefined;
  if (isGeometry(type)) return pointBound(text);
  const value = valueFromText(type, text);
  if (value === undefined) return undefined;
  if (typeof value === "string" && type === "string") return textBound(value, side);
  if (value instanceof Uint8Array) return bytesBound(value, side);
  if (value === 0 && (type === "float" || type === "double")) return toBytes(type, side === "lower" ? -0 : 0);
  if (typeof value === "number" && Number.isNaN(value)) return undefined;
  return toBytes(type, value);
}

/** Spec: Appendix D, "Bound serialization": `x` and `y` as two doubles. */
function pointBound(text: string): Uint8Array | undefined {
  const [x = Number.NaN, y = Number.NaN] = text.split(" ").map(Number);
  if (!Number.isFinite(x) || !Number.isFinite(y)) return undefined;
  return Buffer.concat([toBytes("double", x), toBytes("double", y)]);
}

function textBound(text: string, side: "lower" | "upper"): Uint8Array | undefined {
  const points = [...text];
  if (points.length <= boundLength) return Buffer.from(text);
  const kept = points.slice(0, boundLength);
  if (side === "lower") return Buffer.from(kept.join(""));
  for (let last = kept.length - 1; last >= 0; last--) {
    const next = nextCodePoint(kept[last]?.codePointAt(0) ?? 0);
    if (next !== undefined) return Buffer.from(kept.slice(0, last).join("") + String.fromCodePoint(next));
  }
  return undefined;
}

/** The next code point that is not a surrogate; undefined after the last one. */
function nextCodePoint(point: number): number | undefined {
  if (point === 0x10ffff) return undefined;
  return point + 1 === 0xd800 ? 0xe000 : point + 1;
}

function bytesBound(bytes: Uint8Array, side: "lower" | "upper"): Uint8Array | undefined {
  if (bytes.length <= boundLength) return bytes;
  const kept = Uint8Array.from(bytes.subarray(0, boundLength));
  if (side === "lower") return kept;
  for (let last = kept.length - 1; last >= 0; last--) {
    if (kept[last] === 0xff) continue;
    kept[last] = (kept[last] ?? 0) + 1;
    return kept.subarray(0, last + 1);
  }
  return undefined;
}
