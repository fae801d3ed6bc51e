/**
 * Iceberg's partition transforms as SQL for the engine, and their values as the engine returns them. The rules are
 * those of iceberg/transform.ts; tests compare the two value by value.
 */
import { must } from "../base/must.ts";
import { HeadgateError } from "../errors.ts";
import { formatTransform, type Transform } from "../iceberg/transform.ts";
import { decimalOf, isGeometry, isNanoseconds, type PrimitiveType } from "../iceberg/type.ts";
import { valueFromText, type Value } from "../iceberg/value.ts";

/**
 * Returns a function that builds an expression over values of `type`. Throws USAGE if the transform does not apply to
 * the type.
 */
export function transformSql(transform: Transform, type: PrimitiveType): (reference: string) => string {
  switch (transform.kind) {
    case "identity":
      return identitySql(type);
    case "void":
      return () => "null";
    case "bucket":
      return bucketSql(transform.buckets, type);
    case "truncate":
      return truncateSql(transform.width, type);
    case "unknown":
      throw notApplicable(transform, type);
    default:
      return dateOrTimeSql(transform, type);
  }
}

/** Parses the text form of the expression's value. */
export function partitionValue(transform: Transform, { type, text }: { type: PrimitiveType; text: string }): Value {
  switch (transform.kind) {
    case "bucket":
    case "year":
    case "month":
    case "day":
    case "hour":
      return Number(text);
    default:
      return must(valueFromText(type, text), `a partition value of type ${type}`);
  }
}

function identitySql(type: PrimitiveType): (reference: string) => string {
  if (type === "float" || type === "double" || type === "variant" || isGeometry(type))
    throw notApplicable({ kind: "identity" }, type);
  return isBytes(type) ? (reference) => `hex(${reference})` : (reference) => reference;
}

function bucketSql(buckets: number, type: PrimitiveType): (reference: string) => string {
  const of = (name: string, value: (reference: string) => string) => (reference: string) =>
    `iceberg_bucket_${name}(${value(reference)}, ${buckets})`;
  const decimal = decimalOf(type);
  if (decimal !== undefined) return of("unscaled", (reference) => `replace((${reference})::varchar, '.', '')`);
  if (isBytes(type)) return of("bytes", (reference) => reference);
  switch (type) {
    case "int":
    case "long":
      return of("long", (reference) => `(${reference})::bigint`);
    case "date":
      return of("long", (reference) => `(${reference} - date '1970-01-01')::bigint`);
    case "time":
    case "timestamp":
    case "timestamptz":
      return of("long", (reference) => `epoch_us(${reference})`);
    case "timestamp_ns":
      return of("long", wholeMicros);
    case "string":
      return of("bytes", (reference) => `encode(${reference})`);
    case "uuid":
      return of("bytes", (reference) => `unhex(replace((${reference})::varchar, '-', ''))`);
    default:
      throw notApplicable({ kind: "bucket", buckets }, type);
  }
}

function truncateSql(width: number, type: PrimitiveType): (reference: string) => string {
  if (type === "string") return (reference) => `left(${reference}, ${width})`;
  if (isBytes(type)) return (reference) => `left(hex(${reference}), ${width * 2})`;
  if (type === "int" || type === "long") return (reference) => floorTo(`(${reference})::hugeint`, width);
  const decimal = decimalOf(type);
  if (decimal === undefined) throw notApplicable({ kind: "truncate", width }, type);
  const unscaled = (reference: string): string => `replace((${reference})::varchar, '.', '')::hugeint`;
  return (reference) => unscaledText(floorTo(unscaled(reference), width), decimal.scale);
}

/** Rounds down to a multiple of `width`. The engine's remainder has the sign of the dividend. */
function floorTo(value: string, width: number): string {
  return `(${value} - (((${value} % ${width}) + ${width}) % ${width}))`;
}

function unscaledText(value: string, scale: number): string {
  if (scale === 0) return value;
  const digits = `lpad(abs(${value})::varchar, greatest(length(abs(${value})::varchar), ${scale + 1})::integer, '0')`;
  return `(case when ${value} < 0 then '-' else '' end || left(${digits}, -${scale}) || '.' || right(${digits}, ${scale}))`;
}

/** Microseconds of a timestamp in nanoseconds, rounded down. The engine's own casts round towards 1970. */
function wholeMicros(reference: string): string {
  return `(${floorTo(`epoch_ns(${reference})::hugeint`, 1000)} // 1000)::bigint`;
}

function dateOrTimeSql(transform: Transform, type: PrimitiveType): (reference: string) => string {
  const isInstant = type === "timestamp" || type === "timestamptz" || isNanoseconds(type);
  if (!isInstant && (type !== "date" || transform.kind === "hour")) throw notApplicable(transform, type);
  const micros = (reference: string): string =>
    isNanoseconds(type) ? wholeMicros(reference) : `epoch_us(${reference})`;
  const whole = (reference: string, unit: number): string =>
    `(${floorTo(`${micros(reference)}::hugeint`, unit)} // ${unit})::bigint`;
  const day = (reference: string): string =>
    isInstant ? `(date '1970-01-01' + ${whole(reference, 86_400_000_000)}::integer)` : reference;
  switch (transform.kind) {
    case "hour":
      return (reference) => whole(reference, 3_600_000_000);
    case "day":
      return (reference) => `(${day(reference)} - date '1970-01-01')`;
    case "month":
      return (reference) => `((year(${day(reference)}) - 1970) * 12 + month(${day(reference)}) - 1)`;
    default:
      return (reference) => `(year(${day(reference)}) - 1970)`;
  }
}

function isBytes(type: PrimitiveType): boolean {
  return type === "binary" || type.startsWith("fixed");
}

function notApplicable(transform: Transform, type: PrimitiveType): HeadgateError {
  return new HeadgateError("USAGE", {
    message: `${formatTransform(transform)} does not apply to a column of type ${type}`,
  });
}
