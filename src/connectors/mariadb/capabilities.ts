/**
 * All differences between MariaDB and MySQL that matter for loading, by name. No other file asks which of the two the
 * server is.
 */

export interface Capabilities {
  readonly product: "MariaDB" | "MySQL";
  readonly minimum: readonly [number, number];
  /** Session settings that only this server has. */
  readonly session: readonly string[];
  /**
   * Whether a transaction can tell its binary log position (`binlog_snapshot_*`), so that equal snapshots can be
   * proven.
   */
  readonly snapshotPosition: boolean;
  /** The table with the server's status variables, which every user can read. */
  readonly statusTable: string;
  /** Expressions for the settings that can affect values of generated columns. */
  readonly valueSettings: readonly string[];
  /** Statement that returns the newest binary log file and position, its filters and, on MySQL, the executed GTIDs. */
  readonly logStatus: string;
  /** An expression that identifies this server. */
  readonly identity: string;
  /** SQL for the GTID state at a file and position given as two placeholders; absent when the server cannot tell it. */
  readonly gtidAt: string | undefined;
  /** Global status counters that only grow while the server runs, even through `reset master` and `flush status`. */
  readonly writeCounters: readonly string[];
  /** Variable that tells whether a replica also logs the changes it applies. */
  readonly replicaUpdates: string;
  /** An expression that is empty on a server that never applied another server's changes. */
  readonly replicaState: string;
  /** The right to see log position and log files. */
  readonly logRight: string;
  /** Whether `information_schema.innodb_sys_tables` lists the numbers of partitions under known names. */
  readonly listsPartitions: boolean;
}

const valueSettings = [
  "@@div_precision_increment",
  "@@max_allowed_packet",
  "@@default_week_format",
  "@@lc_time_names",
  "@@collation_connection",
];

const mariadb: Capabilities = {
  product: "MariaDB",
  minimum: [10, 6],
  session: ["max_statement_time = 0", "idle_transaction_timeout = 0", "system_versioning_asof = default"],
  snapshotPosition: true,
  statusTable: "information_schema.global_status",
  valueSettings: [...valueSettings, "@@old_mode"],
  logStatus: "show master status",
  identity: "@@server_id",
  gtidAt: "select binlog_gtid_pos(?, ?) as gtid",
  writeCounters: ["Binlog_commits", "Binlog_bytes_written", "wsrep_last_committed"],
  replicaUpdates: "@@log_slave_updates",
  replicaState: "@@gtid_slave_pos",
  logRight: "binlog monitor",
  listsPartitions: true,
};

const mysql: Capabilities = {
  product: "MySQL",
  minimum: [8, 0],
  session: ["max_execution_time = 0", "information_schema_stats_expiry = 0"],
  snapshotPosition: false,
  statusTable: "performance_schema.global_status",
  valueSettings,
  logStatus: "show master status",
  identity: "concat(@@server_id, ' ', @@server_uuid)",
  gtidAt: undefined,
  writeCounters: ["Innodb_rows_inserted", "Innodb_rows_updated", "Innodb_rows_deleted"],
  replicaUpdates: "@@log_slave_updates",
  replicaState: "'unknown'",
  logRight: "replication client",
  listsPartitions: false,
};

/** MySQL 8.4 renamed the log statements and variables. */
const newerMysql: Capabilities = {
  ...mysql,
  logStatus: "show binary log status",
  replicaUpdates: "@@log_replica_updates",
};

export interface ServerVersion {
  readonly text: string;
  readonly major: number;
  readonly minor: number;
}

/** Decided by what the server calls itself, whatever the scheme of the address. */
export function capabilitiesOf(version: ServerVersion): Capabilities {
  if (/mariadb/i.test(version.text)) return mariadb;
  return version.major > 8 || (version.major === 8 && version.minor >= 4) ? newerMysql : mysql;
}

/** Some MariaDB servers prefix their version with `5.5.5-` for very old replicas. */
export function parseVersion(text: string): ServerVersion {
  const [, major, minor] = /^(?:5\.5\.5-)?(\d+)\.(\d+)/.exec(text) ?? [];
  return { text: text.replace(/^5\.5\.5-/, ""), major: Number(major ?? 0), minor: Number(minor ?? 0) };
}

export function isTooOld({ major, minor }: ServerVersion, { minimum }: Capabilities): boolean {
  return major < minimum[0] || (major === minimum[0] && minor < minimum[1]);
}
