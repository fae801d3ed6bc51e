/** Partition transforms (spec: "Partition Transforms"; hashing: Appendix B). Null always transforms to null. */
import { HeadgateError } from "../errors.ts";
import { murmur3 } from "../base/murmur3.ts";
import { bigEndian } from "../base/big-endian.ts";
import { toBytes } from "./single-value.ts";
import { decimalOf, isGeometry, isNanoseconds, type PrimitiveType } from "./type.ts";
import { longValue, numberValue, type Value } from "./value.ts";

export type Transform =
  | { readonly kind: "identity" | "year" | "month" | "day" | "hour" | "void" }
  | { readonly kind: "bucket"; readonly buckets: number }
  | { readonly kind: "truncate"; readonly width: number }
  /** A transform of a newer format, which is kept as it was read and cannot be applied. */
  | { readonly kind: "unknown"; readonly text: string };

export function parseTransform(text: string): Transform {
  const sized = /^(bucket|truncate)\[(\d+)\]$/.exec(text);
  if (sized?.[1] === "bucket") return { kind: "bucket", buckets: Number(sized[2]) };
  if (sized?.[1] === "truncate") return { kind: "truncate", width: Number(sized[2]) };
  switch (text) {
    case "identity":
    case "year":
    case "month":
    case "day":
    case "hour":
    case "void":
      return { kind: text };
    default:
      return { kind: "unknown", text };
  }
}

export function formatTransform(transform: Transform): string {
  if (transform.kind === "bucket") return `bucket[${transform.buckets}]`;
  if (transform.kind === "truncate") return `truncate[${transform.width}]`;
  return transform.kind === "unknown" ? transform.text : transform.kind;
}

/** The type of the transformed value. */
export function transformedType(transform: Transform, source: PrimitiveType): PrimitiveType {
  switch (transform.kind) {
    case "bucket":
    case "year":
    case "month":
    case "hour":
      return "int";
    case "day":
      return "date";
    default:
      return source;
  }
}

/** Throws METADATA_INVALID if the transform does not apply to the type. */
export function applyTransform(
  transform: Transform,
  { type, value }: { type: PrimitiveType; value: Value | null },
): Value | null {
  if (value === null || transform.kind === "void") return null;
  switch (transform.kind) {
    case "identity":
      if (type === "variant" || isGeometry(type)) throw notApplicable(transform, type);
      return value;
    case "bucket":
      return (murmur3(hashBytes(type, value)) & 0x7fffffff) % transform.buckets;
    case "truncate":
      return truncate(transform.width, { type, value });
    case "unknown":
      throw notApplicable(transform, type);
    default:
      return dateOrTime(transform.kind, { type, value, transform });
  }
}

/**
 * Integers, dates and times (in microseconds) are hashed as 8-byte longs, decimals as minimal big-endian bytes, texts
 * as UTF-8.
 */
function hashBytes(type: PrimitiveType, value: Value): Uint8Array {
  if (decimalOf(type) !== undefined) return bigEndian(longValue(value));
  if (type === "int" || type === "date") return toBytes("long", BigInt(numberValue(value)));
  if (isNanoseconds(type)) return toBytes("long", floorDivide(longValue(value), 1000n));
  if (type === "float" || type === "double" || type === "boolean" || type === "variant" || isGeometry(type))
    throw notApplicable({ kind: "bucket", buckets: 0 }, type);
  return toBytes(type, value);
}

function truncate(width: number, { type, value }: { type: PrimitiveType; value: Value }): Value {
  if (typeof value === "number" && type === "int") return value - (((value % width) + width) % width);
  if (typeof value === "bigint" && (type === "long" || decimalOf(type) !== undefined)) {
    const step = BigInt(width);
    return value - (((value % step) + step) % step);
  }
  if (typeof value === "string" && type === "string") return [...value].slice(0, width).join("");
  if (value instanceof Uint8Array) return value.slice(0, width);
  throw notApplicable({ kind: "truncate", width }, type);
}

const hourMicros = 3_600_000_000n;
const dayMicros = 24n * hourMicros;

function dateOrTime(
  kind: "year" | "month" | "day" | "hour",
  { type, value, transform }: { type: PrimitiveType; value: Value; transform: Transform },
): number {
  const unit = isNanoseconds(type) ? 1000n : type === "timestamp" || type === "timestamptz" ? 1n : undefined;
  if (kind === "hour" && unit !== undefined) return Number(floorDivide(longValue(value), hourMicros * unit));
  if (kind === "hour" || (type !== "date" && unit === undefined)) throw notApplicable(transform, type);
  const days = unit === undefined ? numberValue(value) : Number(floorDivide(longValue(value), dayMicros * unit));
  if (kind === "day") return days;
  const date = new Date(days * 86_400_000);
  const years = date.getUTCFullYear() - 1970;
  return kind === "year" ? years : years * 12 + date.getUTCMonth();
}

function floorDivide(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  return value % by < 0n ? quotient - 1n : quotient;
}

function notApplicable(transform: Transform, type: PrimitiveType): HeadgateError {
  return new HeadgateError("METADATA_INVALID", {
    place: `transform ${formatTransform(transform)}`,
    message: `this transform does not apply to ${type}`,
  });
}
