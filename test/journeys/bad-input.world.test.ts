/**
 * Tests mistakes that people make: each leads to one error with code, place and remedy, an exit code other than 0, and
 * an unchanged lake.
 */
import { once } from "node:events";
import { cp, mkdir, mkdtemp, readdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { mapLimit } from "../../src/base/limit.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseJson } from "../../src/base/json.ts";
import type { SourceStatus } from "../../src/operations/status.ts";
import type { SourceTested } from "../../src/operations/sources.ts";
import type { PresentedRun } from "../../src/operations/runs.ts";
import type { SyncReport } from "../../src/sync/run/sync-report.ts";
import {
  askCommand,
  refusedCommand,
  runCommand,
  startCommand,
  type CommandOptions,
  type Complaint,
} from "../world/command.ts";
import { startPostgres } from "../world/postgres-server.ts";
import { openSampleSource, type SampleSource } from "../world/sample-source.ts";
import { isLakeLocal } from "../world/lake.ts";

let home: string;
let source: SampleSource;
let at: CommandOptions;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "headgate-bad-"));
  source = await openSampleSource("mariadb", join(home, "source"));
  await source.execute("create table product (id int primary key, name varchar(40))");
  await source.execute("insert into product values (1, 'chair'), (2, 'table')");
  await source.execute("create user reader@'%' identified by 'reads'");
  await source.execute("grant select on shop.product to reader@'%'");
  at = { data: join(home, "data"), environment: { SHOP_PASSWORD: source.password, WRONG: "wrong", READS: "reads" } };
  await askCommand(["source", "add", "shop", source.url, "--password-env", "SHOP_PASSWORD"], at);
  await askCommand(["sync", "shop"], at);
});
afterAll(async () => {
  await source[Symbol.asyncDispose]();
  await rm(home, { recursive: true, force: true });
});

async function refused(words: readonly string[], options: Partial<CommandOptions> = {}): Promise<Complaint> {
  const complaint = await refusedCommand(words, { ...at, ...options });
  expect(complaint.message).not.toBe("");
  expect(complaint.remedy).not.toBe("");
  return complaint;
}

const address = (change: (url: URL) => void): string => {
  const url = new URL(source.url);
  change(url);
  return url.href;
};

describe("sources", () => {
  test("a wrong password", async () => {
    const complaint = await refused(["source", "add", "other", source.url, "--password-env", "WRONG"]);
    expect(complaint).toMatchObject({ code: "SOURCE_LOGIN_REFUSED", place: expect.stringContaining("127.0.0.1") });
    expect(JSON.stringify(complaint)).not.toContain('"wrong"');
  });

  test("a port where nobody listens", async () => {
    const nowhere = address((url) => void (url.port = "1"));
    const complaint = await refused(["source", "add", "other", nowhere, "--password-env", "WRONG"]);
    expect(complaint).toMatchObject({ code: "SOURCE_UNREACHABLE", place: "127.0.0.1:1" });
  });

  test("a database that is not there, a kind of address nobody knows, a name that is taken", async () => {
    const missing = address((url) => void (url.pathname = "/nowhere"));
    expect(await refused(["source", "add", "other", missing, "--password-env", "SHOP_PASSWORD"])).toMatchObject({
      code: "SOURCE_DATABASE_UNKNOWN",
    });
    expect(await refused(["source", "add", "other", "oracle://a@b/c"])).toMatchObject({
      code: "SOURCE_SCHEME_UNKNOWN",
    });
    expect(await refused(["source", "add", "shop", source.url, "--password-env", "SHOP_PASSWORD"])).toMatchObject({
      code: "SOURCE_EXISTS",
    });
  });

  test("a right that is missing, and a table that is", async () => {
    await source.execute("create table secret (id int primary key)");
    const url = address((reader) => void (reader.username = "reader"));
    await askCommand(["source", "add", "limited", url, "--password-env", "READS"], at);
    await source.execute("grant insert on shop.secret to reader@'%'");
    await source.execute("create table veiled (id int) engine = Aria");
    await source.execute("grant select on shop.veiled to reader@'%'");
    const tested = async (...words: string[]): Promise<Record<string, string>> => {
      const { checks } = await askCommand<SourceTested>(["source", "test", "limited", ...words], at);
      return Object.fromEntries(checks.map(({ name, found }) => [name, found]));
    };
    expect(await tested()).toMatchObject({
      tables: "1 of 3 cannot be read whole: shop.secret",
      engines: expect.stringContaining("1 not transactional, first veiled"),
    });
    expect(await tested("--exclude", "secret", "shop.veil*")).toMatchObject({
      tables: "all 1 can be read whole",
      engines: "all tables are transactional",
    });
    expect(await refused(["source", "test", "limited", "--exclude", "secrte"])).toMatchObject({
      code: "SOURCE_TABLE_NOT_FOUND",
      message: expect.stringContaining("did you mean secret?"),
    });
    await source.execute("drop table veiled");
    const { code, stdout } = await runCommand(["sync", "limited", "--json"], at);
    const { tables, run } = parseJson(stdout) as unknown as SyncReport;
    expect(code).toBe(2);
    expect(tables).toMatchObject([
      { sourceTable: "shop.product", outcome: "created", rows: 2 },
      {
        sourceTable: "shop.secret",
        outcome: "failed",
        error: { code: "SOURCE_RIGHT_MISSING", remedy: expect.any(String) },
      },
    ]);
    expect(await askCommand(["run", "show", run], at)).toMatchObject({ state: "done with failures" });
    const { sources } = await askCommand<{ sources: SourceStatus[] }>(["status"], at);
    const limited = sources.find((status) => status.source === "limited");
    expect(limited?.failed).toMatchObject([{ table: "shop.secret", error: { code: "SOURCE_RIGHT_MISSING" } }]);
    const without = ["sync", "limited", "--exclude", "secret"];
    expect((await askCommand<SyncReport>(without, at)).tables.map((table) => table.sourceTable)).toEqual([
      "shop.product",
    ]);
    expect(await refused(["sync", "limited", "--exclude", "secrte"])).toMatchObject({
      code: "SOURCE_TABLE_NOT_FOUND",
      message: expect.stringContaining("did you mean secret?"),
    });
    await source.execute("grant select on shop.secret to reader@'%'");
    const people = await runCommand(["sync", "limited", "--table", "secret", "product"], at);
    expect(people).toMatchObject({ code: 0, stdout: expect.stringMatching(/limited: 1 tables? changed/) });
    const mended = await askCommand<{ sources: SourceStatus[] }>(["status"], at);
    expect(mended.sources.find((status) => status.source === "limited")?.failed).toEqual([]);
    await source.execute("drop table secret");
    await askCommand(["source", "remove", "limited", "--drop-tables", "--yes"], at);
    expect(await refused(["sync", "shop", "--table", "nothing*"])).toMatchObject({ code: "SOURCE_TABLE_NOT_FOUND" });
    expect(await refused(["sync", "nobody"])).toMatchObject({ code: "SOURCE_NOT_FOUND" });
    expect(await refused(["run", "list", "nobody"])).toMatchObject({ code: "SOURCE_NOT_FOUND" });
  });

  test("a table whose name has a typing mistake: every command says which one was probably meant", async () => {
    await askCommand(["sync", "shop"], at);
    for (const words of [
      ["table", "set", "shop.prodct", "--history", "yes"],
      ["table", "pause", "shop.prodct"],
      ["maintain", "shop.prodct"],
      ["sql", "select * from shop.prodct"],
      ["sql", "select * from prodct"],
    ])
      expect((await refused(words)).message).toMatch(/did you mean (shop\.)?product\?/);
  });

  test("a run of each kind is shown with its tables", async () => {
    for (const words of [["sync", "shop"], ["reconcile", "shop"], ["maintain"]]) {
      await askCommand(words, at);
      const { stdout } = await runCommand(["run", "show", "latest"], at);
      expect(stdout).toContain("shop.product ");
      expect(stdout).not.toContain("[object");
    }
  });
});

describe("the address of a source that is there", () => {
  test("is tried before it is stored, and every error of it names the way to change it", async () => {
    expect(await refused(["source", "set", "shop", "--password-env", "WRONG"])).toMatchObject({
      code: "SOURCE_LOGIN_REFUSED",
    });
    expect(await refused(["source", "set", "shop"])).toMatchObject({ code: "USAGE" });
    expect(await refused(["source", "set", "shop", "--url", "postgres://a@b/c"])).toMatchObject({ code: "USAGE" });
    await source.execute("create user fickle@'%' identified by 'reads'");
    await source.execute("grant select on shop.product to fickle@'%'");
    const url = address((reader) => void (reader.username = "fickle"));
    await askCommand(["source", "add", "fickle", url, "--password-env", "READS"], at);
    await source.execute("set password for fickle@'%' = password('wrong')");
    expect(await refused(["sync", "fickle"])).toMatchObject({
      code: "SOURCE_LOGIN_REFUSED",
      remedy: expect.stringContaining("headgate source set fickle --password-env"),
    });
    await askCommand(["source", "set", "fickle", "--password-env", "WRONG"], at);
    expect(await askCommand(["sync", "fickle"], at)).toMatchObject({ tables: [{ outcome: "created" }] });
    await askCommand(["source", "remove", "fickle", "--drop-tables", "--yes"], at);
  });

  test("names a database", async () => {
    const url = address((whole) => void (whole.pathname = ""));
    for (const words of [
      ["source", "add", "all", url],
      ["source", "set", "shop", "--url", url],
    ])
      expect(await refused([...words, "--password-env", "SHOP_PASSWORD"])).toMatchObject({
        code: "USAGE",
        message: expect.stringContaining("names no database; this user sees the databases shop"),
      });
    await askCommand(["source", "add", "all", url, "--password-env", "SHOP_PASSWORD", "--all-databases"], at);
    await askCommand(["source", "remove", "all", "--yes"], at);
  });

  /** The server and its log are the same, so nothing remembered about the other database may be trusted. */
  test("may lead to another database of the same server: its tables are compared, and keep what was set", async () => {
    await source.execute("create database twin");
    await source.execute("create table twin.product as select * from shop.product");
    await source.execute("update twin.product set name = 'sofa' where id = 2");
    const other = { ...at, data: join(home, "twin") };
    await askCommand(["source", "add", "shop", source.url, "--password-env", "SHOP_PASSWORD"], other);
    await askCommand(["table", "set", "shop.product", "--history", "yes"], other);
    await askCommand(["sync", "shop"], other);
    await askCommand(
      ["schedule", "set", "often", "--source", "shop", "--table", "shop.product", "--cron", "0 5 * * *"],
      other,
    );
    const before = await askCommand(["table", "show", "shop.product"], other);
    const twin = address((url) => void (url.pathname = "/twin"));
    const nowhere = address((url) => void (url.pathname = "/mysql"));
    expect(await refused(["source", "set", "shop", "--url", nowhere], other)).toMatchObject({
      code: "SOURCE_TABLE_NOT_FOUND",
    });
    expect(await askCommand(["source", "set", "shop", "--url", twin], other)).toMatchObject({
      notes: [expect.stringContaining("compares each table")],
    });
    expect(await askCommand(["sync", "shop"], other)).toMatchObject({
      tables: [{ lakeTable: "shop.product", rowsAdded: 1, rowsRemoved: 1 }],
    });
    const { columns } = before as { columns: unknown };
    expect(await askCommand(["table", "show", "shop.product"], other)).toMatchObject({ columns });
    expect(await askCommand(["schedule", "list"], other)).toMatchObject({ schedules: [{ tables: ["twin.product"] }] });
    const kept = ["sql", "select count(*) as n from shop.product__history"];
    expect(await askCommand(kept, other)).toMatchObject({ rows: [{ n: 2 }] });
    await askCommand(["source", "set", "shop", "--url", source.url], other);
    expect(await askCommand(["sync", "shop"], other)).toMatchObject({ tables: [{ rowsAdded: 1, rowsRemoved: 1 }] });
    expect(await askCommand(["table", "drop", "shop.product__history", "--yes"], other)).toMatchObject({
      dropped: true,
    });
    expect(await askCommand(["source", "show", "shop"], other)).toMatchObject({ tables: [{ history: false }] });
  });
});

describe("the data directory", () => {
  test("that cannot be written", async () => {
    const file = join(home, "a-file");
    await writeFile(file, "");
    expect(await refused(["table", "list"], { data: join(file, "data") })).toMatchObject({
      code: "DATA_DIRECTORY_UNWRITABLE",
      place: join(file, "data"),
    });
  });

  test("where nothing was begun is left as it is by every command that looks", async () => {
    const empty = await mkdtemp(join(home, "empty-"));
    const looking = [
      "status",
      "table list",
      "run list",
      "source list",
      "schedule list",
      "sql select",
      "sync shop",
      "worker",
      "apply --show",
    ];
    const complaints = await mapLimit(looking, 3, (words) => refused(words.split(" "), { data: join(empty, "data") }));
    expect(new Set(complaints.map(({ code }) => code))).toEqual(new Set(["NOTHING_HERE"]));
    expect(complaints[0]).toMatchObject({ place: join(empty, "data"), remedy: expect.stringContaining("--data") });
    expect(await refused(["status"], { data: empty })).toMatchObject({
      message: "there is no Headgate in this directory",
    });
    expect(await readdir(empty)).toEqual([]);
  });

  test("that is a copy, or was moved", async () => {
    const [original, copy, moved] = [join(home, "original"), join(home, "copy"), join(home, "moved")];
    const place = (data: string) => ({ data, environment: { ...at.environment, HEADGATE_LAKE: "" } });
    await askCommand(["source", "add", "shop", source.url, "--password-env", "SHOP_PASSWORD"], place(original));
    await askCommand(["sync", "shop"], place(original));
    await cp(original, copy, { recursive: true });
    for (const words of [["status"], ["sync", "shop"], ["up", "--port", "0"]])
      expect(await refused(words, place(copy))).toMatchObject({
        code: "DATA_DIRECTORY_COPIED",
        message: expect.stringContaining(original),
      });
    expect(await askCommand<{ tables: unknown[] }>(["table", "list"], place(original))).toMatchObject({ tables: [{}] });
    await rename(original, moved);
    for (const data of [moved, copy])
      expect(await refused(["table", "list"], place(data))).toMatchObject({
        code: "DATA_DIRECTORY_MOVED",
        remedy: expect.stringContaining(`ln -s ${data} ${original}`),
      });
    await symlink(moved, original);
    const count = ["sql", "select count(*) as n from shop.product"];
    expect(await askCommand(count, place(original))).toMatchObject({ rows: [{ n: 2 }] });
    expect(await refused(count, place(moved))).toMatchObject({ code: "DATA_DIRECTORY_MOVED" });
  });

  test("that another server holds, and a port that another program has", async () => {
    const listener = createServer().listen(0, "127.0.0.1");
    await once(listener, "listening");
    const taken = String((listener.address() as AddressInfo).port);
    expect(await refused(["up", "--port", taken])).toMatchObject({ code: "PORT_IN_USE" });
    listener.close();
    const first = startCommand(["up", "--port", "0", "--json"], at);
    await once(first.process.stdout as NodeJS.ReadableStream, "data");
    expect(await refused(["up", "--port", "0"])).toMatchObject({ code: "DATA_DIRECTORY_IN_USE", place: at.data });
    expect(await askCommand<{ tables: unknown[] }>(["table", "list"], at)).toMatchObject({
      tables: [{ name: "product" }],
    });
    first.process.kill("SIGTERM");
    expect(await first.result).toMatchObject({ code: 0 });
  });

  test("with a setting that is none", async () => {
    expect(await refused(["table", "list", "--engine-memory", "much"])).toMatchObject({
      code: "SETTING_INVALID",
      place: expect.stringContaining("engine-memory"),
    });
    expect(await refused(["tabels"])).toMatchObject({ code: "USAGE" });
  });
});

test("a metadata database from a newer version", async () => {
  const server = await startPostgres();
  try {
    const url = `postgres://${server.user}:${server.password}@localhost/postgres?host=${encodeURIComponent(server.socketDirectory)}`;
    const other = { data: join(home, "external"), environment: { HEADGATE_DATABASE_URL: url } };
    await askCommand(["table", "list"], other);
    await server.query("insert into migrations (name, hash) values ('9999_future', 'x')");
    expect(await refused(["table", "list"], other)).toMatchObject({
      code: "METADATA_NEWER",
      place: expect.stringContaining("9999_future"),
    });
    await server.stop();
    expect(await refused(["table", "list"], other)).toMatchObject({ code: "METADATA_UNREACHABLE" });
  } finally {
    await server.stop();
  }
});

test("statements that are not served", async () => {
  expect(await refused(["sql", "select * from nothing"])).toMatchObject({ code: "TABLE_NOT_FOUND" });
  expect(await refused(["sql", "selec 1"])).toMatchObject({ code: "SQL_INVALID" });
  expect(await refused(["sql", "drop table shop.product"])).toMatchObject({ code: "SQL_NOT_ALLOWED" });
  expect(await refused(["sql", "--as-of", "1999-01-01", "select * from shop.product"])).toMatchObject({
    code: "SNAPSHOT_NOT_FOUND",
  });
});

test("a source that dies in the middle of a load leaves the lake as it was", async () => {
  const dying = await openSampleSource("postgres", join(home, "dying"));
  const other = { data: join(home, "dying-data"), environment: { SHOP_PASSWORD: dying.password } };
  try {
    await dying.execute("create table small (id int primary key)");
    await dying.execute("insert into small values (1)");
    await askCommand(["source", "add", "shop", dying.url, "--password-env", "SHOP_PASSWORD"], other);
    await askCommand(["sync", "shop"], other);
    await dying.execute("insert into small values (2)");
    await dying.execute(
      "create table large as select n as id, repeat('x', 300) as pad from generate_series(1, 400000) n",
    );
    const running = startCommand(["sync", "shop", "--split-size", "4", "--json"], other);
    const isLoading = async (): Promise<boolean> =>
      (await readdir(join(other.data, "scratch")).catch(() => [])).length > 0;
    while (running.process.exitCode === null && !(await isLoading())) await delay(5);
    await dying.kill();
    const { code, stderr } = await running.result;
    expect(code).toBe(1);
    expect(stderr).toMatch(/"SOURCE_(LOST|UNREACHABLE)"/);
    const count = ["sql", "select count(*) as n from shop.small"];
    expect(await askCommand(count, other)).toMatchObject({ rows: [{ n: 1 }] });
    expect(await askCommand(["table", "list"], other)).toMatchObject({ tables: [{ name: "small" }] });
  } finally {
    await dying[Symbol.asyncDispose]();
  }
});

test.runIf(isLakeLocal)("a data file that somebody deleted", async () => {
  const path = (await readdir(join(at.data, "lake"), { recursive: true })).find((name) => name.endsWith(".parquet"));
  await rm(join(at.data, "lake", path ?? "none"));
  expect(await refused(["sql", "select * from shop.product"])).toMatchObject({
    code: "DATA_FILE_MISSING",
    place: expect.stringContaining(".parquet"),
  });
});

test("Ctrl-C at a terminal, which reaches the whole process group", async () => {
  await source.execute("create table calm (id int primary key)");
  await source.execute("insert into calm values (1), (2), (3)");
  await source.execute("create view slow as select id, sleep(20) as nap from calm");
  await askCommand(["sync", "shop", "--table", "calm"], at);
  const stopped = startCommand(["sync", "shop", "--table", "slow", "calm"], { ...at, under: ["setsid"] });
  const current = async (): Promise<PresentedRun | undefined> => {
    const { runs } = await askCommand<{ runs: PresentedRun[] }>(["run", "list", "shop", "--limit", "1"], at);
    return runs.find(({ state }) => state === "running");
  };
  let run = await current();
  while (run === undefined) run = await current();
  const joined = startCommand(["run", "watch", run.run, "--json"], at);
  await delay(1_500);
  process.kill(-(stopped.process.pid ?? 0), "SIGINT");
  const { code, stderr } = await stopped.result;
  expect({ code, stderr }).toMatchObject({
    code: 130,
    stderr: expect.stringContaining("the command was stopped; run it again to continue\n"),
  });
  expect(stderr).not.toContain("INTERNAL");
  expect(await joined.result).toMatchObject({ code: 0, stdout: expect.stringContaining('"cancelled"') });
  await source.execute("drop view slow");
  expect(await askCommand<PresentedRun>(["run", "show", run.run], at)).toMatchObject({ state: "cancelled" });
  expect(await askCommand<SyncReport>(["sync", "shop", "--table", "calm"], at)).toMatchObject({
    tables: [{ outcome: "unchanged" }],
  });
});

/** Mounting a separate disk needs root. */
test.runIf(process.getuid?.() === 0)("a disk that is full", async () => {
  const disk = join(home, "disk");
  await mkdir(disk);
  await source.execute("create table wide (id int primary key, pad varchar(4000))");
  await source.execute("insert into wide select seq, concat(md5(seq), sha1(seq), sha2(seq, 512)) from seq_1_to_60000");
  const under = ["unshare", "--mount", "sh", "-c", `mount -t tmpfs -o size=3m none '${disk}' && exec "$@"`, "sh"];
  const other = {
    data: join(home, "small"),
    environment: { ...at.environment, HEADGATE_LAKE: join(disk, "lake") },
    under,
  };
  await askCommand(["source", "add", "shop", source.url, "--password-env", "SHOP_PASSWORD"], other);
  expect(await refused(["sync", "shop", "--table", "wide"], other)).toMatchObject({ code: "DISK_FULL" });
  expect(await askCommand(["table", "list"], other)).toEqual({ tables: [] });
});
