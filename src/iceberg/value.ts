/**
 * A single value in memory, for bounds, partitions and expressions: boolean; number for int, float, double and date (days since
 * 1970-01-01); bigint for long, time and timestamps (microseconds) and decimal (unscaled); string for string and uuid (with
 * hyphens, lower case); Uint8Array for fixed and binary.
 */
import { decimalOf, type PrimitiveType } from "./type.ts";

export type Value = boolean | number | bigint | string | Uint8Array;

/** Less than zero, zero or more, in Iceberg's order: bytes unsigned, strings by code point, −0 below 0. */
export function compareValues(left: Value, right: Value): number {
  if (left instanceof Uint8Array || right instanceof Uint8Array)
    return Buffer.compare(left as Uint8Array, right as Uint8Array);
  if (typeof left === "string" && typeof right === "string")
    return Buffer.compare(Buffer.from(left), Buffer.from(right));
  if (left === 0 && right === 0) return Number(Object.is(right, -0)) - Number(Object.is(left, -0));
  return left < right ? -1 : left > right ? 1 : 0;
}

/**
 * Reads a value from the text a database engine writes it as: ISO dates and times (`2026-01-31 10:20:30.5`, an instant may
 * end in `Z` or `+00`), plain decimals, hexadecimal digits for bytes. Undefined when the text is no such value.
 */
export function valueFromText(type: PrimitiveType, text: string): Value | undefined {
  const decimal = decimalOf(type);
  if (decimal !== undefined) return unscaled(text, decimal.scale);
  switch (type) {
    case "boolean":
      return text === "true" ? true : text === "false" ? false : undefined;
    case "int":
      return /^-?\d+$/.test(text) ? Number(text) : undefined;
    case "long":
      return /^-?\d+$/.test(text) ? BigInt(text) : undefined;
    case "float":
    case "double":
      return text === "" || Number.isNaN(Number(text)) ? undefined : Number(text);
    case "date":
      return daysFromText(text);
    case "time":
      return microsOfDay(text);
    case "timestamp":
    case "timestamptz":
      return microsFromText(text);
    case "string":
      return text;
    case "uuid":
      return text.toLowerCase();
    default:
      return /^([0-9a-f]{2})*$/i.test(text) ? Buffer.from(text, "hex") : undefined;
  }
}

function unscaled(text: string, scale: number): bigint | undefined {
  const match = /^(-?)(\d*)(?:\.(\d*))?$/.exec(text);
  if (match === null || text === "") return undefined;
  const [, sign = "", whole = "", fraction = ""] = match;
  if (fraction.length > scale && /[^0]/.test(fraction.slice(scale))) return undefined;
  const digits = BigInt(whole + fraction.slice(0, scale).padEnd(scale, "0") || "0");
  return sign === "-" ? -digits : digits;
}

const dayMillis = 86_400_000;

function daysFromText(text: string): number | undefined {
  const match = /^(-?\d{1,6})-(\d\d)-(\d\d)( \(BC\))?$/.exec(text);
  if (match === null) return undefined;
  const year = match[4] === undefined ? Number(match[1]) : 1 - Number(match[1]);
  const date = new Date(0);
  date.setUTCFullYear(year, Number(match[2]) - 1, Number(match[3]));
  return Math.round(date.getTime() / dayMillis);
}

function microsOfDay(text: string): bigint | undefined {
  const match = /^(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?$/.exec(text);
  if (match === null) return undefined;
  const [, hours, minutes, seconds = "0", fraction = ""] = match;
  return (
    BigInt(Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1_000_000n + BigInt(fraction.padEnd(6, "0"))
  );
}

function microsFromText(text: string): bigint | undefined {
  const match = /^(-?\d{1,6}-\d\d-\d\d)[ T]([\d:.]+)(?:Z|[+-]00(?::?00)?)?( \(BC\))?$/.exec(text);
  if (match === null) return undefined;
  const days = daysFromText(`${match[1]}${match[3] ?? ""}`);
  const micros = microsOfDay(match[2] ?? "");
  return days === undefined || micros === undefined ? undefined : BigInt(days) * 86_400_000_000n + micros;
}

/** A value as text, the way `valueFromText` reads it. */
export function textOf(type: PrimitiveType, value: Value): string {
  const decimal = decimalOf(type);
  if (decimal !== undefined) return decimalText(value as bigint, decimal.scale);
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  switch (type) {
    case "date":
      return isoText(Number(value) * dayMillis).slice(0, -"T00:00:00.000Z".length);
    case "time":
      return isoMicros(BigInt(value)).slice("1970-01-01 ".length);
    case "timestamp":
      return isoMicros(BigInt(value));
    case "timestamptz":
      return `${isoMicros(BigInt(value))}+00`;
    default:
      return String(value);
  }
}

function decimalText(unscaledValue: bigint, scale: number): string {
  const digits = String(unscaledValue < 0n ? -unscaledValue : unscaledValue).padStart(scale + 1, "0");
  const whole = digits.slice(0, digits.length - scale);
  return `${unscaledValue < 0n ? "-" : ""}${whole}${scale === 0 ? "" : `.${digits.slice(-scale)}`}`;
}

/** Years beyond four digits have a sign and six in ISO text, and none here. */
function isoText(millis: number): string {
  return new Date(millis).toISOString().replace(/^\+0*/, "");
}

function isoMicros(value: bigint): string {
  const inMilli = ((value % 1000n) + 1000n) % 1000n;
  const text = isoText(Number((value - inMilli) / 1000n)).replace("T", " ");
  return text.replace("Z", String(inMilli).padStart(3, "0"));
}
