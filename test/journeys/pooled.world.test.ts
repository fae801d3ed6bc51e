/**
 * Tests the commands through connection poolers that run each transaction on another connection: the result is exact,
 * or refused before a row is read.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { parseJson } from "../../src/base/json.ts";
import type { SourceTested } from "../../src/operations/sources.ts";
import type { ReconcileReport } from "../../src/sync/compare/reconcile-source.ts";
import type { SyncReport } from "../../src/sync/run/sync-report.ts";
import { askCommand, refusedCommand, runCommand, type CommandOptions } from "../world/command.ts";
import { freePort } from "../world/free-port.ts";
import { startMariadbPool } from "../world/mariadb-pool.ts";
import { startMariadb } from "../world/mariadb-server.ts";
import { startPgBouncer } from "../world/pgbouncer.ts";
import { startPostgres } from "../world/postgres-server.ts";

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "headgate-pooled-"));
});
afterEach(() => rm(home, { recursive: true, force: true }));

function optionsFor(address: string): { readonly url: string; readonly at: CommandOptions } {
  const url = new URL(address);
  const SHOP_PASSWORD = decodeURIComponent(url.password);
  url.password = "";
  return { url: url.href, at: { data: join(home, "data"), environment: { SHOP_PASSWORD } } };
}

const add = (url: string): string[] => ["source", "add", "shop", url, "--password-env", "SHOP_PASSWORD"];

test("PostgreSQL behind PgBouncer: tables are exact, and rows that are hidden from the user are refused", async () => {
  await using server = await startPostgres();
  await server.createDatabase("shop");
  const ask = (statement: string) => server.query(statement, [], { database: "shop" });
  await ask(
    "create table plain as select n as id, now() as at, 0.1::float8 + n as ratio from generate_series(1, 5000) n",
  );
  await ask("create table secret (id int, owner text)");
  await ask("insert into secret values (1, 'reader'), (2, 'somebody else')");
  await ask("alter table secret enable row level security");
  await ask("create policy own on secret using (owner = current_user)");
  await ask("create role reader login password 'reader'");
  await ask("grant select on all tables in schema public to reader");
  await using pool = await startPgBouncer(server, { mode: "transaction", users: { reader: "reader" } });
  const address = new URL(pool.url("shop"));
  address.username = "reader";
  address.password = "reader";
  const { url, at } = optionsFor(address.href);
  await askCommand(add(url), at);
  const { checks } = await askCommand<SourceTested>(["source", "test", "shop"], at);
  expect(checks.find(({ name }) => name === "snapshot")?.found).toContain("pooler");
  expect(checks.find(({ name }) => name === "row security")?.found).toContain("public.secret");

  const { code, stdout } = await runCommand(["sync", "shop", "--json"], at);
  const { tables } = parseJson(stdout) as unknown as SyncReport;
  expect(code).toBe(2);
  expect(tables).toMatchObject([
    { sourceTable: "public.plain", outcome: "created", rows: 5000 },
    { sourceTable: "public.secret", outcome: "failed", error: { code: "SOURCE_ROWS_HIDDEN" } },
  ]);
  await ask("update plain set ratio = 0 where id = 7");
  const changed = await askCommand<SyncReport>(["sync", "shop", "--exclude", "secret"], at);
  expect(changed.tables).toMatchObject([{ outcome: "reloaded", rowsAdded: 1, rowsRemoved: 1 }]);
  const { tables: verdicts } = await askCommand<ReconcileReport>(["reconcile", "shop", "--exclude", "secret"], at);
  expect(verdicts).toMatchObject([{ equal: true }]);
});

test("MariaDB behind a proxy that loses settings: foretold, and refused before a row is read", async () => {
  await using server = await startMariadb();
  await server.query("create database shop");
  await server.query("use shop");
  await server.query("create table plain (id int primary key, at timestamp)");
  await server.query("insert into plain values (1, '2024-01-01 12:00:00')");
  const port = await freePort();
  const fit = await startMariadbPool(server, { mode: "session", size: 8, database: "shop", port });
  const { url, at } = optionsFor(fit.url("shop"));
  await askCommand(add(url), at);
  await fit[Symbol.asyncDispose]();
  await using _unfit = await startMariadbPool(server, { mode: "transaction", size: 16, database: "shop", port });
  expect(await refusedCommand(["source", "add", "again", url, "--password-env", "SHOP_PASSWORD"], at)).toMatchObject({
    code: "SOURCE_SESSION_LOST",
  });

  const tested = await runCommand(["source", "test", "shop", "--json"], at);
  expect(tested.code).toBe(1);
  const { checks } = parseJson(tested.stdout) as unknown as SourceTested;
  expect(checks.filter(({ outcome }) => outcome === "failed")).toMatchObject([
    { name: "session", found: expect.stringContaining("time_zone"), mend: expect.stringContaining("ProxySQL") },
  ]);
  expect(await refusedCommand(["sync", "shop"], at)).toMatchObject({ code: "SOURCE_SESSION_LOST" });
  expect((await runCommand(["table", "list"], at)).stdout).not.toContain("plain");
});
