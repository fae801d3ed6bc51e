/**
 * A table is dropped and created again over the command line: nobody reads the new one until its owner takes the
 * earlier grants over, and only the owner is told that there were some.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openCleanup } from "../../src/base/cleanup.ts";
import { askCommand, refusedCommand, runCommand, type CommandOptions } from "../world/command.ts";
import { lakeOf } from "../world/lake.ts";
import { personOf, type Person } from "../world/person.ts";
import { startPostgres, type PostgresServer } from "../world/postgres-server.ts";
import { serveHeadgate } from "../world/served-headgate.ts";

const cleanup = openCleanup();
let source: PostgresServer;
let at: CommandOptions;
let ann: Person;
let bob: Person;

const change = (statement: string) => source.query(statement, [], { database: "shop" });
const own = (...words: readonly string[]) => askCommand(words, at);
const printed = async (...words: readonly string[]) => (await runCommand(words, at)).stdout;

beforeAll(async () => {
  const home = await mkdtemp(join(tmpdir(), "headgate-reattach-"));
  cleanup.defer(() => rm(home, { recursive: true, force: true }));
  source = cleanup.use(await startPostgres());
  await source.createDatabase("shop");
  await change("create table orders (id int primary key, country text, email text)");
  await change("insert into orders values (1, 'DE', 'd@example.org'), (2, 'FR', 'f@example.org')");
  at = { data: join(home, "data"), environment: { HEADGATE_LAKE: lakeOf(home) } };
  await own("source", "add", "shop", source.url("shop"));
  await own("sync", "shop");
  const served = await serveHeadgate(at);
  cleanup.defer(() => served.stop());
  [ann, bob] = [await personOf(served, at, "ann"), await personOf(served, at, "bob")];
  await own("filter", "add", "german", "on", "shop.orders", "--rows", "country = 'DE'", "--mask", "email=show-last-4");
  await own("grant", "select", "on", "shop.orders", "to", "key:ann", "--columns", "id,email");
  await own("grant", "select", "on", "shop.orders", "to", "key:bob", "--filter", "german");
}, 120_000);
afterAll(() => cleanup[Symbol.asyncDispose]());

const statement = { sql: "select * from shop.orders" };

test("a drop says whose grants end, and asks before", async () => {
  const refused = await runCommand(["table", "drop", "shop.orders"], at);
  expect(refused.stdout + refused.stderr).toContain("2 grants and 1 data filter end");
  expect(refused.stdout + refused.stderr).toContain("these lose what the grants gave them: key:ann, key:bob");
  expect(await ann.rows(statement.sql)).toHaveLength(2);
  expect(await printed("table", "drop", "shop.orders", "--yes")).toContain(
    "2 grants and 1 data filter have ended; for a new table of this name: headgate grant reattach shop.orders",
  );
  expect(await ann.refusal("sql", statement)).toMatch(/TABLE_NOT_FOUND|NOT_ALLOWED/);
});

test("whoever creates the table again is offered the grants, and nobody else is told", async () => {
  await change("alter table orders rename column email to mail");
  await change("alter table orders add column email text");
  await change("alter table orders drop column mail");
  const offer = "of the dropped table of this name can be made again: headgate grant reattach shop.orders";
  expect(await printed("sync", "shop", "--table", "orders")).toContain(`2 grants, tags and texts ${offer}`);
  expect(await printed("access", "to", "shop.orders")).toContain(`2 grants, tags and texts ${offer}`);
  expect(await own("access", "to", "shop.orders")).toMatchObject({ earlierGrants: 2 });
  for (const [operation, input] of [
    ["sql", statement],
    ["table.list", {}],
    ["access.mine", {}],
    ["access.to", { table: "shop.orders" }],
    ["grant.list", {}],
    ["grant.reattach", { table: "shop.orders" }],
  ] as const) {
    const { text } = await ann.ask(operation, input);
    expect(text, operation).not.toMatch(/german|bob|earlier|dropped|"id"/);
  }
});

test("the owner sees a plan, makes the grants again, and a second time changes nothing", async () => {
  const plan = await printed("grant", "reattach", "shop.orders", "--plan");
  expect(plan).toContain("key:ann has SELECT on shop.orders, only the columns id, email");
  expect(plan).toContain("key:bob has SELECT on shop.orders, what the filter german shows");
  expect(plan).toContain("a plan: 2 new grants, 1 new data filter, 0 new tags and 0 new texts would be made");
  expect(await ann.refusal("sql", statement)).toMatch(/TABLE_NOT_FOUND|NOT_ALLOWED/);
  expect(await own("grant", "reattach", "shop.orders")).toMatchObject({ added: 2, reattached: true });
  expect(await ann.rows("select * from shop.orders order by id")).toEqual([
    [1, null],
    [2, null],
  ]);
  expect(await bob.rows("select id, country from shop.orders")).toEqual([[1, "DE"]]);
  expect(await printed("grant", "reattach", "shop.orders")).toContain("nothing was changed");
  expect(await refusedCommand(["grant", "reattach", "shop.orders", "--columns", "id"], at)).toMatchObject({
    code: "USAGE",
    message: expect.stringContaining("--columns"),
  });
  expect(await printed("access", "to", "shop.orders")).not.toContain("can be made again");
});
