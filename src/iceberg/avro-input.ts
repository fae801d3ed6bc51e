/**
 * Reads Avro's binary encoding (Avro 1.11 specification, "Binary Encoding") value by value without boxing: a 64-bit
 * integer is two halves, a text or bytes value is a place in the buffer.
 * Invariant: nothing is read beyond the end, and a count is refused if the remaining bytes cannot hold that many items.
 */
import { HeadgateError } from "../errors.ts";

export class AvroInput {
  readonly bytes: Buffer;
  at = 0;
  /** The two halves of the 64-bit integer read last, as signed 32-bit integers. */
  high = 0;
  low = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  /** Reads into `high` and `low`. Throws DATA_FILE_CORRUPT, as do all the methods below. */
  long(): void {
    let low = 0;
    let high = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.bytes[this.at++];
      if (byte === undefined || shift > 63) throw damaged("a value is cut off");
      const bits = byte & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high = bits >>> 4;
      } else high |= bits << (shift - 32);
      if (byte < 0x80) break;
    }
    const sign = -(low & 1);
    this.low = ((low >>> 1) | (high << 31)) ^ sign;
    this.high = (high >>> 1) ^ sign;
  }

  int(): number {
    this.long();
    if (this.high !== this.low >> 31) throw damaged("a number is too large for its type");
    return this.low;
  }

  /** Skips this many bytes and returns where they begin. */
  take(length: number): number {
    const start = this.at;
    if (length < 0 || start + length > this.bytes.length) throw damaged("a value is cut off");
    this.at = start + length;
    return start;
  }

  /** Number of items in the next block of a list or map, each of at least one byte; 0 at its end. */
  itemCount(): number {
    const count = this.int();
    if (count < 0) this.long();
    if (Math.abs(count) > this.bytes.length - this.at) throw damaged("a list has more items than bytes");
    return Math.abs(count);
  }

  text(): string {
    const length = this.int();
    const start = this.take(length);
    return this.bytes.toString("utf8", start, start + length);
  }
}

function damaged(message: string): HeadgateError {
  return new HeadgateError("DATA_FILE_CORRUPT", { message });
}
