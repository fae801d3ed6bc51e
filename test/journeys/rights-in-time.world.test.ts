/**
 * Rights over time: columns that are renamed and dropped under grants, a group and a person who leave, and a grant that
 * ends at its moment without anything that runs. Each answer about rights agrees with what is read.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openCleanup } from "../../src/base/cleanup.ts";
import type { SyncReport } from "../../src/sync/run/sync-report.ts";
import { askCommand, type CommandOptions } from "../world/command.ts";
import { lakeOf } from "../world/lake.ts";
import { personOf, personWithKey, type Person } from "../world/person.ts";
import { startPostgres, type PostgresServer } from "../world/postgres-server.ts";
import { serveHeadgate, type ServedHeadgate } from "../world/served-headgate.ts";

const cleanup = openCleanup();
let source: PostgresServer;
let at: CommandOptions;
let served: ServedHeadgate;

const change = (statement: string) => source.query(statement, [], { database: "crm" });
const own = <T = unknown>(...words: readonly string[]) => askCommand<T>(words, at);
const person = (name: string) => personOf(served, at, name);
const syncCrm = () => own<SyncReport>("sync", "crm");

/** The part of the answers to `--plan` that is looked at here. */
interface Removal {
  readonly falls: {
    readonly grants: readonly string[];
    readonly grantsToOthers: readonly string[];
    readonly members: readonly string[];
  };
}

beforeAll(async () => {
  const home = await mkdtemp(join(tmpdir(), "headgate-rights-"));
  cleanup.defer(() => rm(home, { recursive: true, force: true }));
  source = cleanup.use(await startPostgres());
  await source.createDatabase("crm");
  await change("create table customers (id int primary key, name text, email text, country text)");
  await change("insert into customers values (1, 'Ann', 'ann@x', 'DE'), (2, 'Bo', 'bo@x', 'FR')");
  for (let index = 1; index <= 6; index++) await change(`create table t${index} as select ${index} as id`);
  at = { data: join(home, "data"), environment: { HEADGATE_LAKE: lakeOf(home) } };
  await own("source", "add", "crm", source.url("crm"));
  await syncCrm();
  served = await serveHeadgate(at);
  cleanup.defer(() => served.stop());
}, 120_000);
afterAll(() => cleanup[Symbol.asyncDispose]());

describe("columns under grants", () => {
  let reader: Person;
  let german: Person;
  const rows = (who: Person) => who.rows("select * from crm.customers order by id");

  beforeAll(async () => {
    [reader, german] = [await person("reader"), await person("german")];
    await own("grant", "select", "on", "crm.customers", "to", "key:reader", "--columns", "id,email");
    await own("filter", "add", "german", "on", "crm.customers", "--rows", "country = 'DE'", "--columns", "id,name");
    await own("grant", "select", "on", "crm.customers", "to", "key:german", "--filter", "german");
  });

  test("a renamed column stays with its grants", async () => {
    await change("alter table customers rename column email to mail");
    await syncCrm();
    expect(await reader.rows("select id, mail from crm.customers order by id")).toEqual([
      [1, "ann@x"],
      [2, "bo@x"],
    ]);
    expect(await rows(german)).toEqual([[1, "Ann"]]);
  });

  test("a dropped column closes the filter that compares it, and the run says so; nobody else notices", async () => {
    await change("alter table customers drop column country");
    expect((await syncCrm()).warnings).toEqual([
      expect.stringMatching(/data filter german of crm\.customers is broken: .*country, which was dropped/),
    ]);
    expect(await german.refusal("sql", { sql: "select * from crm.customers" })).toMatch(/^NOT_ALLOWED/);
    expect(await rows(reader)).toEqual([
      [1, "ann@x"],
      [2, "bo@x"],
    ]);
    const { filters } = await own<{ filters: { state: string; why: string }[] }>("filter", "list");
    expect(filters).toMatchObject([{ state: "broken", why: expect.stringContaining("country") }]);
  });

  test("a new column of the old name does not open it, and its correction does", async () => {
    await change("alter table customers add column country text default 'DE'");
    await syncCrm();
    expect(await german.refusal("sql", { sql: "select * from crm.customers" })).toMatch(/^NOT_ALLOWED/);
    expect(await rows(reader)).toEqual([
      [1, "ann@x"],
      [2, "bo@x"],
    ]);
    await own(
      "filter",
      "add",
      "german",
      "on",
      "crm.customers",
      "--rows",
      "country = 'DE'",
      "--columns",
      "id",
      "--replace",
    );
    expect(await rows(german)).toEqual([[1], [2]]);
  });
});

describe("a group that is removed", () => {
  let member: Person;
  const tables = [1, 2, 3, 4, 5, 6].map((index) => `crm.t${index}`);
  const readable = async (who: Person): Promise<readonly string[]> => {
    const outcomes = await Promise.all(tables.map((table) => who.ask("sql", { sql: `select * from ${table}` })));
    return tables.filter((_table, index) => outcomes[index]?.status === 200);
  };

  beforeAll(async () => {
    member = await person("member");
    await own("group", "add", "bi-team");
    await own("group", "member", "add", "bi-team", "key:member");
    for (const table of tables)
      for (const permission of ["select", "describe"])
        await own("grant", permission, "on", table, "to", "group:bi-team");
  });

  test("shows its twelve grants first, and takes them with it", async () => {
    expect(await readable(member)).toEqual(tables);
    const { falls } = await own<Removal>("group", "remove", "bi-team", "--plan");
    expect(falls.grants).toHaveLength(12);
    expect(falls.members).toEqual(["key:member"]);
    expect(await readable(member)).toEqual(tables);
    await own("group", "remove", "bi-team", "--yes");
    expect(await readable(member)).toEqual([]);
    expect(await member.ask("access.mine")).toMatchObject({ lines: [{ result: { reached: [] } }] });
  });

  test("leaves nothing to another group of its name, and lists go on", async () => {
    await own("group", "add", "bi-team");
    await own("group", "member", "add", "bi-team", "key:member");
    expect(await readable(member)).toEqual([]);
    const { grants } = await own<{ grants: { to: string }[] }>("access", "grants");
    expect(grants.filter(({ to }) => to === "group:bi-team")).toEqual([]);
    const { removed } = await own<{ removed: { name: string }[] }>("group", "list", "--removed");
    expect(removed.map(({ name }) => name)).toEqual(["bi-team"]);
    await own("access", "to", "crm.t1");
  });
});

describe("a person who leaves", () => {
  let lead: Person;
  let intern: Person;
  const reads = async (who: Person): Promise<boolean> =>
    (await who.ask("sql", { sql: "select * from crm.t1" })).status === 200;

  beforeAll(async () => {
    [lead, intern] = [await person("lead"), await person("intern")];
    await own("grant", "select", "on", "crm.t1", "to", "key:lead", "--grantable");
    await lead.ask("grant.add", { permissions: ["SELECT"], on: "crm.t1", to: "key:intern" });
  });

  test("takes along what they passed on, and the plan says so", async () => {
    expect([await reads(lead), await reads(intern)]).toEqual([true, true]);
    const { falls } = await own<Removal>("key", "revoke", "lead", "--plan");
    expect(falls.grants).toHaveLength(1);
    expect(falls.grantsToOthers).toEqual([expect.stringContaining("key:intern")]);
    await own("key", "revoke", "lead");
    expect((await lead.ask("sql", { sql: "select 1" })).status).toBe(401);
    expect(await reads(intern)).toBe(false);
  });
});

describe("a grant that ends", () => {
  test("ends at its moment: each answer about rights agrees with what is read, before and after", async () => {
    const guest = await person("guest");
    const until = Date.now() + 6_000;
    await own("grant", "select", "on", "crm.t2", "to", "key:guest", "--until", new Date(until).toISOString());
    const seen = new Set<string>();
    while (Date.now() < until + 2_000) {
      const before = Date.now();
      const [read, mine] = await Promise.all([
        guest.ask("sql", { sql: "select * from crm.t2" }),
        guest.ask("access.mine"),
      ]);
      const reads = read.status === 200;
      const says = mine.text.includes("crm.t2");
      if (Date.now() < until) expect([reads, says]).toEqual([true, true]);
      if (before >= until) expect([reads, says]).toEqual([false, false]);
      seen.add(`${reads}`);
      await delay(100);
    }
    expect(seen).toEqual(new Set(["true", "false"]));
  });

  test("ends what is being read with it, and cannot be passed on beyond its end", async () => {
    const guest = await person("late");
    const until = Date.now() + 5_000;
    const end = new Date(until).toISOString();
    await own("grant", "select", "on", "crm.t3", "to", "key:late", "--until", end, "--grantable");
    const later = { permissions: ["SELECT"], on: "crm.t3", to: "key:guest", until: "2099-01-01T00:00:00Z" };
    expect(await guest.refusal("grant.add", later)).toMatch(/^GRANT_TOO_WIDE/);
    const refused = await guest.refusal("sql", { sql: "select t.id, r.range from crm.t3 t, range(100000000000) r" });
    expect(refused).toMatch(/^(NOT_ALLOWED|CANCELLED)/);
    expect(Date.now()).toBeGreaterThanOrEqual(until);
    expect(Date.now()).toBeLessThan(until + 30_000);
  });

  test("and so does a key that ends, whatever it is granted", async () => {
    const end = new Date(Date.now() + 3_000).toISOString();
    const { key } = await own<{ key: string }>("key", "create", "brief", "--expires", end);
    await own("grant", "select", "on", "crm.t4", "to", "key:brief");
    const brief = personWithKey(served, key);
    while (Date.now() < Date.parse(end)) await delay(100);
    expect((await brief.ask("sql", { sql: "select * from crm.t4" })).status).toBe(401);
  });
});
