/**
 * The transactions of one connection, and how to begin one for reading.
 * Invariants: no setting outlives the transaction, because behind a connection pooler a session belongs to others
 * before and after it; and no setting that others made in the session changes what is read. Even an application name
 * would remain for the next client, so the login does not give one.
 */
import type { Duplex } from "node:stream";
import { answerInTime, type Send, type Statement, type TextRow } from "./statement.ts";

interface TransactionsOf {
  readonly send: Send;
  readonly version: number;
  readonly place: string;
  readonly stream: Duplex;
}

export interface Transactions {
  /** Opens a transaction in which every later statement runs, until `end`. */
  begin(parts?: { readonly snapshot: string }): Promise<void>;
  /** Runs all queries of `work` in one transaction. */
  within<T>(work: () => Promise<T>): Promise<T>;
  /**
   * Runs a statement in a separate transaction: ends the one that `begin` opened, runs the statement, and opens it
   * again. All of this is one message, so that a pooler gives the connection to nobody else in between.
   */
  apart(statement: string): Promise<readonly TextRow[]>;
  /** Runs in a transaction of its own if none is open. `place` describes the work in errors. */
  query(statement: string, values?: readonly unknown[], place?: string): Promise<readonly TextRow[]>;
  /** Ends what `begin` opened: a pooler keeps a connection whose transaction has ended, and closes others. */
  end(): Promise<void>;
}

/** Runs statements one after the other in the order of the calls, because the driver takes one at a time. */
export function transactions({ send, version, place: server, stream }: TransactionsOf): Transactions {
  const state: { isOpen: boolean; pending: number; opened?: { readonly snapshot: string } | undefined } = {
    isOpen: false,
    pending: 0,
  };
  let previous: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    state.pending++;
    const result = previous.then(work, work).finally(() => state.pending--);
    previous = result.catch(() => undefined);
    return result;
  };
  const rollback = (): Promise<unknown> => send({ statement: "rollback", place: server }).catch(() => undefined);
  const begin = (parts?: { readonly snapshot: string }): Promise<void> =>
    inTurn(async () => {
      const statement = beginStatement({ version, snapshot: parts?.snapshot });
      await answerInTime(send({ statement, place: server }), { stream, place: server });
      state.isOpen = true;
      state.opened = parts;
    });
  const end = (statement: "commit" | "rollback"): Promise<void> =>
    inTurn(async () => {
      state.isOpen = false;
      await send({ statement, place: server });
    });
  const alone = async (statement: Statement): Promise<readonly TextRow[]> => {
    const opening = beginStatement({ version });
    try {
      if (statement.values === undefined || statement.values.length === 0)
        return await send({ ...statement, statement: `${opening}; ${statement.statement}; commit`, rowsOf: -2 });
      await send({ statement: opening, place: statement.place });
      const rows = await send(statement);
      await send({ statement: "commit", place: statement.place });
      return rows;
    } catch (failure) {
      await rollback();
      throw failure;
    }
  };
  return {
    begin,
    query: (statement, values, place = server) =>
      inTurn(() => (state.isOpen ? send : alone)({ statement, values, place })),
    async within(work) {
      await begin();
      try {
        const result = await work();
        await end("commit");
        return result;
      } catch (failure) {
        await end("rollback").catch(() => undefined);
        throw failure;
      }
    },
    apart: (statement) =>
      inTurn(() => {
        const [other, again] = [beginStatements({ version }), beginStatements({ version, ...state.opened })];
        const all = ["rollback", ...other, statement, "commit", ...again];
        return send({ statement: all.join("; "), rowsOf: -again.length - 2, place: server });
      }),
    async end() {
      if (state.isOpen && state.pending === 0) await end("rollback").catch(() => undefined);
    },
  };
}

interface TransactionParts {
  /** The server's `server_version_num`. */
  readonly version: number;
  /** The name of an exported snapshot in which the transaction will read. */
  readonly snapshot?: string | undefined;
}

/**
 * Names are always qualified, and a temporary table hides nothing. A row that row security would hide is an error, not
 * a gap. Settings that have no value here are reset to those of the user's own session.
 */
const settings: readonly string[] = [
  "application_name = headgate",
  "client_min_messages = error",
  "search_path = pg_catalog, pg_temp",
  "client_encoding = 'UTF8'",
  "standard_conforming_strings = on",
  "quote_all_identifiers = off",
  "datestyle = 'ISO, YMD'",
  "intervalstyle = iso_8601",
  "timezone = 'UTC'",
  "extra_float_digits = 3",
  "bytea_output = hex",
  "row_security = off",
  "lc_monetary to default",
  "xmlbinary to default",
  "xmloption to default",
  "transform_null_equals to default",
  "statement_timeout = 0",
  "lock_timeout = '10s'",
  "idle_in_transaction_session_timeout = 0",
];

/** Several statements in one message. */
function beginStatement(parts: TransactionParts): string {
  return beginStatements(parts).join("; ");
}

/** `set transaction snapshot` must be the first statement after `begin`. */
function beginStatements({ version, snapshot }: TransactionParts): readonly string[] {
  return [
    "begin transaction isolation level repeatable read read only",
    ...(snapshot === undefined ? [] : [`set transaction snapshot '${snapshot.replaceAll("'", "''")}'`]),
    "set local role to default",
    ...settings.map((setting) => `set local ${setting}`),
    ...(version >= 170_000 ? ["set local transaction_timeout = 0"] : []),
  ];
}
