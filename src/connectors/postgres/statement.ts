/** One small statement through the driver: its text, its rows, and how long an answer is waited for. Not what it may depend on. */
import type { Duplex } from "node:stream";
import type { Client } from "pg";
import { HeadgateError } from "../../errors.ts";
import { statementFailure } from "./failures.ts";

/** A row of a small query: every value is the server's own text. */
export type TextRow = Readonly<Record<string, string | null>>;

export interface Statement {
  readonly statement: string;
  readonly values?: readonly unknown[] | undefined;
  /** Which of several statements' rows are wanted, counted from the end. */
  readonly rowsOf?: number | undefined;
  readonly place: string;
}

export type Send = (statement: Statement) => Promise<readonly TextRow[]>;

export function sender(client: Client): Send {
  return async ({ statement, values = [], rowsOf = -1, place }) => {
    try {
      const answer: unknown = await client.query(statement, values.length > 0 ? [...values] : undefined);
      const results = (Array.isArray(answer) ? answer : [answer]) as readonly { rows: readonly TextRow[] }[];
      return results.at(rowsOf)?.rows ?? [];
    } catch (failure) {
      throw statementFailure(failure, place);
    }
  };
}

const patienceMs = 15_000;

/** A pooler answers the login at once and may keep the first statement waiting until one of its own connections is free. */
export async function answerInTime<T>(
  work: Promise<T>,
  { stream, place }: { stream: Duplex; place: string },
): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const message = `no answer in ${patienceMs / 1000} s; a connection pooler in between may have too few connections`;
    reject(new HeadgateError("SOURCE_UNREACHABLE", { place, message }));
    stream.destroy();
  }, patienceMs);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    work.catch(() => undefined);
  }
}
