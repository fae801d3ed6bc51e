/**
 * A single value in memory, for bounds, partitions and expressions. Booleans are boolean; int, float, double and date
 * (days since 1970-01-01) are number; long, time, timestamps (microseconds, but nanoseconds for timestamp_ns and
 * timestamptz_ns) and decimal (unscaled) are bigint; string and uuid (lower case with hyphens) are string; fixed,
 * binary, variant and geometry are Uint8Array.
 */
import { decimalOf, type PrimitiveType } from "./type.ts";

export type Value = boolean | number | bigint | string | Uint8Array;

/**
 * For types whose values are bigint. As with the two functions below, a value of another type is a programmer error.
 */
export function longValue(value: Value): bigint {
  if (typeof value === "bigint") return value;
  throw new TypeError(`expected a bigint, got ${typeof value}`);
}

export function numberValue(value: Value): number {
  if (typeof value === "number") return value;
  throw new TypeError(`expected a number, got ${typeof value}`);
}

export function textValue(value: Value): string {
  if (typeof value === "string") return value;
  throw new TypeError(`expected a string, got ${typeof value}`);
}

export function bytesValue(value: Value): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw new TypeError(`expected bytes, got ${typeof value}`);
}

/**
 * Returns a number below, equal to or above zero in Iceberg's order: bytes unsigned, strings by code point, −0 below 0.
 */
export function compareValues(left: Value, right: Value): number {
  if (left instanceof Uint8Array) return Buffer.compare(left, bytesValue(right));
  if (typeof left === "string" && typeof right === "string")
    return Buffer.compare(Buffer.from(left), Buffer.from(right));
  if (left === 0 && right === 0) return Number(Object.is(right, -0)) - Number(Object.is(left, -0));
  return left < right ? -1 : left > right ? 1 : 0;
}

/**
 * Reads a value from the engine's text form: ISO dates and times (`2026-01-31 10:20:30.5`; an instant may end in `Z` or
 * `+00`), plain decimals, hexadecimal digits for bytes. Returns undefined if the text is not a value of the type.
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
      return unitsOfDay(text, 6);
    case "timestamp":
    case "timestamptz":
      return unitsFromText(text, 6);
    case "timestamp_ns":
    case "timestamptz_ns":
      return unitsFromText(text, 9);
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

/** The engine's text for the greatest and the least value of a type that has infinities. */
const infinity = /^(-?)infinity$/;

/** The engine's calendar reaches further than a JavaScript date, which ends in 275760. */
function daysFromText(text: string): number | undefined {
  const [, sign] = infinity.exec(text) ?? [];
  if (sign !== undefined) return Number(`${sign}${2 ** 31 - 1}`);
  const match = /^(-?\d{1,7})-(\d\d)-(\d\d)( \(BC\))?$/.exec(text);
  if (match === null) return undefined;
  const year = match[4] === undefined ? Number(match[1]) : 1 - Number(match[1]);
  return daysOfDate({ year, month: Number(match[2]), day: Number(match[3]) });
}

interface CalendarDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

const cycleYears = 400;
const cycleDays = 146_097;

/**
 * Days since 1970-01-01. The calendar repeats every 400 years, so the year is moved into the range of a JavaScript
 * date.
 */
function daysOfDate({ year, month, day }: CalendarDate): number {
  const cycles = Math.floor((year - 2000) / cycleYears);
  return Date.UTC(year - cycles * cycleYears, month - 1, day) / dayMillis + cycles * cycleDays;
}

function dateOfDays(days: number): CalendarDate {
  const cycles = Math.floor(days / cycleDays);
  const date = new Date((days - cycles * cycleDays) * dayMillis);
  return {
    year: date.getUTCFullYear() + cycles * cycleYears,
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
  };
}

/** `digits` is 6 for microseconds and 9 for nanoseconds. */
function unitsOfDay(text: string, digits: number): bigint | undefined {
  const match = /^(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?$/.exec(text);
  const [, hours, minutes, seconds = "0", fraction = ""] = match ?? [];
  if (match === null || fraction.length > digits) return undefined;
  const whole = BigInt(Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds));
  return BigInt(`${whole}${fraction.padEnd(digits, "0")}`);
}

function unitsFromText(text: string, digits: number): bigint | undefined {
  const [, sign] = infinity.exec(text) ?? [];
  if (sign !== undefined) return BigInt(`${sign}${2n ** 63n - 1n}`);
  const match = /^(-?\d{1,7}-\d\d-\d\d)( \(BC\))?[ T]([\d:.]+)(?:Z|[+-]00(?::?00)?)?( \(BC\))?$/.exec(text);
  if (match === null) return undefined;
  const days = daysFromText(`${match[1]}${match[2] ?? match[4] ?? ""}`);
  const units = unitsOfDay(match[3] ?? "", digits);
  return days === undefined || units === undefined ? undefined : BigInt(days) * 86_400n * 10n ** BigInt(digits) + units;
}

/** A value as text, in the form that `valueFromText` reads. */
export function textOf(type: PrimitiveType, value: Value): string {
  const decimal = decimalOf(type);
  if (decimal !== undefined) return decimalText(longValue(value), decimal.scale);
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  switch (type) {
    case "date":
      return dateText(Number(value));
    case "time":
      return isoUnits(BigInt(value), 6).slice("1970-01-01 ".length);
    case "timestamp":
      return isoUnits(BigInt(value), 6);
    case "timestamptz":
      return `${isoUnits(BigInt(value), 6)}+00`;
    case "timestamp_ns":
      return isoUnits(BigInt(value), 9);
    case "timestamptz_ns":
      return `${isoUnits(BigInt(value), 9)}+00`;
    default:
      return String(value);
  }
}

function decimalText(unscaledValue: bigint, scale: number): string {
  const digits = String(unscaledValue < 0n ? -unscaledValue : unscaledValue).padStart(scale + 1, "0");
  const whole = digits.slice(0, digits.length - scale);
  return `${unscaledValue < 0n ? "-" : ""}${whole}${scale === 0 ? "" : `.${digits.slice(-scale)}`}`;
}

/** Years before year 0 are written with a minus sign, and years beyond 9999 in full. */
function dateText(days: number): string {
  const { year, month, day } = dateOfDays(days);
  const two = (number: number): string => String(number).padStart(2, "0");
  return `${year < 0 ? "-" : ""}${String(Math.abs(year)).padStart(4, "0")}-${two(month)}-${two(day)}`;
}

/** `digits` is 6 for microseconds and 9 for nanoseconds. */
function isoUnits(value: bigint, digits: 6 | 9): string {
  const second = 10n ** BigInt(digits);
  const day = 86_400n * second;
  const inDay = ((value % day) + day) % day;
  const time = new Date(Number(inDay / second) * 1_000).toISOString().slice("1970-01-01T".length, -".000Z".length);
  return `${dateText(Number((value - inDay) / day))} ${time}.${String(inDay % second).padStart(digits, "0")}`;
}
