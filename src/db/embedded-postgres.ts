/**
 * A private PostgreSQL server in a directory. It is created on first start, listens only on a unix socket unless asked
 * otherwise, and stops with the process that started it, even if that is killed. It works as root and as an ordinary
 * user.
 * Invariants: what was committed survives kill -9 of this process and of the server; a directory has at most one
 * server.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, mkdir, open, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { openCleanup, type Cleanup } from "../base/cleanup.ts";
import { acquireExclusiveLock } from "../base/exclusive-lock.ts";
import { ownerOf, temporaryDirectoryOf } from "../base/private-path.ts";
import { HeadgateError } from "../errors.ts";
import { findPostgresBinaries, type PostgresBinaries } from "./postgres-binaries.ts";
import { isReady, removeStaleFile, runningServer } from "./postmaster-file.ts";
import { chooseRunAs, diesWithUs, handOver, letPass, systemPath, type RunAs } from "./run-as.ts";

export interface PostgresConnection {
  /** A socket directory or 127.0.0.1. */
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
  /** Ends the server as a power cut would. */
  kill(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  readonly directory: string;
  /** Server settings in addition to the defaults. */
  readonly settings?: Readonly<Record<string, string>> | undefined;
  /** Port of 127.0.0.1 to listen on as well. */
  readonly listenPort?: number | undefined;
}

/** These are small because the metadata of hundreds of tables takes only a few megabytes. */
const defaultSettings: Readonly<Record<string, string>> = {
  shared_buffers: "64MB",
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
const stopPatienceMs = 10_000;

/** Directories and programs that every step needs. */
interface Home {
  readonly directory: string;
  readonly cluster: string;
  readonly logFile: string;
  readonly binaries: PostgresBinaries;
  readonly runAs: RunAs;
}

/**
 * Throws DATA_DIRECTORY_IN_USE when another process runs a server here, METADATA_UNREACHABLE with the log's last lines
 * when the server does not start, DATA_DIRECTORY_UNWRITABLE, PATH_NOT_PRIVATE and DISK_FULL.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const cleanup = openCleanup();
  try {
    return await start(options, cleanup);
  } catch (failure) {
    await cleanup[Symbol.asyncDispose]();
    throw failure;
  }
}

async function start(options: EmbeddedPostgresOptions, cleanup: Cleanup): Promise<EmbeddedPostgres> {
  const home = await prepare(options.directory, cleanup);
  const password = await initialise(home);
  await endOrphan(home);
  const socketDirectory = await shortSocketDirectory(home);
  const server = await startServer(home, settingsFor(options, socketDirectory));
  const exited = new Promise<void>((resolve) => server.once("exit", () => resolve()));
  cleanup.defer(() => stop(server, exited));
  return {
    connection: {
      host: options.listenPort === undefined ? socketDirectory : "127.0.0.1",
      port: options.listenPort ?? 5432,
      user,
      password,
      database: "postgres",
    },
    pid: server.pid ?? 0,
    logFile: home.logFile,
    async kill() {
      server.kill("SIGKILL");
      await exited;
      await cleanup[Symbol.asyncDispose]();
    },
    [Symbol.asyncDispose]: () => cleanup[Symbol.asyncDispose](),
  };
}

async function prepare(directory: string, cleanup: Cleanup): Promise<Home> {
  const runAs = await chooseRunAs();
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await handOver(directory, runAs);
  await letPass(dirname(directory), runAs);
  const lock = await acquireExclusiveLock(directory);
  if (lock === undefined)
    throw new HeadgateError("DATA_DIRECTORY_IN_USE", {
      place: directory,
      message: "another process runs the embedded PostgreSQL of this directory",
    });
  cleanup.use(lock);
  return {
    directory,
    cluster: join(directory, "cluster"),
    logFile: join(directory, "postgres.log"),
    binaries: await findPostgresBinaries({
      ownDirectory: join(directory, "programs"),
      mustCopy: runAs.owner !== undefined,
    }),
    runAs,
  };
}

/** Creates the cluster if it does not exist, after removing what a killed attempt left behind. Returns its password. */
async function initialise(home: Home): Promise<string> {
  const passwordFile = join(home.directory, "password");
  if (existsSync(passwordFile)) return readFile(passwordFile, "utf8");
  await removeDrafts(home.directory);
  await rm(home.cluster, { recursive: true, force: true });
  const password = randomBytes(24).toString("base64url");
  const draft = join(home.directory, `${randomBytes(6).toString("hex")}.draft`);
  await writeFile(draft, password, { mode: 0o600 });
  await handOver(draft, home.runAs);
  await initdb(home, { cluster: `${draft}.cluster.draft`, passwordFile: draft });
  await rename(`${draft}.cluster.draft`, home.cluster);
  await rename(draft, passwordFile);
  return password;
}

async function removeDrafts(directory: string): Promise<void> {
  for (const name of await readdir(directory))
    if (name.endsWith(".draft")) await rm(join(directory, name), { recursive: true, force: true });
}

async function initdb(home: Home, made: { cluster: string; passwordFile: string }): Promise<void> {
  const child = launch(home, {
    words: [
      home.binaries.initdb,
      `--pgdata=${made.cluster}`,
      `--pwfile=${made.passwordFile}`,
      `--username=${user}`,
      "--auth=scram-sha-256",
      "--encoding=UTF8",
      "--locale-provider=builtin",
      "--builtin-locale=C.UTF-8",
      "--locale=C",
      "--data-checksums",
      "--no-instructions",
    ],
    output: "pipe",
  });
  let complaint = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (complaint += text));
  const code = await new Promise<number | null>((resolve, reject) =>
    child.once("error", reject).once("close", resolve),
  );
  if (code !== 0) throw failureOf(home, `initdb failed: ${complaint.trim()}`);
}

/**
 * We hold the directory's lock, so a server that runs here has lost the process that started it. It was told to stop
 * then (diesWithUs) or is told now, and may still be writing its last checkpoint.
 */
async function endOrphan({ cluster, directory }: Home): Promise<void> {
  const deadline = Date.now() + startPatienceMs;
  for (let pid = await runningServer(cluster); pid !== undefined; pid = await runningServer(cluster)) {
    if (Date.now() > deadline)
      throw new HeadgateError("METADATA_UNREACHABLE", {
        place: directory,
        message: `process ${pid}, which an earlier Headgate left behind, does not stop`,
        remedy: `end it with \`kill -9 ${pid}\`, and run the command again`,
      });
    signal(pid, "SIGINT");
    await delay(50);
  }
  await removeStaleFile(cluster);
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // The process ended in the meantime.
  }
}

/** The path of a unix socket is limited to about 107 bytes. */
async function shortSocketDirectory({ directory, runAs }: Home): Promise<string> {
  if (Buffer.byteLength(directory) <= 85) return directory;
  const own = await temporaryDirectoryOf(process.getuid?.() ?? (await ownerOf(directory)));
  await letPass(own, runAs);
  const short = join(own, createHash("sha256").update(directory).digest("hex").slice(0, 20));
  await mkdir(short, { recursive: true, mode: 0o700 });
  await chmod(short, 0o700);
  await handOver(short, runAs);
  return short;
}

function settingsFor(options: EmbeddedPostgresOptions, socketDirectory: string): Readonly<Record<string, string>> {
  return {
    ...defaultSettings,
    listen_addresses: options.listenPort === undefined ? "" : "127.0.0.1",
    port: String(options.listenPort ?? 5432),
    unix_socket_directories: socketDirectory,
    ...options.settings,
  };
}

/**
 * Backends of a killed server hold its shared memory for a moment longer, and a new server is refused until they have
 * ended.
 */
async function startServer(home: Home, settings: Readonly<Record<string, string>>): Promise<ChildProcess> {
  const deadline = Date.now() + startPatienceMs;
  for (;;) {
    const log = await open(home.logFile, "a", 0o600);
    const { size } = await log.stat();
    const words = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    const server = launch(home, { words: [home.binaries.postgres, "-D", home.cluster, ...words], output: log.fd });
    await log.close();
    if (await becomesReady(home, server, deadline)) return server;
    const said = (await readFile(home.logFile)).subarray(size).toString();
    if (!/pre-existing shared memory block/.test(said) || Date.now() > deadline)
      throw failureOf(home, `the embedded PostgreSQL did not start:\n${said.trim().split("\n").slice(-5).join("\n")}`);
    await delay(100);
  }
}

async function becomesReady({ cluster }: Home, server: ChildProcess, deadline: number): Promise<boolean> {
  while (!(await isReady(cluster, server.pid))) {
    if (server.pid === undefined || server.exitCode !== null || server.signalCode !== null) return false;
    if (Date.now() > deadline) {
      server.kill("SIGKILL");
      return false;
    }
    await delay(10);
  }
  return true;
}

/** In fast mode the server waits only for replication clients, so it is killed if they keep it waiting for too long. */
async function stop(server: ChildProcess, exited: Promise<void>): Promise<void> {
  server.kill("SIGINT");
  const timer = setTimeout(() => server.kill("SIGQUIT"), stopPatienceMs);
  await exited;
  clearTimeout(timer);
}

interface Launch {
  readonly words: readonly string[];
  /** The destination of the program's messages: a file descriptor, or a pipe to us. */
  readonly output: number | "pipe";
}

function launch({ binaries, runAs }: Home, { words, output }: Launch): ChildProcess {
  const [file = "", ...rest] = [...diesWithUs(), ...runAs.wrapper, ...words];
  const child = spawn(file, rest, {
    // Ctrl-C at a terminal reaches a whole process group. In its own group, the server survives long enough to record
    // how a run ended.
    detached: true,
    stdio: ["ignore", output === "pipe" ? "ignore" : output, output],
    env: { PATH: systemPath, ...binaries.environment },
    ...runAs.owner,
  });
  // Without a listener, a program that cannot be started would end this process. The missing pid reports the same
  // failure.
  child.on("error", () => {});
  return child;
}

function failureOf({ directory, logFile, runAs }: Home, message: string): HeadgateError {
  if (/no space left/i.test(message)) return new HeadgateError("DISK_FULL", { place: directory });
  if (runAs.owner !== undefined && /permission denied/i.test(message))
    return new HeadgateError("METADATA_UNREACHABLE", {
      place: directory,
      message,
      remedy: "choose a data directory that the user nobody can reach, because PostgreSQL does not run as root",
    });
  return new HeadgateError("METADATA_UNREACHABLE", { place: logFile, message });
}
