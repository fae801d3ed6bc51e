/**
 * Opens the metadata database: Kysely over a pool of `pg` connections. tables.ts describes the schema and migrate.ts
 * creates it.
 */
import { messageOf } from "../base/thrown.ts";
import { Kysely, PostgresDialect } from "kysely";
import { Pool, types } from "pg";
import { HeadgateError } from "../errors.ts";
import type { PostgresConnection } from "./embedded-postgres.ts";
import type { Tables } from "./tables.ts";

export interface Database extends AsyncDisposable {
  readonly db: Kysely<Tables>;
}

const schema = "headgate";
/**
 * Does not need the right to create a schema if it exists, and allows another process to create it at the same time.
 */
const makeSchema = `do $$ begin
  if to_regnamespace('${schema}') is null then create schema ${schema}; end if;
exception when duplicate_schema or unique_violation then null;
end $$`;
const mostConnections = 12;
const int8Oid = 20;

/** 64-bit integers are read as `bigint`, and everything lives in the schema `headgate`. Throws METADATA_UNREACHABLE. */
export async function openDatabase(at: PostgresConnection | string): Promise<Database> {
  const pool = new Pool({
    ...(typeof at === "string" ? { connectionString: at } : at),
    max: mostConnections,
    options: `-c search_path=${schema} -c timezone=UTC`,
    application_name: "headgate",
    types: {
      getTypeParser: (oid: number, format?: "text" | "binary") =>
        (oid === int8Oid ? BigInt : types.getTypeParser(oid, format)) as never,
    },
  });
  // A broken connection fails the statement in progress or is replaced at its next use. Without these listeners, it
  // would end the process.
  pool.on("error", () => {}).on("connect", (client) => client.on("error", () => {}));
  try {
    await pool.query(makeSchema);
  } catch (cause) {
    await pool.end();
    throw new HeadgateError("METADATA_UNREACHABLE", { place: placeOf(at), message: messageOf(cause), cause });
  }
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  return { db, [Symbol.asyncDispose]: () => db.destroy() };
}

function placeOf(at: PostgresConnection | string): string {
  if (typeof at !== "string") return `${at.host}:${at.port}`;
  return URL.canParse(at) ? new URL(at).host : "HEADGATE_DATABASE_URL";
}
