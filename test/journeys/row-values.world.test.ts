/**
 * Tests that values of rows reach only those who may read rows: neither the ledger nor people who may only watch or
 * operate receive them.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openCleanup } from "../../src/base/cleanup.ts";
import { askCommand, runCommand, type CommandOptions } from "../world/command.ts";
import { lakeOf } from "../world/lake.ts";
import { startPostgres, type PostgresServer } from "../world/postgres-server.ts";
import { serveHeadgate, type ServedHeadgate } from "../world/served-headgate.ts";

const secret = "iban-RO49-7781";
const cleanup = openCleanup();
let source: PostgresServer;
let metadata: PostgresServer;
let at: CommandOptions;
let served: ServedHeadgate;
let keys: Readonly<Record<"viewer" | "operator" | "analyst" | "administrator", string>>;

const change = (statement: string) => source.query(statement, [], { database: "shop" });

beforeAll(async () => {
  const home = await mkdtemp(join(tmpdir(), "headgate-values-"));
  cleanup.defer(() => rm(home, { recursive: true, force: true }));
  [source, metadata] = await Promise.all([startPostgres(), startPostgres()]);
  cleanup.use(source);
  cleanup.use(metadata);
  await source.createDatabase("shop");
  await change("create table account (id int primary key, iban text)");
  await change("insert into account values (1, 'one'), (2, 'two')");
  const { user, password, socketDirectory } = metadata;
  const HEADGATE_DATABASE_URL = `postgres://${user}:${password}@localhost/postgres?host=${encodeURIComponent(socketDirectory)}`;
  at = { data: join(home, "data"), environment: { HEADGATE_DATABASE_URL, HEADGATE_LAKE: lakeOf(home) } };
  await askCommand(["source", "add", "shop", source.url("shop")], at);
  await askCommand(["sync", "shop"], at);
  await change(`update account set iban = '${secret}' where id = 2`);
  served = await serveHeadgate(at);
  cleanup.defer(() => served.stop());
  const key = async (role: string) =>
    (await askCommand<{ key: string }>(["key", "create", `a ${role}`, "--role", role], at)).key;
  const administrator = await key("administrator");
  await askCommand(["grant", "select", "on", "account", "main", "to", "key:a administrator"], at);
  keys = {
    viewer: await key("viewer"),
    operator: await key("operator"),
    analyst: await key("analyst"),
    administrator,
  };
});
afterAll(() => cleanup[Symbol.asyncDispose]());

async function ask(role: keyof typeof keys, operation: string, input: object): Promise<string> {
  const headers = { authorization: `Bearer ${keys[role]}` };
  const response = await served.post(`/api/operations/${operation}`, JSON.stringify(input), headers);
  return response.text();
}

/** Everything that viewers can request, and the sources of these answers. */
async function expectHidden(): Promise<void> {
  const told = [
    await ask("viewer", "run.list", {}),
    await ask("viewer", "run.show", { run: "latest" }),
    await ask("viewer", "run.watch", { run: "latest" }),
    await ask("viewer", "status", {}),
    await (await served.get("/metrics", { authorization: `Bearer ${keys.viewer}` })).text(),
    (await runCommand(["run", "show", "latest"], at)).stdout,
  ];
  for (const text of told) {
    expect(text.length).toBeGreaterThan(20);
    expect(text).not.toContain(secret);
  }
  for (const table of ["runs", "table_failures", "schedules", "alerts"]) {
    const rows = await metadata.query(`select row_to_json(kept)::text as kept from headgate.${table} kept`);
    expect(JSON.stringify(rows), table).not.toContain(secret);
  }
}

test("examples of rows that differ are for those who may read rows", async () => {
  const input = { source: "shop", tables: ["account"] };
  const operators = await ask("operator", "reconcile", input);
  expect(operators).toContain('"rowsOnlyInSource":1');
  expect(operators).not.toContain(secret);
  await expectHidden();
  expect(await ask("administrator", "reconcile", input)).toContain(secret);
  await expectHidden();
  const { stdout } = await runCommand(["reconcile", "shop", "--table", "account"], at);
  expect(stdout).toContain(secret);
  await expectHidden();
});

test("a server's words that quote a value are for those who may read rows", async () => {
  await change("create view number as select id, iban::int as iban from account where id = 2");
  const input = { source: "shop", tables: ["number"] };
  const operators = await ask("operator", "sync", input);
  expect(operators).toContain("22P02");
  expect(operators).toContain('"SOURCE_FAILED"');
  expect(operators).not.toContain(secret);
  await expectHidden();
  expect(await ask("administrator", "sync", input)).toContain(secret);
  const { stdout, stderr, code } = await runCommand(["sync", "shop", "--table", "number"], at);
  expect(code).not.toBe(0);
  expect(stdout + stderr).toContain(secret);
  await expectHidden();
});

test("the words of the engine about a statement are those of whoever may read", async () => {
  const answer = await ask("analyst", "sql", { sql: `select iban::int from shop.account where id = 1` });
  expect(answer).toContain("Could not convert string 'one' to INT32");
});

test("examples that were kept before are removed from the ledger", async () => {
  const migration = await readFile("migrations/0030_no_values_in_the_ledger.sql", "utf8");
  const report = (example: string): string =>
    JSON.stringify({
      rowsRead: 12345678901,
      tables: [{ equal: false, examples: { onlyInSource: [{ iban: example }] } }],
    });
  for (const [id, example] of [secret, `${secret}\0`].entries())
    await metadata.query(
      `insert into headgate.runs (id, source_name, kind, state, report) values ($1, 'shop', 'reconcile', 'done', $2)`,
      [`00000000-0000-0000-0000-00000000000${id}`, report(example)],
    );
  await expect(expectHidden()).rejects.toThrow(secret);
  await metadata.query(`set search_path = headgate; ${migration}`);
  await expectHidden();
  const [kept] = await metadata.query(
    "select report::text as report from headgate.runs where id = '00000000-0000-0000-0000-000000000000'",
  );
  expect(JSON.parse(kept?.["report"] ?? "")).toEqual({ rowsRead: 12345678901, tables: [{ equal: false }] });
});
