/** A PostgreSQL position: which server and history, which transactions a cut sees, and how far its log had got. */
import type { Position } from "../../sync/source.ts";
import type { PostgresConnection } from "./connection.ts";

export interface PostgresPosition {
  /** Null where the user may not read it: such a position is never equal to another. */
  readonly system: string | null;
  readonly timeline: string | null;
  readonly database: string;
  /** `xmin:xmax:in-progress…` of `pg_current_snapshot()`. */
  readonly snapshot: string;
  readonly lsn: string | null;
}

export function formatPosition(position: PostgresPosition): Position {
  return JSON.stringify(position);
}

export function parsePosition(position: Position): PostgresPosition {
  return JSON.parse(position) as PostgresPosition;
}

/** Identity of the server's history; asked outside a transaction, because a refusal would end it. */
export async function readIdentity(
  connection: PostgresConnection,
): Promise<Pick<PostgresPosition, "system" | "timeline" | "database">> {
  const [row] = await connection.query("select oid as database from pg_database where datname = current_database()");
  const control = await connection
    .query(
      "select s.system_identifier as system, c.timeline_id as timeline from pg_control_system() s, pg_control_checkpoint() c",
    )
    .catch(() => []);
  return {
    system: control[0]?.["system"] ?? null,
    timeline: control[0]?.["timeline"] ?? null,
    database: row?.["database"] ?? "",
  };
}

export function isSameHistory(
  left: Omit<PostgresPosition, "snapshot" | "lsn">,
  right: Omit<PostgresPosition, "snapshot" | "lsn">,
): boolean {
  return (
    left.system !== null &&
    left.system === right.system &&
    left.timeline === right.timeline &&
    left.database === right.database
  );
}

export interface Snapshot {
  readonly xmin: bigint;
  readonly xmax: bigint;
  readonly hasOpen: boolean;
}

/** `10:20:10,14` → transactions below 10 are over, from 20 on not begun, 10 and 14 open. */
export function parseSnapshot(text: string): Snapshot {
  const [xmin = "0", xmax = "0", open = ""] = text.split(":");
  return { xmin: BigInt(xmin), xmax: BigInt(xmax), hasOpen: open !== "" };
}
