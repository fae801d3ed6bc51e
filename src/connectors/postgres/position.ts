/**
 * A PostgreSQL position: the server, which run of it, which transactions a cut sees, and how far its log had got.
 *
 * A run ("life") begins when the server initialises its memory: at its start, and when it restarts after a crash.
 * Within one life, transaction ids only grow, committed transactions stay committed, and nobody exchanges the files.
 * Between two lives anything may have happened: a restored copy of the data directory, lost writes that were not on
 * disk, reused ids, emptied unlogged tables. Positions of two lives are therefore never compared.
 */
import type { Position } from "../../sync/source.ts";
import type { PostgresConnection } from "./connection.ts";

export interface PostgresPosition extends ServerIdentity {
  /** `xmin:xmax:in-progress…` of `pg_current_snapshot()`. */
  readonly snapshot: string;
  readonly lsn: string | null;
}

export interface ServerIdentity {
  /** Null if the user may not read it; such a position never equals another. */
  readonly system: string | null;
  readonly timeline: string | null;
  readonly database: string;
  /** When the server began this life. Absent in positions from an older Headgate. */
  readonly life?: string | undefined;
  /** Whether it was a standby. */
  readonly standby?: string | undefined;
}

export function formatPosition(position: PostgresPosition): Position {
  return JSON.stringify(position);
}

export function parsePosition(position: Position): PostgresPosition {
  return JSON.parse(position) as PostgresPosition;
}

/**
 * SQL for a text that differs between any two lives. A server that restarts after a crash keeps its start time, but
 * loses its statistics and records when.
 */
export const lifeSql = `extract(epoch from pg_postmaster_start_time()) || '/' || extract(epoch from pg_stat_get_bgwriter_stat_reset_time())`;

/** Asked outside a transaction, because a refusal would end it. */
export async function readIdentity(connection: PostgresConnection): Promise<ServerIdentity> {
  const [row] = await connection.query(`
    select (select oid from pg_database where datname = current_database()) as database, ${lifeSql} as life,
      pg_is_in_recovery() as standby`);
  const control = await connection
    .query(
      "select s.system_identifier as system, c.timeline_id as timeline from pg_control_system() s, pg_control_checkpoint() c",
    )
    .catch(() => []);
  return {
    system: control[0]?.["system"] ?? null,
    timeline: control[0]?.["timeline"] ?? null,
    database: row?.["database"] ?? "",
    life: row?.["life"] ?? undefined,
    standby: row?.["standby"] ?? undefined,
  };
}

/** Whether `later` was taken in the same life of the same server as `earlier`, and not before it. */
export function follows(later: PostgresPosition, earlier: PostgresPosition): boolean {
  const names = ["system", "timeline", "database", "life", "standby"] as const;
  if (names.some((name) => typeof earlier[name] !== "string" || earlier[name] !== later[name])) return false;
  return (
    parseSnapshot(earlier.snapshot).xmax <= parseSnapshot(later.snapshot).xmax && logPlace(earlier) <= logPlace(later)
  );
}

/** `16/B374D848` is the two halves of a 64-bit number. */
function logPlace({ lsn }: PostgresPosition): bigint {
  const [high = "0", low = "0"] = (lsn ?? "").split("/");
  return (BigInt(`0x${high || "0"}`) << 32n) + BigInt(`0x${low}`);
}

export interface Snapshot {
  /** Transactions below it have ended. */
  readonly xmin: bigint;
  /** Transactions from it on are not visible. */
  readonly xmax: bigint;
}

/**
 * `10:20:10,14` → transactions below 10 have ended, those from 20 on are not visible; of those between, some were open.
 * The list does not reliably tell which, because on a standby it is always empty.
 */
export function parseSnapshot(text: string): Snapshot {
  const [xmin = "0", xmax = "0"] = text.split(":");
  return { xmin: BigInt(xmin), xmax: BigInt(xmax) };
}
