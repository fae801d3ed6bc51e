/**
 * A private PostgreSQL server on a unix socket, from the embedded binaries, removed when it is stopped or this process
 * ends. For tests, the demo and benchmarks; nothing here is durable.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client, type ClientConfig } from "pg";
import { startEmbeddedPostgres } from "../../src/db/embedded-postgres.ts";

export interface PostgresServer extends AsyncDisposable {
  /** Where it keeps its cluster and its password, so that the next start finds them. */
  readonly directory: string;
  readonly socketDirectory: string;
  readonly user: string;
  readonly password: string;
  /** Runs one statement as superuser. Every value is returned as the server's own text, null as null. */
  query(
    statement: string,
    values?: readonly unknown[],
    options?: { readonly database?: string },
  ): Promise<readonly Record<string, string | null>[]>;
  createDatabase(name: string): Promise<void>;
  /** Address of a database over the socket, including the password. */
  url(database: string): string;
  stop(): Promise<void>;
  /** Ends the server as a power failure would. */
  kill(): Promise<void>;
}

export interface PostgresOptions {
  /** Kept after the stop and used again by the next start. Absent: a temporary directory, removed at the stop. */
  readonly directory?: string | undefined;
  readonly settings?: Readonly<Record<string, string>> | undefined;
}

const fastSettings = {
  fsync: "off",
  full_page_writes: "off",
  synchronous_commit: "off",
  wal_level: "logical",
  max_connections: "60",
  shared_buffers: "128MB",
};

export async function startPostgres({ directory, settings = {} }: PostgresOptions = {}): Promise<PostgresServer> {
  const home = directory ?? (await mkdtemp(join(tmpdir(), "headgate-postgres-")));
  const server = await startEmbeddedPostgres({ directory: home, settings: { ...fastSettings, ...settings } });
  const { host, port, user, password } = server.connection;
  const clients = new Map<string, Promise<Client>>();
  const client = (database: string): Promise<Client> => {
    const open = clients.get(database) ?? connect({ host, port, user, password, database });
    clients.set(database, open);
    return open;
  };
  const end = async (stop: () => PromiseLike<void>): Promise<void> => {
    for (const open of clients.values()) await (await open.catch(() => undefined))?.end().catch(() => undefined);
    clients.clear();
    await stop();
    if (directory === undefined) await rm(home, { recursive: true, force: true });
  };
  return {
    directory: home,
    socketDirectory: host,
    user,
    password,
    async query(statement, values = [], { database = "postgres" } = {}) {
      const { rows } = await (await client(database)).query(statement, values.length > 0 ? [...values] : undefined);
      return rows as Record<string, string | null>[];
    },
    async createDatabase(name) {
      await (await client("postgres")).query(`create database "${name.replaceAll('"', '""')}"`);
    },
    url(database) {
      const address = new URL(`postgres://localhost/${encodeURIComponent(database)}`);
      address.username = user;
      address.password = password;
      address.searchParams.set("socket", host);
      return address.href;
    },
    stop: () => end(() => server[Symbol.asyncDispose]()),
    kill: () => end(() => server.kill()),
    [Symbol.asyncDispose]: () => end(() => server[Symbol.asyncDispose]()),
  };
}

async function connect(at: ClientConfig): Promise<Client> {
  const client = new Client({ ...at, types: { getTypeParser: () => (text: string) => text } });
  client.on("error", () => undefined);
  await client.connect();
  return client;
}
