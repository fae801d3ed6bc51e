/**
 * The connections that read in one exported snapshot. A connection whose work failed is discarded, so that one table's
 * failure does not affect the next. If the server or a pooler provides fewer connections than requested, work waits for
 * the available ones.
 */
import { HeadgateError } from "../../errors.ts";
import { connect, type Credentials, type PostgresConnection } from "./connection.ts";

export interface ReaderPool extends AsyncDisposable {
  run<T>(work: (connection: PostgresConnection) => Promise<T>): Promise<T>;
  /** Set if there were fewer connections than requested. */
  readonly caution: string | undefined;
}

interface PoolParts {
  readonly credentials: Credentials;
  readonly snapshot: string;
  /** Most connections. */
  readonly size: number;
}

type Turn = (connection: PostgresConnection | undefined) => void;

export function readerPool({ credentials, snapshot, size }: PoolParts): ReaderPool {
  const free: PostgresConnection[] = [];
  const waiting: Turn[] = [];
  const state = { open: 0, limit: size, isClosed: false };
  const obtain = async (): Promise<PostgresConnection> => {
    const ready = free.pop();
    if (ready !== undefined) return ready;
    if (state.open >= state.limit)
      return (await new Promise<Parameters<Turn>[0]>((turn) => waiting.push(turn))) ?? obtain();
    state.open++;
    try {
      return await join(credentials, snapshot);
    } catch (failure) {
      state.open--;
      if (!isScarce(failure) || state.open === 0) {
        waiting.shift()?.(undefined);
        throw failure;
      }
      state.limit = state.open;
      return obtain();
    }
  };
  const giveBack = (connection: PostgresConnection): void => {
    const turn = waiting.shift();
    if (turn === undefined) free.push(connection);
    else turn(connection);
  };
  const throwAway = async (connection: PostgresConnection): Promise<void> => {
    await connection[Symbol.asyncDispose]();
    state.open--;
    waiting.shift()?.(undefined);
  };
  return {
    get caution() {
      return state.limit < size ? `the source gave ${state.limit} of ${size} connections` : undefined;
    },
    async run(work) {
      const connection = await obtain();
      try {
        const result = await work(connection);
        giveBack(connection);
        return result;
      } catch (failure) {
        await throwAway(connection);
        throw failure;
      }
    },
    async [Symbol.asyncDispose]() {
      for (const connection of free.splice(0)) await connection[Symbol.asyncDispose]();
    },
  };
}

/** Whether there are too many connections, or a pooler has none to spare. */
function isScarce(failure: unknown): boolean {
  return failure instanceof HeadgateError && failure.code === "SOURCE_UNREACHABLE";
}

async function join(credentials: Credentials, snapshot: string): Promise<PostgresConnection> {
  const connection = await connect(credentials);
  try {
    await connection.begin({ snapshot });
    return connection;
  } catch (failure) {
    await connection[Symbol.asyncDispose]();
    throw failure;
  }
}
