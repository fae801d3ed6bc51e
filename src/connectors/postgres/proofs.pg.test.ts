/**
 * Attacks proofs of "nothing changed" with standbys, restarts, crashes and restored copies. This file starts its own
 * servers.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { describeTable } from "../../../test/conformance/describe-table.ts";
import { copyDirectory } from "../../../test/world/cold-copy.ts";
import { startPostgres, type PostgresServer } from "../../../test/world/postgres-server.ts";
import { startStandby, type PostgresStandby } from "../../../test/world/postgres-standby.ts";
import { using } from "../../base/cleanup.ts";
import type { Cut, Position, SourceTable } from "../../sync/source.ts";
import { postgres } from "./postgres.ts";

/** Everything that a sync knows about a table that it brought to a cut. */
interface Known {
  readonly position: Position;
  readonly table: SourceTable;
  readonly rows: number;
}

async function inCut<T>(
  server: PostgresServer,
  name: string,
  work: (cut: Cut, table: SourceTable) => Promise<T>,
): Promise<T> {
  const url = new URL(server.url("postgres"));
  const password = decodeURIComponent(url.password);
  url.password = "";
  return using(postgres.open({ url, password }), async (source) => {
    const table = await describeTable(source, { schema: "public", name });
    return using(source.openCut({ readers: 1 }), (cut) => work(cut, table));
  });
}

async function know(server: PostgresServer, name: string): Promise<Known> {
  const asking = await session(server);
  const { rows } = await asking.query<{ found: string }>(`select count(*) as found from ${name}`);
  await asking.end();
  return inCut(server, name, async ({ position }, table) => ({ position, table, rows: Number(rows[0]?.found) }));
}

/** Asks as a sync does: another incarnation proves nothing. */
function isProven(server: PostgresServer, name: string, { position, table, rows }: Known): Promise<boolean> {
  return inCut(server, name, async (cut, now) =>
    now.incarnation === table.incarnation ? cut.unchanged(now, undefined, position, rows) : false,
  );
}

async function session(server: PostgresServer): Promise<Client> {
  const { socketDirectory: host, user, password } = server;
  const client = new Client({ host, user, password, database: "postgres" });
  client.on("error", () => undefined);
  await client.connect();
  return client;
}

describe("a standby", () => {
  let primary: PostgresServer;
  let standby: PostgresStandby;

  beforeAll(async () => {
    const settings = { wal_writer_delay: "10ms", max_prepared_transactions: "2" };
    primary = await startPostgres({ settings });
    await primary.query("create table acc (id int primary key, v text)");
    await primary.query("create table other (id int)");
    await primary.query("insert into acc values (1, 'one'), (2, 'two')");
    standby = await startStandby(primary, settings);
    await standby.catchUp();
  });
  afterAll(async () => {
    await standby?.stop();
    await primary?.stop();
  });

  test("proves a table that nobody writes to, whatever is written elsewhere", async () => {
    const known = await know(standby, "acc");
    expect(await isProven(standby, "acc", known)).toBe(true);
    await primary.query("insert into other values (1)");
    await standby.catchUp();
    expect(await isProven(standby, "acc", known)).toBe(true);
  });

  test.each(["committed", "prepared and committed"])(
    "sees a write that was open at the earlier cut and %s since, though its snapshot does not list it",
    async (how) => {
      const writer = await session(primary);
      await writer.query("begin");
      await writer.query("update acc set v = v || '!' where id = 1");
      await primary.query("insert into other values (2)");
      if (how !== "committed") await writer.query("prepare transaction 'late'");
      await standby.catchUp();
      const known = await know(standby, "acc");
      expect(JSON.parse(known.position)).toMatchObject({ snapshot: expect.stringMatching(/:$/), standby: "t" });
      await writer.query(how === "committed" ? "commit" : "commit prepared 'late'");
      await standby.catchUp();
      expect(await isProven(standby, "acc", known)).toBe(false);
      await primary.query("insert into other values (3)");
      await standby.catchUp();
      expect(await isProven(standby, "acc", known)).toBe(false);
      await writer.end();
    },
  );

  test("and its primary are not taken for one another", async () => {
    const ofPrimary = await know(primary, "acc");
    expect(await isProven(standby, "acc", ofPrimary)).toBe(false);
    expect(await isProven(primary, "acc", await know(standby, "acc"))).toBe(false);
  });

  test("that is promoted is a server of its own: what the old primary writes is not its own, what it writes is seen", async () => {
    const before = await know(standby, "acc");
    await standby.promote();
    expect(await isProven(standby, "acc", before)).toBe(false);
    const after = await know(standby, "acc");
    await standby.query("update acc set v = 'promoted' where id = 2");
    expect(await isProven(standby, "acc", after)).toBe(false);
  });
});

describe("a server that lived before", () => {
  let home: string;
  let server: PostgresServer;
  /** Asynchronous writes reach the disk late and are lost in a crash. */
  const settings = { wal_writer_delay: "10s" };

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), "headgate-lives-"));
    server = await startPostgres({ directory: join(home, "server"), settings });
    await server.query("create table acc (id int primary key, v text)");
    await server.query("insert into acc values (1, 'one'), (2, 'two')");
  });
  afterAll(async () => {
    await server?.stop();
    await rm(home, { recursive: true, force: true });
  });

  async function restart(meanwhile: () => Promise<void> = async () => {}): Promise<void> {
    await server.stop();
    await meanwhile();
    server = await startPostgres({ directory: join(home, "server"), settings });
  }
  const [setAside, putBack] = [
    () => copyDirectory(join(home, "server"), join(home, "copy")),
    () => copyDirectory(join(home, "copy"), join(home, "server")),
  ];

  test("proves nothing for the first time after a restart, and again from then on", async () => {
    const known = await know(server, "acc");
    expect(await isProven(server, "acc", known)).toBe(true);
    await restart();
    expect(await isProven(server, "acc", known)).toBe(false);
    expect(await isProven(server, "acc", await know(server, "acc"))).toBe(true);
  });

  test("proves nothing by a copy put back, neither where it wrote as much since nor where it wrote more", async () => {
    await restart(setAside);
    await server.query("update acc set v = 'in the first life' where id = 1");
    const known = await know(server, "acc");
    await restart(putBack);
    await server.query("update acc set v = 'in the second life' where id = 2");
    expect(await isProven(server, "acc", known)).toBe(false);
    await server.query("create table more (n int)");
    for (let n = 0; n < 50; n++) await server.query(`insert into more values (${n})`);
    expect(await isProven(server, "acc", known)).toBe(false);
  });

  /** Kills one of its processes as a fault would: the server restarts by itself and keeps its start time. */
  async function crashInside(): Promise<void> {
    const [victim, witness] = [await session(server), await session(server)];
    // The server ends all sessions when it notices; one that begins before that is still in the old life.
    const noticed = new Promise((resolve) => witness.once("end", resolve));
    const { rows } = await victim.query<{ pid: number }>("select pg_backend_pid() as pid");
    const [began] = await server.query("select pg_postmaster_start_time() as at");
    process.kill(rows[0]?.pid ?? 0, "SIGKILL");
    await noticed;
    for (;;) {
      const again = await session(server).catch(() => undefined);
      if (again === undefined) continue;
      const alive = await again.query("select pg_postmaster_start_time()::text as at").catch(() => undefined);
      await again.end().catch(() => undefined);
      if (alive?.rows[0]) return void expect(alive.rows[0].at).toBe(began?.["at"]);
    }
  }

  test("does not prove an unlogged table that a crash emptied, though no transaction did it", async () => {
    await server.query("create unlogged table quick as select 1 as a");
    await server.query("checkpoint");
    const known = await know(server, "quick");
    await crashInside();
    expect(await know(server, "quick")).toMatchObject({ rows: 0 });
    expect(await isProven(server, "quick", known)).toBe(false);
  });

  test("does not prove by a transaction that a crash took back, whose id was given to another", async () => {
    await restart();
    const writer = await session(server);
    await writer.query("checkpoint");
    await writer.query("update acc set v = 'taken back' where id = 1");
    const known = await know(server, "acc");
    await crashInside();
    const other = await session(server);
    const { rows } = await other.query(
      "update acc set v = 'another' where id = 2 returning xmin, (select v from acc where id = 1)",
    );
    await other.end();
    expect(rows).not.toMatchObject([{ v: "taken back" }]);
    expect(await isProven(server, "acc", known)).toBe(false);
  });
});
