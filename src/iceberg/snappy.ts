/**
 * Decompresses Snappy's raw format (Snappy compressed format description), because Node cannot. The framed format for
 * streams is not supported.
 * Invariant: nothing is read before the start of the output or written beyond its declared length.
 */
import { HeadgateError } from "../errors.ts";

interface Piece {
  readonly isCopy: boolean;
  readonly length: number;
  /** How far back a copy begins. */
  readonly distance: number;
  /** The offset after the tag, at which a literal's bytes or the next tag begin. */
  readonly next: number;
}

/** Throws DATA_FILE_CORRUPT. */
export function snappyDecompress(data: Buffer): Buffer {
  let [size, at] = lengthOf(data);
  const text = Buffer.allocUnsafe(size);
  let written = 0;
  while (at < data.length) {
    const { isCopy, length, distance, next } = pieceAt(data, at);
    if (written + length > size) throw damaged();
    if (isCopy) copyBack(text, { at: written, distance, length });
    else if (data.copy(text, written, next, next + length) < length) throw damaged();
    written += length;
    at = isCopy ? next : next + length;
  }
  if (written !== size) throw damaged();
  return text;
}

/**
 * A tag of three bytes copies at most 64 bytes, so the output is never larger than the input by more than this factor.
 */
const mostGrowth = 64;

function lengthOf(data: Buffer): [length: number, next: number] {
  let length = 0;
  for (let at = 0; at < 5; at++) {
    const byte = data[at] ?? 0x80;
    length += (byte & 0x7f) * 128 ** at;
    if (byte < 0x80 && length <= data.length * mostGrowth) return [length, at + 1];
  }
  throw damaged();
}

function pieceAt(data: Buffer, at: number): Piece {
  const tag = data[at] ?? 0;
  const kind = tag & 3;
  if (kind === 0) return literalAt(data, at);
  const bytes = kind === 3 ? 4 : kind;
  if (at + 1 + bytes > data.length) throw damaged();
  const low = data.readUIntLE(at + 1, bytes);
  const next = at + 1 + bytes;
  if (kind === 1) return { isCopy: true, length: ((tag >>> 2) & 7) + 4, distance: ((tag >>> 5) << 8) | low, next };
  return { isCopy: true, length: (tag >>> 2) + 1, distance: low, next };
}

function literalAt(data: Buffer, at: number): Piece {
  const short = (data[at] ?? 0) >>> 2;
  const bytes = short < 60 ? 0 : short - 59;
  if (at + 1 + bytes > data.length) throw damaged();
  const length = (bytes === 0 ? short : data.readUIntLE(at + 1, bytes)) + 1;
  return { isCopy: false, length, distance: 0, next: at + 1 + bytes };
}

/** A copy may overlap its own output, which repeats a few bytes. */
function copyBack(text: Buffer, { at, distance, length }: { at: number; distance: number; length: number }): void {
  if (distance === 0 || distance > at) throw damaged();
  for (let index = at; index < at + length; index++) text[index] = text[index - distance] ?? 0;
}

function damaged(): HeadgateError {
  return new HeadgateError("DATA_FILE_CORRUPT", { message: "a block compressed with snappy is damaged" });
}
