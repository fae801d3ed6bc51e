/**
 * Opens read-only snapshots on several connections without a lock, and keeps only those proven to show the same state.
 * MariaDB tells which log position a snapshot shows; equal positions on one server are equal states. MySQL does not
 * tell, so one reader is used. There may be several servers behind one address, so each transaction is asked on which
 * one it runs.
 */
import type { MariadbConnection } from "./connection.ts";
import {
  readGtid,
  readLogEnd,
  readServerState,
  readSnapshotPlace,
  type LogPlace,
  type MariadbPosition,
  type ServerState,
} from "./position.ts";
import { readWhereabouts, type Whereabouts } from "./whereabouts.ts";

export interface Snapshots {
  readonly position: MariadbPosition;
  /** Connections whose transactions show `position`. */
  readonly readers: readonly MariadbConnection[];
  readonly caution: string | undefined;
}

const rounds = 8;

/** Uses as many of `connections` as can be proven equal; the others have no open transaction afterwards. */
export async function openSnapshots(
  connections: readonly [MariadbConnection, ...MariadbConnection[]],
): Promise<Snapshots> {
  const [first, ...others] = connections;
  if (!first.capabilities.snapshotPosition) return openBetween(first, others.length);
  const state = await readServerState(first);
  let opened = await openEqual(connections);
  for (let round = 1; round < rounds && opened.readers.length < connections.length; round++)
    opened = await openEqual(connections);
  const { readers, place, where, servers } = opened;
  for (const idle of connections.filter((connection) => !readers.includes(connection))) await idle.query("rollback");
  const gtid = place && (await readGtid(first, place));
  const position = positionOf(first, { state, where, place, gtid, isStill: true });
  const missing = connections.length - readers.length;
  return {
    position,
    readers,
    caution:
      (servers > 1 ? severalServers : undefined) ?? (missing === 0 ? undefined : readerCaution(place, readers.length)),
  };
}

interface Opened {
  readonly readers: readonly MariadbConnection[];
  readonly place: LogPlace | undefined;
  readonly where: Whereabouts;
  /** Number of servers that answered. */
  readonly servers: number;
}

interface OpenSnapshot extends Pick<Opened, "place" | "where"> {
  readonly connection: MariadbConnection;
}

/**
 * The largest set of connections whose new snapshots show one position of one server; a single connection when the log
 * is off.
 */
async function openEqual(connections: readonly [MariadbConnection, ...MariadbConnection[]]): Promise<Opened> {
  const [first, ...others] = await Promise.all(connections.map(openSnapshot));
  const opened = [first as OpenSnapshot, ...others];
  const groups = Map.groupBy(opened, ({ place, where }, index) =>
    JSON.stringify(place === undefined ? index : [where.identity, place]),
  );
  const [largest = opened] = [...groups.values()].toSorted((left, right) => right.length - left.length);
  const [{ place, where }] = largest as [OpenSnapshot];
  const servers = new Set(opened.map((one) => one.where.identity)).size;
  return { readers: largest.map(({ connection }) => connection), place, where, servers };
}

async function openSnapshot(connection: MariadbConnection): Promise<OpenSnapshot> {
  await startSnapshot(connection);
  const place = await readSnapshotPlace(connection);
  return { connection, place, where: await readWhereabouts(connection) };
}

interface PositionParts {
  /** The server's state before the snapshot. */
  readonly state: ServerState;
  /** The server and session in which the snapshot is open. */
  readonly where: Whereabouts;
  readonly place: LogPlace | undefined;
  readonly gtid: string | undefined;
  /** Whether the position is known to be the snapshot's. */
  readonly isStill: boolean;
}

function positionOf(
  { capabilities: { product } }: MariadbConnection,
  { state, where, place, gtid, isStill }: PositionParts,
): MariadbPosition {
  const isOneServer = where.isSure && state.identity === where.identity;
  const isExact = isStill && isOneServer && place !== undefined;
  const provable = isExact && state.logsEverything;
  return { product, ...state, ...where, file: place?.file, offset: place?.offset, gtid, provable, isExact };
}

/**
 * Reads the end of the log before and after. It is the snapshot's position only if it did not move and GTIDs show that
 * no transaction was half committed.
 */
async function openBetween(connection: MariadbConnection, unused: number): Promise<Snapshots> {
  const state = await readServerState(connection);
  for (let round = 1; ; round++) {
    const before = await readLogEnd(connection);
    await startSnapshot(connection);
    const after = await readLogEnd(connection);
    const still = JSON.stringify(before) === JSON.stringify(after);
    if (!still && round < rounds) continue;
    const where = await readWhereabouts(connection);
    const isStill = still && before !== undefined && before.gtid !== "";
    const position = positionOf(connection, { state, where, place: before, gtid: before?.gtid, isStill });
    const caution = "this server cannot prove that two snapshots are equal, so one reader is used";
    return { position, readers: [connection], caution: unused === 0 ? undefined : caution };
  }
}

async function startSnapshot(connection: MariadbConnection): Promise<void> {
  await connection.query("rollback");
  await connection.query("start transaction with consistent snapshot, read only");
}

/** For the run report. */
export const severalServers =
  "several servers answer at this address: tables are read from one of them, and its log proves nothing about the others";

function readerCaution(place: LogPlace | undefined, readers: number): string {
  if (place === undefined) return "the binary log is off, so snapshots cannot be proven equal and one reader is used";
  return `the server was too busy to open more than ${readers} equal snapshot${readers === 1 ? "" : "s"} at once`;
}
