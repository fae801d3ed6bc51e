/**
 * Runs the commands of README.md under "Use it on your own database" from top to bottom as they are written, with a
 * server of the test's own.
 */
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort } from "../world/free-port.ts";
import { lakeOf } from "../world/lake.ts";
import { startMariadb, type MariadbServer } from "../world/mariadb-server.ts";

const root = resolve(import.meta.dirname, "../..");
const main = join(root, "src/main.ts");

let home: string;
let server: MariadbServer;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "headgate-readme-"));
  server = await startMariadb();
  await server.query("create database shop");
  await server.query("use shop");
  await server.query("create table orders (id int primary key, status varchar(20))");
  await server.query("insert into orders values (1, 'open'), (2, 'paid'), (3, 'paid')");
  await server.query("create table customers (id int primary key, name varchar(20))");
  await server.query("create user reader@'%' identified by 'reads'");
  await server.query("grant select on shop.* to reader@'%'");
});

afterAll(async () => {
  await server?.stop();
  await rm(home, { recursive: true, force: true });
});

/** The commands without comments; the last one runs until it is told to end. */
async function commands(): Promise<readonly string[]> {
  const readme = await readFile(join(root, "README.md"), "utf8");
  const [, block = ""] = /## Use it on your own database\n+```sh\n(.*?)```/s.exec(readme) ?? [];
  return block.split("\n").filter((line) => line !== "");
}

interface Ended {
  readonly code: number | null;
  readonly said: string;
}

/** Runs a line of the README with the test's own program, address and password. */
function runHere(line: string, { until }: { until?: RegExp | undefined } = {}): Promise<Ended> {
  const command = line
    .replace("./headgate", `exec '${process.execPath}' --disable-warning=ExperimentalWarning '${main}'`)
    .replace("db.example.org:3306", `127.0.0.1:${server.port}`);
  const environment = {
    HEADGATE_DATA: join(home, "data"),
    HEADGATE_LAKE: lakeOf(join(home, "data")),
    SHOP_PASSWORD: "reads",
  };
  const child = spawn("sh", ["-c", command], {
    cwd: home,
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  const hear = (bytes: Buffer): void => {
    said += bytes.toString();
    if (until?.test(said) === true) child.kill("SIGTERM");
  };
  child.stdout.on("data", hear);
  child.stderr.on("data", hear);
  return new Promise((done) => child.once("close", (code) => done({ code, said })));
}

test("README.md", async () => {
  const [password, ...lines] = await commands();
  expect(password).toMatch(/^export SHOP_PASSWORD=…/);
  const up = lines.pop() ?? "";
  expect(up).toMatch(/^\.\/headgate up\b/);
  expect(lines.length).toBeGreaterThan(8);
  const failed: string[] = [];
  for (const line of lines) {
    expect(line).toMatch(/^\.\/headgate /);
    const { code, said } = await runHere(line);
    if (code !== 0) failed.push(`${line}\n${said}`);
  }
  expect(failed).toEqual([]);
  const port = await freePort();
  const { said } = await runHere(up.replace("headgate up", `headgate up --port ${port}`), { until: /https?:\/\// });
  expect(said).toContain(`:${port}`);
}, 240_000);
