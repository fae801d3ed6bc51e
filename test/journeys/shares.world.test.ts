/**
 * Shares between accounts, as their people live with them: nothing is readable before it is accepted and passed on, nobody
 * has more than both sides gave, and every end of a share ends what is being read.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openCleanup } from "../../src/base/cleanup.ts";
import { askCommand, type CommandOptions } from "../world/command.ts";
import { lakeOf } from "../world/lake.ts";
import { openAnswer } from "../world/open-answer.ts";
import { personOf, type Person } from "../world/person.ts";
import { startPostgres } from "../world/postgres-server.ts";
import { serveHeadgate, type ServedHeadgate } from "../world/served-headgate.ts";

const cleanup = openCleanup();
let at: CommandOptions;
let address: string;
let served: ServedHeadgate;
/** The administrator of the account that shares. */
let sales: Person;
/** Administrators and analysts of an account of the organisation and of one that is not. */
let analytics: Person;
let ann: Person;
let partner: Person;
let pete: Person;

const run = <T = unknown>(line: string): Promise<T> => askCommand<T>(line.split(" "), at);

async function done<T = Record<string, unknown>>(who: Person, operation: string, input: object = {}): Promise<T> {
  const { status, text, lines } = await who.ask(operation, input);
  if (status !== 200) throw new Error(text);
  return (lines.at(-1) as { result: T }).result;
}

interface Shown {
  readonly id: string;
  readonly state: string;
}

const share = (input: object) => done<Shown>(sales, "share.create", input);
const passOn = (who: Person, to: string, more: object = {}) =>
  done(who, "grant.add", { permissions: ["SELECT"], on: "sales.crm.customers", to, ...more });
const customers = (who: Person, columns = "*") => who.rows(`select ${columns} from sales.crm.customers order by id`);
const unreadable = /^(NOT_ALLOWED|TABLE_NOT_FOUND)/;
const refused = (who: Person, columns = "*") =>
  who.refusal("sql", { sql: `select ${columns} from sales.crm.customers` });

beforeAll(async () => {
  const home = await mkdtemp(join(tmpdir(), "headgate-shares-"));
  cleanup.defer(() => rm(home, { recursive: true, force: true }));
  const source = cleanup.use(await startPostgres());
  await source.createDatabase("crm");
  for (const statement of [
    "create table customers (id int primary key, name text, email text, country text)",
    "insert into customers values (1, 'Ann', 'ann@x', 'DE'), (2, 'Bo', 'bo@x', 'FR')",
    "create table orders as select generate_series(1, 3) as id",
  ])
    await source.query(statement, [], { database: "crm" });
  at = { data: join(home, "data"), environment: { HEADGATE_LAKE: lakeOf(home) } };
  served = await serveHeadgate(at);
  cleanup.defer(() => served.stop());
  for (const account of ["sales", "analytics", "partner --outside"]) await run(`account add ${account}`);
  address = source.url("crm");
  await run(`source add crm ${address} --account sales`);
  await run("sync crm --account sales");
  const administrator = (account: string) =>
    personOf(served, at, `${account}-boss`, { role: "administrator", account });
  [sales, analytics, partner] = await Promise.all([
    administrator("sales"),
    administrator("analytics"),
    administrator("partner"),
  ]);
  [ann, pete] = await Promise.all([
    personOf(served, at, "ann", { account: "analytics" }),
    personOf(served, at, "pete", { account: "partner" }),
  ]);
}, 120_000);
afterAll(() => cleanup[Symbol.asyncDispose]());

/** Each test begins without shares. */
beforeEach(async () => {
  const { shares } = await done<{ shares: readonly Shown[] }>(sales, "share.list", { direction: "given" });
  for (const { id } of shares) await done(sales, "share.revoke", { id });
});

describe("a share with an account of the organisation", () => {
  test("is active at once, readable for nobody until it is passed on, and then for whom it was passed on to", async () => {
    const { state, id } = await share({ on: ["crm.customers"], to: "account:analytics" });
    expect(state).toBe("active");
    for (const who of [ann, analytics, pete]) expect(await refused(who)).toMatch(unreadable);
    const { shares } = await done<{ shares: readonly object[] }>(analytics, "share.list");
    expect(shares).toMatchObject([{ id, from: "sales", received: true, items: [{ on: "sales.crm.customers" }] }]);
    expect((await done<{ shares: readonly object[] }>(ann, "share.list")).shares).toEqual([]);
    await passOn(analytics, "key:ann");
    expect(await customers(ann)).toHaveLength(2);
    expect(await refused(analytics)).toMatch(unreadable);
    const shown = await done(sales, "share.show", { id });
    expect(shown).toMatchObject({
      readers: [{ principal: "key:ann", account: "analytics" }],
      read: [{ principal: "key:ann", reads: 1 }],
    });
  });

  test("is never passed on wider, longer, or to others", async () => {
    await share({
      on: ["crm.customers"],
      to: "account:analytics",
      columns: ["id", "country"],
      until: "2099-01-01T00:00:00Z",
    });
    const input = { permissions: ["SELECT"], on: "sales.crm.customers", to: "key:ann" };
    expect(await analytics.refusal("grant.add", { ...input, columns: ["id", "email"] })).toMatch(
      /^(USAGE|GRANT_TOO_WIDE|COLUMN_NOT_FOUND)/,
    );
    expect(await analytics.refusal("grant.add", { ...input, until: "2099-06-01T00:00:00Z" })).toMatch(
      /^GRANT_TOO_WIDE/,
    );
    for (const to of ["account:partner", "key:pete", "key:sales-boss"])
      expect(await analytics.refusal("grant.add", { ...input, to })).toMatch(/^GRANT_TOO_WIDE/);
    expect(await analytics.refusal("grant.add", { ...input, permissions: ["ALTER"] })).toMatch(/^NOT_ALLOWED/);
    await passOn(analytics, "key:ann");
    expect(await customers(ann)).toEqual([
      [1, "DE"],
      [2, "FR"],
    ]);
    expect(await refused(ann, "email")).not.toMatch(/ann@x/);
    expect(await refused(pete)).toMatch(unreadable);
  });

  test("may be passed on to other accounts only if it says so", async () => {
    await share({ on: ["crm.customers"], to: "account:analytics", reshare: true });
    await passOn(analytics, "key:pete");
    expect(await customers(pete)).toHaveLength(2);
  });

  test("does not depend on who passed it on", async () => {
    await personOf(served, at, "second-boss", { role: "administrator", account: "analytics" }).then((second) =>
      share({ on: ["crm.customers"], to: "account:analytics" }).then(() => passOn(second, "key:ann")),
    );
    await run("key revoke second-boss");
    expect(await customers(ann)).toHaveLength(2);
  });
});

describe("a share with an account that is not of the organisation", () => {
  test("is offered, and readable only after its administrator has accepted it", async () => {
    const { id, state } = await share({ on: ["crm.customers"], to: "account:partner" });
    expect(state).toBe("awaiting_acceptance");
    const input = { permissions: ["SELECT"], on: "sales.crm.customers", to: "key:pete" };
    expect(await partner.refusal("grant.add", input)).toMatch(unreadable);
    expect(await pete.refusal("share.accept", { id })).toMatch(/^SHARE_NOT_FOUND/);
    expect(await analytics.refusal("share.accept", { id })).toMatch(/^SHARE_NOT_FOUND/);
    expect(await sales.refusal("share.accept", { id })).toMatch(/^NOT_ALLOWED/);
    expect(await done(partner, "share.accept", { id })).toMatchObject({ state: "active" });
    await passOn(partner, "key:pete");
    expect(await customers(pete)).toHaveLength(2);
    expect(await partner.refusal("share.reject", { id })).toMatch(/^SHARE_STATE/);
  });

  test("that is rejected never comes back", async () => {
    const { id } = await share({ on: ["crm.customers"], to: "account:partner" });
    await done(partner, "share.reject", { id });
    expect(await sales.refusal("share.invite", { id })).toMatch(/^SHARE_STATE/);
    expect(await partner.refusal("share.accept", { id })).toMatch(/^SHARE_STATE/);
  });

  test("through a unit reaches it not at all", async () => {
    await run("unit add world");
    await run("account set partner --unit world --yes");
    await share({ on: ["crm.customers"], to: "unit:world" });
    const input = { permissions: ["SELECT"], on: "sales.crm.customers", to: "key:pete" };
    expect(await partner.refusal("grant.add", input)).toMatch(unreadable);
    await run("account set analytics --unit world --yes");
    await passOn(analytics, "key:ann");
    expect(await customers(ann)).toHaveLength(2);
    await run("account set analytics --unit none --yes");
    expect(await refused(ann)).toMatch(unreadable);
  });
});

describe("the end of a share", () => {
  let id: string;

  beforeEach(async () => {
    ({ id } = await share({ on: ["crm.customers", "crm.orders"], to: "account:analytics" }));
    await passOn(analytics, "key:ann");
    expect(await customers(ann)).toHaveLength(2);
  });

  const reading = async () => {
    const sql = "select o.id from sales.crm.customers o, range(1000000000) r(i)";
    const answer = await openAnswer(
      `${served.origin}/api/operations/sql`,
      {
        method: "POST",
        headers: { "content-type": "application/json", ...ann.headers },
        body: JSON.stringify({ sql }),
      },
      { pauseMs: 20 },
    );
    await expect.poll(() => answer.text().length, { timeout: 30_000 }).toBeGreaterThan(0);
    return answer;
  };
  const endsInTime = async (answer: { readonly whole: Promise<string> }, since: number) => {
    expect(await Promise.race([answer.whole.then(() => true), delay(10_000, false)])).toBe(true);
    expect(performance.now() - since).toBeLessThan(2_000);
    expect(await refused(ann)).toMatch(unreadable);
  };

  test("a revocation is previewed, ends what is being read, and takes what was passed on with it", async () => {
    const { access } = await done<{ access: readonly object[] }>(sales, "share.revoke", { id, plan: true });
    const losing = access.filter((one) => (one as { principal: string }).principal === "key:ann");
    expect(losing).toMatchObject([{ on: "crm.customers", loses: ["SELECT", "DESCRIBE"] }]);
    const answer = await reading();
    const since = performance.now();
    await done(sales, "share.revoke", { id, reason: "the project is over" });
    await endsInTime(answer, since);
    expect(await sales.refusal("share.resume", { id })).toMatch(/^SHARE_STATE/);
  });

  test("a part that is revoked leaves the rest", async () => {
    await done(sales, "share.revoke", { id, on: ["sales.crm.orders"] });
    expect(await customers(ann)).toHaveLength(2);
    await done(sales, "share.revoke", { id, on: ["sales.crm.customers"] });
    expect(await refused(ann)).toMatch(unreadable);
    expect(await done(sales, "share.show", { id })).toMatchObject({ state: "revoked" });
  });

  test("a suspended share gives nothing, and everything again when it is resumed", async () => {
    const answer = await reading();
    const since = performance.now();
    await done(sales, "share.suspend", { id });
    await endsInTime(answer, since);
    await done(sales, "share.resume", { id });
    expect(await customers(ann)).toHaveLength(2);
  });

  test("expiry needs no job, and an extension brings back what was passed on", async () => {
    const until = new Date(Date.now() + 1_500).toISOString();
    await done(sales, "share.extend", { id, until });
    expect(await customers(ann)).toHaveLength(2);
    await delay(1_600);
    expect(await refused(ann)).toMatch(unreadable);
    expect(await done(sales, "share.show", { id })).toMatchObject({ state: "expired", readers: [] });
    await done(sales, "share.extend", { id, until: null });
    expect(await customers(ann)).toHaveLength(2);
  });

  test("is the sharing account's to decide, and no grant's", async () => {
    expect(await analytics.refusal("share.revoke", { id })).toMatch(/^NOT_ALLOWED/);
    expect(await partner.refusal("share.show", { id })).toMatch(/^SHARE_NOT_FOUND/);
    const grant = { permissions: ["SELECT"], on: "crm.customers", from: "account:analytics" };
    expect(await sales.refusal("grant.revoke", grant)).toMatch(/^GRANT_INVALID/);
    await done(analytics, "grant.revoke", { permissions: ["SELECT"], on: "sales.crm.customers", from: "key:ann" });
    expect(await refused(ann)).toMatch(unreadable);
  });
});

test("a view over what is shared shows it to nobody outside of the account", async () => {
  await share({ on: ["crm.customers"], to: "account:analytics" });
  await passOn(analytics, "key:analytics-boss");
  await run(`source add crm ${address} --account analytics`);
  await run("sync crm --account analytics");
  await done(analytics, "view.create", { view: "crm.people", sql: "select id, name from sales.crm.customers" });
  for (const to of ["key:ann", "key:pete"])
    await done(analytics, "grant.add", { permissions: ["SELECT"], on: "crm.people", to });
  expect(await ann.rows("select * from crm.people")).toHaveLength(2);
  expect(await pete.refusal("sql", { sql: "select * from analytics.crm.people" })).toMatch(/^VIEW_CLOSED/);
});
