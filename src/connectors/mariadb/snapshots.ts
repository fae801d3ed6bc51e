/**
 * Opens read-only snapshots on several connections and keeps only those proven to show the same state, without a lock.
 * MariaDB says which log position a snapshot shows; equal positions are equal states. MySQL does not: there one reader is used.
 */
import type { MariadbConnection } from "./connection.ts";
import { readGtid, readLogEnd, readServerState, readSnapshotPlace, type MariadbPosition } from "./position.ts";

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
  await Promise.all(
    connections.map((connection) => connection.query("set session transaction isolation level repeatable read")),
  );
  if (!first.capabilities.snapshotPosition) return openBetween(first, others.length);
  const state = await readServerState(first);
  let readers = await openEqual(connections);
  for (let round = 1; round < rounds && readers.length < connections.length; round++)
    readers = await openEqual(connections);
  for (const idle of connections.filter((connection) => !readers.includes(connection))) await idle.query("rollback");
  const place = await readSnapshotPlace(readers[0] as MariadbConnection);
  const gtid = place && (await readGtid(first, place));
  const position = {
    product: first.capabilities.product,
    ...state,
    ...logPlace(place),
    gtid,
    provable: state.logsEverything && place !== undefined,
  };
  const missing = connections.length - readers.length;
  return { position, readers, caution: missing === 0 ? undefined : readerCaution(place !== undefined, readers.length) };
}

/** The largest set of connections whose new snapshots show one position; a single one when the log is off. */
async function openEqual(
  connections: readonly [MariadbConnection, ...MariadbConnection[]],
): Promise<readonly MariadbConnection[]> {
  const opened = await Promise.all(
    connections.map(async (connection) => {
      await startSnapshot(connection);
      const place = await readSnapshotPlace(connection);
      return { connection, place: place && `${place.file}:${place.offset}` };
    }),
  );
  const groups = Map.groupBy(
    opened.filter(({ place }) => place !== undefined),
    ({ place }) => place,
  );
  const [largest] = [...groups.values()].sort((left, right) => right.length - left.length);
  return largest?.map(({ connection }) => connection) ?? [connections[0]];
}

/** The log's end is read before and after; only when it stayed, and GTIDs say that nothing was half-way in, is it the snapshot's. */
async function openBetween(connection: MariadbConnection, unused: number): Promise<Snapshots> {
  const state = await readServerState(connection);
  for (let round = 1; ; round++) {
    const before = await readLogEnd(connection);
    await startSnapshot(connection);
    const after = await readLogEnd(connection);
    const still = JSON.stringify(before) === JSON.stringify(after);
    if (!still && round < rounds) continue;
    const provable = still && state.logsEverything && before !== undefined && before.gtid !== "";
    const position = {
      product: connection.capabilities.product,
      ...state,
      ...logPlace(before),
      gtid: before?.gtid,
      provable,
    };
    const caution = "this server cannot prove that two snapshots are equal, so one reader is used";
    return { position, readers: [connection], caution: unused === 0 ? undefined : caution };
  }
}

async function startSnapshot(connection: MariadbConnection): Promise<void> {
  await connection.query("rollback");
  await connection.query("start transaction with consistent snapshot, read only");
}

function logPlace(place: { readonly file: string; readonly offset: number } | undefined): {
  file: string | undefined;
  offset: number | undefined;
} {
  return { file: place?.file, offset: place?.offset };
}

function readerCaution(logIsOn: boolean, readers: number): string {
  if (!logIsOn) return "the binary log is off, so snapshots cannot be proven equal and one reader is used";
  return `the server was too busy to open more than ${readers} equal snapshot${readers === 1 ? "" : "s"} at once`;
}
