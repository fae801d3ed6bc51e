/**
 * Two people with different rights ask one server for the same things. Nobody sees anything that a grant does not show,
 * and a right that ends stops what is being read with it.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openCleanup } from "../../src/base/cleanup.ts";
import { askCommand, runCommand, type CommandOptions } from "../world/command.ts";
import { lakeOf } from "../world/lake.ts";
import { personOf, type Person } from "../world/person.ts";
import { startPostgres, type PostgresServer } from "../world/postgres-server.ts";
import { serveHeadgate, type ServedHeadgate } from "../world/served-headgate.ts";

const canary = "CANARY";
const cleanup = openCleanup();
let source: PostgresServer;
let at: CommandOptions;
let served: ServedHeadgate;

const change = (statement: string) => source.query(statement, [], { database: "shop" });
const own = (...words: readonly string[]) => askCommand(words, at);

let ann: Person;
let bob: Person;
let eve: Person;

beforeAll(async () => {
  const home = await mkdtemp(join(tmpdir(), "headgate-gate-"));
  cleanup.defer(() => rm(home, { recursive: true, force: true }));
  source = cleanup.use(await startPostgres());
  await source.createDatabase("shop");
  await change("create table orders (id int primary key, country text, email text, amount int)");
  await change(`insert into orders values (1, 'DE', 'd@${canary}', 10), (2, 'FR', 'f@${canary}', 20),
    (3, 'DE', 'e@${canary}', 30), (4, '${canary}', 'x@${canary}', 40)`);
  await change("create table salaries (id int primary key, amount int)");
  await change("insert into salaries values (1, 77001)");
  at = { data: join(home, "data"), environment: { HEADGATE_LAKE: lakeOf(home) } };
  await own("source", "add", "shop", source.url("shop"));
  await own("sync", "shop");
  served = await serveHeadgate(at);
  cleanup.defer(() => served.stop());
  const person = (name: string) => personOf(served, at, name);
  [ann, bob, eve] = [await person("ann"), await person("bob"), await person("eve")];
  await own("grant", "select", "on", "shop.orders", "to", "key:ann", "--except", "email");
  await own("filter", "add", "german", "on", "shop.orders", "--rows", "country = 'DE'", "--mask", "email=show-last-4");
  await own("grant", "select", "on", "shop.orders", "to", "key:bob", "--filter", "german");
}, 120_000);
afterAll(() => cleanup[Symbol.asyncDispose]());

describe("reading", () => {
  test("each sees the columns and rows of their grants", async () => {
    const sql = "select * from shop.orders order by id";
    expect(await ann.rows(sql)).toEqual([
      [1, "DE", 10],
      [2, "FR", 20],
      [3, "DE", 30],
      [4, canary, 40],
    ]);
    const masked = await bob.rows(sql);
    expect(masked.map(([id, country, , amount]) => [id, country, amount])).toEqual([
      [1, "DE", 10],
      [3, "DE", 30],
    ]);
    expect(JSON.stringify(masked)).not.toContain(canary);
    expect(await bob.rows("select count(*), sum(amount) from shop.orders")).toEqual([[2, 40]]);
  });

  test("a hidden column, a hidden table and a missing one are told apart by nobody", async () => {
    const column = (name: string) => ann.refusal("sql", { sql: `select ${name} from shop.orders` });
    expect((await column("email")).replaceAll("email", "x")).toBe((await column("e_mail")).replaceAll("e_mail", "x"));
    const table = (name: string) => ann.refusal("sql", { sql: `select 1 from shop.${name}` });
    expect(await table("salaries")).toBe((await table("nothings")).replaceAll("nothings", "salaries"));
    const shown = (name: string) => ann.refusal("table.show", { table: `shop.${name}` });
    expect(await shown("salaries")).toBe((await shown("nothings")).replaceAll("nothings", "salaries"));
  });

  test("whoever has no grant sees nothing at all", async () => {
    expect(await eve.refusal("sql", { sql: "select 1" })).toContain("NOT_ALLOWED");
    const { lines } = await eve.ask("table.list");
    expect(lines).toEqual([{ result: { tables: [] } }]);
    for (const operation of ["status", "run.list", "source.list", "schedule.list", "user.list", "figures"])
      expect(await eve.refusal(operation), operation).toMatch(/NOT_ALLOWED|PATH_NOT_FOUND/);
  });

  test("nothing about hidden rows is in lists, descriptions, histories, plans or metadata tables", async () => {
    const everything = [
      await bob.ask("table.list"),
      await bob.ask("table.show", { table: "shop.orders" }),
      await bob.ask("database.list"),
      await bob.ask("name.list", { kind: "table" }),
    ];
    for (const { text, status } of everything) {
      expect(status).toBe(200);
      expect(text).not.toMatch(/CANARY|salaries|"rows":|"bytes":|metadata_location/);
    }
    for (const [operation, input] of [
      ["table.history", { table: "shop.orders" }],
      ["reference.list", { table: "shop.orders" }],
      ["sql", { sql: "select * from shop.orders.files" }],
      ["sql", { sql: "select * from shop.orders.partitions" }],
      ["sql", { sql: "select * from shop.orders.snapshots" }],
      ["sql", { sql: "select * from shop.orders", explain: true }],
      ["run.list", {}],
      ["status", {}],
    ] as const)
      expect(await bob.refusal(operation, input), operation).toMatch(/^(NOT_ALLOWED|TABLE_NOT_FOUND|SQL_NOT_ALLOWED):/);
  });

  test("errors do not carry values of hidden rows", async () => {
    for (const expression of ["country::int", "cast(country as date)", "error(country)", "sqrt(-amount + 25)"]) {
      const { text } = await bob.ask("sql", { sql: `select ${expression} from shop.orders` });
      expect(text).not.toMatch(/CANARY|FR\b/);
    }
  });

  test("earlier states are read under the rules of today", async () => {
    await change("update orders set amount = amount + 1");
    await own("sync", "shop");
    expect(await bob.rows("select sum(amount) from shop.orders", "before-last")).toEqual([[40]]);
    const { text } = await bob.ask("table.diff", { table: "shop.orders", from: "before-last" });
    expect(text).toContain('"DE"');
    expect(text).not.toMatch(/CANARY|FR\b/);
  });
});

describe("rights that change", () => {
  test("a renamed column keeps its rules, and a dropped one closes the filter", async () => {
    await change("create table people (id int primary key, country text, mail text)");
    await change("insert into people values (1, 'DE', 'a'), (2, 'FR', 'b')");
    await own("sync", "shop");
    await own("filter", "add", "home", "on", "shop.people", "--rows", "country = 'DE'");
    await own("grant", "select", "on", "shop.people", "to", "key:bob", "--filter", "home");
    await change("alter table people rename column country to land");
    await own("sync", "shop");
    expect(await bob.rows("select id, land from shop.people")).toEqual([[1, "DE"]]);
    await change("alter table people drop column land");
    await own("sync", "shop");
    expect(await bob.refusal("sql", { sql: "select id from shop.people" })).toMatch(/^NOT_ALLOWED:/);
  });

  test("a revoked grant ends a statement that is running", async () => {
    await own("grant", "select", "on", "shop.salaries", "to", "key:ann");
    const running = ann.refusal("sql", {
      sql: "select s.amount, r.range from shop.salaries s, range(100000000000) r",
    });
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    const since = Date.now();
    await own("revoke", "select", "on", "shop.salaries", "from", "key:ann");
    expect(await running).toMatch(/NOT_ALLOWED|CANCELLED/);
    expect(Date.now() - since).toBeLessThan(30_000);
    expect(await ann.refusal("sql", { sql: "select 1 from shop.salaries" })).toContain("TABLE_NOT_FOUND");
  }, 60_000);

  test("an administrator reads no rows until a grant says so", async () => {
    const { key } = await askCommand<{ key: string }>(["key", "create", "boss", "--role", "administrator"], at);
    const headers = { authorization: `Bearer ${key}` };
    const post = async (operation: string, input: object) =>
      (await served.post(`/api/operations/${operation}`, JSON.stringify(input), headers)).status;
    expect(await post("table.list", {})).toBe(200);
    expect(await post("sql", { sql: "select * from shop.orders" })).toBe(403);
    await own("grant", "select", "on", "shop.orders", "to", "key:boss");
    expect(await post("sql", { sql: "select * from shop.orders" })).toBe(200);
  });

  test("the owner of the data directory reads everything", async () => {
    const { stdout } = await runCommand(["sql", "select count(*) from shop.orders", "--json"], at);
    expect(stdout).toContain("4");
  });
});
