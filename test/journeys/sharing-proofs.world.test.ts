/**
 * The proofs of sharing that need everything at once: a part of a table shared with an account outside and passed on
 * narrower, every way to make it wider, links of mails in the hands of scanners and forgers, and open answers of people who
 * leave, with groups, with users and with a whole account.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { must } from "../../src/base/must.ts";
import { openCleanup } from "../../src/base/cleanup.ts";
import { askCommand, type CommandOptions } from "../world/command.ts";
import { freePort } from "../world/free-port.ts";
import { lakeOf } from "../world/lake.ts";
import { openMailbox, type Mailbox } from "../world/mailbox.ts";
import { openAnswer } from "../world/open-answer.ts";
import { personOf, type Person } from "../world/person.ts";
import { startPostgres } from "../world/postgres-server.ts";
import { serveHeadgate, type ServedHeadgate } from "../world/served-headgate.ts";
import { newUser } from "../world/signed-in.ts";

/** In every hidden row, and in every value of the hidden column. */
const canary = "CANARY";
const on = "sales.crm.customers";
/** The name that the account gets for it by itself. */
const link = "crm.customers";

const cleanup = openCleanup();
let at: CommandOptions;
let served: ServedHeadgate;
let mailbox: Mailbox;
/** Administrators of the accounts, the owner of the data, another user of hers, and people of the consumer. */
let sales: Person;
let partner: Person;
let olga: Person;
let otto: Person;
const readers = new Map<string, Person>();

const run = (...words: readonly string[]) => askCommand(words, at);

async function done<T = Record<string, unknown>>(who: Person, operation: string, input: object = {}): Promise<T> {
  const { status, text, lines } = await who.ask(operation, input);
  if (status !== 200) throw new Error(text);
  return (lines.at(-1) as { result: T }).result;
}

beforeAll(async () => {
  const home = await mkdtemp(join(tmpdir(), "headgate-sharing-proofs-"));
  cleanup.defer(() => rm(home, { recursive: true, force: true }));
  mailbox = cleanup.use(await openMailbox());
  const source = cleanup.use(await startPostgres());
  await source.createDatabase("crm");
  for (const statement of [
    "create table customers (id int primary key, name text, email text, country text, signup_date date)",
    `insert into customers values (1, 'Ada', 'a1@${canary}', 'DE', '2025-02-03'), (2, '${canary}2', 'a2@${canary}', 'DE', '2023-12-31'),
      (3, '${canary}3', 'b3@${canary}', 'FR', '2025-02-03'), (4, '${canary}4', 'b4@${canary}', null, '2025-02-03'), (5, 'Eve', 'b5@${canary}', 'DE', '2024-01-01')`,
  ])
    await source.query(statement, [], { database: "crm" });
  const port = await freePort();
  at = {
    data: join(home, "data"),
    environment: {
      HEADGATE_LAKE: lakeOf(home),
      HEADGATE_SMTP: mailbox.server,
      HEADGATE_ALERT_FROM: "lake@example.org",
      HEADGATE_PUBLIC_URL: `http://127.0.0.1:${port}`,
    },
  };
  served = await serveHeadgate(at, "--port", String(port));
  cleanup.defer(() => served.stop());
  await run("account", "add", "sales");
  await run("account", "add", "partner", "--outside");
  await run("source", "add", "crm", source.url("crm"), "--account", "sales");
  await run("sync", "crm", "--account", "sales");
  sales = await personOf(served, at, "sales-boss", { role: "administrator", account: "sales" });
  partner = await newUser(served, at, "pat", { role: "administrator", account: "partner" });
  [olga, otto] = [
    await newUser(served, at, "olga", { account: "sales" }),
    await newUser(served, at, "otto", { account: "sales" }),
  ];
  for (const name of ["ann", "ben"]) readers.set(name, await newUser(served, at, name, { account: "partner" }));
  await done(sales, "steward.add", { of: "crm", who: "olga", as: "owner" });
  await done(sales, "table.describe", { table: "crm.customers", column: "email", set: { pii_flag: "TRUE" } });
  await done(sales, "grant.add", { permissions: ["BROWSE"], on: "crm.*", to: "account:partner" });
}, 120_000);
afterAll(() => cleanup[Symbol.asyncDispose]());

const reader = (name: string): Person => must(readers.get(name), name);
/** The newest code or link in a mail. */
const inMails = (pattern: RegExp): string | undefined =>
  mailbox.mails.map((mail) => pattern.exec(mail)?.[1]).findLast((found) => found !== undefined);

describe("a link of a mail", () => {
  let request: string;
  const links = { approve: "", deny: "" };
  const state = async () => (await done<{ state: string }>(sales, "request.show", { request })).state;
  const send = (url: string, method: string, headers: Record<string, string> = {}, body?: URLSearchParams) =>
    fetch(url, { method, headers, redirect: "manual", ...(body && { body }) });

  test("comes to the owner, who asked for mails at her address", async () => {
    await done(olga, "mail.subscribe", { address: "olga@example.org" });
    const code = must(inMails(/mail confirm ([\w-]{20,})/), "a code");
    await done(olga, "mail.confirm", { code });
    const items = [{ on, rows: "country = 'DE'", except: ["email"] }];
    const made = await done<{ request: { request: string; state: string } }>(partner, "request.create", {
      items,
      for: "account",
      purpose: "a list",
    });
    ({ request } = made.request);
    expect(made.request.state).toBe("pending");
    await expect.poll(() => inMails(/Approve: (http\S+)/), { timeout: 20_000 }).toBeDefined();
    links.approve = must(inMails(/Approve: (http\S+)/), "a link");
    links.deny = must(inMails(/Deny: (http\S+)/), "a link");
  });

  test("changes nothing for programs that follow it, however they do", async () => {
    for (const url of Object.values(links))
      for (const path of [url, `${url}/request`, `${url}?x=1`]) {
        for (const method of ["GET", "HEAD", "OPTIONS"])
          for (const headers of [{}, olga.headers]) await send(path, method, headers);
        // A scanner that sends the forms that it finds has no session, or not the origin of the page.
        expect((await send(path, "POST", {}, new URLSearchParams())).status).toBeGreaterThanOrEqual(300);
        const foreign = { ...olga.headers, origin: "https://scanner.example" };
        expect(
          (await send(path, "POST", foreign, new URLSearchParams({ comment: "x" }))).status,
        ).toBeGreaterThanOrEqual(400);
      }
    expect(await state()).toBe("pending");
  });

  test("is of no use when it is changed, or to somebody else, on the page and by the API", async () => {
    const tokenOf = (url: string) => url.split("/").at(-1) ?? "";
    const altered = (url: string) => (url.endsWith("A") ? `${url.slice(0, -1)}B` : `${url.slice(0, -1)}A`);
    const tries: [string, Person][] = [
      [altered(links.approve), olga],
      [`${links.approve}A`, olga],
      [links.approve.slice(0, -1), olga],
      [links.approve.toUpperCase(), olga],
      [links.approve, otto],
      [links.approve, sales],
      [links.approve, partner],
    ];
    for (const [url, who] of tries) {
      const page = await send(`${url}/request`, "POST", who.headers, new URLSearchParams());
      expect(page.status).toBeGreaterThanOrEqual(300);
      expect(await page.text()).not.toMatch(/customers|partner/);
      const input = { token: tokenOf(url), verdict: "approve" };
      expect(await who.refusal("request.use-link", input)).toMatch(/^LINK_INVALID/);
    }
    const wrong = { token: tokenOf(links.deny), verdict: "approve" };
    expect(await olga.refusal("request.use-link", wrong)).toMatch(/^LINK_INVALID/);
    expect(await state()).toBe("pending");
    const { events } = await askCommand<{ events: { operation: string | null; outcome: string }[] }>(
      ["audit", "list"],
      at,
    );
    const recorded = events.filter(
      ({ operation, outcome }) => `${operation} ${outcome}` === "request.use-link LINK_INVALID",
    );
    expect(recorded).toHaveLength(tries.length + 1);
    for (const url of Object.values(links)) expect(JSON.stringify(events)).not.toContain(tokenOf(url));
  });

  test("decides once, by its approver in her session", async () => {
    const page = await send(`${links.approve}/request`, "POST", olga.headers, new URLSearchParams({ comment: "fine" }));
    expect(page.status, await page.text()).toBe(200);
    expect(await state()).toBe("approved");
    for (const url of Object.values(links)) {
      const again = await send(`${url}/request`, "POST", olga.headers, new URLSearchParams({ comment: "no" }));
      expect(again.status).toBe(410);
    }
    expect(await state()).toBe("approved");
  });
});

describe("a part that is shared across accounts and passed on", () => {
  let id: string;
  const pass = (more: object = {}) => ({ permissions: ["SELECT"], on, to: "ann", ...more });

  test("is readable for nobody before it is accepted and passed on", async () => {
    const { shares } = await done<{ shares: { id: string; state: string }[] }>(partner, "share.list");
    id = must(shares[0], "a share").id;
    expect(shares).toMatchObject([{ state: "awaiting_acceptance" }]);
    expect(await partner.refusal("grant.add", pass())).toMatch(/^(TABLE_NOT_FOUND|NOT_ALLOWED)/);
    await done(partner, "share.accept", { id });
    for (const who of [partner, reader("ann")])
      expect(await who.refusal("sql", { sql: `from ${on}` })).toMatch(/^(TABLE_NOT_FOUND|NOT_ALLOWED)/);
  });

  test("becomes no wider by any way of passing it on", async () => {
    await done(sales, "share.extend", { id, until: "2099-01-01T00:00:00Z" });
    await done(sales, "filter.add", { name: "mailed", on: "crm.customers", rows: "email like 'a%'" });
    const refusals: [string, object][] = [
      ["grant.add", pass({ columns: ["id", "email"] })],
      ["grant.add", pass({ filter: "mailed" })],
      ["grant.add", pass({ until: "2100-01-01T00:00:00Z" })],
      ["grant.add", pass({ to: "account:sales" })],
      ["grant.add", pass({ to: "olga" })],
      ["grant.add", pass({ to: "key:sales-boss" })],
      ["grant.add", pass({ permissions: ["ALTER"] })],
      ["grant.add", pass({ permissions: ["ADMINISTER"] })],
      ["grant.add", pass({ on: "sales.crm.*" })],
      ["share.create", { on: [on], to: "account:main" }],
      ["share.create", { on: [link], to: "account:main" }],
      ["share.extend", { id, until: null }],
      ["filter.add", { name: "all", on, rows: "true" }],
      ["product.add", { name: "stolen", on: [on] }],
    ];
    for (const [operation, input] of refusals)
      expect([operation, input, await partner.refusal(operation, input)]).toEqual([
        operation,
        input,
        expect.stringMatching(/^(GRANT_TOO_WIDE|NOT_ALLOWED|TABLE_NOT_FOUND|USAGE: a product has only what belongs)/),
      ]);
    await done(partner, "grant.add", pass({ columns: ["id", "name", "signup_date"] }));
    expect(await reader("ann").rows(`from ${on} order by id`)).toEqual([
      [1, "Ada", "2025-02-03"],
      [2, `${canary}2`, "2023-12-31"],
      [5, "Eve", "2024-01-01"],
    ]);
  });

  test("shows by no side door, and by none of its names, what either side leaves out", async () => {
    const ann = reader("ann");
    for (const name of [on, link])
      for (const sql of [
        `select email from ${name}`,
        `select country from ${name}`,
        `select count(*) from ${name} where email like 'a%'`,
        `select count(*) from ${name} where country = 'FR'`,
        `select id from ${name} order by email`,
        `select sum(1 // (id - 3)) from ${name}`,
        `select cast(name as int) from ${name} where id in (3, 4)`,
        `select * from ${name} where id in (3, 4)`,
        `summarize ${name}`,
        `describe ${name}`,
        `select * from "${name}$snapshots"`,
      ]) {
        const { text } = await ann.ask("sql", { sql });
        expect([sql, text]).toEqual([sql, expect.not.stringMatching(/CANARY[34]|@CANARY|"FR"/)]);
        if (!/^(describe|summarize)/.test(sql)) expect(text).not.toMatch(/"rows":\[\[[1-9]\d*\]\].*country/);
      }
    const { text } = await ann.ask("table.show", { table: on });
    expect(text).not.toMatch(/email|country|"bytes":\d/);
    expect(await ann.rows(`select count(*) from ${link}`)).toEqual([[3]]);
  });

  test("is known with its readers to whoever shares it, and explained to whoever passed it on", async () => {
    expect(await done(sales, "share.show", { id })).toMatchObject({
      readers: [{ principal: "ann", account: "partner" }],
      read: [{ principal: "ann" }],
    });
    expect(await done(partner, "access.explain", { principal: "ann", resource: on })).toMatchObject({
      columns: { shown: ["id", "name", "signup_date"] },
    });
  });
});

describe("open answers of those who leave", () => {
  const reading = async (name: string) => {
    const answer = await openAnswer(
      `${served.origin}/api/operations/sql`,
      {
        method: "POST",
        headers: { "content-type": "application/json", ...reader(name).headers },
        body: JSON.stringify({ sql: `select c.id from ${on} c, range(1000000000) r(i)` }),
      },
      { pauseMs: 20 },
    );
    await expect.poll(() => answer.text(), { timeout: 30_000 }).toContain(`"rows"`);
    return answer;
  };
  const ends = async (answer: { readonly whole: Promise<string> }, end: () => Promise<unknown>) => {
    await end();
    const since = performance.now();
    expect(await Promise.race([answer.whole.then(() => true), delay(10_000, false)])).toBe(true);
    expect(performance.now() - since).toBeLessThan(2_500);
  };

  test("end when somebody leaves the group to which it was passed on", async () => {
    await done(partner, "group.add", { name: "analysts" });
    await done(partner, "member.add", { kind: "group", name: "analysts", member: "ben" });
    await done(partner, "grant.add", { permissions: ["SELECT"], on, to: "group:analysts" });
    const answer = await reading("ben");
    await ends(answer, () => done(partner, "member.remove", { kind: "group", name: "analysts", member: "ben" }));
    expect(await reader("ben").refusal("sql", { sql: `from ${on}` })).toMatch(/^(TABLE_NOT_FOUND|NOT_ALLOWED)/);
    await done(partner, "member.add", { kind: "group", name: "analysts", member: "ben" });
  });

  test("end when a user is removed, and a new one of the name has nothing", async () => {
    const answer = await reading("ann");
    await ends(answer, () => run("user", "remove", "ann", "--yes"));
    readers.set("ann", await newUser(served, at, "ann", { account: "partner" }));
    expect(await reader("ann").refusal("sql", { sql: `from ${on}` })).toMatch(/^(TABLE_NOT_FOUND|NOT_ALLOWED)/);
  });

  test("end when the account that received it is removed, and with it everything that it passed on", async () => {
    const answer = await reading("ben");
    await ends(answer, () => run("account", "remove", "partner", "--yes"));
    const { shares } = await done<{ shares: object[] }>(sales, "share.list", { ended: true });
    expect(shares).toMatchObject([{ state: "revoked" }]);
    expect(await reader("ben").refusal("sql", { sql: `from ${on}` })).toMatch(/^[A-Z_]+: /);
  });
});
