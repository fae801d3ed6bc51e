/**
 * Reads a constant of a row filter, or of a mask, as a value of a column's type. Stricter than the engine, so that
 * what is read here can always be written as a literal of SQL (value-sql.ts) that the engine reads in the same way.
 */
import { fixedLengthOf, decimalOf } from "../../iceberg/type.ts";
import { textOf, valueFromText, type Value } from "../../iceberg/value.ts";

/** Undefined if the type cannot hold the text, or has no constants. */
export function readValue(type: string, text: string): Value | undefined {
  const decimal = decimalOf(type);
  if (decimal !== undefined) return readDecimal(type, text, decimal.precision);
  const length = fixedLengthOf(type);
  if (length !== undefined || type === "binary") return readBytes(text, length);
  return readers[type]?.(text);
}

const readers: Readonly<Record<string, ((text: string) => Value | undefined) | undefined>> = {
  boolean: (text) => valueFromText("boolean", text.toLowerCase()),
  int: (text) => within(text, 31n, Number),
  long: (text) => within(text, 63n, (whole) => whole),
  float: (text) => finite(text, Math.fround),
  double: (text) => finite(text, (number) => number),
  string: (text) => (text.isWellFormed() && !text.includes("\0") ? text : undefined),
  uuid: (text) => (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text) ? valueFromText("uuid", text) : undefined),
  date: readDate,
  time: readTime,
  timestamp: (text) => readMoment(text, { type: "timestamp", zoned: false }),
  timestamptz: (text) => readMoment(text, { type: "timestamptz", zoned: true }),
  timestamp_ns: (text) => readMoment(text, { type: "timestamp_ns", zoned: false }),
};

/** Whether columns of the type can be compared with constants in a row filter. */
export function isComparable(type: string): boolean {
  return decimalOf(type) !== undefined || readers[type] !== undefined;
}

/** An integer of so many bits and a sign. */
function within<T>(text: string, bits: bigint, convert: (whole: bigint) => T): T | undefined {
  if (!/^-?\d{1,20}$/.test(text)) return undefined;
  const whole = BigInt(text);
  return whole >= -(2n ** bits) && whole < 2n ** bits ? convert(whole) : undefined;
}

const numberForm = /^-?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i;

function finite(text: string, convert: (number: number) => number): number | undefined {
  const number = numberForm.test(text) ? convert(Number(text)) : Number.NaN;
  return Number.isFinite(number) ? number : undefined;
}

function readDecimal(type: string, text: string, precision: number): Value | undefined {
  if (!/^-?(\d+\.?\d*|\.\d+)$/.test(text)) return undefined;
  const unscaled = valueFromText(type, text);
  if (typeof unscaled !== "bigint") return undefined;
  const limit = 10n ** BigInt(precision);
  return unscaled > -limit && unscaled < limit ? unscaled : undefined;
}

function readBytes(text: string, length: number | undefined): Value | undefined {
  const bytes = /^([0-9a-f]{2})*$/i.test(text) ? Buffer.from(text, "hex") : undefined;
  return length === undefined || bytes?.length === length ? bytes : undefined;
}

const dayForm = /^(?!0000)\d{4}-\d{2}-\d{2}$/;
const clockForm = /^(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?$/;
const zoneForm = /\s*(?:Z|([+-])(\d{2})(?::?(\d{2}))?)$/i;

/** Refuses days that do not exist: written back, they would be another day. */
function readDate(text: string): Value | undefined {
  const days = dayForm.test(text) ? valueFromText("date", text) : undefined;
  return days !== undefined && textOf("date", days) === text ? days : undefined;
}

function readTime(text: string): Value | undefined {
  return clockForm.test(text) ? valueFromText("time", text) : undefined;
}

interface MomentType {
  readonly type: "timestamp" | "timestamptz" | "timestamp_ns";
  readonly zoned: boolean;
}

/** A bare date is its first moment. Only a `timestamptz` may have an offset; without one it is UTC. */
function readMoment(text: string, { type, zoned }: MomentType): Value | undefined {
  const [offset = "", sign, hours, minutes = "00"] = zoneForm.exec(text.slice("2026-01-01".length)) ?? [];
  const [day = "", clock = "00:00", more] = text.slice(0, text.length - offset.length).split(/[ T]/);
  const isMoment = readDate(day) !== undefined && clockForm.test(clock) && more === undefined;
  if (!isMoment || (offset !== "" && !zoned)) return undefined;
  const units = valueFromText(type, `${day} ${clock}`);
  if (typeof units !== "bigint" || units < -(2n ** 63n) || units >= 2n ** 63n) return undefined;
  const shift = hours === undefined ? 0 : Number(`${sign}1`) * (Number(hours) * 60 + Number(minutes));
  return Math.abs(shift) < 24 * 60 ? units - BigInt(shift) * 60_000_000n : undefined;
}
