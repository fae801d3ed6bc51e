/**
 * Reads one statement's rows from a connection into a sink, with back-pressure and abort. The caller has opened the
 * transaction.
 * Invariant: when it returns or throws, the connection accepts its next statement, or is known to be lost.
 */
import type { Hash } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { dripWatch } from "../../base/drip-watch.ts";
import { ProtocolViolation } from "../../base/protocol-violation.ts";
import { HeadgateError } from "../../errors.ts";
import type { RowSink, SourceColumn, SourceTable } from "../../sync/source.ts";
import { appendUnsignedAsLong } from "./text-appenders.ts";
import type { MariadbConnection } from "./connection.ts";
import { statementFailure } from "./failures.ts";
import { displayTable, quoteName, quoteTable } from "./identifiers.ts";
import { queryPacket, TextResult, type ValueAppender } from "./text-result.ts";
import { typeHandling } from "./types.ts";

export interface ReadParts {
  readonly connection: MariadbConnection;
  readonly table: SourceTable;
  /** SQL after `where`; absent: every row. */
  readonly predicate: string | undefined;
  /** Undefined: rows are counted but not parsed. */
  readonly sink: RowSink | undefined;
  /** Receives the bytes of the rows as sent, if given. */
  readonly hash?: Hash | undefined;
  readonly signal: AbortSignal;
  /** Ends the statement that a connection is running, through another connection, if possible. */
  kill(connection: MariadbConnection): Promise<void>;
}

/** How long to wait for a server that keeps sending, or stays silent, after it was told to end a statement. */
const stopPatienceMs = 5_000;

/**
 * Returns the number of rows. Throws CANCELLED when aborted, SOURCE_LOST, SOURCE_FAILED and other errors that the
 * server reports, SOURCE_VALUE_BEYOND_LONG, and what `sink.drain` throws.
 */
export async function readTable(parts: ReadParts): Promise<number> {
  const { connection, table, signal } = parts;
  const place = displayTable(table.name);
  if (signal.aborted) throw cancelled(place, signal);
  const reading = stream(parts, queryPacket(selectStatement(table, parts.predicate)));
  let killing: Promise<void> | undefined;
  const stop = (): void => {
    reading.discard();
    killing ??= endReading(parts, reading);
  };
  signal.addEventListener("abort", stop, { once: true });
  let failure: unknown;
  try {
    failure = await reading.done(stop);
  } finally {
    signal.removeEventListener("abort", stop);
    await killing;
  }
  if (killing !== undefined) await settle(connection);
  if (signal.aborted) throw cancelled(place, signal);
  if (failure !== undefined) throw statementFailure(failure, place);
  return reading.rows();
}

/** Another connection asks the server to end the statement, but the server may ignore it. */
async function endReading({ connection, kill }: ReadParts, reading: Reading): Promise<void> {
  const killed = kill(connection).catch(() => undefined);
  await Promise.race([killed, reading.ended, delay(stopPatienceMs)]);
  await reading.endWithin(stopPatienceMs);
}

export function selectStatement(table: SourceTable, predicate: string | undefined): string {
  const list = table.columns.map(({ name, sourceType }) => {
    const column = quoteName(name);
    return typeHandling(sourceType).select?.(column) ?? column;
  });
  return `select ${list.join(", ")} from ${quoteTable(table.name)}${predicate === undefined ? "" : ` where ${predicate}`}`;
}

interface Reading {
  /** Resolves when the result or the connection has ended. */
  readonly ended: Promise<unknown>;
  /** Closes the connection if the result does not end by itself. */
  endWithin(milliseconds: number): Promise<void>;
  /** Discards what still arrives. */
  discard(): void;
  rows(): number;
  /**
   * The failure that ended the result, if any. If the sink fails, `stop` is called and the sink's failure is thrown.
   */
  done(stop: () => void): Promise<unknown>;
}

function stream({ connection, table, sink, hash }: ReadParts, packet: Buffer): Reading {
  const ended = Promise.withResolvers<unknown>();
  const drained = Promise.withResolvers<never>();
  drained.promise.catch(() => undefined);
  let discarding = sink === undefined;
  let rows = 0;
  const appenders = sink ? tableAppenders(table, { sink, refuse: drained.reject }) : table.columns.map(() => skipValue);
  const result = new TextResult({
    appenders,
    rowDone: () => {
      rows++;
      if (!discarding) sink?.rowDone();
    },
    rowBytes: hash && ((bytes) => void hash.update(bytes)),
    ended: (failure) => ended.resolve(failure),
  });
  const drip = dripWatch();
  const receiver = {
    execute(chunk: Buffer): void {
      try {
        result.execute(chunk);
        drip({ bytes: chunk.length, isPartial: result.isPartial });
        if (sink?.full === true && !discarding) pauseAndDrain(sink);
      } catch (failure) {
        if (failure instanceof ProtocolViolation) abandon(failure);
        else drained.reject(failure);
      }
    },
    failed: (failure: Error) => ended.resolve(failure),
  };
  const discard = (): void => {
    discarding = true;
    appenders.fill(skipValue);
    taken.stream.resume();
  };
  /** After a violation no further bytes are meaningful, so the connection cannot be used again. */
  const abandon = (violation: ProtocolViolation): void => {
    taken.stream.destroy();
    ended.resolve(violation);
  };
  const pauseAndDrain = (to: RowSink): void => {
    taken.stream.pause();
    to.drain().then(() => taken.stream.resume(), drained.reject);
  };
  const taken = connection.takeOver(receiver, packet);
  return {
    ended: ended.promise,
    endWithin: (milliseconds) =>
      endedWithin(ended.promise, milliseconds, () =>
        abandon(new ProtocolViolation("the server did not end the statement")),
      ),
    discard,
    rows: () => rows,
    async done(stop) {
      try {
        return await Promise.race([ended.promise, drained.promise]);
      } catch (failure) {
        stop();
        await ended.promise;
        throw failure;
      } finally {
        taken.release();
      }
    },
  };
}

async function endedWithin(ended: Promise<unknown>, milliseconds: number, onLate: () => void): Promise<void> {
  const giveUp = new AbortController();
  const late = delay(milliseconds, undefined, { signal: giveUp.signal }).then(onLate);
  await Promise.race([ended, late]);
  giveUp.abort();
  late.catch(() => undefined);
}

const skipValue: ValueAppender = () => undefined;

interface AppenderParts {
  readonly sink: RowSink;
  /**
   * Ends the reading with this failure. Bytes that have arrived are still parsed, so that the connection is left at the
   * end of the result.
   */
  refuse(failure: HeadgateError): void;
}

function tableAppenders(table: SourceTable, { sink, refuse }: AppenderParts): ValueAppender[] {
  return table.columns.map((column, index) => {
    const buffer = sink.columns[index];
    if (buffer === undefined) throw new TypeError(`expected a buffer for column ${column.name}`);
    if (column.mayBeLong === true && column.lakeType === "long")
      return appendUnsignedAsLong(buffer, () => refuse(beyondLong(table, column)));
    return typeHandling(column.sourceType).fromText(buffer, (what) => sink.inexact(column, what));
  });
}

function beyondLong({ name }: SourceTable, column: SourceColumn): HeadgateError {
  return new HeadgateError("SOURCE_VALUE_BEYOND_LONG", {
    place: `${displayTable(name)}.${column.name}`,
    message: `${column.name} has a value above 9223372036854775807, which does not fit the type long that was chosen for \`bigint unsigned\``,
  });
}

/** A kill that arrives after the statement has ended affects the next one: this one. */
async function settle(connection: MariadbConnection): Promise<void> {
  await connection.query("do 0").catch(() => undefined);
}

function cancelled(place: string, { reason }: AbortSignal): HeadgateError {
  return new HeadgateError("CANCELLED", { place, cause: reason });
}
