/**
 * A grant by tags, as people use it: what a tag opens is said before it is given, a column is kept out by its own tag, a
 * new tag closes everything at once, also for a statement that is running, and nobody changes a tag without a right on it.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openCleanup } from "../../src/base/cleanup.ts";
import { askCommand, runCommand, type CommandOptions } from "../world/command.ts";
import { lakeOf } from "../world/lake.ts";
import { personOf, type Person } from "../world/person.ts";
import { startPostgres, type PostgresServer } from "../world/postgres-server.ts";
import { serveHeadgate, type ServedHeadgate } from "../world/served-headgate.ts";

const cleanup = openCleanup();
let source: PostgresServer;
let at: CommandOptions;
let served: ServedHeadgate;
let ann: Person;
let bea: Person;
let steward: Person;

const change = (statement: string) => source.query(statement, [], { database: "crm" });
const own = <T = unknown>(...words: readonly string[]) => askCommand<T>(words, at);

interface Changed {
  readonly changed: boolean;
  readonly access: readonly {
    readonly principal: string;
    readonly opens: readonly string[];
    readonly closes: readonly string[];
  }[];
}

const tag = (...words: readonly string[]) => own<Changed>("tag", ...words);
const opened = ({ access }: Changed) => access.map(({ principal, opens }) => [principal, opens]);
const closed = ({ access }: Changed) => access.map(({ principal, closes }) => [principal, closes]);
const everything = "select * from crm.customers order by id";

beforeAll(async () => {
  const home = await mkdtemp(join(tmpdir(), "headgate-tags-"));
  cleanup.defer(() => rm(home, { recursive: true, force: true }));
  source = cleanup.use(await startPostgres());
  await source.createDatabase("crm");
  await change("create table customers (id int primary key, name text, email text)");
  await change("insert into customers values (1, 'Ann', 'ann@x'), (2, 'Bo', 'bo@x')");
  at = { data: join(home, "data"), environment: { HEADGATE_LAKE: lakeOf(home) } };
  await own("source", "add", "crm", source.url("crm"));
  await own("sync", "crm");
  served = await serveHeadgate(at);
  cleanup.defer(() => served.stop());
  [ann, bea, steward] = [
    await personOf(served, at, "ann"),
    await personOf(served, at, "bea"),
    await personOf(served, at, "steward"),
  ];
  await own("group", "add", "analysts");
  for (const key of ["key:ann", "key:bea"]) await own("group", "member", "add", "analysts", key);
  await own("tag", "add", "domain", "sales", "hr");
  await own("tag", "add", "sensitivity", "public", "internal", "secret", "--sensitive", "secret");
  await own("grant", "select", "on", "tags", "domain=sales", "sensitivity=public,internal", "to", "group:analysts");
}, 120_000);
afterAll(() => cleanup[Symbol.asyncDispose]());

test("a preview lists exactly what a tag opens, and nothing is open before it is saved", async () => {
  await tag("set", "crm.customers", "sensitivity=secret", "--column", "email");
  const asked = ["set", "crm.customers", "domain=sales", "sensitivity=public"];
  const plan = await tag(...asked, "--plan");
  expect(opened(plan)).toEqual([
    ["key:ann", ["id", "name"]],
    ["key:bea", ["id", "name"]],
  ]);
  expect(await ann.refusal("sql", { sql: everything })).toMatch(/^TABLE_NOT_FOUND|^NOT_ALLOWED/);
  expect(opened(await tag(...asked))).toEqual(opened(plan));
  for (const one of [ann, bea])
    expect(await one.rows(everything)).toEqual([
      [1, "Ann"],
      [2, "Bo"],
    ]);
  expect((await ann.refusal("sql", { sql: "select email from crm.customers" })).replaceAll("email", "x")).toBe(
    (await ann.refusal("sql", { sql: "select e_mail from crm.customers" })).replaceAll("e_mail", "x"),
  );
});

test("a renamed column and a renamed tag change nothing", async () => {
  await change("alter table customers rename column email to mail");
  await own("sync", "crm");
  await tag("rename", "sensitivity=secret", "restricted");
  expect(await ann.rows(everything)).toHaveLength(2);
  expect(await ann.refusal("sql", { sql: "select mail from crm.customers" })).toMatch(/mail/);
  await tag("rename", "sensitivity=restricted", "secret");
});

test("whoever may change the table, without a right on the tag, cannot take the tag away", async () => {
  await own("grant", "alter", "on", "crm.customers", "to", "key:steward");
  await own("grant", "describe", "on", "tag", "sensitivity", "to", "key:steward");
  const ask = { on: "crm.customers", column: "mail", tags: ["sensitivity"] };
  expect(await steward.refusal("tag.unset", ask)).toMatch(/^NOT_ALLOWED: steward may not give or take sensitivity=/);
  await own("grant", "associate", "on", "tag", "sensitivity=public", "to", "key:steward");
  expect(await steward.refusal("tag.unset", ask)).toMatch(/^NOT_ALLOWED/);
  expect((await steward.ask("tag.set", { ...ask, tags: ["sensitivity=public"], plan: true })).status).toBe(403);
});

test("a grant that covers secret columns says so, on paper and on the terminal", async () => {
  const words = ["grant", "select", "on", "tags", "domain=sales", "to", "key:bea"];
  const { stdout } = await runCommand([...words, "--plan"], at);
  expect(stdout).toContain("attention: this covers mail of crm.customers, tagged sensitivity=secret");
  expect(stdout).toContain("key:bea can read mail of crm.customers");
  expect(await own(...words)).toMatchObject({ sensitive: [{ columns: ["mail"] }] });
  expect(await bea.rows("select mail from crm.customers order by 1")).toEqual([["ann@x"], ["bo@x"]]);
  await own("revoke", "select", "on", "tags", "domain=sales", "from", "key:bea");
  const { stdout: explained } = await runCommand(["access", "to", "crm.customers"], at);
  expect(explained).toContain("domain=sales of the table");
});

test("a new tag closes the table for all, and ends the statement that is running", async () => {
  const running = ann.refusal("sql", { sql: "select c.name from crm.customers c, range(100000000000)" });
  await delay(500);
  const began = performance.now();
  expect(closed(await tag("set", "crm.customers", "sensitivity=secret"))).toEqual([
    ["key:ann", ["id", "name"]],
    ["key:bea", ["id", "name"]],
  ]);
  expect(await running).toMatch(/^NOT_ALLOWED/);
  expect(performance.now() - began).toBeLessThan(10_000);
  for (const one of [ann, bea])
    expect(await one.refusal("sql", { sql: everything })).toMatch(/^TABLE_NOT_FOUND|^NOT_ALLOWED/);
  const { events } = await own<{ events: readonly { operation: string }[] }>("audit", "list", "--limit", "50");
  expect(events.map(({ operation }) => operation)).toEqual(expect.arrayContaining(["tag.set", "grant.add"]));
});
