/**
 * Identifies the server behind a connection, and checks that the session still has its settings. Must be called inside
 * a transaction, because a proxy may send statements outside one to any server, over any connection.
 * Invariant: two equal identities mean one server without a restart in between, even if its clock, log or data
 * directory changed.
 */
import { HeadgateError } from "../../errors.ts";
import type { MariadbConnection } from "./connection.ts";
import { optionalRows } from "./optional-rows.ts";

export interface Whereabouts {
  /** Server, machine, and the second in which the server was started. */
  readonly identity: string;
  /** False if the server does not tell when it was started. */
  readonly isSure: boolean;
  /** Connections are numbered from the server's start, so a later one has a higher number. */
  readonly connectionId: number;
  /** Settings that can affect values of generated columns. */
  readonly settings: string;
}

/** Throws SOURCE_SESSION_LOST. */
export async function readWhereabouts(connection: MariadbConnection): Promise<Whereabouts> {
  const { identity, valueSettings } = connection.capabilities;
  const [row] = await connection.query(
    `select concat_ws(' ', ${identity}, @@hostname, @@port, right(uuid(), 12)) as identity, connection_id() as connection_id,
       concat_ws(' ', ${valueSettings.join(", ")}) as settings, @@session.time_zone as time_zone, @@session.sql_mode as sql_mode,
       @@session.character_set_results as charset, @@session.sql_select_limit as row_limit`,
  );
  const isolation = await connection.query(
    "show session variables where variable_name in ('tx_isolation', 'transaction_isolation')",
  );
  const lost = lostSettings({ ...row, isolation: isolation[0]?.["Value"] ?? null });
  if (lost.length > 0)
    throw new HeadgateError("SOURCE_SESSION_LOST", {
      place: connection.place,
      message: `a proxy between Headgate and the server did not keep these settings of the session: ${lost.join(", ")}`,
    });
  const started = await readStart(connection);
  return {
    identity: `${row?.["identity"]} ${started}`,
    isSure: started !== undefined,
    connectionId: Number(row?.["connection_id"]),
    settings: row?.["settings"] ?? "",
  };
}

const unlimited = "18446744073709551615";

function lostSettings(row: Readonly<Record<string, string | null>>): readonly string[] {
  return [
    ...(row["time_zone"] === "+00:00" ? [] : ["time_zone"]),
    ...(row["sql_mode"] === "" ? [] : ["sql_mode"]),
    ...(row["charset"] === "utf8mb4" ? [] : ["character_set_results"]),
    // Under any other isolation level, a transaction does not read from one snapshot.
    ...(row["isolation"] === "REPEATABLE-READ" ? [] : ["transaction isolation"]),
    ...(row["row_limit"] === unlimited ? [] : ["sql_select_limit"]),
  ];
}

/**
 * The server's start in Unix seconds. The server computes its uptime from the time at which a statement begins, as does
 * `unix_timestamp()`, so their difference is exactly the start time that the server recorded, even after its clock was
 * changed.
 */
async function readStart(connection: MariadbConnection): Promise<string | undefined> {
  const rows = await optionalRows(
    connection,
    `select cast(unix_timestamp() - variable_value as signed) as started from ${connection.capabilities.statusTable} where variable_name = 'UPTIME'`,
  );
  return rows?.[0]?.["started"] ?? undefined;
}
