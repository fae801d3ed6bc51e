/** One exported snapshot and the transactions that read in it (PostgreSQL manual, "Snapshot Synchronization Functions"). */
import { HeadgateError } from "../../errors.ts";
import type { Cut, RowSink, SourceTable, SplitRange } from "../../sync/source.ts";
import { connect, type Credentials, type PostgresConnection } from "./connection.ts";
import { hasDuplicates } from "./duplicates.ts";
import { fingerprint } from "./fingerprint.ts";
import { readCopy } from "./copy-reader.ts";
import { resolvedType } from "./dictionary.ts";
import { placeOfTable, quoteName } from "./identifiers.ts";
import { formatPosition, parsePosition, readIdentity, type PostgresPosition } from "./position.ts";
import { digests, keyExtent } from "./range-digests.ts";
import { parseRange, relationsOf, splitTable, type BetweenRange, type SinceRange } from "./split.ts";
import { handlingOf } from "./types.ts";
import { hasRowVersions, isProvenUnchanged } from "./unchanged.ts";

const noFingerprint = Promise.resolve(undefined);
const beginReading = "begin transaction isolation level repeatable read read only";

export async function openCut(credentials: Credentials, readers: number): Promise<Cut> {
  const leader = await connect(credentials);
  try {
    const identity = await readIdentity(leader);
    await leader.query(beginReading);
    const [row] = await leader.query(`
      select pg_export_snapshot() as exported, pg_current_snapshot() as snapshot,
        case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end as lsn`);
    const position: PostgresPosition = { ...identity, snapshot: row?.["snapshot"] ?? "", lsn: row?.["lsn"] ?? null };
    return presentCut({ leader, position, readers, pool: readerPool(credentials, row?.["exported"] ?? "") });
  } catch (failure) {
    await leader[Symbol.asyncDispose]();
    throw failure;
  }
}

interface CutParts {
  readonly leader: PostgresConnection;
  readonly position: PostgresPosition;
  readonly readers: number;
  readonly pool: ReaderPool;
}

function presentCut({ leader, position, readers, pool }: CutParts): Cut {
  return {
    position: formatPosition(position),
    readers,
    split: (table, bytes) => splitTable(leader, table, bytes),
    unchanged: (table, range, since, rows) =>
      isProvenUnchanged(leader, { table, range: parseRange(range), since: parsePosition(since), now: position, rows }),
    since: (column, value) => JSON.stringify({ column, since: value } satisfies SinceRange),
    fingerprint: (table) => (hasRowVersions(table) ? noFingerprint : fingerprint(leader, table)),
    hasDuplicates: (table, columns) => hasDuplicates(leader, table, columns),
    keyExtent: (table) => keyExtent(leader, table),
    digests: (table, ranges) => digests(leader, table, ranges),
    between: (column, from, to) =>
      JSON.stringify({ column, from: String(from), below: String(to) } satisfies BetweenRange),
    read: (table, range, sink, signal) =>
      pool.run((connection) => readTable(connection, { table, range, sink, signal })),
    async [Symbol.asyncDispose]() {
      await pool[Symbol.asyncDispose]();
      await leader[Symbol.asyncDispose]();
    },
  };
}

interface ReaderPool extends AsyncDisposable {
  /** Runs with a reader of the snapshot; one that fails is thrown away. */
  run(work: (connection: PostgresConnection) => Promise<void>): Promise<void>;
}

function readerPool(credentials: Credentials, exported: string): ReaderPool {
  const free: PostgresConnection[] = [];
  const join = async (): Promise<PostgresConnection> => {
    const connection = await connect(credentials);
    await connection.query(beginReading);
    await connection.query(`set transaction snapshot '${exported}'`);
    return connection;
  };
  return {
    async run(work) {
      const connection = free.pop() ?? (await join());
      try {
        await work(connection);
      } catch (failure) {
        await connection[Symbol.asyncDispose]();
        throw failure;
      }
      free.push(connection);
    },
    async [Symbol.asyncDispose]() {
      for (const connection of free.splice(0)) await connection[Symbol.asyncDispose]();
    },
  };
}

interface ReadParts {
  readonly table: SourceTable;
  readonly range: SplitRange | undefined;
  readonly sink: RowSink;
  readonly signal: AbortSignal;
}

async function readTable(connection: PostgresConnection, { table, range, sink, signal }: ReadParts): Promise<void> {
  if (table.columns.length === 0)
    throw new HeadgateError("SOURCE_FAILED", {
      place: placeOfTable(table.name),
      message: "a table without columns cannot be loaded",
    });
  const handlings = table.columns.map((column) => ({ column, handling: handlingOf(resolvedType(column)) }));
  const list = handlings.map(({ column, handling }) => handling.select(quoteName(column.name))).join(", ");
  const { from, where } = relationsOf(table, parseRange(range));
  await readCopy(connection, {
    statement: `copy (select ${list} from ${from}${where}) to stdout (format binary)`,
    sink,
    appenders: handlings.map(({ column, handling }) => handling.appender((what) => sink.inexact(column, what))),
    signal,
    place: placeOfTable(table.name),
  });
}
