/**
 * One exported snapshot and the transactions that read in it (PostgreSQL manual, "Snapshot Synchronization Functions").
 * After every read of a table's rows, watch.ts checks that the table is still what it was.
 */
import { HeadgateError } from "../../errors.ts";
import { placeOf } from "../../base/server-address.ts";
import type { Cut, SourceTable, SplitRange } from "../../sync/source.ts";
import { connect, type Credentials, type PostgresConnection, type Queries } from "./connection.ts";
import { hasDuplicates } from "./duplicates.ts";
import { fingerprint } from "./fingerprint.ts";
import { quoteTable } from "./identifiers.ts";
import { nameLockHolders } from "./lock-holders.ts";
import { formatPosition, lifeSql, parsePosition, readIdentity, type PostgresPosition } from "./position.ts";
import { readerPool, type ReaderPool } from "./reader-pool.ts";
import { storageOf } from "./storage.ts";
import { digests, keyExtent } from "./range-digests.ts";
import { readTable } from "./read-table.ts";
import { parseRange, splitTable, type BetweenRange, type SinceRange } from "./split.ts";
import { hasRowVersions, isProvenIdle, isProvenUnchanged, versionsByRange } from "./unchanged.ts";
import { openWatch } from "./watch.ts";

interface CutRequest {
  readonly credentials: Credentials;
  readonly readers: number;
  /** A connection to the same server without an open transaction, which sees the current state. */
  readonly outside: PostgresConnection;
}

export async function openCut(request: CutRequest): Promise<Cut> {
  return presentCut(await openSnapshot(request));
}

/** Throws if a second connection does not see the snapshot of the first, or cannot be opened. */
export async function checkSharing(request: Omit<CutRequest, "readers">): Promise<void> {
  const { leader, pool } = await openSnapshot({ ...request, readers: 1 });
  try {
    await pool.run((connection) => connection.query("select 1"));
  } finally {
    await pool[Symbol.asyncDispose]();
    await leader[Symbol.asyncDispose]();
  }
}

async function openSnapshot({ credentials, readers, outside }: CutRequest): Promise<CutParts> {
  const identity = await readIdentity(outside);
  const leader = await connect(credentials);
  try {
    await leader.begin();
    const [row] = await leader.query(`
      select pg_export_snapshot() as exported, pg_current_snapshot() as snapshot, ${lifeSql} as life,
        case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end as lsn`);
    if (row?.["life"] !== identity.life) throw severalServers(credentials);
    const position: PostgresPosition = { ...identity, snapshot: row?.["snapshot"] ?? "", lsn: row?.["lsn"] ?? null };
    const pool = readerPool({ credentials, snapshot: row?.["exported"] ?? "", size: readers + 1 });
    return { leader, outside, position, readers, pool };
  } catch (failure) {
    await leader[Symbol.asyncDispose]();
    throw failure;
  }
}

function severalServers({ address }: Credentials): HeadgateError {
  return new HeadgateError("SOURCE_FAILED", {
    place: placeOf(address),
    message: "two connections to this address reached two servers, or the server restarted between them",
    remedy:
      "use the address of one server, not of a load balancer in front of several; after a restart, run the sync again",
  });
}

interface CutParts {
  readonly leader: PostgresConnection;
  readonly outside: PostgresConnection;
  readonly position: PostgresPosition;
  readonly readers: number;
  readonly pool: ReaderPool;
}

/**
 * Queries about a table go through a reader: the leader only keeps the snapshot, which a failed statement would end.
 */
function presentCut({ leader, outside, position, readers, pool }: CutParts): Cut {
  const through = <T>(table: SourceTable, work: (connection: PostgresConnection) => Promise<T>): Promise<T> =>
    pool.run(work).catch(async (failure: unknown) => {
      await checkLeader(leader, failure);
      throw await nameLockHolders(leader, { table, failure });
    });
  const about = (table: SourceTable): Queries => ({
    query: (...statement) => through(table, (connection) => connection.query(...statement)),
  });
  const watch = openWatch(outside.pooled ? besideReaders(pool) : outside);
  const over = <T>(table: SourceTable, ask: (queries: Queries) => Promise<T>): Promise<T> =>
    watch.over(table, () => ask(about(table)));
  const found = foundDigests();
  return {
    position: formatPosition(position),
    readers,
    get caution() {
      return pool.caution;
    },
    split: (table, bytes) => splitTable(about(table), table, bytes),
    async unchanged(table, range, then, rows) {
      const since = parsePosition(then);
      return isProvenUnchanged((ask) => over(table, ask), {
        table,
        range: parseRange(range),
        since,
        now: position,
        rows,
      });
    },
    since: (column, value) => JSON.stringify({ column, since: value } satisfies SinceRange),
    async fingerprint(table) {
      if (hasRowVersions(table)) return undefined;
      return found.has(table) ? found.get(table) : over(table, (queries) => fingerprint(queries, table));
    },
    hasDuplicates: (table, columns) => over(table, (queries) => hasDuplicates(queries, table, columns)),
    keyExtent: (table) => over(table, (queries) => keyExtent(queries, table)),
    digestHash: "md5",
    digests: (table, ranges, salt) => over(table, (queries) => digests(queries, table, ranges, salt)),
    isIdle: (since) => isProvenIdle(position, parsePosition(since)),
    versions: (table, ranges, since) =>
      over(table, (queries) => versionsByRange(queries, { table, ranges, since: parsePosition(since), now: position })),
    between: (column, from, to) =>
      from === undefined && to === undefined
        ? undefined
        : JSON.stringify({ between: column, from: from?.toString(), below: to?.toString() } satisfies BetweenRange),
    async read(table, range, sink, signal) {
      const reading = { table, range, sink, signal };
      const digest = await watch.over(table, () => through(table, (connection) => readTable(connection, reading)));
      found.note(table, range, digest);
    },
    async [Symbol.asyncDispose]() {
      await pool[Symbol.asyncDispose]();
      await leader[Symbol.asyncDispose]();
    },
  };
}

/** If the snapshot is unknown, the leader's session has ended: throws the reason. */
async function checkLeader(leader: PostgresConnection, failure: unknown): Promise<void> {
  if (failure instanceof HeadgateError && failure.code === "SOURCE_POOL_UNFIT") await leader.query("select 1");
}

/**
 * A pooler may have no spare connection, so a reader leaves its transaction for a moment, and with it the locks that it
 * holds.
 */
function besideReaders(pool: ReaderPool): Queries {
  return { query: (statement) => pool.run((connection) => connection.apart(statement)) };
}

interface FoundDigests {
  has(table: SourceTable): boolean;
  /** Undefined if it was read in parts: foreign rows may have changed between these reads and a digest. */
  get(table: SourceTable): string | undefined;
  note(table: SourceTable, range: SplitRange | undefined, digest: string | undefined): void;
}

/** The digests of what was read in this cut; no other digest may be stored with it. */
function foundDigests(): FoundDigests {
  const found = new Map<string, string | undefined>();
  const key = ({ name }: SourceTable): string => quoteTable(name);
  return {
    has: (table) => found.has(key(table)),
    get: (table) => found.get(key(table)),
    note(table, range, digest) {
      if (range === undefined || !storageOf(table).isInSnapshot) found.set(key(table), digest);
    },
  };
}
