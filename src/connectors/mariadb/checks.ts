/**
 * Checks one by one what loading, and later log capture, require of a server. Every check runs, even after one has
 * failed.
 */
import type { Check, TableName } from "../../sync/source.ts";
import { presentError } from "../../base/present-error.ts";
import type { ServerAddress } from "../../base/server-address.ts";
import type { MariadbConnection, TextRow } from "./connection.ts";
import { displayTable, quoteName, quoteTable } from "./identifiers.ts";
import { discoverObjects } from "./dictionary.ts";
import { grantStatement, readRights, rightObstacle } from "./rights.ts";
import { optionalRows } from "./optional-rows.ts";

interface Asked {
  /** Opens snapshots as a run does, and closes them. */
  tryToRead(): Promise<unknown>;
  readonly address: ServerAddress;
  readonly isMeant: (name: TableName) => boolean;
}

interface CheckParts extends Asked {
  readonly connection: MariadbConnection;
  /** The server's settings by name. */
  readonly variables: ReadonlyMap<string, string>;
  /** The account as grants write it: `'user'@'host'`. */
  readonly account: string;
  readonly grants: string;
}

const clockTolerance = 60;
const leastRetention = 86_400;

export async function checkServer(connection: MariadbConnection, asked: Asked): Promise<readonly Check[]> {
  const parts = await gather(connection, asked);
  const steps = [
    reached,
    encrypted,
    session,
    canRead,
    canReadEach,
    clock,
    engines,
    logOn,
    logFormat,
    rowImage,
    rowMetadata,
    retention,
    logRights,
  ];
  const checks: Check[] = [];
  for (const step of steps) checks.push(await step(parts));
  return checks;
}

async function gather(connection: MariadbConnection, asked: Asked): Promise<CheckParts> {
  const rows = await connection.query("show global variables");
  const [user] = await connection.query("select current_user() as account");
  const grants = await optionalRows(connection, "show grants");
  return {
    ...asked,
    connection,
    variables: new Map(rows.map((row) => [row["Variable_name"] ?? "", row["Value"] ?? ""])),
    account: quoteAccount(user?.["account"] ?? ""),
    grants: (grants ?? []).flatMap((row) => Object.values(row)).join("\n"),
  };
}

function quoteAccount(account: string): string {
  const at = account.lastIndexOf("@");
  return `'${account.slice(0, at).replaceAll("'", "''")}'@'${account.slice(at + 1)}'`;
}

async function reached({ connection }: CheckParts): Promise<Check> {
  return { name: "server", outcome: "ok", found: `${connection.capabilities.product} ${connection.version.text}` };
}

async function encrypted({ connection, address }: CheckParts): Promise<Check> {
  const local = address.socket !== undefined || ["localhost", "127.0.0.1", "::1"].includes(address.host);
  if (connection.encrypted) return { name: "encryption", outcome: "ok", found: "the connection uses TLS" };
  if (local) return { name: "encryption", outcome: "ok", found: "none, on this machine" };
  const mend = "give the server a certificate (ssl_cert, ssl_key), then add ?tls=require to the address";
  return { name: "encryption", outcome: "warning", found: "the connection is not encrypted", mend };
}

/**
 * A proxy may share its connections to the server among its clients, so that session settings are lost or affect other
 * clients.
 */
async function session({ connection, tryToRead }: CheckParts): Promise<Check> {
  const name = "session";
  try {
    await tryToRead();
    const way = connection.isDirect ? "directly" : "through a proxy";
    return { name, outcome: "ok", found: `transactions have the settings of their session, ${way}` };
  } catch (failure) {
    const { message, remedy } = presentError(failure);
    return { name, outcome: "failed", found: message, mend: remedy };
  }
}

async function canRead({ connection, address, account, isMeant }: CheckParts): Promise<Check> {
  const name = "right to read";
  const scope = address.database === undefined ? "*.*" : `${quoteName(address.database)}.*`;
  const rows = await optionalRows(
    connection,
    "select table_schema as table_schema, table_name as table_name from information_schema.tables where table_type <> 'SYSTEM VIEW' and table_schema = ifnull(database(), table_schema) and table_schema not in ('mysql', 'sys', 'performance_schema') order by table_type, 1, 2",
  );
  const mend = `grant select, show view on ${scope} to ${account};`;
  const table = rows?.map(nameOf).find(isMeant);
  if (table === undefined)
    return { name, outcome: "warning", found: "no table can be seen: there is none, or the right is missing", mend };
  const shown = displayTable(table);
  const read = await optionalRows(connection, `select 1 from ${quoteTable(table)} limit 0`);
  return read === undefined
    ? { name, outcome: "failed", found: `${shown} cannot be read`, mend }
    : { name, outcome: "ok", found: "tables can be read" };
}

const namesShown = 3;

/**
 * Predicts which tables a sync will not be able to load. Views are left out, because they are loaded only when named.
 */
async function canReadEach({ connection, address, account, isMeant }: CheckParts): Promise<Check> {
  const rights = await readRights(connection);
  const objects = (await discoverObjects(connection, address)).filter(
    ({ name, kind }) => kind !== "view" && isMeant(name),
  );
  const refused: TableName[] = [];
  for (const object of objects)
    if ((await rightObstacle(connection, { object, rights })) !== undefined) refused.push(object.name);
  if (refused.length === 0) return { name: "tables", outcome: "ok", found: `all ${objects.length} can be read whole` };
  const shown = refused.slice(0, namesShown).map(displayTable).join(", ");
  return {
    name: "tables",
    outcome: "warning",
    found: `${refused.length} of ${objects.length} cannot be read whole: ${shown}${refused.length > namesShown ? " …" : ""}`,
    mend: refused
      .slice(0, namesShown)
      .map((name) => grantStatement(name, account))
      .join("\n"),
  };
}

function nameOf(row: TextRow): TableName {
  return { schema: row["table_schema"] ?? "", name: row["table_name"] ?? "" };
}

async function clock({ connection }: CheckParts): Promise<Check> {
  const [row] = await connection.query("select unix_timestamp(now(6)) as now");
  const difference = Math.round(Number(row?.["now"]) - Date.now() / 1000);
  const found = `${Math.abs(difference)} s ${difference < 0 ? "behind" : "ahead of"} this machine`;
  if (Math.abs(difference) <= clockTolerance) return { name: "clock", outcome: "ok", found };
  return { name: "clock", outcome: "warning", found, mend: "set the clocks of both machines by NTP" };
}

async function engines({ connection, isMeant }: CheckParts): Promise<Check> {
  const rows = await connection.query(
    `select table_schema as table_schema, table_name as table_name from information_schema.tables
     where table_schema = database() and table_type = 'BASE TABLE' and engine not in ('InnoDB', 'ROCKSDB') order by table_name`,
  );
  const tables = rows.map(nameOf).filter(isMeant);
  const [first] = tables;
  if (first === undefined) return { name: "engines", outcome: "ok", found: "all tables are transactional" };
  const found = `${tables.length} not transactional, first ${first.name}: read as they are at the time, not at the cut`;
  return { name: "engines", outcome: "warning", found, mend: `alter table ${quoteTable(first)} engine = InnoDB;` };
}

/** Settings for log capture. Loading works without them, so they only produce warnings. */
function setting(name: string, parts: { found: string; wanted: boolean; mend: string }): Check {
  const { found, wanted, mend } = parts;
  return wanted ? { name, outcome: "ok", found } : { name, outcome: "warning", found, mend };
}

async function logOn({ variables }: CheckParts): Promise<Check> {
  const wanted = variables.get("log_bin") === "ON";
  const mend = "add log_bin=binlog and a server_id of its own to the server's configuration and restart it";
  return setting("binary log", { found: wanted ? "on" : "off: one reader, no log capture", wanted, mend });
}

async function logFormat({ variables }: CheckParts): Promise<Check> {
  const found = variables.get("binlog_format") ?? "unknown";
  return setting("binary log format", { found, wanted: found === "ROW", mend: "set global binlog_format = ROW;" });
}

async function rowImage({ variables }: CheckParts): Promise<Check> {
  const found = variables.get("binlog_row_image") ?? "unknown";
  return setting("binary log row image", {
    found,
    wanted: found.startsWith("FULL"),
    mend: "set global binlog_row_image = FULL;",
  });
}

async function rowMetadata({ variables }: CheckParts): Promise<Check> {
  const found = variables.get("binlog_row_metadata") ?? "unknown";
  return setting("binary log row metadata", {
    found,
    wanted: found === "FULL",
    mend: "set global binlog_row_metadata = FULL;",
  });
}

async function retention({ variables }: CheckParts): Promise<Check> {
  const seconds = Number(variables.get("binlog_expire_logs_seconds") ?? 0);
  const found = seconds === 0 ? "kept until removed by hand" : `${Math.round(seconds / 3600)} hours`;
  const mend = `set global binlog_expire_logs_seconds = ${3 * leastRetention};`;
  return setting("binary log retention", { found, wanted: seconds === 0 || seconds >= leastRetention, mend });
}

async function logRights({ connection, grants, account }: CheckParts): Promise<Check> {
  const { logRight, logStatus } = connection.capabilities;
  const seesLog = (await optionalRows(connection, logStatus)) !== undefined;
  const everywhere = grants.split("\n").filter((grant) => / ON \*\.\* TO /i.test(grant));
  const replicates = everywhere.some((grant) => /ALL PRIVILEGES|REPLICATION SLAVE(?! ADMIN)/i.test(grant));
  const missing = [...(seesLog ? [] : [logRight]), ...(replicates ? [] : ["replication slave"])];
  const found = missing.length === 0 ? "position and log can be read" : `missing: ${missing.join(", ")}`;
  return setting("rights for log capture", {
    found,
    wanted: missing.length === 0,
    mend: `grant ${missing.join(", ")} on *.* to ${account};`,
  });
}
