/**
 * Appends binary values to their column buffers (the format of each type's `…send` function in PostgreSQL). Values that
 * the lake cannot hold become null and are counted. Hot code: bytes in, bytes out, no object per value.
 * Invariant: no appender reads a byte outside its value; a value whose length does not fit its type throws a
 * `ProtocolViolation`.
 */
import { ProtocolViolation } from "../../base/protocol-violation.ts";
import type { ColumnBuffer } from "../../engine/column-buffer.ts";

export type BinaryAppender = (column: ColumnBuffer, bytes: Buffer, start: number, length: number) => void;

/** Counts a value that cannot be held. */
export type Inexact = (what: string) => void;

export const appendBytes: BinaryAppender = (column, bytes, start, length) =>
  column.appendBytes(bytes, start, start + length);

function expectLength(length: number, expected: number): void {
  if (length !== expected) throw new ProtocolViolation(`a value has ${length} bytes, but its type has ${expected}`);
}

/** jsonb: a version byte, then text. */
export const appendJsonb: BinaryAppender = (column, bytes, start, length) => {
  if (length < 1) throw new ProtocolViolation("a jsonb value has no version");
  column.appendBytes(bytes, start + 1, start + length);
};

export const appendBoolean: BinaryAppender = (column, bytes, start, length) => {
  expectLength(length, 1);
  column.appendInt32(bytes[start] === 0 ? 0 : 1);
};

export const appendInt2: BinaryAppender = (column, bytes, start, length) => {
  expectLength(length, 2);
  column.appendInt32((((bytes[start] ?? 0) << 24) >> 16) | (bytes[start + 1] ?? 0));
};

export const appendInt4: BinaryAppender = (column, bytes, start, length) => {
  expectLength(length, 4);
  column.appendInt32(int32(bytes, start));
};

export const appendUnsignedInt4: BinaryAppender = (column, bytes, start, length) => {
  expectLength(length, 4);
  column.appendInt64(0, int32(bytes, start));
};

export const appendInt8: BinaryAppender = (column, bytes, start, length) => {
  expectLength(length, 8);
  column.appendInt64(int32(bytes, start), int32(bytes, start + 4));
};

export const appendFloat4: BinaryAppender = (column, bytes, start, length) => {
  expectLength(length, 4);
  column.appendFloat(bytes.readFloatBE(start));
};

export const appendFloat8: BinaryAppender = (column, bytes, start, length) => {
  expectLength(length, 8);
  column.appendDouble(bytes.readDoubleBE(start));
};

export const appendUuid: BinaryAppender = (column, bytes, start, length) => {
  expectLength(length, 16);
  column.appendFixed16(bytes, start);
};

/** Days from 1970-01-01 to PostgreSQL's epoch, 2000-01-01. */
const epochDays = 10_957;
const epochMicros = 946_684_800_000_000;

export const appendDate =
  (inexact: Inexact): BinaryAppender =>
  (column, bytes, start, length) => {
    expectLength(length, 4);
    const days = int32(bytes, start);
    if (days === 0x7fffffff || days === -0x80000000) {
      column.appendNull();
      inexact("infinite date, held as null");
    } else column.appendInt32(days + epochDays);
  };

/** The engine's last timestamp is in the year 294247, PostgreSQL's in 294276. */
const lastMicros = 9_223_372_036_854_775_806n - BigInt(epochMicros);

export const appendTimestamp =
  (inexact: Inexact): BinaryAppender =>
  (column, bytes, start, length) => {
    expectLength(length, 8);
    const high = int32(bytes, start);
    const micros = high * 4_294_967_296 + (int32(bytes, start + 4) >>> 0);
    if (micros > -8e15 && micros < 8e15) return column.appendSafeInteger(micros + epochMicros);
    const exact = bytes.readBigInt64BE(start);
    if (exact <= -0x8000000000000000n || exact > lastMicros) {
      column.appendNull();
      return inexact(
        exact === 0x7fffffffffffffffn || exact < 0n
          ? "infinite timestamp, held as null"
          : "timestamp beyond the year 294247, held as null",
      );
    }
    column.appendBigInt64(exact + BigInt(epochMicros));
  };

const dayMicros = 86_400_000_000;

export const appendTime =
  (inexact: Inexact): BinaryAppender =>
  (column, bytes, start, length) => {
    expectLength(length, 8);
    const micros = int32(bytes, start) * 4_294_967_296 + (int32(bytes, start + 4) >>> 0);
    if (micros === dayMicros) {
      column.appendNull();
      inexact("24:00:00, held as null");
    } else column.appendSafeInteger(micros);
  };

/** numeric(precision, scale) as an unscaled integer; precision up to 18. NaN and infinities become null. */
export function appendNumeric({ scale, inexact }: { scale: number; inexact: Inexact }): BinaryAppender {
  return (column, bytes, start, length) => {
    expectNumeric(bytes, start, length);
    if (isSpecial(bytes, start)) {
      column.appendNull();
      return inexact("NaN or infinity, held as null");
    }
    const unscaled = unscaledNumber(bytes, start, scale);
    if (unscaled === undefined) column.appendBigInt64(within(unscaledBig(bytes, start, scale), 64));
    else column.appendSafeInteger(unscaled);
  };
}

/** numeric(precision, scale) of more than 18 digits as a 16-byte big-endian integer. */
export function appendWideNumeric({ scale, inexact }: { scale: number; inexact: Inexact }): BinaryAppender {
  const sixteen = Buffer.alloc(16);
  return (column, bytes, start, length) => {
    expectNumeric(bytes, start, length);
    if (isSpecial(bytes, start)) {
      column.appendNull();
      return inexact("NaN or infinity, held as null");
    }
    const value = within(unscaledBig(bytes, start, scale), 128);
    sixteen.writeBigInt64BE(value >> 64n, 0);
    sixteen.writeBigUInt64BE(BigInt.asUintN(64, value), 8);
    column.appendFixed16(sixteen, 0);
  };
}

/** Four two-byte numbers (digits, weight, sign, scale), then the digits. */
function expectNumeric(bytes: Buffer, start: number, length: number): void {
  if (length < 8 || length !== 8 + 2 * int16(bytes, start))
    throw new ProtocolViolation("a numeric value does not have as many digits as it announces");
}

function within(value: bigint, bits: 64 | 128): bigint {
  if (BigInt.asIntN(bits, value) !== value) throw new ProtocolViolation("a numeric value is too large for its type");
  return value;
}

/** Sign 0xC000 means NaN; 0xD000 and 0xF000 mean the infinities. */
function isSpecial(bytes: Buffer, start: number): boolean {
  return (bytes[start + 4] ?? 0) >= 0xc0;
}

const powers = Array.from({ length: 16 }, (_, exponent) => 10 ** exponent);

/** Digits in base 10000; the first one is worth 10000^weight. Undefined if a double might not stay exact on the way. */
function unscaledNumber(bytes: Buffer, start: number, scale: number): number | undefined {
  const digits = int16(bytes, start);
  if (digits > 4 || (digits === 4 && int16(bytes, start + 8) > 900)) return undefined;
  let value = 0;
  for (let index = 0, at = start + 8; index < digits; index++, at += 2) value = value * 10_000 + int16(bytes, at);
  const exponent = (int16(bytes, start + 2) - digits + 1) * 4 + scale;
  if (exponent > 15 || exponent < -15) return undefined;
  const unscaled = exponent >= 0 ? value * (powers[exponent] ?? 0) : value / (powers[-exponent] ?? 0);
  if (unscaled > Number.MAX_SAFE_INTEGER) return undefined;
  return isNegative(bytes, start) ? 0 - unscaled : unscaled;
}

function unscaledBig(bytes: Buffer, start: number, scale: number): bigint {
  const digits = int16(bytes, start);
  let value = 0n;
  for (let index = 0, at = start + 8; index < digits; index++, at += 2)
    value = value * 10_000n + BigInt(int16(bytes, at));
  const exponent = (int16(bytes, start + 2) - digits + 1) * 4 + scale;
  const unscaled = exponent >= 0 ? value * 10n ** BigInt(exponent) : value / 10n ** BigInt(-exponent);
  return isNegative(bytes, start) ? -unscaled : unscaled;
}

function isNegative(bytes: Buffer, start: number): boolean {
  return bytes[start + 4] === 0x40;
}

function int16(bytes: Buffer, at: number): number {
  return (((bytes[at] ?? 0) << 24) >> 16) | (bytes[at + 1] ?? 0);
}

/** Big-endian, signed. */
export function int32(bytes: Buffer, at: number): number {
  return ((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
}
