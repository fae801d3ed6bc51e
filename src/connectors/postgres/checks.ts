/** Checks the preconditions of loading and of change capture, each with the statement that fixes it. */
import type { Check, TableName } from "../../sync/source.ts";
import type { PostgresConnection } from "./connection.ts";
import { quoteName, quoteTable } from "./identifiers.ts";
import type { TextRow } from "./statement.ts";
import { checkTables, nameOf, userTables } from "./table-checks.ts";

interface CheckParts {
  readonly isMeant: (name: TableName) => boolean;
  readonly tryToShare: () => Promise<void>;
}

export async function checkServer(
  connection: PostgresConnection,
  { isMeant, tryToShare }: CheckParts,
): Promise<readonly Check[]> {
  const [settings] = await connection.query(settingsStatement);
  const row = settings ?? {};
  return [
    { name: "version", outcome: "ok", found: `PostgreSQL ${connection.versionText}` },
    encryption(connection),
    await sharing(connection, tryToShare),
    ...(await checkTables(connection, isMeant)),
    clock(row),
    encoding(row),
    walLevel(row),
    replicationRight(row),
    slots(row),
    walBudget(row),
    await replicaIdentity(connection, isMeant),
  ];
}

const settingsStatement = `
  select current_user as me, current_database() as database, extract(epoch from clock_timestamp()) as clock,
    current_setting('server_encoding') as encoding, current_setting('wal_level') as wal_level,
    current_setting('max_replication_slots')::int as slots, current_setting('max_wal_senders')::int as senders,
    (select count(*) from pg_replication_slots) as used_slots,
    (select rolreplication or rolsuper from pg_roles where rolname = current_user) as may_replicate,
    current_setting('max_slot_wal_keep_size') as wal_budget`;

function encryption({ encrypted }: PostgresConnection): Check {
  if (encrypted) return { name: "TLS", outcome: "ok", found: "the connection is encrypted" };
  return {
    name: "TLS",
    outcome: "warning",
    found: "the connection is not encrypted",
    mend: "-- on the server: ssl = on in postgresql.conf, then add ?tls=require to the address",
  };
}

/** A cut needs one connection that keeps the snapshot and others that read in it. */
async function sharing({ pooled }: PostgresConnection, tryToShare: () => Promise<void>): Promise<Check> {
  const way = pooled ? "through a connection pooler, in which nothing is set beyond a transaction" : "directly";
  try {
    await tryToShare();
    return { name: "snapshot", outcome: "ok", found: `two connections see one snapshot, ${way}` };
  } catch (failure) {
    return {
      name: "snapshot",
      outcome: "failed",
      found: `two connections do not see one snapshot, ${way}: ${failure instanceof Error ? failure.message : String(failure)}`,
      mend: pooled
        ? "-- in pgbouncer.ini: pool_mode = transaction (or session), default_pool_size = 10; and one server behind the address"
        : "alter system set max_connections = 200; -- or end sessions that are not needed",
    };
  }
}

const toleratedSeconds = 5;

function clock(row: TextRow): Check {
  const difference = Number(row["clock"]) - Date.now() / 1000;
  const found = `${Math.abs(difference).toFixed(1)} s ${difference < 0 ? "behind" : "ahead of"} this machine`;
  return Math.abs(difference) <= toleratedSeconds
    ? { name: "clock", outcome: "ok", found }
    : {
        name: "clock",
        outcome: "warning",
        found,
        mend: "-- let both machines follow the same time server (chrony, systemd-timesyncd)",
      };
}

function encoding(row: TextRow): Check {
  const found = row["encoding"] ?? "";
  if (found !== "SQL_ASCII") return { name: "encoding", outcome: "ok", found };
  return {
    name: "encoding",
    outcome: "warning",
    found: "SQL_ASCII: texts that are not UTF-8 are kept with their bytes escaped, and counted",
  };
}

function walLevel(row: TextRow): Check {
  if (row["wal_level"] === "logical") return { name: "wal_level", outcome: "ok", found: "logical" };
  return {
    name: "wal_level",
    outcome: "warning",
    found: `${row["wal_level"] ?? ""}: change capture needs logical`,
    mend: "alter system set wal_level = logical; -- then restart the server",
  };
}

function replicationRight(row: TextRow): Check {
  if (row["may_replicate"] === "t") return { name: "replication", outcome: "ok", found: "the user may replicate" };
  return {
    name: "replication",
    outcome: "warning",
    found: "change capture needs the replication right",
    mend: `alter role ${quoteName(row["me"] ?? "")} replication;`,
  };
}

function slots(row: TextRow): Check {
  const free = Number(row["slots"]) - Number(row["used_slots"]);
  const found = `${free} of ${row["slots"] ?? ""} replication slots free, ${row["senders"] ?? ""} senders`;
  return free > 0
    ? { name: "slots", outcome: "ok", found }
    : {
        name: "slots",
        outcome: "warning",
        found,
        mend: `alter system set max_replication_slots = ${Number(row["slots"]) + 4}; -- then restart the server`,
      };
}

function walBudget(row: TextRow): Check {
  const found = `max_slot_wal_keep_size = ${row["wal_budget"] ?? ""}`;
  if (row["wal_budget"] !== "-1") return { name: "WAL budget", outcome: "ok", found };
  return {
    name: "WAL budget",
    outcome: "warning",
    found: `${found}; a capture that does not advance could fill the disk`,
    mend: "alter system set max_slot_wal_keep_size = '20GB'; select pg_reload_conf();",
  };
}

/** Change capture of updates and deletes needs a key, or the whole old row in the log. */
async function replicaIdentity(connection: PostgresConnection, isMeant: (name: TableName) => boolean): Promise<Check> {
  const found = await connection.query(`
    select n.nspname as schema, c.relname as name ${userTables} and c.relkind = 'r' and c.relreplident = 'd'
    and not exists (select from pg_index i where i.indrelid = c.oid and i.indisprimary) order by 1, 2`);
  const names = found.map(nameOf).filter(isMeant);
  if (names.length === 0)
    return { name: "replica identity", outcome: "ok", found: "every table has a key or sends whole rows" };
  const tables = names.map(quoteTable);
  return {
    name: "replica identity",
    outcome: "warning",
    found: `${names.length} tables without a primary key: capturing their changes needs whole old rows`,
    mend: tables
      .slice(0, 5)
      .map((table) => `alter table ${table} replica identity full;`)
      .join("\n"),
  };
}
