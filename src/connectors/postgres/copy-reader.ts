/**
 * Reads one `copy (…) to stdout (format binary)` from a connection into a sink, with back-pressure and abort.
 * copy-result.ts parses the bytes.
 * Invariant: after a failure the connection is closed, unless the server's answer was complete.
 */
import type { Duplex } from "node:stream";
import { dripWatch } from "../../base/drip-watch.ts";
import { must } from "../../base/must.ts";
import { ProtocolViolation } from "../../base/protocol-violation.ts";
import type { RowSink } from "../../sync/source.ts";
import type { BinaryAppender } from "./binary-appenders.ts";
import type { PostgresConnection } from "./connection.ts";
import { copyResult } from "./copy-result.ts";
import { statementFailure } from "./failures.ts";

interface CopyParts {
  readonly statement: string;
  readonly sink: RowSink;
  readonly appenders: readonly BinaryAppender[];
  readonly signal: AbortSignal;
  /** The table's name for errors. */
  readonly place: string;
}

/**
 * Throws SOURCE_LOST, SOURCE_FAILED, SOURCE_RIGHT_MISSING, or the signal's reason; the connection can then be used
 * again only if the server's answer was complete.
 */
export async function readCopy(connection: PostgresConnection, parts: CopyParts): Promise<void> {
  parts.signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const state: { stream?: Duplex; draining: boolean; ended: boolean } = { draining: false, ended: false };
  const fail = (failure: unknown): void => reject(statementFailure(failure, parts.place));
  const rows = copyResult(parts, { done: resolve, failed: fail });
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
  const drip = dripWatch();
  const receive = (bytes: Buffer): void => {
    try {
      rows.chunk(bytes);
      drip({ bytes: bytes.length, isPartial: rows.isPartial() });
      afterChunk();
    } catch (failure) {
      if (failure instanceof ProtocolViolation) fail(failure);
      else reject(failure);
    }
  };
  // A server that ends the session says why first; that the connection then broke is only the consequence.
  const broken = (failure: unknown): void => fail(rows.reported() ?? failure);
  const abort = (): void => reject(parts.signal.reason);
  const { stream, release } = connection.takeOver({ chunk: receive, failed: broken }, parts.statement);
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
