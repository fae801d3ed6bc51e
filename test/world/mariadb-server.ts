/**
 * A private MariaDB server: its own data directory, a unix socket and a free port on 127.0.0.1, removed when it is
 * stopped or this process ends. For tests, the demo and benchmarks; nothing here is durable.
 */
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { access, cp, mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { createConnection, type Connection, type RowDataPacket } from "mysql2/promise";

export interface MariadbServer extends AsyncDisposable {
  readonly directory: string;
  readonly socket: string;
  readonly port: number;
  /** Runs one statement as root. Every value is returned as the server's own text, null as null. */
  query(statement: string, options?: { readonly database?: string }): Promise<readonly Record<string, string | null>[]>;
  /** Address of a database over TCP for a user with all rights, including the password. */
  url(database: string): string;
  stop(): Promise<void>;
  /** Ends the server as a power failure would. */
  kill(): Promise<void>;
}

export interface MariadbOptions {
  /** Kept after the stop and used again by the next start. Absent: a temporary directory, removed at the stop. */
  readonly directory?: string | undefined;
  /** Server settings, `--name=value`; `log-bin: "0"` turns the binary log off. */
  readonly settings?: Readonly<Record<string, string>> | undefined;
}

const run = promisify(execFile);
const user = "headgate";
/**
 * Contains special characters, so that it must be encoded in addresses and is recognised where it should not appear.
 */
const password = "sesame/öffne 100%";

export async function startMariadb({ directory, settings = {} }: MariadbOptions = {}): Promise<MariadbServer> {
  const home = directory ?? (await mkdtemp(join(tmpdir(), "headgate-mariadb-")));
  const data = join(home, "data");
  const socket = await socketPath(home);
  await mkdir(home, { recursive: true });
  if (!existsSync(data)) await cp(await preparedData(), data, { recursive: true });
  const port = await freePort();
  const child = await launch(serverArguments({ home, data, socket, port, settings }));
  let shared: Promise<Connection> | undefined;
  await answering(child, { home, socket });
  const connection = (): Promise<Connection> => (shared ??= connect(socket));
  const ended = async (signal: NodeJS.Signals): Promise<void> => {
    const open = shared;
    shared = undefined;
    (await open?.catch(() => undefined))?.destroy();
    await end(child, signal);
    await rm(socket, { force: true });
    if (directory === undefined) await rm(home, { recursive: true, force: true });
  };
  const server: MariadbServer = {
    directory: home,
    socket,
    port,
    async query(statement, { database } = {}) {
      if (database !== undefined) {
        const own = await connect(socket, database);
        return runStatement(own, statement).finally(() => own.destroy());
      }
      return runStatement(await connection(), statement);
    },
    url: (database) =>
      `mariadb://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}/${encodeURIComponent(database)}`,
    stop: () => ended("SIGTERM"),
    kill: () => ended("SIGKILL"),
    [Symbol.asyncDispose]: () => ended("SIGTERM"),
  };
  await server.query(`create or replace user ${user}@'%' identified by '${password}'`);
  await server.query(`grant all on *.* to ${user}@'%' with grant option`);
  return server;
}

async function runStatement(
  connection: Connection,
  statement: string,
): Promise<readonly Record<string, string | null>[]> {
  const [rows] = await connection.query<RowDataPacket[]>(statement);
  return Array.isArray(rows) ? (rows as Record<string, string | null>[]) : [];
}

function connect(socketPathToServer: string, database?: string): Promise<Connection> {
  return createConnection({
    socketPath: socketPathToServer,
    user: "root",
    charset: "utf8mb4",
    ...(database === undefined ? {} : { database }),
    typeCast: (field) => field.string(),
  });
}

interface Place {
  readonly home: string;
  readonly data: string;
  readonly socket: string;
  readonly port: number;
  readonly settings: Readonly<Record<string, string>>;
}

/** Small and unsafe on purpose: no fsync, little memory. */
function serverArguments({ home, data, socket, port, settings }: Place): string[] {
  const all: Record<string, string> = {
    datadir: data,
    socket,
    port: String(port),
    "bind-address": "127.0.0.1",
    "pid-file": join(home, "mariadbd.pid"),
    "log-error": join(home, "mariadbd.log"),
    "log-bin": join(data, "binlog"),
    "server-id": "7",
    "binlog-format": "ROW",
    "character-set-server": "utf8mb4",
    "max-allowed-packet": "1G",
    "innodb-flush-log-at-trx-commit": "0",
    "innodb-flush-method": "nosync",
    "innodb-doublewrite": "0",
    "innodb-buffer-pool-size": "128M",
    "innodb-log-file-size": "64M",
    "sync-binlog": "0",
    "performance-schema": "OFF",
    "skip-name-resolve": "ON",
    ...settings,
  };
  const { "log-bin": log, ...rest } = all;
  const flags = Object.entries(rest).map(([name, value]) => `--${name}=${value}`);
  return ["--no-defaults", ...flags, log === "0" ? "--skip-log-bin" : `--log-bin=${log}`, ...asRoot()];
}

/** Starts the server so that it dies with this process, if the system supports that. */
async function launch(arguments_: string[]): Promise<ChildProcess> {
  const server = await program("mariadbd");
  const leash = await program("setpriv").catch(() => undefined);
  const command = leash === undefined ? [server] : [leash, "--pdeathsig", "SIGKILL", server];
  return spawn(command[0] as string, [...command.slice(1), ...arguments_], { stdio: "ignore" });
}

async function answering(child: ChildProcess, { home, socket }: { home: string; socket: string }): Promise<void> {
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null) {
      const log = await readFile(join(home, "mariadbd.log"), "utf8").catch(() => "it wrote no log");
      throw new Error(`mariadbd ended at once:\n${log.slice(-2000)}`);
    }
    const connection = await connect(socket).catch(() => undefined);
    if (connection !== undefined) return connection.destroy();
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill(signal);
  await gone;
}

/**
 * A newly installed data directory, made once per machine, version and user and then copied, because installing takes
 * seconds.
 */
async function preparedData(): Promise<string> {
  const version = (await run(await program("mariadbd"), ["--version"])).stdout.match(/Ver (\S+)/)?.[1] ?? "unknown";
  const prepared = join(tmpdir(), `headgate-mariadb-template-${version}-${userInfo().uid}`);
  if (existsSync(prepared)) return prepared;
  const making = `${prepared}-${randomBytes(6).toString("hex")}`;
  const install = await program("mariadb-install-db");
  const options = [
    `--datadir=${making}`,
    "--auth-root-authentication-method=normal",
    "--skip-test-db",
    "--innodb-log-file-size=64M",
  ];
  await run(install, ["--no-defaults", ...options, ...asRoot()]);
  await rename(making, prepared).catch(() => rm(making, { recursive: true, force: true }));
  return prepared;
}

function asRoot(): string[] {
  return userInfo().uid === 0 ? ["--user=root"] : [];
}

async function program(name: string): Promise<string> {
  const directories = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"];
  for (const directory of directories) {
    const path = join(directory, name);
    const found = await access(path).then(
      () => true,
      () => false,
    );
    if (found) return path;
  }
  throw new Error(
    `${name} was not found: install MariaDB Server 10.6 or newer (Debian: apt-get install mariadb-server)`,
  );
}

/** Unix socket paths are short: about 100 characters. */
async function socketPath(home: string): Promise<string> {
  const inside = join(home, "mariadb.sock");
  return inside.length < 100 ? inside : join(tmpdir(), `headgate-${randomBytes(6).toString("hex")}.sock`);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
