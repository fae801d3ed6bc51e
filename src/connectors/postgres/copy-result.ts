/**
 * Splits the answer to `copy (…) to stdout (format binary)` into values: messages of the frontend/backend protocol
 * across any chunk boundaries and, in each `CopyData`, one row in binary COPY format (PostgreSQL manual, "Message
 * Formats" and "COPY", binary format). It appends values to column buffers straight from the bytes and creates no
 * object per row. Not a connection.
 * Invariant: every length is checked against the end of its message before it is used; a violation of the protocol
 * throws a `ProtocolViolation`.
 */
import { mostWireBytes, ProtocolViolation } from "../../base/protocol-violation.ts";
import { mostDriverBytes } from "../../base/wire-guard.ts";
import type { ColumnBuffer } from "../../engine/column-buffer.ts";
import type { RowSink } from "../../sync/source.ts";
import { int32, type BinaryAppender } from "./binary-appenders.ts";
import { asideWatch } from "./aside-watch.ts";

export interface CopyTarget {
  readonly sink: Pick<RowSink, "columns" | "rowDone">;
  readonly appenders: readonly BinaryAppender[];
}

export interface CopyAnswer {
  /** The server sent every row and is ready for the next statement. */
  done(): void;
  /** The server reported an error and is ready for the next statement. */
  failed(failure: unknown): void;
}

export interface CopyResult {
  chunk(bytes: Buffer): void;
  /** True once the server is ready for the next statement. */
  isFinished(): boolean;
  /** The server's error so far: its last words when it ends the session instead of getting ready. */
  reported(): unknown;
  /** Whether a message has arrived only in part. */
  isPartial(): boolean;
}

const copyData = 0x64;
const errorResponse = 0x45;
const readyForQuery = 0x5a;
/** Kind and length; the length includes itself. */
const headBytes = 5;
/** The buffer for a message grows with the bytes that arrive, because the announced length cannot be trusted. */
const partialBytes = 256 * 1024;

export function copyResult(target: CopyTarget, answer: CopyAnswer): CopyResult {
  /** A message that began in an earlier chunk; complete once `filled` reaches `partialSize`. */
  let partial: Buffer | undefined;
  let partialSize = 0;
  let filled = 0;
  let rest: Buffer = Buffer.alloc(0);
  let isFinished = false;
  let failure: unknown;
  const appendRows = rowAppender(target);
  const aside = asideWatch();

  const message = (bytes: Buffer, start: number, end: number): void => {
    const kind = bytes[start];
    if (kind === copyData) {
      appendRows(bytes, start + headBytes, end);
    } else if (kind === errorResponse) {
      failure = serverError(bytes.subarray(start + headBytes, end));
    } else if (kind === readyForQuery) {
      isFinished = true;
      if (failure === undefined) answer.done();
      else answer.failed(failure);
    } else {
      aside(kind as number, end - start);
    }
  };
  /** Handles every complete message and returns where the first incomplete one begins. */
  const messages = (bytes: Buffer): number => {
    let at = 0;
    while (bytes.length - at >= headBytes) {
      const end = at + messageSize(bytes, at);
      if (end > bytes.length) break;
      message(bytes, at, end);
      at = end;
    }
    return at;
  };
  return {
    isFinished: () => isFinished,
    reported: () => failure,
    isPartial: () => partial !== undefined || rest.length > 0,
    chunk(chunk) {
      let bytes = chunk;
      if (partial !== undefined) {
        const taken = Math.min(partialSize - filled, chunk.length);
        partial = withRoom(partial, { filled, needed: filled + taken });
        chunk.copy(partial, filled, 0, taken);
        filled += taken;
        if (filled < partialSize) return;
        const whole = partial;
        partial = undefined;
        message(whole, 0, partialSize);
        bytes = chunk.subarray(taken);
      } else if (rest.length > 0) {
        bytes = Buffer.concat([rest, chunk]);
        rest = Buffer.alloc(0);
      }
      const tail = bytes.subarray(messages(bytes));
      if (tail.length < headBytes) {
        rest = Buffer.from(tail);
        return;
      }
      partialSize = messageSize(tail, 0);
      partial = Buffer.allocUnsafe(Math.min(partialSize, Math.max(partialBytes, tail.length)));
      filled = tail.copy(partial);
    },
  };
}

/** Size of the message at `at`, including kind and length. */
function messageSize(bytes: Buffer, at: number): number {
  const length = int32(bytes, at + 1);
  const most = bytes[at] === copyData ? mostWireBytes : mostDriverBytes;
  if (length < headBytes - 1 || length > most)
    throw new ProtocolViolation(`a message has the impossible length of ${length} bytes`);
  return length + 1;
}

function withRoom(buffer: Buffer, { filled, needed }: { filled: number; needed: number }): Buffer {
  if (needed <= buffer.length) return buffer;
  const larger = Buffer.allocUnsafe(Math.max(needed, buffer.length * 2));
  buffer.copy(larger, 0, 0, filled);
  return larger;
}

/** Signature, flags and the header extension's length. */
const copyHeaderBytes = 19;

/**
 * Appends the rows in `bytes[start, end)`. The first rows follow the file header; a field count of −1 is the trailer.
 */
function rowAppender({ sink, appenders }: CopyTarget): (bytes: Buffer, start: number, end: number) => void {
  const { columns } = sink;
  const width = appenders.length;
  let isFirst = true;
  return (bytes, start, end) => {
    let at = isFirst ? afterHeader(bytes, start, end) : start;
    isFirst = false;
    while (at < end) {
      if (end - at < 2) throw new ProtocolViolation("a row is cut short");
      const fields = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
      at += 2;
      if (fields === 0xffff) break;
      if (fields !== width) throw new ProtocolViolation(`a row has ${fields} values, but ${width} were asked for`);
      for (let column = 0; column < width; column++) {
        if (end - at < 4) throw new ProtocolViolation("a row is cut short");
        const length = int32(bytes, at);
        at += 4;
        const buffer = columns[column] as ColumnBuffer;
        if (length === -1) {
          buffer.appendNull();
          continue;
        }
        if (length < 0 || length > end - at) throw new ProtocolViolation("a value is longer than the message it is in");
        (appenders[column] as BinaryAppender)(buffer, bytes, at, length);
        at += length;
      }
      sink.rowDone();
    }
  };
}

function afterHeader(bytes: Buffer, start: number, end: number): number {
  if (end - start < copyHeaderBytes) throw new ProtocolViolation("the header of the copy is cut short");
  const extension = bytes.readUInt32BE(start + copyHeaderBytes - 4);
  if (extension > end - start - copyHeaderBytes) throw new ProtocolViolation("the header of the copy is cut short");
  return start + copyHeaderBytes + extension;
}

/**
 * `ErrorResponse`: fields of a letter and a text, each ended by a zero byte. `C` is the SQLSTATE, `M` the message, `V`
 * the severity.
 */
function serverError(bytes: Buffer): Error {
  const fields = new Map(
    bytes
      .toString("utf8")
      .split("\0")
      .filter((field) => field.length > 0)
      .map((field) => [field.charAt(0), field.slice(1)]),
  );
  return Object.assign(new Error(fields.get("M") ?? "the server reported an error"), {
    code: fields.get("C"),
    severity: fields.get("V"),
  });
}
