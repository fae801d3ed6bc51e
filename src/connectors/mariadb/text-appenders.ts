/**
 * Appends values of the text protocol, from ASCII digits or raw bytes straight into a column buffer. Each maker returns
 * the appender of one column. Hot code: no string, Buffer, BigInt or Date per value. A value that cannot be held
 * becomes null and is reported to `inexact`.
 * Invariant: no appender reads a byte outside its value, and bytes that are not a value of the type throw a
 * `ProtocolViolation`.
 */
import { ProtocolViolation } from "../../base/protocol-violation.ts";
import type { ColumnBuffer } from "../../engine/column-buffer.ts";
import type { ValueAppender } from "./text-result.ts";

export type TextAppender = (column: ColumnBuffer, inexact: (what: string) => void) => ValueAppender;

const zero = 48;
const minus = 45;
const point = 46;
const two32 = 4294967296;
const lastInt32 = 2147483647;

function digit(byte: number): number {
  const value = byte - zero;
  if (value < 0 || value > 9) throw new ProtocolViolation("a number or a date has a character that is not a digit");
  return value;
}

export const appendInteger32: TextAppender = (column) => (bytes, start, end) => {
  if (start < 0) return column.appendNull();
  const negative = bytes[start] === minus;
  const from = negative ? start + 1 : start;
  if (from >= end) throw new ProtocolViolation("a number has no digits");
  let value = 0;
  for (let at = from; at < end; at++) value = value * 10 + digit(bytes[at] ?? 0);
  if (value > lastInt32 + (negative ? 1 : 0)) throw new ProtocolViolation("a number is too large for its type");
  column.appendInt32(negative ? -value : value);
};

/** Whole numbers, and decimals up to 64 bits as their unscaled value; the decimal point is skipped. */
export const appendInteger64: TextAppender = (column) => (bytes, start, end) => {
  if (start < 0) return column.appendNull();
  const negative = bytes[start] === minus;
  const from = negative ? start + 1 : start;
  if (from >= end) throw new ProtocolViolation("a number has no digits");
  if (end - from > 15) return appendLongDigits(column, { bytes, from, end, negative });
  let value = 0;
  for (let at = from; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (byte !== point) value = value * 10 + digit(byte);
  }
  column.appendSafeInteger(negative ? -value : value);
};

const zeroPadding = /^0+(?=\d)/;
const lastInt64 = "9223372036854775807";

/** Appends unsigned whole numbers to a signed column. `beyond` is called for each value that does not fit. */
export function appendUnsignedAsLong(column: ColumnBuffer, beyond: () => void): ValueAppender {
  const append = appendInteger64(column, () => undefined);
  return (bytes, start, end) => {
    if (end - start >= lastInt64.length && isBeyondLong(bytes.toString("latin1", start, end))) {
      beyond();
      return column.appendNull();
    }
    append(bytes, start, end);
  };
}

/** `zerofill` always writes 20 digits. */
function isBeyondLong(digits: string): boolean {
  const number = digits.replace(zeroPadding, "");
  return number.length > lastInt64.length || (number.length === lastInt64.length && number > lastInt64);
}

interface Digits {
  readonly bytes: Buffer;
  readonly from: number;
  readonly end: number;
  readonly negative: boolean;
}

function appendLongDigits(column: ColumnBuffer, { bytes, from, end, negative }: Digits): void {
  let high = 0;
  let low = 0;
  for (let at = from; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === point) continue;
    low = low * 10 + digit(byte);
    const carry = Math.floor(low / two32);
    low -= carry * two32;
    high = high * 10 + carry;
    if (high >= two32) throw new ProtocolViolation("a number is too large for its type");
  }
  if (!negative) return column.appendInt64(high, low);
  const flipped = (~low + 1) >>> 0;
  column.appendInt64(flipped === 0 ? ~high + 1 : ~high, flipped);
}

/**
 * Exact: up to 15 digits and powers of ten up to 22 are both exact doubles, so dividing them rounds correctly; other
 * values take a slower path.
 */
export const appendDouble: TextAppender = (column) => (bytes, start, end) =>
  start < 0 ? column.appendNull() : column.appendDouble(parseDouble(bytes, start, end));

export const appendFloat: TextAppender = (column) => (bytes, start, end) =>
  start < 0 ? column.appendNull() : column.appendFloat(parseDouble(bytes, start, end));

const powersOfTen = Array.from({ length: 16 }, (_, exponent) => 10 ** exponent);

function parseDouble(bytes: Buffer, start: number, end: number): number {
  const negative = bytes[start] === minus;
  let mantissa = 0;
  let fraction = -1;
  if (end - start > 16) return parseText(bytes, start, end);
  for (let at = negative ? start + 1 : start; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === point) fraction = 0;
    else if (byte < zero || byte > zero + 9) return parseText(bytes, start, end);
    else {
      mantissa = mantissa * 10 + byte - zero;
      if (fraction >= 0) fraction++;
    }
  }
  const value = fraction > 0 ? mantissa / (powersOfTen[fraction] ?? 0) : mantissa;
  return negative ? -value : value;
}

function parseText(bytes: Buffer, start: number, end: number): number {
  const value = Number(bytes.toString("latin1", start, end));
  if (!Number.isFinite(value)) throw new ProtocolViolation("a floating-point number cannot be read");
  return value;
}

/** BIT arrives as one to eight bytes, the highest first. */
export const appendBits64: TextAppender = (column) => (bytes, start, end) => {
  if (start < 0) return column.appendNull();
  if (end - start > 8) throw new ProtocolViolation("a bit string is longer than 64 bits");
  let high = 0;
  let low = 0;
  for (let at = start; at < end; at++) {
    high = ((high << 8) | (low >>> 24)) >>> 0;
    low = ((low << 8) | (bytes[at] ?? 0)) >>> 0;
  }
  column.appendInt64(high, low);
};

export const appendBit: TextAppender = (column) => (bytes, start, end) => {
  if (start < 0) return column.appendNull();
  if (end === start) throw new ProtocolViolation("a bit has no value");
  column.appendInt32((bytes[end - 1] ?? 0) & 1);
};

export const appendBytes: TextAppender = (column) => (bytes, start, end) =>
  start < 0 ? column.appendNull() : column.appendBytes(bytes, start, end);

export const appendDate: TextAppender = (column, inexact) => (bytes, start, end) => {
  if (start < 0) return column.appendNull();
  if (end - start !== dateBytes) throw new ProtocolViolation("a date is not ten characters long");
  const day = parseDay(bytes, start);
  if (day !== day) return appendInexactNull(column, inexact);
  column.appendInt32(day);
};

/** `2024-02-29` and `2024-02-29 12:34:56`. */
const dateBytes = 10;
const timestampBytes = 19;

/** `2024-02-29 12:34:56.789` as microseconds, with up to six digits of fraction. */
export const appendTimestamp: TextAppender = (column, inexact) => (bytes, start, end) => {
  if (start < 0) return column.appendNull();
  if (end - start < timestampBytes) throw new ProtocolViolation("a date and time are cut short");
  const day = parseDay(bytes, start);
  if (day !== day) return appendInexactNull(column, inexact);
  const hours = twoDigits(bytes, start + 11);
  const seconds = day * 86_400 + hours * 3600 + twoDigits(bytes, start + 14) * 60 + twoDigits(bytes, start + 17);
  let micros = 0;
  for (let at = start + 20; at < start + 26; at++) micros = micros * 10 + (at < end ? digit(bytes[at] ?? 0) : 0);
  appendMicros(column, seconds, micros);
};

function appendInexactNull(column: ColumnBuffer, inexact: (what: string) => void): void {
  inexact("a date with a zero month or day, or a day that its month does not have, became null");
  column.appendNull();
}

/** Seconds × 10⁶ exceeds 2^53 after the year 2255, so the multiplication is done in two parts. */
function appendMicros(column: ColumnBuffer, seconds: number, micros: number): void {
  const upper = Math.floor(seconds / 65_536);
  const lower = seconds - upper * 65_536;
  const upperMicros = upper * 1_000_000;
  const highPart = Math.floor(upperMicros / 65_536);
  const rest = (upperMicros - highPart * 65_536) * 65_536 + lower * 1_000_000 + micros;
  const carry = Math.floor(rest / two32);
  column.appendInt64(highPart + carry, rest - carry * two32);
}

/** Days since 1970-01-01 for the first of each month of the years 0 to 9999; filled when first needed. */
const monthStarts = new Int32Array(10_000 * 12);
let monthsFilled = false;
const monthLengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function fillMonths(): void {
  let day = -719_528;
  for (let year = 0; year < 10_000; year++) {
    const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
    for (let month = 0; month < 12; month++) {
      monthStarts[year * 12 + month] = day;
      day += (monthLengths[month] ?? 0) + (leap && month === 1 ? 1 : 0);
    }
  }
  monthsFilled = true;
}

/** NaN for a zero or partial date, and for a day that its month does not have (`2024-02-31`). */
function parseDay(bytes: Buffer, start: number): number {
  if (!monthsFilled) fillMonths();
  const year = twoDigits(bytes, start) * 100 + twoDigits(bytes, start + 2);
  const month = twoDigits(bytes, start + 5);
  const day = twoDigits(bytes, start + 8);
  if (month > 12) throw new ProtocolViolation("a date has a month above 12");
  if (month === 0 || day === 0) return Number.NaN;
  const first = monthStarts[year * 12 + month - 1] ?? 0;
  if (day > 28 && day > daysIn(year, month)) return Number.NaN;
  return first + day - 1;
}

function daysIn(year: number, month: number): number {
  if (month !== 2) return monthLengths[month - 1] ?? 0;
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
}

function twoDigits(bytes: Buffer, at: number): number {
  return digit(bytes[at] ?? 0) * 10 + digit(bytes[at + 1] ?? 0);
}

const uuidBytes = new Uint8Array(16);

export const appendUuid: TextAppender = (column) => (bytes, start, end) => {
  if (start < 0) return column.appendNull();
  let nibble = 0;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === minus) continue;
    const value = byte <= 57 ? byte - zero : (byte | 32) - 87;
    if (value < 0 || value > 15) throw new ProtocolViolation("a uuid has a character that is not a hexadecimal digit");
    uuidBytes[nibble >>> 1] = nibble & 1 ? (uuidBytes[nibble >>> 1] ?? 0) | value : value << 4;
    nibble++;
  }
  if (nibble !== 32) throw new ProtocolViolation("a uuid does not have 32 digits");
  column.appendFixed16(uuidBytes, 0);
};
