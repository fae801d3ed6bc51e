/**
 * A snapshot's position in the server's log, and whether two positions prove that nothing was written in between.
 * `provable` is false whenever the log might not record every write, or might have started again under the same names. A
 * restart of the server ends every proof, because only a comparison shows whether its data is still the same.
 * Known gap: a session that switches its own logging off (`sql_log_bin = 0`) is invisible here (`Cut.proofGap`).
 */
import type { Position } from "../../sync/source.ts";
import type { MariadbConnection, TextRow } from "./connection.ts";
import { optionalRows } from "./optional-rows.ts";
import { readWhereabouts, type Whereabouts } from "./whereabouts.ts";

export interface LogPlace {
  readonly file: string;
  readonly offset: number;
}

export interface ServerState extends Whereabouts {
  /** The server's uuid, which is stored in its data directory. */
  readonly uid: string;
  /** The oldest log file; it changes when the log is started again or purged. */
  readonly firstLog: string | undefined;
  /**
   * Counters of writes since the server's start, read before the snapshot, so they never count more than it contains.
   */
  readonly writes: readonly string[];
  readonly logsEverything: boolean;
}

export interface MariadbPosition extends ServerState {
  readonly product: string;
  readonly file: string | undefined;
  readonly offset: number | undefined;
  readonly gtid: string | undefined;
  readonly provable: boolean;
  /** Whether file and offset are known to be the snapshot's own. Absent in positions from an older Headgate. */
  readonly isExact?: boolean | undefined;
}

export function formatPosition(position: MariadbPosition): Position {
  return JSON.stringify(position);
}

/** True only if both positions prove that there was no write between them. */
export function provesNothingWritten(current: Position, since: Position): boolean {
  const [now, then] = [JSON.parse(current) as MariadbPosition, JSON.parse(since) as MariadbPosition];
  return (
    now.provable &&
    then.provable &&
    now.product === then.product &&
    now.identity === then.identity &&
    now.uid === then.uid &&
    now.settings === then.settings &&
    now.connectionId >= then.connectionId &&
    now.firstLog === then.firstLog &&
    now.file === then.file &&
    now.offset === then.offset &&
    now.gtid === then.gtid &&
    JSON.stringify(now.writes) === JSON.stringify(then.writes)
  );
}

/**
 * Read before a snapshot is taken. Missing rights make it less certain but are never an error. Throws
 * SOURCE_SESSION_LOST.
 */
export async function readServerState(connection: MariadbConnection): Promise<ServerState> {
  const { capabilities } = connection;
  const [row] = await connection.query(
    `select @@log_bin as log_bin, ${capabilities.replicaUpdates} as replica_updates, ${capabilities.replicaState} as replica_state`,
  );
  const status = await readStatus(connection, ["Slave_running", "Com_xa_commit", ...capabilities.writeCounters]);
  const logs = await optionalRows(connection, "show binary logs");
  const master = (await optionalRows(connection, capabilities.logStatus))?.[0];
  const variables = await readVariables(connection, ["server_uid", "wsrep_on"]);
  const standsAlone =
    row?.["replica_state"] === "" && status.get("Slave_running") !== "ON" && variables.get("wsrep_on") !== "ON";
  const logsReplicated = row?.["replica_updates"] === "1";
  const isWhole = row?.["log_bin"] === "1" && logs !== undefined && !isFiltered(master);
  return {
    ...(await readWhereabouts(connection)),
    uid: variables.get("server_uid") ?? "",
    firstLog: logs?.[0]?.["Log_name"] ?? undefined,
    writes: capabilities.writeCounters.map((name) => status.get(name) ?? ""),
    logsEverything: isWhole && (standsAlone || logsReplicated) && logsBeforeShowing(status),
  };
}

/** The end of a distributed transaction is in the log a moment before its rows become visible. */
function logsBeforeShowing(status: ReadonlyMap<string, string>): boolean {
  return status.get("Com_xa_commit") === "0";
}

/** The log position that this connection's open transaction shows; undefined when the log is off. MariaDB only. */
export async function readSnapshotPlace(connection: MariadbConnection): Promise<LogPlace | undefined> {
  const rows = await connection.query("show status like 'binlog_snapshot_%'");
  const status = new Map(rows.map((row) => [row["Variable_name"]?.toLowerCase(), row["Value"]]));
  const file = status.get("binlog_snapshot_file");
  if (file === null || file === undefined || file === "") return undefined;
  return { file, offset: Number(status.get("binlog_snapshot_position")) };
}

/** The current end of the log; undefined when the log is off or the user may not see it. */
export async function readLogEnd(
  connection: MariadbConnection,
): Promise<(LogPlace & { readonly gtid: string }) | undefined> {
  const [row] = (await optionalRows(connection, connection.capabilities.logStatus)) ?? [];
  if (row === undefined) return undefined;
  return { file: row["File"] ?? "", offset: Number(row["Position"]), gtid: row["Executed_Gtid_Set"] ?? "" };
}

export async function readGtid(connection: MariadbConnection, { file, offset }: LogPlace): Promise<string | undefined> {
  const { gtidAt } = connection.capabilities;
  if (gtidAt === undefined) return undefined;
  const rows = await connection.query(gtidAt, [file, offset]).catch(() => undefined);
  return rows?.[0]?.["gtid"] ?? undefined;
}

async function readStatus(
  connection: MariadbConnection,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await connection.query(`show global status where variable_name in (${placeholders(names)})`, names);
  return valuesByName(rows);
}

async function readVariables(
  connection: MariadbConnection,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await connection.query(`show global variables where variable_name in (${placeholders(names)})`, names);
  return valuesByName(rows);
}

const placeholders = (names: readonly string[]): string => names.map(() => "?").join(", ");

function valuesByName(rows: readonly TextRow[]): ReadonlyMap<string, string> {
  return new Map(rows.map((row) => [row["Variable_name"] ?? "", row["Value"] ?? ""]));
}

/** Whether some databases are left out of the log; if the user may not see this, it counts as filtered. */
function isFiltered(master: TextRow | undefined): boolean {
  return master === undefined || Boolean(master["Binlog_Do_DB"]) || Boolean(master["Binlog_Ignore_DB"]);
}
