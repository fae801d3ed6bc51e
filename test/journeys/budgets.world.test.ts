/**
 * Budgets of an account from outside: a stop at the limit that others do not notice, a killed server that has counted
 * what it began, and a new day.
 */
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openCleanup } from "../../src/base/cleanup.ts";
import type { ShownBudget } from "../../src/operations/people/budgets.ts";
import { askCommand, refusedCommand, runCommand, type CommandOptions } from "../world/command.ts";
import { lakeOf } from "../world/lake.ts";
import { personOf, personWithKey, type Person } from "../world/person.ts";
import { startPostgres, type PostgresServer } from "../world/postgres-server.ts";
import { serveHeadgate, type ServedHeadgate } from "../world/served-headgate.ts";

const cleanup = openCleanup();
let postgres: PostgresServer;
let at: CommandOptions;
let served: ServedHeadgate;
let ann: Person;

const shown = async (): Promise<ShownBudget | null> =>
  (await askCommand<{ budget: ShownBudget | null }>(["account", "show", "hr"], at)).budget;
const limit = (...flags: readonly string[]) => runCommand(["account", "set", "hr", ...flags, "--json"], at);

beforeAll(async () => {
  const home = await mkdtemp(join(tmpdir(), "headgate-budgets-"));
  cleanup.defer(() => rm(home, { recursive: true, force: true }));
  postgres = cleanup.use(await startPostgres());
  await postgres.createDatabase("shop");
  await postgres.query("create table orders as select i, md5(i::text) as t from generate_series(1, 2000) i", [], {
    database: "shop",
  });
  await postgres.createDatabase("metadata");
  const place = `localhost/metadata?host=${encodeURIComponent(postgres.socketDirectory)}`;
  const url = `postgres://${postgres.user}:${postgres.password}@${place}`;
  at = { data: join(home, "data"), environment: { HEADGATE_LAKE: lakeOf(home), HEADGATE_DATABASE_URL: url } };
  served = await serveHeadgate(at);
  cleanup.defer(() => served.stop());
  await askCommand(["account", "add", "hr"], at);
  await askCommand(["source", "add", "shop", postgres.url("shop"), "--account", "hr"], at);
  await askCommand(["sync", "shop", "--account", "hr"], at);
  ann = await personOf(served, at, "ann", { account: "hr", role: "analyst" });
}, 120_000);
afterAll(() => cleanup[Symbol.asyncDispose]());

test("statements stop at the limit, are refused with 429, and others read the same table on", async () => {
  await limit("--max-statements", "2/day", "--warn-at", "50%");
  const { text } = await ann.ask("sql", { sql: "select count(*) from shop.orders" });
  expect(text).toContain("the account hr has run 1 of its 2 statements of today (UTC)");
  expect(await askCommand(["sql", "select count(*) as n from shop.orders", "--account", "hr"], at)).toMatchObject({
    rows: [{ n: 2000 }],
  });
  const refused = await ann.ask("sql", { sql: "select 1" });
  expect(refused.status).toBe(429);
  expect(refused.text).toMatch(
    /BUDGET_SPENT.*account hr.*2 of its 2 statements.*begins anew at \d{4}-\d\d-\d\dT00:00:00Z/,
  );
  expect(await refusedCommand(["sql", "select 1", "--account", "hr"], at)).toMatchObject({ code: "BUDGET_SPENT" });
  const other = await personOf(served, at, "bo");
  await askCommand(["grant", "select", "on", "hr.shop.orders", "to", "key:bo"], at);
  expect(await other.rows("select count(*) from hr.shop.orders")).toEqual([[2000]]);
  expect(await askCommand(["status"], at)).toMatchObject({ budgets: [expect.stringContaining("nothing is left")] });
  const events = await askCommand<{ events: { outcome: string }[] }>(["audit", "list", "--by", "key:ann"], at);
  expect(events.events.map(({ outcome }) => outcome)).toContain("BUDGET_SPENT");
  // The next day, as far as the account can tell.
  await postgres.query("update account_usage set day = day - 1", [], { database: "metadata" });
  expect(await ann.rows("select 1")).toEqual([[1]]);
});

test("a killed server has counted what it began", async () => {
  await limit("--max-statements", "1000", "--max-engine-time", "1h/day");
  const before = (await shown())?.used ?? { statements: 0, engineSeconds: 0 };
  const endless = "select count(*) from range(100000000000) a(i), range(1000) b(j) where hash(i) % 7 = j";
  let answer: string | undefined;
  const asking = ann.ask("sql", { sql: endless }).then(
    ({ text }) => (answer = text),
    () => undefined,
  );
  while ((await shown())?.used.statements === before.statements) {
    expect(answer).toBeUndefined();
    await delay(100);
  }
  await delay(2_500);
  const ended = once(served.running.process, "exit");
  served.running.process.kill("SIGKILL");
  await Promise.all([asking, ended]);
  const killed = await shown();
  expect(killed?.used.statements).toBe(before.statements + 1);
  expect(killed?.used.engineSeconds).toBeGreaterThan(before.engineSeconds + 2.5);
  expect(killed?.used.engineSeconds).toBeLessThan(before.engineSeconds + 15);
  served = await serveHeadgate(at);
  ann = personWithKey(served, ann.headers["authorization"]?.replace("Bearer ", "") ?? "");
  expect(await ann.rows("select count(*) from shop.orders")).toEqual([[2000]]);
}, 60_000);

test("loads stop at the limit of bytes before they write, and go on when there is room", async () => {
  await limit("--max-statements", "none", "--max-engine-time", "none", "--max-bytes", "1KB");
  expect(await refusedCommand(["sync", "shop", "--account", "hr"], at)).toMatchObject({
    code: "BUDGET_SPENT",
    place: "account hr",
  });
  expect(await ann.rows("select count(*) from shop.orders")).toEqual([[2000]]);
  await limit("--max-bytes", "1TB");
  await askCommand(["sync", "shop", "--account", "hr"], at);
  expect(await shown()).toMatchObject({ maxBytes: 1e12, low: [], spent: [] });
  await limit("--max-bytes", "none");
  expect(await shown()).toBeNull();
});
