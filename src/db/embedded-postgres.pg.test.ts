import { spawn } from "node:child_process";
import { once } from "node:events";
import { readlinkSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openCleanup, using } from "../base/cleanup.ts";
import { startEmbeddedPostgres, type EmbeddedPostgres, type PostgresConnection } from "./embedded-postgres.ts";

const cleanup = openCleanup();
/** Longer than a socket path may be, and with characters that careless code would split or quote wrongly. */
let directory: string;

beforeAll(async () => {
  const top = await mkdtemp(join(tmpdir(), "headgate-embedded-"));
  cleanup.defer(() => rm(top, { recursive: true, force: true }));
  directory = join(
    top,
    "a folder with spaces and a name that is long",
    "ünïcode so long that no socket fits",
    "metadata",
  );
  await using(startEmbeddedPostgres({ directory }), async ({ connection }) => {
    await query(connection, "create table kept (n int)");
  });
});
afterAll(() => cleanup[Symbol.asyncDispose]());

test("it answers through its socket, with checksums, UTF-8 and no TCP port", async () => {
  await using(startEmbeddedPostgres({ directory }), async ({ connection, pid, logFile }) => {
    const [row] = await query(
      connection,
      `select current_setting('data_checksums') as checksums, current_setting('listen_addresses') as listens,
        pg_encoding_to_char(encoding) as encoding, datlocale as locale from pg_database where datname = current_database()`,
    );
    expect(row).toEqual({ checksums: "on", listens: "", encoding: "UTF8", locale: "C.UTF-8" });
    expect(isAlive(pid)).toBe(true);
    expect(await readFile(logFile, "utf8")).toContain("ready to accept connections");
  });
});

test("its password is needed, and only its owner can read it", async () => {
  await using(startEmbeddedPostgres({ directory }), async ({ connection }) => {
    await expect(query({ ...connection, password: "guessed" }, "select 1")).rejects.toMatchObject({ code: "28P01" });
  });
  const { mode } = await stat(join(directory, "password"));
  expect(mode & 0o777).toBe(0o600);
});

test("a stop ends the server and frees the directory", async () => {
  const server = await startEmbeddedPostgres({ directory });
  await server[Symbol.asyncDispose]();
  expect(isAlive(server.pid)).toBe(false);
});

test("a second server on a directory is refused while the first goes on", async () => {
  await using(startEmbeddedPostgres({ directory }), async ({ connection }) => {
    await expect(startEmbeddedPostgres({ directory })).rejects.toMatchObject({ code: "DATA_DIRECTORY_IN_USE" });
    expect(await query(connection, "select 1 as one")).toEqual([{ one: 1 }]);
  });
});

test("what was committed is there after the server was killed", async () => {
  const server = await startEmbeddedPostgres({ directory });
  await query(server.connection, "insert into kept values (1)");
  await server.kill();
  await using(startEmbeddedPostgres({ directory }), async ({ connection }) => {
    expect(await query(connection, "delete from kept returning n")).toEqual([{ n: 1 }]);
  });
});

test("the server ends when the process that started it is killed, and what was committed is there", async () => {
  const { child, server } = await startInAnotherProcess(directory);
  await query(server.connection, "insert into kept values (2)");
  child.kill("SIGKILL");
  await once(child, "exit");
  await using(startEmbeddedPostgres({ directory }), async ({ connection, pid }) => {
    expect(pid).not.toBe(server.pid);
    await expect.poll(() => isAlive(server.pid)).toBe(false);
    expect(await query(connection, "delete from kept returning n")).toEqual([{ n: 2 }]);
  });
});

test.runIf(process.platform === "linux")("nobody has to start anything for that", async () => {
  const { child, server } = await startInAnotherProcess(directory);
  child.kill("SIGKILL");
  await expect.poll(() => isAlive(server.pid), { timeout: 30_000 }).toBe(false);
});

test("a pid left by a power cut and reused by another program does not stop the start", async () => {
  await writeFile(join(directory, "cluster", "postmaster.pid"), `${process.pid}\n${directory}\n`);
  await using(startEmbeddedPostgres({ directory }), async ({ connection }) => {
    expect(await query(connection, "select 1 as one")).toEqual([{ one: 1 }]);
  });
});

test("a server that does not come up is reported with what its log says", async () => {
  const settings = { shared_buffers: "no size" };
  await expect(startEmbeddedPostgres({ directory, settings })).rejects.toMatchObject({
    code: "METADATA_UNREACHABLE",
    place: join(directory, "postgres.log"),
    message: expect.stringContaining('invalid value for parameter "shared_buffers"'),
  });
});

test("a cluster that was half made is made anew", async () => {
  const half = join(directory, "..", "half");
  await mkdir(join(half, "cluster"), { recursive: true });
  await writeFile(join(half, "cluster", "PG_VERSION"), "18\n");
  await using(startEmbeddedPostgres({ directory: half }), async ({ connection }) => {
    expect(await query(connection, "select 1 as one")).toEqual([{ one: 1 }]);
  });
});

async function query(at: PostgresConnection, statement: string): Promise<unknown[]> {
  const client = new Client({ ...at });
  client.on("error", () => {});
  try {
    await client.connect();
    return (await client.query(statement)).rows as unknown[];
  } finally {
    await client.end();
  }
}

type Started = Pick<EmbeddedPostgres, "connection" | "pid">;

/** Starts a server in a process that then waits to be killed. */
async function startInAnotherProcess(at: string) {
  const module = new URL("./embedded-postgres.ts", import.meta.url).href;
  const program = `const { startEmbeddedPostgres } = await import(${JSON.stringify(module)});
    const { connection, pid } = await startEmbeddedPostgres({ directory: ${JSON.stringify(at)} });
    console.log(JSON.stringify({ connection, pid }));
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(child.stdout.setEncoding("utf8"), "data")) as [string];
  return { child, server: JSON.parse(line) as Started };
}

/** A zombie process still has its number but no working directory. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    if (process.platform === "linux") readlinkSync(`/proc/${pid}/cwd`);
    return true;
  } catch {
    return false;
  }
}
