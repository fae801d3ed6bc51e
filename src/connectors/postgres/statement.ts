/**
 * Sends one small statement through the driver and limits how long to wait for the answer. The transaction and its
 * settings are in transaction.ts.
 */
import type { Duplex } from "node:stream";
import type { Client } from "pg";
import type { WireGuard } from "../../base/wire-guard.ts";
import { withinTime } from "../../base/within-time.ts";
import { HeadgateError } from "../../errors.ts";
import { statementFailure } from "./failures.ts";

/** A row of a small query; every value is the server's own text. */
export type TextRow = Readonly<Record<string, string | null>>;

export interface Statement {
  readonly statement: string;
  readonly values?: readonly unknown[] | undefined;
  /** The statement whose rows to return, if there are several; counted from the end. */
  readonly rowsOf?: number | undefined;
  readonly place: string;
}

export type Send = (statement: Statement) => Promise<readonly TextRow[]>;

/** `lastWords` returns why the server ended the session between two statements, if it did. */
export function sender(client: Client, guard: WireGuard, lastWords: () => Error | undefined): Send {
  return async ({ statement, values = [], rowsOf = -1, place }) => {
    try {
      guard.begin();
      const answer: unknown = await client.query(statement, values.length > 0 ? [...values] : undefined);
      const results = (Array.isArray(answer) ? answer : [answer]) as readonly { rows: readonly TextRow[] }[];
      return results.at(rowsOf)?.rows ?? [];
    } catch (failure) {
      throw statementFailure(lastWords() ?? failure, place);
    }
  };
}

const patienceMs = 15_000;

/**
 * A pooler answers the login at once, but may make the first statement wait until one of its own connections is free.
 */
export async function answerInTime<T>(
  work: Promise<T>,
  { stream, place }: { stream: Duplex; place: string },
): Promise<T> {
  const message = `the server did not answer within ${patienceMs / 1000} s; a connection pooler in front of it may have too few connections`;
  const late = (): HeadgateError => {
    stream.destroy();
    return new HeadgateError("SOURCE_UNREACHABLE", { place, message });
  };
  return withinTime(work, { milliseconds: patienceMs, late });
}
