/**
 * Where a snapshot stands in the server's log, and whether two such places prove that nothing was written in between.
 * `provable` is false whenever the log might not tell of every write, or might have started anew with the same names.
 * Known gap: a session that switches its own logging off (`sql_log_bin = 0`) is seen by nobody here.
 */
import type { Position } from "../../sync/source.ts";
import type { MariadbConnection, TextRow } from "./connection.ts";

export interface LogPlace {
  readonly file: string;
  readonly offset: number;
}

export interface ServerState {
  readonly identity: string;
  /** The oldest log file; it changes when the log starts anew or is purged. */
  readonly firstLog: string | undefined;
  /** Unix seconds. */
  readonly startedAt: number;
  /** Counters of writes since the start, read before the snapshot: never more than it holds. */
  readonly writes: readonly string[];
  readonly logsEverything: boolean;
}

export interface MariadbPosition extends ServerState {
  readonly product: string;
  readonly file: string | undefined;
  readonly offset: number | undefined;
  readonly gtid: string | undefined;
  readonly provable: boolean;
}

/** Uptime and clock are whole seconds read one after the other. */
const startTolerance = 2;

export function formatPosition(position: MariadbPosition): Position {
  return JSON.stringify(position);
}

/** True only when both places prove that no write lies between them. */
export function provesNothingWritten(current: Position, since: Position): boolean {
  const [now, then] = [JSON.parse(current) as MariadbPosition, JSON.parse(since) as MariadbPosition];
  return (
    now.provable &&
    then.provable &&
    now.product === then.product &&
    now.identity === then.identity &&
    now.firstLog === then.firstLog &&
    now.file === then.file &&
    now.offset === then.offset &&
    now.gtid === then.gtid &&
    JSON.stringify(now.writes) === JSON.stringify(then.writes) &&
    Math.abs(now.startedAt - then.startedAt) <= startTolerance
  );
}

/** Read before a snapshot is taken. Rights that are missing make it less sure, never an error. */
export async function readServerState(connection: MariadbConnection): Promise<ServerState> {
  const { capabilities } = connection;
  const [row] = await connection.query(
    `select ${capabilities.identity} as identity, @@log_bin as log_bin, ${capabilities.replicaUpdates} as replica_updates,
       ${capabilities.replicaState} as replica_state, unix_timestamp() as now`,
  );
  const status = await readStatus(connection, ["Uptime", "Slave_running", ...capabilities.writeCounters]);
  const logs = await optionalRows(connection, "show binary logs");
  const master = (await optionalRows(connection, capabilities.logStatus))?.[0];
  const uid = await optionalRows(connection, "show global variables like 'server_uid'");
  const standsAlone = row?.["replica_state"] === "" && status.get("Slave_running") !== "ON";
  const logsReplicated = row?.["replica_updates"] === "1";
  return {
    identity: `${row?.["identity"]} ${uid?.[0]?.["Value"] ?? ""}`,
    firstLog: logs?.[0]?.["Log_name"] ?? undefined,
    startedAt: Number(row?.["now"]) - Number(status.get("Uptime") ?? 0),
    writes: capabilities.writeCounters.map((name) => status.get(name) ?? ""),
    logsEverything:
      row?.["log_bin"] === "1" && logs !== undefined && !isFiltered(master) && (standsAlone || logsReplicated),
  };
}

/** The place the open transaction of this connection shows; undefined when the log is off. MariaDB only. */
export async function readSnapshotPlace(connection: MariadbConnection): Promise<LogPlace | undefined> {
  const rows = await connection.query("show status like 'binlog_snapshot_%'");
  const status = new Map(rows.map((row) => [row["Variable_name"]?.toLowerCase(), row["Value"]]));
  const file = status.get("binlog_snapshot_file");
  if (file === null || file === undefined || file === "") return undefined;
  return { file, offset: Number(status.get("binlog_snapshot_position")) };
}

/** The end of the log now; undefined when the log is off or may not be seen. */
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

/** Undefined when a right is missing or the statement is not known to this server. */
export async function optionalRows(
  connection: MariadbConnection,
  statement: string,
): Promise<readonly TextRow[] | undefined> {
  try {
    return await connection.query(statement);
  } catch (failure) {
    if ((failure as { readonly code?: string }).code === "SOURCE_LOST") throw failure;
    return undefined;
  }
}

async function readStatus(
  connection: MariadbConnection,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const list = names.map(() => "?").join(", ");
  const rows = await connection.query(`show global status where variable_name in (${list})`, names);
  return new Map(rows.map((row) => [row["Variable_name"] ?? "", row["Value"] ?? ""]));
}

/** Databases left out of the log; not being allowed to look counts as filtered. */
function isFiltered(master: TextRow | undefined): boolean {
  return master === undefined || Boolean(master["Binlog_Do_DB"]) || Boolean(master["Binlog_Ignore_DB"]);
}
