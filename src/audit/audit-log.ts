/**
 * Writes events to the audit log. Events that come while others are being written share the next transaction, so that
 * many events cost little more than one.
 * Invariant: `record` resolves only when the event is durable. What somebody reads is recorded before it is sent, so a
 * read that cannot be recorded does not happen.
 */
import type { Kysely } from "kysely";
import { codeOf } from "../base/thrown.ts";
import type { EventLog } from "../base/event-log.ts";
import { presentError } from "../base/present-error.ts";
import { withinTime } from "../base/within-time.ts";
import type { Tables } from "../db/tables.ts";
import { tryingAgain } from "../db/transaction.ts";
import { HeadgateError } from "../errors.ts";
import { appendEvents } from "./append-events.ts";
import type { AuditEvent } from "./audit-event.ts";

export interface AuditLog extends AsyncDisposable {
  /** Resolves when the event is durable. Throws AUDIT_UNWRITABLE. */
  record(event: AuditEvent): Promise<void>;
  /**
   * For what has already happened: never throws. If the event cannot be written now, it is kept in memory and written
   * as soon as possible. Resolves after the first attempt.
   */
  note(event: AuditEvent): Promise<void>;
  /** Like `note`, but nobody waits for it: it is written with the next event, or after a moment. */
  noteLater(event: AuditEvent): void;
  /** Resolves when everything so far is written, or was tried to be. */
  written(): Promise<void>;
}

export interface AuditLogParts {
  readonly db: Kysely<Tables>;
  readonly log: EventLog;
  /** For tests: the time of events, in UTC with microseconds. Default: the clock of the database. */
  readonly clock?: (() => string) | undefined;
}

/** Events in one transaction, and events that are kept in memory while they cannot be written. */
const [mostAtOnce, mostKept] = [500, 10_000];
const againAfterMs = 1_000;
/** The time that an event waits at most for another with which it is written. */
const lingerMs = 100;
/** Longer than audit_append waits. */
const patienceMs = 20_000;

interface Waiting {
  readonly event: AuditEvent;
  /** Whether it is tried again after a failure. */
  readonly isKept: boolean;
  /** Called after the first attempt. */
  settle(failure?: HeadgateError): void;
}

export function openAuditLog({ db, log, clock }: AuditLogParts): AuditLog {
  let waiting: Waiting[] = [];
  let writing: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  const writeSome = async (batch: readonly Waiting[]): Promise<boolean> => {
    const failure = await writeEvents(db, { events: batch.map(({ event }) => event), at: clock?.() });
    const isOne = isOfOneEvent(failure);
    if (isOne && batch.length > 1) return writeEach(batch);
    if (failure !== undefined) log("trouble", { error: presentError(failure), cause: codeOf(failure.cause) });
    if (failure !== undefined && !isOne)
      waiting = [...batch.filter(({ isKept }) => isKept), ...waiting].slice(-mostKept);
    for (const { settle } of batch) settle(failure);
    return failure === undefined || isOne;
  };
  const writeEach = async (batch: readonly Waiting[]): Promise<boolean> => {
    const written: boolean[] = [];
    for (const one of batch) written.push(await writeSome([one]));
    return !written.includes(false);
  };
  const writeAll = async (): Promise<void> => {
    while (waiting.length > 0 && (await writeSome(waiting.splice(0, mostAtOnce))));
    writing = undefined;
    if (waiting.length > 0) beginIn(againAfterMs);
  };
  // Begins in a moment of its own, so that events that are added together are written together.
  const begin = (): Promise<void> => (writing ??= Promise.resolve().then(writeAll));
  const beginIn = (milliseconds: number): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      void begin();
    }, milliseconds);
  };
  const add = (event: AuditEvent, isKept: boolean): Promise<void> =>
    new Promise((resolve, reject) => {
      const settle = (failure?: HeadgateError): void => (failure === undefined || isKept ? resolve() : reject(failure));
      waiting.push({ event, isKept, settle });
      void begin();
    });
  return {
    record: (event) => add(event, false),
    note: (event) => add(event, true),
    noteLater(event) {
      waiting.push({ event, isKept: true, settle: () => {} });
      if (writing === undefined) beginIn(lingerMs);
    },
    written: () => begin(),
    async [Symbol.asyncDispose]() {
      await begin();
      clearTimeout(timer);
    },
  };
}

/** Returns AUDIT_UNWRITABLE if they could not be written, or if it is not known whether they were. */
async function writeEvents(
  db: Kysely<Tables>,
  { events, at }: { readonly events: readonly AuditEvent[]; readonly at: string | undefined },
): Promise<HeadgateError | undefined> {
  const written = tryingAgain(() => appendEvents(db, { events, at }));
  try {
    const late = (): Error => new Error("the metadata database does not answer");
    await withinTime(written, { milliseconds: patienceMs, late });
    return undefined;
  } catch (cause) {
    return new HeadgateError("AUDIT_UNWRITABLE", { cause });
  }
}

/** Whether the contents of an event caused it (SQLSTATE classes 22 and 54): it would fail again, and others would not. */
function isOfOneEvent(failure: HeadgateError | undefined): boolean {
  return /^(22|54)/.test(codeOf(failure?.cause) ?? "");
}
