/**
 * Reads the answer to `copy (…) to stdout (format binary)`: the frontend/backend protocol's messages and, in each `CopyData`, one
 * row in binary COPY format (PostgreSQL manual, "Message Formats" and "COPY", binary format). It appends values to column
 * buffers straight from the bytes and makes no object a row.
 */
import type { Duplex } from "node:stream";
import { must } from "../../base/must.ts";
import type { ColumnBuffer } from "../../engine/column-buffer.ts";
import type { RowSink } from "../../sync/source.ts";
import { int32, type Appender } from "./appenders.ts";
import type { PostgresConnection } from "./connection.ts";
import { statementFailure } from "./failures.ts";

interface CopyParts {
  readonly statement: string;
  readonly sink: RowSink;
  readonly appenders: readonly Appender[];
  readonly signal: AbortSignal;
  /** Names the table in errors. */
  readonly place: string;
}

/** Throws SOURCE_LOST, SOURCE_FAILED, SOURCE_RIGHT_MISSING, or the signal's reason; the connection is then not usable any more unless the server answered. */
export async function readCopy(connection: PostgresConnection, parts: CopyParts): Promise<void> {
  parts.signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const state: { stream?: Duplex; draining: boolean; ended: boolean } = { draining: false, ended: false };
  const fail = (failure: unknown): void => reject(statementFailure(failure, parts.place));
  const rows = rowReader(parts, { done: resolve, failed: fail });
  const afterChunk = (): void => {
    if (state.draining || !parts.sink.full) return;
    state.draining = true;
    const stream = must(state.stream, "the stream");
    stream.pause();
    parts.sink.drain().then(
      () => {
        state.draining = false;
        stream.resume();
      },
      (failure: unknown) => reject(failure),
    );
  };
  const receive = (bytes: Buffer): void => {
    try {
      rows.chunk(bytes);
      afterChunk();
    } catch (failure) {
      reject(failure);
    }
  };
  const abort = (): void => reject(parts.signal.reason);
  const { stream, release } = connection.takeOver({ chunk: receive, failed: fail }, parts.statement);
  state.stream = stream;
  parts.signal.addEventListener("abort", abort, { once: true });
  try {
    await promise;
  } catch (failure) {
    if (!rows.isFinished()) stream.destroy();
    throw failure;
  } finally {
    parts.signal.removeEventListener("abort", abort);
    release();
    stream.resume();
  }
}

interface RowReader {
  chunk(bytes: Buffer): void;
  /** True once the server is ready for the next statement. */
  isFinished(): boolean;
}

const copyData = 0x64;
const errorResponse = 0x45;
const readyForQuery = 0x5a;
const headBytes = 5;

function rowReader(parts: CopyParts, answer: { done: () => void; failed: (failure: unknown) => void }): RowReader {
  /** A message that began in an earlier chunk: whole once `filled` reaches its length. */
  let partial: Buffer | undefined;
  let filled = 0;
  let rest: Buffer = Buffer.alloc(0);
  let isFinished = false;
  let failure: unknown;
  const appendRows = rowAppender(parts);

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
    }
  };
  /** Handles every whole message and returns where the first incomplete one begins. */
  const messages = (bytes: Buffer): number => {
    let at = 0;
    while (bytes.length - at >= headBytes) {
      const end = at + 1 + int32(bytes, at + 1);
      if (end > bytes.length) break;
      message(bytes, at, end);
      at = end;
    }
    return at;
  };
  return {
    isFinished: () => isFinished,
    chunk(chunk) {
      let bytes = chunk;
      if (partial !== undefined) {
        const taken = chunk.copy(partial, filled);
        filled += taken;
        if (filled < partial.length) return;
        message(partial, 0, partial.length);
        partial = undefined;
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
      partial = Buffer.allocUnsafe(1 + tail.readInt32BE(1));
      filled = tail.copy(partial);
    },
  };
}

/** Signature, flags and the header extension's length. */
const copyHeaderBytes = 19;

/** Appends the rows in `bytes[start, end)`. The first ones come behind the file header; a field count of −1 is the trailer. */
function rowAppender({ sink, appenders }: CopyParts): (bytes: Buffer, start: number, end: number) => void {
  const { columns } = sink;
  const width = appenders.length;
  let isFirst = true;
  return (bytes, start, end) => {
    let at = isFirst ? start + copyHeaderBytes + bytes.readInt32BE(start + copyHeaderBytes - 4) : start;
    isFirst = false;
    while (at < end) {
      const fields = ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
      at += 2;
      if (fields === 0xffff) break;
      if (fields !== width) throw new TypeError(`expected ${width} fields, got ${fields}`);
      for (let column = 0; column < width; column++) {
        const length = int32(bytes, at);
        at += 4;
        const buffer = columns[column] as ColumnBuffer;
        if (length < 0) {
          buffer.appendNull();
          continue;
        }
        (appenders[column] as Appender)(buffer, bytes, at, length);
        at += length;
      }
      sink.rowDone();
    }
  };
}

/** `ErrorResponse`: fields of a letter and a text, ended by zeros. `C` is the SQLSTATE, `M` the message. */
function serverError(bytes: Buffer): Error {
  const fields = new Map(
    bytes
      .toString("utf8")
      .split("\0")
      .filter((field) => field.length > 0)
      .map((field) => [field.charAt(0), field.slice(1)]),
  );
  return Object.assign(new Error(fields.get("M") ?? "the server reported an error"), { code: fields.get("C") });
}
