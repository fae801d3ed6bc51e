/**
 * Two accounts beside main on one server, each with a source and a database `shop`. Whoever acts in one finds no name of
 * the other in any answer, unless a grant to them says so, and has the rights of the account that they act in alone.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openCleanup } from "../../src/base/cleanup.ts";
import { operations } from "../../src/operations/operations.ts";
import { askCommand, refusedCommand, runCommand, type CommandOptions } from "../world/command.ts";
import { lakeOf } from "../world/lake.ts";
import { openAnswer } from "../world/open-answer.ts";
import { personOf, type Person } from "../world/person.ts";
import { startPostgres, type PostgresServer } from "../world/postgres-server.ts";
import { serveHeadgate, type ServedHeadgate } from "../world/served-headgate.ts";
import { newUser, signedIn } from "../world/signed-in.ts";

/** In every name that only the account sales has; its own name is one of them. */
const ofSales = /sales|lighthouse/i;

const cleanup = openCleanup();
let source: PostgresServer;
let at: CommandOptions;
let served: ServedHeadgate;
let boss: Person;
let carla: Person;
/** The latest run of the account sales. */
let theirRun: string;

const run = <T = unknown>(line: string): Promise<T> => askCommand<T>(line.split(" "), at);

beforeAll(async () => {
  const home = await mkdtemp(join(tmpdir(), "headgate-accounts-"));
  cleanup.defer(() => rm(home, { recursive: true, force: true }));
  source = cleanup.use(await startPostgres());
  for (const [name, table] of [
    ["sales", "lighthouse_orders (id int primary key, person int)"],
    ["hr", "people (id int primary key, name text)"],
  ] as const) {
    await source.createDatabase(name);
    await source.query(`create table ${table}`, [], { database: name });
  }
  const rows = (statement: string, database: string) => source.query(statement, [], { database });
  await rows("insert into lighthouse_orders values (1, 7), (2, 7), (3, 8)", "sales");
  await rows("insert into people values (7, 'Ada'), (9, 'Bob')", "hr");
  at = { data: join(home, "data"), environment: { HEADGATE_LAKE: lakeOf(home) } };
  served = await serveHeadgate(at);
  cleanup.defer(() => served.stop());
  for (const name of ["sales", "hr"]) {
    await run(`account add ${name}`);
    await run(`source add shop ${source.url(name)} --account ${name}`);
    const { run: latest } = await run<{ run: string }>(`sync shop --account ${name}`);
    if (name === "sales") theirRun = latest;
  }
  await Promise.all([
    askCommand(["schedule", "set", "lighthouse", "--source", "shop", "--cron", "0 1 * * *", "--account", "sales"], at),
    run("group add lighthouse-team --account sales"),
    run("role add lighthouse-keeper --account sales"),
    run("key create lighthouse-key --role viewer --account sales"),
    newUser(served, at, "lighthouse-user", { role: "administrator", account: "sales" }),
  ]);
  [boss, carla] = await Promise.all([
    newUser(served, at, "boss", { role: "administrator", account: "hr" }),
    newUser(served, at, "carla"),
  ]);
}, 120_000);
afterAll(() => cleanup[Symbol.asyncDispose]());

async function get(path: string, { headers }: Person): Promise<string> {
  const response = await served.get(path, headers);
  return `${response.status} ${await response.text()}`;
}

async function answers(person: Person, operation: string, input: object = {}): Promise<string> {
  return (await person.ask(operation, input)).text;
}

const watchRuns = (person: Person) => openAnswer(`${served.origin}/api/events`, { headers: person.headers });

describe("the administrator of one account", () => {
  test("sees their own things, and no name of the other account in lists, descriptions, figures and pages", async () => {
    const looking = operations.filter(
      ({ action, changes, name }) => (action === "watch" || changes === false) && !name.endsWith(".watch"),
    );
    const asked: (readonly [operation: string, input?: object])[] = [
      ...looking.map(({ name }) => [name] as const),
      ["source.show", { name: "shop" }],
      ["table.show", { table: "shop.people" }],
      ["table.history", { table: "shop.people" }],
      ["access.to", { table: "shop.people" }],
      ["access.explain", { principal: "boss", resource: "shop.people" }],
      ["access.of", { principal: "boss" }],
      ["run.show", { run: "latest" }],
      ["member.list", { kind: "account", name: "hr" }],
      ["user.list", { removed: true }],
      ["audit.list", { limit: 1_000 }],
      ["source.discover", { name: "shop" }],
      ...["source", "table", "schedule", "database", "run"].map((kind) => ["name.list", { kind }] as const),
      ["name.list", { kind: "source-table", source: "shop" }],
      ["sql", { sql: "select * from shop.lighthouse_order" }],
      ["table.show", { table: "lighthous" }],
    ];
    const texts = new Map<string, string>();
    for (const [operation, input] of asked) {
      const text = (await answers(boss, operation, input)).replaceAll(/lighthouse_order\b|lighthous\b/g, "(asked)");
      texts.set(`${operation} ${JSON.stringify(input ?? {})}`, text);
      expect(text, operation).not.toMatch(ofSales);
      expect(text, operation).not.toContain(theirRun);
    }
    expect(texts.get("table.list {}")).toContain('"people"');
    expect(texts.get('user.list {"removed":true}')).toContain('"boss"');
    for (const path of ["/metrics", "/api/me", "/"]) expect(await get(path, boss), path).toMatch(/^200/);
    for (const path of ["/metrics", "/api/me"]) expect(await get(path, boss), path).not.toMatch(ofSales);
    expect(await get("/metrics", boss)).toContain('source="shop"');
  });

  test("hears of their own runs only, in events and from run watch", async () => {
    const events = await watchRuns(boss);
    const watching = await openAnswer(`${served.origin}/api/operations/run.watch`, {
      method: "POST",
      body: "{}",
      headers: { "content-type": "application/json", ...boss.headers },
    });
    const { run: theirs } = await run<{ run: string }>("sync shop --account sales");
    const { run: own } = await run<{ run: string }>("sync shop --account hr");
    for (const answer of [events, watching]) {
      await expect.poll(() => answer.text(), { timeout: 10_000 }).toContain(own);
      answer.leave();
      expect(await answer.whole).not.toMatch(ofSales);
      expect(answer.text()).not.toContain(theirs);
    }
  });

  test.each([
    ["table.show", { table: "sales.shop.lighthouse_orders" }, { table: "nobody.shop.lighthouse_orders" }],
    ["sql", { sql: "from sales.shop.lighthouse_orders" }, { sql: "from nobody.shop.lighthouse_orders" }],
    ["sql", { sql: "from shop.lighthouse_orders" }, { sql: "from shop.lighthouse_nobody" }],
    ["group.show", { name: "lighthouse-team" }, { name: "nobody" }],
    ["role.show", { name: "lighthouse-keeper" }, { name: "nobody" }],
    ["key.revoke", { name: "lighthouse-key" }, { name: "nobody" }],
    ["user.reset", { name: "lighthouse-user" }, { name: "nobody" }],
    ["session.list", { user: "lighthouse-user" }, { user: "nobody" }],
    ["session.end", { user: "lighthouse-user" }, { user: "nobody" }],
    ["schedule.show", { name: "lighthouse" }, { name: "nobody" }],
    [
      "member.add",
      { kind: "account", name: "sales", member: "boss" },
      { kind: "account", name: "nobody", member: "boss" },
    ],
    ["user.list", { account: "sales" }, { account: "nobody" }],
    ["access.to", { table: "sales.shop.lighthouse_orders" }, { table: "sales.shop.nobody" }],
    ["grant.list", { on: "account sales" }, { on: "account nobody" }],
    ["audit.list", { by: "lighthouse-user" }, { by: "nobody" }],
  ] as const)(
    "gets for a thing of the other account what they get for nothing: %s %o",
    async (operation, one, other) => {
      const [known, unknown] = await Promise.all([answers(boss, operation, one), answers(boss, operation, other)]);
      const asked = /\b(?:sales|lighthouse[-_](?:orders|team|keeper|key|user|nobody)|lighthouse|nobody)\b/g;
      expect(known.replaceAll(asked, "(asked)")).toBe(unknown.replaceAll(asked, "(asked)"));
      expect(known).toContain('"error"');
    },
  );

  test("cannot choose the other account, and no run of it exists", async () => {
    const act = async (account: string) => {
      const response = await served.post("/api/act", JSON.stringify({ account }), boss.headers);
      return `${response.status} ${(await response.text()).replaceAll(account, "(asked)")}`;
    };
    expect(await act("sales")).toBe(await act("nobody"));
    const missing = "00000000-0000-7000-8000-000000000000";
    const events = (id: string) => get(`/api/runs/${id}/events`, boss);
    expect((await events(theirRun)).replaceAll(theirRun, missing)).toBe(await events(missing));
    expect(await events(missing)).toContain("RUN_NOT_FOUND");
  });
});

describe("a central reader", () => {
  const joined = `select p.name, count(*) from sales.shop.lighthouse_orders o
    join hr.shop.people p on o.person = p.id group by all`;

  test("reads both accounts in one statement once each has let them in, and not before", async () => {
    expect(await carla.refusal("sql", { sql: joined })).toMatch(/^(NOT_ALLOWED|TABLE_NOT_FOUND)/);
    await run("grant select on shop.lighthouse_orders to carla --account sales");
    expect(await carla.refusal("sql", { sql: joined })).toMatch(/^TABLE_NOT_FOUND: there is no table hr\.shop\.people/);
    await run("grant select on shop.people to carla --account hr");
    expect(await carla.rows(joined)).toEqual([["Ada", 2]]);
    expect(await carla.rows(joined.replaceAll("shop", "SHOP").replace("sales.", '"Sales".'))).toEqual([["Ada", 2]]);
    expect(await carla.refusal("sql", { sql: "from shop.people" })).toMatch(/^TABLE_NOT_FOUND/);
    expect(await answers(carla, "table.list")).toMatch(/people/);
  });

  test("reads one of them at most after the other has taken its grant back", async () => {
    await run("revoke select on shop.people from carla --account hr");
    expect(await carla.refusal("sql", { sql: joined })).toMatch(/^TABLE_NOT_FOUND/);
    expect(await carla.rows("select count(*) from sales.shop.lighthouse_orders")).toEqual([[3]]);
  });
});

describe("commands", () => {
  test("act in the account that they name, on things of the same name", async () => {
    const names = async (words: string) => JSON.stringify(await run(words));
    expect(await names("table list --account hr")).toMatch(/people/);
    expect(await names("table show shop.lighthouse_orders --account sales")).toContain("person");
    expect(await refusedCommand(["table", "show", "shop.people", "--account", "sales"], at)).toMatchObject({
      code: "TABLE_NOT_FOUND",
    });
    expect(await refusedCommand(["source", "show", "shop"], at)).toMatchObject({ code: "SOURCE_NOT_FOUND" });
    expect(await refusedCommand(["source", "list", "--account", "nobody"], at)).toMatchObject({
      code: "ACCOUNT_NOT_FOUND",
      place: "nobody",
    });
    const { runs } = await run<{ runs: { run: string; source: string }[] }>("run list --account hr");
    expect(new Set(runs.map(({ source: of }) => of))).toEqual(new Set(["shop", "sales.shop"]));
    expect(await run("run show latest --account sales")).toMatchObject({
      source: "shop",
      report: { tables: [{ lakeTable: "shop.lighthouse_orders" }] },
    });
    expect(await run("run show latest --account hr")).toMatchObject({
      source: "shop",
      report: { tables: [{ lakeTable: "shop.people" }] },
    });
    const { stdout } = await runCommand(["sql", "select count(*) from shop.people", "--account", "hr", "--json"], at);
    expect(stdout).toContain("2");
  });
});

describe("a member of two accounts", () => {
  const nothingToRead = "NOT_ALLOWED: no grant allows dora to read anything";
  let dora: Person;

  beforeAll(async () => {
    await newUser(served, at, "dora", { role: "viewer", account: "hr" });
    await run("account member add sales dora --role analyst");
    dora = await signedIn(served, "dora", "sales");
  });

  test("signs in to either, and to no other, whether it exists or not", async () => {
    for (const account of ["main", "nobody"])
      await expect(signedIn(served, "dora", account)).rejects.toThrow(/ACCOUNT_NOT_FOUND/);
    expect(await get("/api/me", dora)).toContain('"account":"sales"');
    expect(await get("/api/me", await signedIn(served, "dora", "hr"))).toContain('"account":"hr"');
    expect(await get("/api/me", await signedIn(served, "dora"))).toContain('"account":"hr"');
  });

  test("has the role of the account that they act in, and nothing of the other", async () => {
    expect(await dora.rows("select count(*) from shop.lighthouse_orders")).toEqual([[3]]);
    expect(await dora.refusal("sql", { sql: "from hr.shop.people" })).toMatch(/^TABLE_NOT_FOUND/);
    expect(await answers(dora, "table.list")).not.toContain("people");
    const response = await served.post("/api/act", JSON.stringify({ account: "hr" }), dora.headers);
    expect(await response.json()).toMatchObject({ account: "hr", role: "viewer", accounts: ["hr", "sales"] });
    expect(await answers(dora, "table.list")).toMatch(/people/);
    expect(await answers(dora, "table.list")).not.toMatch(ofSales);
    expect(await dora.refusal("sql", { sql: "from shop.people" })).toMatch(/^NOT_ALLOWED/);
    expect(await dora.refusal("sql", { sql: "from sales.shop.lighthouse_orders" })).toBe(nothingToRead);
  });

  test("loses at once what an ended membership gave, also in answers that are open", async () => {
    const there = await signedIn(served, "dora", "sales");
    const events = await watchRuns(there);
    const sql = "select o.id, repeat('x', 1000) from shop.lighthouse_orders o, range(30000000)";
    const rows = await openAnswer(`${served.origin}/api/operations/sql`, {
      method: "POST",
      body: JSON.stringify({ sql }),
      headers: { "content-type": "application/json", ...there.headers },
    });
    expect([events.status, rows.status]).toEqual([200, 200]);
    await run("account member remove sales dora");
    const since = Date.now();
    expect(await events.whole).toContain("NOT_ALLOWED");
    expect((await rows.whole).slice(-2_000)).toMatch(/NOT_ALLOWED/);
    expect(Date.now() - since).toBeLessThan(5_000);
    expect(await get("/api/me", there)).toContain('"account":"hr"');
    expect(await there.refusal("sql", { sql: "from sales.shop.lighthouse_orders" })).toBe(nothingToRead);
    expect(await answers(there, "table.list")).not.toMatch(ofSales);
  });
});

test("a key acts in its account alone", async () => {
  const key = await personOf(served, at, "hr-key", { role: "analyst", account: "hr" });
  expect(await key.rows("select count(*) from shop.people")).toEqual([[2]]);
  expect(await key.refusal("sql", { sql: "from sales.shop.lighthouse_orders" })).toMatch(/^TABLE_NOT_FOUND/);
  const response = await served.post("/api/act", JSON.stringify({ account: "sales" }), key.headers);
  expect(response.status).toBe(400);
});
