/** One exported snapshot and the transactions that read in it (PostgreSQL manual, "Snapshot Synchronization Functions"). */
import { HeadgateError } from "../../errors.ts";
import type { Cut, RowSink, SourceTable, SplitRange } from "../../sync/source.ts";
import { connect, type Credentials, type PostgresConnection, type Queries } from "./connection.ts";
import { hasDuplicates } from "./duplicates.ts";
import { fingerprint } from "./fingerprint.ts";
import { readCopy } from "./copy-reader.ts";
import { resolvedType } from "./dictionary.ts";
import { placeOfTable, quoteName } from "./identifiers.ts";
import { nameLockHolders } from "./lock-holders.ts";
import { formatPosition, parsePosition, readIdentity, type PostgresPosition } from "./position.ts";
import { readerPool, type ReaderPool } from "./reader-pool.ts";
import { storageOf } from "./storage.ts";
import { digests, keyExtent } from "./range-digests.ts";
import { parseRange, relationsOf, splitTable, type BetweenRange, type SinceRange } from "./split.ts";
import { handlingOf } from "./types.ts";
import { isProvenIdle, isProvenUnchanged, versionsByRange } from "./unchanged.ts";

const noFingerprint = Promise.resolve(undefined);

export async function openCut(credentials: Credentials, readers: number): Promise<Cut> {
  return presentCut(await openSnapshot(credentials, readers));
}

/** Throws where a second connection does not see the snapshot of the first, or is not to be had. */
export async function checkSharing(credentials: Credentials): Promise<void> {
  const { leader, pool } = await openSnapshot(credentials, 1);
  try {
    await pool.run((connection) => connection.query("select 1"));
  } finally {
    await pool[Symbol.asyncDispose]();
    await leader[Symbol.asyncDispose]();
  }
}

async function openSnapshot(credentials: Credentials, readers: number): Promise<CutParts> {
  const leader = await connect(credentials);
  try {
    const identity = await readIdentity(leader);
    await leader.begin();
    const [row] = await leader.query(`
      select pg_export_snapshot() as exported, pg_current_snapshot() as snapshot,
        case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end as lsn`);
    const position: PostgresPosition = { ...identity, snapshot: row?.["snapshot"] ?? "", lsn: row?.["lsn"] ?? null };
    const pool = readerPool({ credentials, snapshot: row?.["exported"] ?? "", size: readers + 1 });
    return { leader, position, readers, pool };
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

/** What concerns a table is asked through a reader: the leader only keeps the snapshot, which a failed statement would end. */
function presentCut({ leader, position, readers, pool }: CutParts): Cut {
  const through = <T>(table: SourceTable, work: (connection: PostgresConnection) => Promise<T>): Promise<T> =>
    pool.run(work).catch(async (failure: unknown) => Promise.reject(await nameLockHolders(leader, { table, failure })));
  const about = (table: SourceTable): Queries => ({
    query: (...statement) => through(table, (connection) => connection.query(...statement)),
  });
  return {
    position: formatPosition(position),
    readers,
    get caution() {
      return pool.caution;
    },
    split: (table, bytes) => splitTable(about(table), table, bytes),
    unchanged: (table, range, since, rows) =>
      isProvenUnchanged(about(table), {
        table,
        range: parseRange(range),
        since: parsePosition(since),
        now: position,
        rows,
      }),
    since: (column, value) => JSON.stringify({ column, since: value } satisfies SinceRange),
    fingerprint: (table) => (mayHaveFingerprint(table) ? fingerprint(about(table), table) : noFingerprint),
    hasDuplicates: (table, columns) => hasDuplicates(about(table), table, columns),
    keyExtent: (table) => keyExtent(about(table), table),
    digests: (table, ranges, salt) => digests(about(table), table, ranges, salt),
    isIdle: (since) => isProvenIdle(position, parsePosition(since)),
    versions: (table, ranges, since) =>
      versionsByRange(about(table), { table, ranges, since: parsePosition(since), now: position }),
    between: (column, from, to) =>
      from === undefined && to === undefined
        ? undefined
        : JSON.stringify({ between: column, from: from?.toString(), below: to?.toString() } satisfies BetweenRange),
    read: (table, range, sink, signal) =>
      through(table, (connection) => readTable(connection, { table, range, sink, signal })),
    async [Symbol.asyncDispose]() {
      await pool[Symbol.asyncDispose]();
      await leader[Symbol.asyncDispose]();
    },
  };
}

/** Rows that are not those of the cut's snapshot may change between their reading and their digest. */
function mayHaveFingerprint(table: SourceTable): boolean {
  const { hasRowVersions, isInSnapshot } = storageOf(table);
  return !hasRowVersions && isInSnapshot;
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
