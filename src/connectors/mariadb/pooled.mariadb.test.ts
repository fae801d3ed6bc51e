/**
 * Tests reading through a proxy that shares connections among its clients: lost settings are noticed, and no other
 * client is affected.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { collectingSink } from "../../../test/conformance/collecting-sink.ts";
import { describeTable } from "../../../test/conformance/describe-table.ts";
import { startMariadbPool, type MariadbPool } from "../../../test/world/mariadb-pool.ts";
import { startMariadb, type MariadbServer } from "../../../test/world/mariadb-server.ts";
import { using } from "../../base/cleanup.ts";
import type { Check, Source } from "../../sync/source.ts";
import { mariadb } from "./mariadb.ts";

let server: MariadbServer;

beforeAll(async () => {
  server = await startMariadb();
  await server.query("create database d");
  await server.query("use d");
  await server.query("create table t (id int primary key, at timestamp, body varchar(100))");
  await server.query("insert into t select seq, '2024-01-01 12:00:00', repeat('x', 100) from seq_1_to_50000");
});

afterAll(() => server?.stop());

const never = new AbortController().signal;

function open(pool: MariadbPool): Promise<Source> {
  const url = new URL(pool.url("d"));
  url.password = "";
  return mariadb.open({ url, password: "any" });
}

async function rowsThrough(source: Source, readers: number): Promise<number> {
  const table = await describeTable(source, { schema: "d", name: "t" });
  return using(source.openCut({ readers }), async (cut) => {
    const sink = collectingSink(table);
    await cut.read(table, undefined, sink, never);
    return sink.rows().length;
  });
}

async function sessionCheck(source: Source): Promise<Check | undefined> {
  return (await source.test()).find(({ name }) => name === "session");
}

describe("a proxy that hands each transaction to another connection", () => {
  const startPool = (): Promise<MariadbPool> =>
    startMariadbPool(server, { mode: "transaction", size: 16, database: "d" });

  test("is found out before a row is read, and foretold by the check of the source", async () => {
    await using pool = await startPool();
    await using source = await open(pool);
    expect(await sessionCheck(source)).toMatchObject({
      outcome: "failed",
      found: expect.stringMatching(/did not keep .*time_zone.*sql_mode/),
      mend: expect.stringContaining("multiplexing"),
    });
    await expect(rowsThrough(source, 2)).rejects.toMatchObject({
      code: "SOURCE_SESSION_LOST",
      message: expect.stringContaining("time_zone"),
    });
  });

  test("is found out by the isolation alone, where the server has all other settings by itself", async () => {
    const before = await server.query("select @@global.time_zone z, @@global.sql_mode m, @@global.tx_isolation i");
    await server.query("set global time_zone = '+00:00', global sql_mode = '', global tx_isolation = 'READ-COMMITTED'");
    try {
      await using pool = await startPool();
      await using source = await open(pool);
      await expect(rowsThrough(source, 2)).rejects.toMatchObject({
        code: "SOURCE_SESSION_LOST",
        message: expect.stringMatching(/did not keep .*: transaction isolation$/),
      });
    } finally {
      const { z, m, i } = before[0] ?? {};
      await server.query(`set global time_zone = '${z}', global sql_mode = '${m}', global tx_isolation = '${i}'`);
    }
  });
});

describe("a proxy that keeps a session on one connection", () => {
  test("is read like the server itself, and the check says that it is there", async () => {
    await using pool = await startMariadbPool(server, { mode: "session", size: 8, database: "d" });
    await using source = await open(pool);
    expect(await rowsThrough(source, 2)).toBe(50_000);
    expect(await sessionCheck(source)).toMatchObject({
      outcome: "ok",
      found: expect.stringContaining("a proxy"),
    });
  });

  test("a read that is stopped ends no statement of somebody else who has the number that the proxy gave", async () => {
    const [row] = await server.query("select connection_id() as id");
    const options = { mode: "session", size: 8, database: "d", connectionId: Number(row?.["id"]) } as const;
    await using pool = await startMariadbPool(server, options);
    await using source = await open(pool);
    const table = await describeTable(source, { schema: "d", name: "t" });
    await using(source.openCut({ readers: 1 }), async (cut) => {
      const sleeping = server.query("select sleep(2) as was_ended");
      const stop = new AbortController();
      const sink = collectingSink(table);
      const stopping = {
        ...sink,
        get full() {
          stop.abort();
          return false;
        },
      };
      await expect(cut.read(table, undefined, stopping, stop.signal)).rejects.toMatchObject({ code: "CANCELLED" });
      expect(await sleeping).toEqual([{ was_ended: "0" }]);
    });
  });
});

test("without a proxy the check says so", async () => {
  const url = new URL(server.url("d"));
  const password = decodeURIComponent(url.password);
  url.password = "";
  await using source = await mariadb.open({ url, password });
  expect(await sessionCheck(source)).toMatchObject({ outcome: "ok", found: expect.stringContaining("directly") });
});
