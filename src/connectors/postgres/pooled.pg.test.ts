/**
 * Tests reading through a connection pooler: none of our settings stay in other people's sessions, and none of theirs
 * change what is read.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Client } from "pg";
import { collectingSink } from "../../../test/conformance/collecting-sink.ts";
import { startPgBouncer, type PgBouncer, type PgBouncerOptions } from "../../../test/world/pgbouncer.ts";
import { startPostgres, type PostgresServer } from "../../../test/world/postgres-server.ts";
import { using } from "../../base/cleanup.ts";
import type { Source } from "../../sync/source.ts";
import { postgres } from "./postgres.ts";

let server: PostgresServer;

beforeAll(async () => {
  server = await startPostgres();
  await server.createDatabase("d");
  await execute("create table plain (id int primary key, at timestamptz, price money, ratio float8, raw bytea)");
  await execute(
    "insert into plain select n, '2024-01-01 12:00:00+02', 12.5, 0.1::float8 + 0.2, '\\x00ff' from generate_series(1, 20000) n",
  );
  await execute("create table secret (id int, owner text)");
  await execute("insert into secret values (1, 'reader'), (2, 'somebody else')");
  await execute("alter table secret enable row level security");
  await execute("create policy own on secret using (owner = current_user)");
  await execute("create role reader login password 'reader'");
  await execute("grant select on all tables in schema public to reader");
});

afterAll(() => server?.stop());

const execute = (statement: string) => server.query(statement, [], { database: "d" });
const never = new AbortController().signal;

function startPool(options: PgBouncerOptions): Promise<PgBouncer> {
  return startPgBouncer(server, { ...options, users: { reader: "reader" } });
}

function open(pool: PgBouncer, user = server.user, password = server.password): Promise<Source> {
  const url = new URL(pool.url("d"));
  url.username = user;
  url.password = "";
  return postgres.open({ url, password });
}

async function client(pool: PgBouncer): Promise<Client> {
  const other = new Client({
    host: pool.socketDirectory,
    port: 6432,
    user: server.user,
    password: server.password,
    database: "d",
  });
  other.on("error", () => undefined);
  await other.connect();
  return other;
}

/** The settings of every connection between the pool and the server, as its other users see them. */
async function settings(pool: PgBouncer, sessions: number): Promise<readonly string[]> {
  const clients = await Promise.all(Array.from({ length: sessions }, () => client(pool)));
  try {
    for (const other of clients) await other.query("begin");
    const found = await Promise.all(
      clients.map(async (other) => {
        const { rows } = await other.query<{ name: string; setting: string }>("select name, setting from pg_settings");
        return rows.map(({ name, setting }) => `${name}=${setting}`).join("\n");
      }),
    );
    for (const other of clients) await other.query("rollback");
    return found;
  } finally {
    for (const other of clients) await other.end();
  }
}

async function readAll(source: Source, name: string, readers = 2) {
  const [table] = await source.describe([{ schema: "public", name }]);
  if (table === undefined || "obstacle" in table) throw new Error(`${name} cannot be read`);
  const sink = collectingSink(table);
  await using(source.openCut({ readers }), async (cut) => {
    await Promise.all((await cut.split(table, 256 * 1024)).map((range) => cut.read(table, range, sink, never)));
    await cut.digests(table, undefined);
    await cut.unchanged(table, undefined, cut.position, 1);
  });
  return sink.rows();
}

describe.each(["transaction", "session"] as const)("a pool in %s mode", (mode) => {
  let pool: PgBouncer;
  beforeAll(async () => {
    pool = await startPool({ mode });
  });
  afterAll(() => pool?.stop());

  test("other clients of the pool keep all their settings", async () => {
    const before = await settings(pool, 6);
    await using(open(pool), async (source) => {
      await source.test();
      await source.discover();
      await readAll(source, "plain");
    });
    const after = await settings(pool, 6);
    const found = new Set([...before, ...after].flatMap((lines) => lines.split("\n")));
    const usual = new Set(before[0]?.split("\n"));
    expect([...found].filter((line) => !usual.has(line))).toEqual([]);
  });

  test("rows are the same as directly, whatever other clients set in their sessions", async () => {
    const direct = await using(postgres.open(directAddress()), (source) => readAll(source, "plain"));
    if (mode === "transaction") await spoilSessions(pool);
    const pooled = await using(open(pool), (source) => readAll(source, "plain"));
    expect(pooled).toHaveLength(20_000);
    expect(pooled.toSorted()).toEqual(direct.toSorted());
  });

  test("row security that would hide rows is refused", async () => {
    await using(open(pool, "reader", "reader"), async (source) => {
      await expect(readAll(source, "secret")).rejects.toThrow();
    });
  });

  test("the check of a source says that a pooler is between and that snapshots are shared", async () => {
    const checks = await using(open(pool), (source) => source.test());
    expect(checks.find(({ name }) => name === "snapshot")).toMatchObject({
      outcome: "ok",
      found: expect.stringContaining("through a connection pooler"),
    });
  });
});

function directAddress(): { url: URL; password: string } {
  const url = new URL(server.url("d"));
  url.password = "";
  return { url, password: server.password };
}

/** Acts like an application that believes its session is its own. */
async function spoilSessions(pool: PgBouncer): Promise<void> {
  const clients = await Promise.all(Array.from({ length: 6 }, () => client(pool)));
  for (const other of clients) await other.query("begin");
  for (const other of clients)
    await other.query(`set search_path = nowhere; set extra_float_digits = -5; set bytea_output = escape; set row_security = on;
      set intervalstyle = sql_standard; set statement_timeout = '50ms'; set default_transaction_isolation = serializable;
      set lock_timeout = '1ms'; set role reader`);
  for (const other of clients) await other.query("commit");
  for (const other of clients) await other.end();
}

test("a pool in statement mode is refused when it is opened, with what to do", async () => {
  const pool = await startPool({ mode: "statement" });
  await expect(open(pool)).rejects.toMatchObject({
    code: "SOURCE_POOL_UNFIT",
    message: expect.stringContaining("statement pooling mode"),
  });
  await pool.stop();
});

test("a pool with fewer connections than readers is read with those it gives", async () => {
  const pool = await startPool({ mode: "transaction", poolSize: 2, settings: { query_wait_timeout: "1" } });
  await using(open(pool), async (source) => {
    expect(await readAll(source, "plain", 4)).toHaveLength(20_000);
  });
  await pool.stop();
});

test("a pool of one connection cannot share a snapshot: the check foretells it", async () => {
  const pool = await startPool({ mode: "transaction", poolSize: 1, settings: { query_wait_timeout: "1" } });
  await using(open(pool), async (source) => {
    const checks = await source.test();
    expect(checks.find(({ name }) => name === "snapshot")?.outcome).toBe("failed");
    await expect(readAll(source, "plain")).rejects.toMatchObject({ code: "SOURCE_UNREACHABLE" });
  });
  await pool.stop();
});
