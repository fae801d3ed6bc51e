/**
 * Splits the bytes of a text-protocol result set into values; packets may cross chunk boundaries, and rows may span
 * packets. Not a driver: it does not write and knows no SQL. Fast path: a packet that is complete in a chunk is read in
 * place.
 * Invariant: every length is checked against the end of its packet before it is used; a `ProtocolViolation` ends the
 * result.
 * Protocol: MySQL client/server, `COM_QUERY` response, both with and without CLIENT_DEPRECATE_EOF.
 */
import { mostWireBytes, ProtocolViolation } from "../../base/protocol-violation.ts";
import type { ServerFailure } from "./failures.ts";

/** Appends the value `bytes[start, end)`; a `start` of -1 means null. */
export type ValueAppender = (bytes: Buffer, start: number, end: number) => void;

export interface TextResultTarget {
  readonly appenders: readonly ValueAppender[];
  rowDone(): void;
  /**
   * Receives the bytes of one or more rows including packet headers, every row once and in order. Valid only during the
   * call.
   */
  readonly rowBytes?: ((bytes: Buffer) => void) | undefined;
  /** Called once when the result has ended, with its last row or with the server's error. */
  ended(failure: ServerFailure | undefined): void;
}

const headerBytes = 4;
const fullPacket = 0xffffff;
const nullMark = 0xfb;
const endMark = 0xfe;
const errorMark = 0xff;

export class TextResult {
  readonly #target: TextResultTarget;
  /** Column definitions still to come; -1 before the first packet. */
  #definitions = -1;
  /**
   * Without CLIENT_DEPRECATE_EOF, an EOF packet (5 bytes) separates definitions and rows, and another one ends the
   * rows. With it, a single OK packet (7 bytes or more) ends the rows. So the first packet of 5 bytes does not end the
   * result.
   */
  #awaitsEof = true;
  #ended = false;
  /** The start of a packet whose rest has not arrived yet. */
  #partial: Buffer = Buffer.allocUnsafe(64 * 1024);
  #partialSize = 0;
  /** Payloads of full packets that continue in the next one. */
  #long: Buffer[] = [];
  #longSize = 0;

  constructor(target: TextResultTarget) {
    this.#target = target;
  }

  /** Whether a packet has arrived only in part. */
  get isPartial(): boolean {
    return this.#partialSize > 0;
  }

  /** Bytes after the end of the result are discarded. */
  execute(chunk: Buffer): void {
    if (this.#ended) return;
    let at = this.#partialSize > 0 ? this.#completePartial(chunk) : 0;
    const end = chunk.length;
    let rowsFrom = at;
    while (end - at >= headerBytes && !this.#ended) {
      const length = packetLength(chunk, at);
      const next = at + headerBytes + length;
      if (next > end) break;
      if (!this.#packet(chunk, at + headerBytes, next)) {
        this.#passRows(chunk, rowsFrom, at);
        rowsFrom = next;
      }
      at = next;
    }
    this.#passRows(chunk, rowsFrom, at);
    if (at < end && !this.#ended) this.#keepPartial(chunk, at);
  }

  #passRows(bytes: Buffer, start: number, end: number): void {
    if (end > start) this.#target.rowBytes?.(bytes.subarray(start, end));
  }

  /** Completes the current packet from the chunk; returns where the next packet starts. */
  #completePartial(chunk: Buffer): number {
    let at = 0;
    while (this.#partialSize < headerBytes && at < chunk.length) this.#partial[this.#partialSize++] = chunk[at++] ?? 0;
    if (this.#partialSize < headerBytes) return at;
    const whole = headerBytes + packetLength(this.#partial, 0);
    const taken = Math.min(whole - this.#partialSize, chunk.length - at);
    this.#reserve(whole);
    chunk.copy(this.#partial, this.#partialSize, at, at + taken);
    this.#partialSize += taken;
    if (this.#partialSize === whole) {
      this.#partialSize = 0;
      if (this.#packet(this.#partial, headerBytes, whole)) this.#passRows(this.#partial, 0, whole);
    }
    return at + taken;
  }

  #keepPartial(chunk: Buffer, from: number): void {
    const size = chunk.length - from;
    if (size >= headerBytes) this.#reserve(headerBytes + packetLength(chunk, from));
    chunk.copy(this.#partial, 0, from);
    this.#partialSize = size;
  }

  #reserve(bytes: number): void {
    if (bytes <= this.#partial.length) return;
    const larger = Buffer.allocUnsafeSlow(bytes);
    this.#partial.copy(larger, 0, 0, this.#partialSize);
    this.#partial = larger;
  }

  /** True for a packet that is a row or part of one; nothing else can fill a packet. */
  #packet(bytes: Buffer, start: number, end: number): boolean {
    if (end - start === fullPacket) {
      if (this.#definitions !== 0) throw new ProtocolViolation("the description of a result is larger than 16 MB");
      this.#longSize += fullPacket;
      if (this.#longSize > mostWireBytes) throw new ProtocolViolation("a row is larger than 1 GB");
      this.#long.push(Buffer.from(bytes.subarray(start, end)));
      return true;
    }
    if (this.#long.length === 0) return this.#payload(bytes, start, end);
    const payload = Buffer.concat([...this.#long, bytes.subarray(start, end)]);
    this.#long = [];
    this.#longSize = 0;
    return this.#payload(payload, 0, payload.length);
  }

  /** True if the payload is a row. */
  #payload(bytes: Buffer, start: number, end: number): boolean {
    if (start === end) throw new ProtocolViolation("a packet is empty");
    const mark = bytes[start];
    if (mark === errorMark) {
      this.#end(parseError(bytes, start, end));
    } else if (this.#definitions > 0) {
      this.#definitions--;
    } else if (this.#definitions < 0) {
      this.#head(bytes, start, end);
    } else if (mark === endMark && end - start < fullPacket) {
      this.#endMark(end - start);
    } else {
      this.#row(bytes, start, end);
      return true;
    }
    return false;
  }

  #head(bytes: Buffer, start: number, end: number): void {
    const first = bytes[start] ?? 0;
    if (first === 0) return this.#end({ message: "the statement gave no result set" });
    if (first === nullMark) throw new ProtocolViolation("the server asked for a local file");
    const { columns } = readHead(bytes, start, end);
    const wanted = this.#target.appenders.length;
    if (columns !== wanted)
      throw new ProtocolViolation(`the server sent ${columns} columns, but ${wanted} were asked for`);
    this.#definitions = columns;
  }

  #endMark(length: number): void {
    if (this.#awaitsEof && length === 5) {
      this.#awaitsEof = false;
      return;
    }
    this.#end(undefined);
  }

  #row(bytes: Buffer, start: number, end: number): void {
    const { appenders } = this.#target;
    let at = start;
    for (let column = 0; column < appenders.length; column++) {
      const append = appenders[column] as ValueAppender;
      if (at >= end) throw new ProtocolViolation("a row has fewer values than columns");
      let length = bytes[at++] ?? 0;
      if (length === nullMark) {
        append(bytes, -1, -1);
        continue;
      }
      if (length > nullMark) {
        const size = length === 0xfc ? 2 : length === 0xfd ? 3 : 8;
        length = longLength(bytes, { at, size, end });
        at += size;
      }
      if (length > end - at) throw new ProtocolViolation("a value is longer than the packet it is in");
      append(bytes, at, at + length);
      at += length;
    }
    if (at !== end) throw new ProtocolViolation("a row is longer than its values");
    this.#target.rowDone();
  }

  #end(failure: ServerFailure | undefined): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#target.ended(failure);
  }
}

/** The statement as a `COM_QUERY`, divided into packets. */
export function queryPacket(statement: string): Buffer {
  const payload = Buffer.from(`\u0003${statement}`, "utf8");
  const packets: Buffer[] = [];
  for (let at = 0, sequence = 0; at <= payload.length; at += fullPacket, sequence++) {
    const part = payload.subarray(at, at + fullPacket);
    const header = Buffer.alloc(headerBytes);
    header.writeUIntLE(part.length, 0, 3);
    header[3] = sequence;
    packets.push(header, part);
  }
  return Buffer.concat(packets);
}

function packetLength(bytes: Buffer, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16);
}

/** The number of columns, as a length of one byte or of two bytes after 0xfc; no table has more columns than that. */
function readHead(bytes: Buffer, start: number, end: number): { readonly columns: number } {
  const first = bytes[start] ?? 0;
  if (first < nullMark) return { columns: first };
  if (first !== 0xfc || end - start < 3) throw new ProtocolViolation("the number of columns cannot be read");
  return { columns: bytes.readUInt16LE(start + 1) };
}

/** A length of two, three or eight bytes. Of eight bytes, the upper two must be zero, because no value is that long. */
function longLength(bytes: Buffer, { at, size, end }: { at: number; size: number; end: number }): number {
  if (at + size > end) throw new ProtocolViolation("a length goes beyond its packet");
  if (size === 8 && bytes.readUInt16LE(at + 6) !== 0)
    throw new ProtocolViolation("a value is longer than any value can be");
  return bytes.readUIntLE(at, Math.min(size, 6));
}

/** ERR packet: mark, two bytes of error number, `#` and five bytes of SQL state, the message. */
function parseError(bytes: Buffer, start: number, end: number): ServerFailure {
  if (end - start < 3) throw new ProtocolViolation("an error packet is cut short");
  const hasState = end - start >= 9 && bytes[start + 3] === 0x23;
  return { errno: bytes.readUInt16LE(start + 1), message: bytes.toString("utf8", start + (hasState ? 9 : 3), end) };
}
