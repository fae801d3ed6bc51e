import { afterAll, beforeAll, expect, test } from "vitest";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { openCleanup } from "../../src/base/cleanup.ts";
import { mariadb } from "../../src/connectors/mariadb/mariadb.ts";
import { postgres } from "../../src/connectors/postgres/postgres.ts";
import { HeadgateError } from "../../src/errors.ts";
import type { Connector, SourceTable } from "../../src/sync/source.ts";
import { collectingSink } from "../conformance/collecting-sink.ts";
import { askCommand, startCommand } from "../world/command.ts";
import { startMariadb, type MariadbServer } from "../world/mariadb-server.ts";
import { startPostgres, type PostgresServer } from "../world/postgres-server.ts";
import { failingProxy, type FailingProxy } from "./failing-proxy.ts";

const cleanup = openCleanup();
let mariadbServer: MariadbServer;
let postgresServer: PostgresServer;

beforeAll(async () => {
  [mariadbServer, postgresServer] = await Promise.all([startMariadb(), startPostgres()]);
  cleanup.use(mariadbServer);
  cleanup.use(postgresServer);
  await mariadbServer.query("create database shop");
  await postgresServer.createDatabase("shop");
  for (const query of [
    (statement: string) => mariadbServer.query(statement, { database: "shop" }),
    (statement: string) => postgresServer.query(statement, [], { database: "shop" }),
  ]) {
    await query("create table orders (id int primary key, text varchar(80))");
    await query("insert into orders values (1, 'one'), (2, 'two'), (3, null)");
  }
});
afterAll(() => cleanup[Symbol.asyncDispose]());

/** Asks a source for everything once. Returns the number of rows read. */
async function askAll(connector: Connector, url: URL, password: string): Promise<number> {
  const asked = openCleanup();
  try {
    const source = asked.use(await connector.open({ url, password }));
    await source.test();
    const [object] = await source.discover();
    const [table] = await source.describe(object === undefined ? [] : [object.name]);
    const cut = asked.use(await source.openCut({ readers: 2 }));
    const sink = collectingSink(table as SourceTable);
    await cut.fingerprint(table as SourceTable);
    await cut.read(table as SourceTable, undefined, sink, new AbortController().signal);
    return sink.rows().length;
  } finally {
    await asked[Symbol.asyncDispose]();
  }
}

const servers = {
  mariadb: () => ({
    upstream: { port: mariadbServer.port },
    url: new URL(mariadbServer.url("shop")),
    connector: mariadb,
  }),
  postgres: () => ({
    upstream: { path: join(postgresServer.socketDirectory, ".s.PGSQL.5432") },
    url: new URL(postgresServer.url("shop")),
    connector: postgres,
  }),
};

/** Through the proxy and without TLS, so that the pieces are the same every time. */
function through({ port }: FailingProxy, url: URL): { url: URL; password: string } {
  const proxied = new URL(url);
  const password = decodeURIComponent(url.password);
  Object.assign(proxied, { password: "", hostname: "127.0.0.1", port: String(port), search: "?tls=disable" });
  return { url: proxied, password };
}

test.each(["mariadb", "postgres"] as const)(
  "%s: wherever a server ends, there is an error with a code",
  async (name) => {
    const { upstream, url: direct, connector } = servers[name]();
    const proxy = cleanup.use(await failingProxy(upstream));
    const { url, password } = through(proxy, direct);
    expect(await askAll(connector, url, password)).toBe(3);
    const { pieces } = proxy;
    expect(pieces).toBeGreaterThan(15);
    const ends: string[] = [];
    for (let piece = 0; piece < pieces; piece++) {
      proxy.failAt(piece);
      const end = await Promise.race([outcome(askAll(connector, url, password)), delay(30_000, "never ended")]);
      ends.push(end);
    }
    expect([...new Set(ends)].filter((end) => !/^SOURCE_|^3 rows$/.test(end))).toEqual([]);
    // Losing some pieces has no effect: a check that is skipped, a goodbye.
    expect(ends.filter((end) => end.startsWith("SOURCE_")).length).toBeGreaterThan(pieces * 0.7);
  },
);

function outcome(work: Promise<number>): Promise<string> {
  return work.then(
    (rows) => `${rows} rows`,
    (failure: unknown) => (failure instanceof HeadgateError ? failure.code : String(failure)),
  );
}

test("a sync whose source falls silent is stopped by Ctrl-C", async () => {
  const { upstream, url: direct } = servers.postgres();
  const proxy = cleanup.use(await failingProxy(upstream));
  const { url, password } = through(proxy, direct);
  const data = await mkdtemp(join(tmpdir(), "headgate-silent-"));
  cleanup.defer(() => rm(data, { recursive: true, force: true }));
  const at = { data, environment: { SHOP_PASSWORD: password } };
  await askCommand(["source", "add", "shop", url.href, "--password-env", "SHOP_PASSWORD"], at);
  proxy.failAt(20, "silence");
  const running = startCommand(["sync", "shop"], at);
  while (proxy.pieces <= 20) await delay(50);
  await delay(1_000);
  const told = performance.now();
  running.process.kill("SIGINT");
  const { code } = await running.result;
  expect(performance.now() - told).toBeLessThan(15_000);
  expect(code).toBe(130);
});
