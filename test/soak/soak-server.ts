/**
 * A server of the soak: what its administrator does to it, and how it is stopped, copied and started again. Its address
 * stays the same. No connection outlives a call, so that databases can be renamed and the server stopped at any time.
 */
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { createConnection, type RowDataPacket } from "mysql2/promise";
import { Client } from "pg";
import { freePort } from "../world/free-port.ts";
import { startMariadb } from "../world/mariadb-server.ts";
import { startPostgres, type PostgresServer } from "../world/postgres-server.ts";
import type { Dialect } from "../world/sample-shop.ts";
import type { PlainAddress } from "./judge/plain-source.ts";

export interface SoakServer extends AsyncDisposable {
  readonly dialect: Dialect;
  readonly directory: string;
  /** As the administrator, in the database `shop`. */
  readonly address: PlainAddress;
  /** A separate connection for statements that belong together; the caller closes it. */
  connect(database?: string): Promise<SoakConnection>;
  /** Runs each statement separately. Throws with the statement that was refused. */
  execute(statements: readonly string[], database?: string): Promise<void>;
  /** Only while it runs. Throws for MariaDB. */
  postgres(): PostgresServer;
  stop(): Promise<void>;
  start(): Promise<void>;
}

export interface SoakConnection extends AsyncDisposable {
  run(statement: string): Promise<readonly (readonly (string | null)[])[]>;
}

interface Running {
  readonly url: string;
  readonly postgres?: PostgresServer;
  stop(): Promise<void>;
}

/** Without the strict mode, so that zero dates can be stored. */
const mariadbSettings = { "sql-mode": "NO_ENGINE_SUBSTITUTION", "explicit-defaults-for-timestamp": "ON" };

export async function openSoakServer(dialect: Dialect, directory: string): Promise<SoakServer> {
  const port = await freePort();
  const start = async (): Promise<Running> => {
    if (dialect === "postgres") {
      const server = await startPostgres({ directory });
      return { url: server.url("shop"), postgres: server, stop: () => server.stop() };
    }
    const server = await startMariadb({ directory, settings: { ...mariadbSettings, port: String(port) } });
    const url = new URL(server.url("shop"));
    url.port = String(port);
    return { url: url.href, stop: () => server.stop() };
  };
  let running: Running | undefined = await start();
  const address = addressOf(dialect, running.url);
  const connect = (database = "shop"): Promise<SoakConnection> => connectTo(address, database);
  const execute = async (statements: readonly string[], database?: string): Promise<void> => {
    await using connection = await connect(database);
    for (const statement of statements) await connection.run(statement);
  };
  await execute(["create database shop"], dialect === "postgres" ? "postgres" : "mysql");
  const stop = async (): Promise<void> => {
    await running?.stop();
    running = undefined;
  };
  return {
    dialect,
    directory,
    address,
    connect,
    execute,
    postgres() {
      if (running?.postgres === undefined) throw new TypeError("no PostgreSQL server runs here");
      return running.postgres;
    },
    stop,
    async start() {
      running = await start();
    },
    [Symbol.asyncDispose]: stop,
  };
}

/** Copies a stopped server's files as they are, including owners and times. */
export function copyFiles({ dialect, directory }: SoakServer, to: string): void {
  const from = join(directory, dialect === "postgres" ? "cluster" : "data");
  rmSync(to, { recursive: true, force: true });
  execFileSync("cp", ["-a", from, to]);
}

export function putFilesBack({ dialect, directory }: SoakServer, from: string): void {
  const to = join(directory, dialect === "postgres" ? "cluster" : "data");
  rmSync(to, { recursive: true, force: true });
  execFileSync("cp", ["-a", from, to]);
}

function addressOf(dialect: Dialect, href: string): PlainAddress {
  const url = new URL(href);
  const password = decodeURIComponent(url.password);
  url.password = "";
  return { dialect, url: url.href, password };
}

async function connectTo(address: PlainAddress, database: string): Promise<SoakConnection> {
  const url = new URL(address.url);
  const user = decodeURIComponent(url.username);
  const refused = (statement: string) => (cause: unknown) => {
    throw new Error(`the source refused: ${statement.slice(0, 500)}: ${String(cause)}`, { cause });
  };
  if (address.dialect === "postgres") {
    const host = url.searchParams.get("socket") ?? url.hostname;
    const port = Number(url.port || 5432);
    const client = new Client({ host, port, user, password: address.password, database });
    client.on("error", () => undefined);
    await client.connect();
    return {
      run: async (statement) =>
        (await client.query<(string | null)[]>({ text: statement, rowMode: "array" }).catch(refused(statement))).rows,
      [Symbol.asyncDispose]: () => client.end(),
    };
  }
  const at = { host: url.hostname, port: Number(url.port), user, password: address.password, database };
  const connection = await createConnection({ ...at, charset: "utf8mb4", typeCast: (field) => field.string() });
  return {
    async run(statement) {
      const [rows] = await connection
        .query<RowDataPacket[][]>({ sql: statement, rowsAsArray: true })
        .catch(refused(statement));
      return Array.isArray(rows) ? (rows as unknown as (string | null)[][]) : [];
    },
    [Symbol.asyncDispose]: () => connection.end(),
  };
}
