/**
 * A private PostgreSQL server in a directory: made on first start, reachable through a unix socket only unless asked otherwise,
 * and stopped with the process that started it, also when that is killed. Works as root and as an ordinary user.
 * Invariant: what was committed survives kill -9 of this process and of the server.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, mkdir, open, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { HeadgateError } from "../errors.ts";
import { findPostgresBinaries, type PostgresBinaries } from "./postgres-binaries.ts";

export interface PostgresConnection {
  /** A socket directory, or 127.0.0.1. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

export interface EmbeddedPostgres extends AsyncDisposable {
  readonly connection: PostgresConnection;
  readonly pid: number;
  readonly logFile: string;
  /** Ends it like a power cut would. */
  kill(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  readonly directory: string;
  /** Server settings beside the defaults. */
  readonly settings?: Readonly<Record<string, string>> | undefined;
  /** Also listen on this port of 127.0.0.1. */
  readonly listenPort?: number | undefined;
}

/** Small: the metadata of hundreds of tables is a few megabytes. */
const defaultSettings: Readonly<Record<string, string>> = {
  shared_buffers: "16MB",
  max_connections: "40",
  max_wal_size: "256MB",
  min_wal_size: "32MB",
  jit: "off",
  io_method: "sync",
  huge_pages: "off",
  max_worker_processes: "4",
  max_parallel_workers: "0",
  max_logical_replication_workers: "0",
  unix_socket_permissions: "0700",
};

const user = "headgate";
const startPatienceMs = 60_000;

/** Throws METADATA_UNREACHABLE with the log's last lines when the server does not come up. */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { directory } = options;
  const binaries = await findPostgresBinaries(join(directory, "lib"));
  const password = await initialise(directory, binaries);
  await waitForOrphan(directory);
  const socketDirectory = await shortSocketDirectory(directory);
  const logFile = join(directory, "postgres.log");
  const server = await spawnServer({ options, binaries, socketDirectory, logFile });
  await untilReady({ directory, server, logFile });
  const port = options.listenPort ?? 5432;
  const exited = new Promise<void>((resolve) => server.once("exit", () => resolve()));
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (server.exitCode === null && server.signalCode === null) server.kill(signal);
    await exited;
  };
  return {
    connection: {
      host: options.listenPort === undefined ? socketDirectory : "127.0.0.1",
      port,
      user,
      password,
      database: "postgres",
    },
    pid: server.pid ?? 0,
    logFile,
    kill: () => end("SIGKILL"),
    [Symbol.asyncDispose]: () => end("SIGINT"),
  };
}

/** Makes the cluster when there is none; returns its password. A half-made one is made anew. */
async function initialise(directory: string, binaries: PostgresBinaries): Promise<string> {
  const passwordFile = join(directory, "password");
  if (existsSync(passwordFile)) return readFile(passwordFile, "utf8");
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await rm(clusterIn(directory), { recursive: true, force: true });
  const password = randomBytes(24).toString("base64url");
  const draft = `${passwordFile}.new`;
  await writeFile(draft, password, { mode: 0o600 });
  await run(binaries, [
    binaries.initdb,
    "-D",
    clusterIn(directory),
    "-U",
    user,
    "--pwfile",
    draft,
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C",
    "--no-instructions",
    "--no-sync",
  ]);
  await rename(draft, passwordFile);
  return password;
}

function clusterIn(directory: string): string {
  return join(directory, "cluster");
}

/** After kill -9 of our process its server is told to stop; it may still be writing its last checkpoint. */
async function waitForOrphan(directory: string): Promise<void> {
  const deadline = Date.now() + startPatienceMs;
  for (
    let pid = await postmasterPid(directory);
    pid !== undefined && isAlive(pid);
    pid = await postmasterPid(directory)
  ) {
    if (Date.now() > deadline)
      throw new HeadgateError("METADATA_UNREACHABLE", {
        place: directory,
        message: `process ${pid} still runs on this directory`,
      });
    await delay(50);
  }
}

async function postmasterPid(directory: string): Promise<number | undefined> {
  const text = await readFile(join(clusterIn(directory), "postmaster.pid"), "utf8").catch(() => "");
  const pid = Number(text.split("\n", 1)[0]);
  return Number.isInteger(pid) && pid > 1 ? pid : undefined;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (failure) {
    return (failure as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** A unix socket's path may have about 107 bytes. */
async function shortSocketDirectory(directory: string): Promise<string> {
  if (Buffer.byteLength(directory) <= 85) return directory;
  const short = join(tmpdir(), `headgate-${createHash("sha256").update(directory).digest("hex").slice(0, 20)}`);
  await mkdir(short, { recursive: true, mode: 0o700 });
  await chmod(short, 0o700);
  return short;
}

interface ServerParts {
  readonly options: EmbeddedPostgresOptions;
  readonly binaries: PostgresBinaries;
  readonly socketDirectory: string;
  readonly logFile: string;
}

async function spawnServer({ options, binaries, socketDirectory, logFile }: ServerParts): Promise<ChildProcess> {
  const { listenPort } = options;
  const settings = {
    ...defaultSettings,
    listen_addresses: listenPort === undefined ? "" : "127.0.0.1",
    port: String(listenPort ?? 5432),
    unix_socket_directories: socketDirectory,
    ...options.settings,
  };
  const words = [
    binaries.postgres,
    "-D",
    clusterIn(options.directory),
    ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
  ];
  const [file = "", ...rest] = [...diesWithParent(), ...asNobody(), ...words];
  const log = await open(logFile, "a", 0o600);
  try {
    return spawn(file, rest, { stdio: ["ignore", log.fd, log.fd], env: environment(binaries) });
  } finally {
    await log.close();
  }
}

/** PostgreSQL refuses to run as root; a user namespace in which root is somebody else satisfies it and keeps the files ours. */
function asNobody(): string[] {
  return process.getuid?.() === 0 ? ["unshare", "--user", "--map-user=65534", "--map-group=65534"] : [];
}

function diesWithParent(): string[] {
  return existsSync("/usr/bin/setpriv") ? ["setpriv", "--pdeathsig", "INT"] : [];
}

function environment(binaries: PostgresBinaries): Record<string, string> {
  return { PATH: "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", ...binaries.environment };
}

async function run(binaries: PostgresBinaries, words: readonly string[]): Promise<void> {
  const [file = "", ...rest] = [...asNobody(), ...words];
  const child = spawn(file, rest, { stdio: ["ignore", "ignore", "pipe"], env: environment(binaries) });
  let complaint = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (complaint += text));
  const code = await new Promise<number | null>((resolve, reject) =>
    child.once("error", reject).once("close", resolve),
  );
  if (code === 0) return;
  if (/no space left/i.test(complaint)) throw new HeadgateError("DISK_FULL", { place: words.at(2) });
  throw new HeadgateError("METADATA_UNREACHABLE", { place: words[0], message: `initdb failed: ${complaint.trim()}` });
}

async function untilReady({
  directory,
  server,
  logFile,
}: {
  directory: string;
  server: ChildProcess;
  logFile: string;
}): Promise<void> {
  const deadline = Date.now() + startPatienceMs;
  while (!(await isReady(directory, server.pid))) {
    if (server.exitCode !== null || server.signalCode !== null || Date.now() > deadline)
      throw await startFailure(logFile);
    await delay(10);
  }
}

/** The eighth line of postmaster.pid says `ready` once connections are accepted. */
async function isReady(directory: string, pid: number | undefined): Promise<boolean> {
  const lines = (await readFile(join(clusterIn(directory), "postmaster.pid"), "utf8").catch(() => "")).split("\n");
  return Number(lines[0]) === pid && lines[7]?.trim() === "ready";
}

async function startFailure(logFile: string): Promise<HeadgateError> {
  const lines = (await readFile(logFile, "utf8").catch(() => "")).trim().split("\n").slice(-5).join("\n");
  if (/no space left/i.test(lines)) return new HeadgateError("DISK_FULL", { place: logFile });
  return new HeadgateError("METADATA_UNREACHABLE", {
    place: logFile,
    message: `the embedded PostgreSQL did not start:\n${lines}`,
  });
}
