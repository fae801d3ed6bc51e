/**
 * A private PgBouncer before a test's PostgreSQL server: a unix socket in a directory of its own, removed when it is
 * stopped or this process ends. Everybody who connects is the server's superuser; `users` adds others.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Client } from "pg";
import { chooseRunAs, diesWithUs, handOver, type RunAs } from "../../src/db/run-as.ts";
import type { PostgresServer } from "./postgres-server.ts";

export interface PgBouncer extends AsyncDisposable {
  readonly socketDirectory: string;
  /** Address of a database through the pool, including the password. */
  url(database: string): string;
  stop(): Promise<void>;
}

export interface PgBouncerOptions {
  readonly mode: "session" | "transaction" | "statement";
  /** Connections to the server for each user and database. */
  readonly poolSize?: number | undefined;
  /** Additional lines of its settings. */
  readonly settings?: Readonly<Record<string, string>> | undefined;
  /** Other users and their passwords. */
  readonly users?: Readonly<Record<string, string>> | undefined;
}

const port = 6432;

export async function startPgBouncer(server: PostgresServer, options: PgBouncerOptions): Promise<PgBouncer> {
  const home = await mkdtemp(join(tmpdir(), "headgate-pgbouncer-"));
  await writeFile(join(home, "users.txt"), userLines(server, options));
  await writeFile(join(home, "pgbouncer.ini"), settingLines(server, { home, options }));
  const runAs = await chooseRunAs();
  for (const file of ["", "users.txt", "pgbouncer.ini"]) await handOver(join(home, file), runAs);
  const child = launch(join(home, "pgbouncer.ini"), runAs);
  await answering(child, { home, server });
  const stop = async (): Promise<void> => {
    await end(child);
    await rm(home, { recursive: true, force: true });
  };
  return {
    socketDirectory: home,
    url(database) {
      const address = new URL(server.url(database));
      address.port = String(port);
      address.searchParams.set("socket", home);
      return address.href;
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

interface Place {
  readonly home: string;
  readonly options: PgBouncerOptions;
}

function userLines(server: PostgresServer, { users = {} }: PgBouncerOptions): string {
  const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`;
  const all = { [server.user]: server.password, ...users };
  return Object.entries(all)
    .map(([name, password]) => `${quote(name)} ${quote(password)}\n`)
    .join("");
}

function settingLines(server: PostgresServer, { home, options }: Place): string {
  const settings: Record<string, string> = {
    unix_socket_dir: home,
    unix_socket_mode: "0777",
    listen_port: String(port),
    pool_mode: options.mode,
    default_pool_size: String(options.poolSize ?? 10),
    max_client_conn: "200",
    auth_type: "plain",
    auth_file: join(home, "users.txt"),
    logfile: join(home, "pgbouncer.log"),
    pidfile: join(home, "pgbouncer.pid"),
    ...options.settings,
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}`);
  return ["[databases]", `* = host=${server.socketDirectory} port=5432`, "[pgbouncer]", ...lines, ""].join("\n");
}

/**
 * It dies with this process, if the system supports that. It refuses to run as root, like PostgreSQL's own programs.
 */
function launch(settings: string, { wrapper, owner }: RunAs): ChildProcess {
  const program = find("pgbouncer");
  if (program === undefined) throw new Error("pgbouncer was not found: install it (Debian: apt-get install pgbouncer)");
  const [first = program, ...rest] = [...diesWithUs(), ...wrapper, program, "--quiet", settings];
  return spawn(first, rest, { stdio: "ignore", ...owner });
}

function find(name: string): string | undefined {
  const directories = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"];
  return directories.map((directory) => join(directory, name)).find((path) => existsSync(path));
}

async function answering(
  child: ChildProcess,
  { home, server }: { home: string; server: PostgresServer },
): Promise<void> {
  const { user, password } = server;
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null) {
      const log = await readFile(join(home, "pgbouncer.log"), "utf8").catch(() => "it wrote no log");
      throw new Error(`pgbouncer ended at once:\n${log.slice(-2000)}`);
    }
    const client = new Client({ host: home, port, user, password, database: "postgres" });
    client.on("error", () => undefined);
    const isThere = await client.connect().then(
      () => true,
      () => false,
    );
    await client.end().catch(() => undefined);
    if (isThere) return;
    await delay(25);
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await gone;
}
