/** Mails about requests through a real mail server, and decisions by their links through the real HTTP door. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { openPlainLake, type PlainLake } from "../world/plain-lake.ts";
import { labelledTable } from "../world/plain-source.ts";
import { must } from "../../src/base/must.ts";
import { openHttpDoor, type HttpDoor } from "../../src/doors/http/http-door.ts";
import { findPrincipal } from "../../src/identity/principal-name.ts";
import type { Principal } from "../../src/identity/principal.ts";
import { digestOf } from "../../src/identity/token.ts";
import { grantAdd } from "../../src/operations/access/grants.ts";
import type { Context } from "../../src/operations/context.ts";
import { userAdd } from "../../src/operations/people/users.ts";
import { tableDescribe } from "../../src/operations/stewardship/describe.ts";
import { stewardAdd, stewardRemove } from "../../src/operations/stewardship/stewards.ts";
import { requestCreate, requestWithdraw } from "../../src/operations/sharing/request-create.ts";
import { requestShow } from "../../src/operations/sharing/requests.ts";
import { shareRevoke } from "../../src/operations/sharing/share-changes.ts";
import { shareShow } from "../../src/operations/sharing/share-list.ts";
import type { MailSettings } from "../../src/operations/send-mail.ts";
import { sendMails } from "../../src/operations/sharing/mail/send-mails.ts";
import { mailTest } from "../../src/operations/sharing/mail/mail-test.ts";
import { requestRemind } from "../../src/operations/sharing/request-remind.ts";
import { mailConfirm, mailList, mailSubscribe } from "../../src/operations/sharing/mail/subscriptions.ts";

let lake: PlainLake;
let context: Context;
let smtp: SMTPServer;
let door: HttpDoor;
let origin: string;
let settings: MailSettings;
const mails: string[] = [];
const logged: string[] = [];
let refusing = false;
const people = new Map<string, Principal>();
const sessions = new Map<string, Record<string, string>>();

const as = (name: string): { principal: Principal } => ({ principal: must(people.get(name), name) });

beforeAll(async () => {
  smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    async onData(stream, _session, done) {
      const mail = Buffer.concat(await Array.fromAsync(stream as AsyncIterable<Buffer>)).toString();
      if (refusing) return done(new Error("come back later"));
      mails.push(
        mail
          .replaceAll("=\r\n", "")
          .replaceAll("=3D", "=")
          .replaceAll(/\r\n[ \t]/g, " "),
      );
      done();
    },
  });
  const listening = smtp.listen(0, "127.0.0.1");
  await once(listening, "listening");
  const server = `smtp://127.0.0.1:${(listening.address() as AddressInfo).port}`;
  lake = await openPlainLake();
  const shop = await lake.connect("shop", { customers: labelledTable(3), orders: labelledTable(3) });
  await shop.sync();
  await lake.ask(tableDescribe, { table: "shop.customers", column: "label", set: { pii_flag: "true" } });
  vi.spyOn(process.stderr, "write").mockImplementation((text) => logged.push(String(text)) > 0);
  const guard = { requestsPerMinute: 10_000, tls: undefined, logsRequests: true, trustsProxy: false };
  door = openHttpDoor({ context: lake.context, operations: [], guard });
  origin = await door.listen({ host: "127.0.0.1", port: 0 });
  settings = { server, from: "lake@example.org", publicUrl: origin };
  context = { ...lake.context, config: { ...lake.context.config, requestMail: settings } };
  for (const name of ["ann", "olga", "otto"]) await addPerson(name);
  await lake.ask(grantAdd, { permissions: ["DESCRIBE"], on: "shop.*", to: "ann" });
});
afterAll(async () => {
  vi.restoreAllMocks();
  await door[Symbol.asyncDispose]();
  await lake[Symbol.asyncDispose]();
  await new Promise<void>((resolve) => smtp.close(() => resolve()));
});
beforeEach(async () => {
  mails.length = 0;
  refusing = false;
  await lake.ask(stewardAdd, { of: "shop", who: "olga", as: "owner" });
});

/** A user with a session and a confirmed address. */
async function addPerson(name: string): Promise<void> {
  const { oneTimePassword } = await lake.ask(userAdd, { name, role: "none" });
  const { id } = await findPrincipal(lake.context.db, { kind: "user", name });
  const [{ container_id: accountId } = { container_id: "" }] = await lake.context.db
    .selectFrom("memberships")
    .select("container_id")
    .where("member_id", "=", id)
    .execute();
  people.set(name, { kind: "user", id, name, role: "none", accountId, mustChangePassword: false });
  const password = "correct horse battery staple";
  const first = await session("/api/sign-in", { user: name, password: oneTimePassword });
  sessions.set(name, await session("/api/password", { password: oneTimePassword, newPassword: password }, first));
  await lake.askWith(context, mailSubscribe, { address: `${name}@example.org` }).catch(() => undefined);
  await askAs(name, mailSubscribe, { address: `${name}@example.org` });
  expect(mails.at(-1)).toContain(`headgate sign-in ${name} --server ${settings.publicUrl}`);
  const code = must(/confirm ([\w-]{20,})/.exec(mails.at(-1) ?? "")?.[1], "a code");
  await askAs(name, mailConfirm, { code });
}

async function session(path: string, input: object, headers: Record<string, string> = {}) {
  const body = JSON.stringify(input);
  const response = await fetch(origin + path, {
    method: "POST",
    body,
    headers: { "content-type": "application/json", ...headers },
  });
  const [set = ""] = response.headers.getSetCookie();
  expect(response.status, await response.clone().text()).toBe(200);
  return { cookie: set.split(";")[0] ?? "", origin };
}

async function askAs<Input, Output>(
  name: string,
  operation: Parameters<typeof lake.ask<Input, Output>>[0],
  input: unknown,
): Promise<Output> {
  const { perform } = await import("../../src/operations/perform.ts");
  const listener = { report: () => {}, emit: async () => {}, signal: new AbortController().signal };
  return perform(context, { operation, input, ...as(name), listener });
}

async function ask(on = "shop.customers"): Promise<string> {
  const input = { items: [{ on }], purpose: "to <b>count</b> & compare" };
  return (await lake.ask(requestCreate, input, as("ann"))).request.request;
}

/** In the newest mail that has one. */
const linkOf = (verdict: "Approve" | "Deny"): string =>
  must(
    mails.map((mail) => new RegExp(`${verdict}: (${origin}/decide/[\\w-]+)`).exec(mail)?.[1]).findLast(Boolean),
    "a link",
  );
const stateOf = async (request: string) => (await lake.ask(requestShow, { request }, as("ann"))).state;
const open = (url: string, name?: string, method = "GET") =>
  fetch(url, { method, redirect: "manual", headers: name === undefined ? {} : must(sessions.get(name), name) });
const submit = (url: string, name: string, form: Record<string, string> = {}, headers: Record<string, string> = {}) =>
  fetch(`${url}/request`, {
    method: "POST",
    body: new URLSearchParams(form),
    headers: { ...must(sessions.get(name), name), ...headers },
    redirect: "manual",
  });

test("one mail says everything, however often the outbox is looked at, and its pages change nothing", async () => {
  const request = await ask();
  await Promise.all([sendMails(context, settings), sendMails(context, settings)]);
  await sendMails(context, settings);
  expect(mails).toHaveLength(1);
  const [mail = ""] = mails;
  for (const text of [
    "To: olga@example.org",
    "Database: shop",
    "Table: customers",
    "Target: ann",
    "Requester: ann",
    "shop.customers label (pii)",
  ])
    expect(mail).toContain(text);
  expect(mail).toContain("to <b>count</b> & compare");
  expect(mail).toContain("to &lt;b&gt;count&lt;/b&gt; &amp; compare");
  expect(mail).toMatch(/Message-ID: <[0-9a-f]{64}@127\.0\.0\.1>/);
  const url = linkOf("Approve");
  for (const method of ["GET", "HEAD", "GET", "HEAD"])
    for (const path of [url, `${url}/request`])
      for (const name of [undefined, "olga", "otto"]) await open(path, name, method);
  const doorstep = await open(url);
  expect(doorstep.status).toBe(200);
  expect(await doorstep.text()).not.toContain("customers");
  expect((await open(`${url}/request`)).status).toBe(302);
  expect(await stateOf(request)).toBe("pending");
  await lake.ask(requestWithdraw, { request }, as("ann"));
});

test("an entitled approver decides by the form, narrows, and everybody is told", async () => {
  const request = await ask();
  await sendMails(context, settings);
  const url = linkOf("Approve");
  const page = await open(`${url}/request`, "olga");
  expect(page.headers.get("content-security-policy")).not.toContain("script-src");
  expect(await page.text()).toContain("to &lt;b&gt;count&lt;/b&gt; &amp; compare");
  const decided = await submit(url, "olga", { on: "shop.customers", columns: "id", comment: "only the numbers" });
  expect([decided.status, await decided.text()]).toEqual([200, expect.stringContaining("is approved")]);
  expect(await stateOf(request)).toBe("approved");
  const shown = await lake.ask(requestShow, { request }, as("ann"));
  expect(shown.steps[0]?.decisions).toMatchObject([{ by: "olga", channel: "mail", narrowed: true }]);
  mails.length = 0;
  await sendMails(context, settings);
  await sendMails(context, settings);
  expect(mails.map((mail) => /^To: (.+)\r$/m.exec(mail)?.[1]).toSorted()).toEqual([
    "ann@example.org",
    "olga@example.org",
  ]);
  expect(mails[0]).toContain("only the numbers");
});

test("the page takes as long a comment as it lets somebody write, and the day that is named is the last one", async () => {
  const at = (days: number, time: string): string =>
    `${new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)}T${time}Z`;
  const decidedOn = async (asked: string | undefined, days: number) => {
    const input = { items: [{ on: "shop.customers" }], purpose: "p", ...(asked !== undefined && { until: asked }) };
    const { request } = (await lake.ask(requestCreate, input, as("ann"))).request;
    await sendMails(context, settings);
    const lines = Array.from({ length: 40 }, () => "x".repeat(99));
    const form = { comment: lines.join("\r\n"), until: at(days, "").slice(0, 10) };
    const page = await submit(linkOf("Approve"), "olga", form);
    expect(page.status, await page.text()).toBe(200);
    const { steps, share } = await lake.ask(requestShow, { request }, as("ann"));
    expect(steps[0]?.decisions[0]?.comment).toBe(lines.join("\n"));
    const { until } = await lake.ask(shareShow, { id: must(share, "a share") });
    await lake.ask(shareRevoke, { id: must(share, "a share") });
    return until;
  };
  expect(await decidedOn(undefined, 10)).toBe(at(10, "23:59:59.000"));
  expect(await decidedOn(at(10, "12:00:00.000"), 10)).toBe(at(10, "12:00:00.000"));
  expect(await decidedOn(undefined, 0)).toBe(at(0, "23:59:59.000"));
});

test("whoever has nothing to do with it any more is told the end of a request and nothing in it, and nothing of the share", async () => {
  const request = await ask();
  await sendMails(context, settings);
  await submit(linkOf("Approve"), "olga", { comment: "only for the audit" });
  const { share } = await lake.ask(requestShow, { request }, as("ann"));
  await lake.ask(stewardRemove, { of: "shop", who: "olga", as: "owner" });
  const mailsTo = (name: string) => mails.filter((mail) => mail.includes(`To: ${name}@example.org`)).join("\n");
  mails.length = 0;
  await sendMails(context, settings);
  expect(mailsTo("ann")).toContain("only for the audit");
  expect(mailsTo("olga")).toContain("is approved");
  for (const text of ["customers", "only for the audit", "ann"]) expect(mailsTo("olga")).not.toContain(text);
  mails.length = 0;
  await lake.ask(shareRevoke, { id: must(share, "a share"), reason: "the audit is over" });
  await sendMails(context, settings);
  expect([mailsTo("ann").includes("the audit is over"), mailsTo("olga")]).toEqual([true, ""]);
});

test("a browser sends the form of the page with the origin of the page", async () => {
  const request = await ask();
  await sendMails(context, settings);
  const page = await open(`${linkOf("Approve")}/request`, "olga");
  // With no-referrer, browsers send `Origin: null`, which is refused.
  expect(page.headers.get("referrer-policy")).toBe("strict-origin");
  expect(await page.text()).not.toMatch(/name="referrer"/);
  await lake.ask(requestWithdraw, { request }, as("ann"));
});

test("a form in which everything was unticked approves nothing", async () => {
  const items = [{ on: "shop.customers" }, { on: "shop.orders" }];
  const { request } = (await lake.ask(requestCreate, { items, purpose: "both" }, as("ann"))).request;
  await sendMails(context, settings);
  const url = linkOf("Approve");
  const page = await (await open(`${url}/request`, "olga")).text();
  const [, name = "", value = ""] = /<input type="hidden" name="(\w+)" value="(\w+)">/.exec(page) ?? [];
  expect((await submit(url, "olga", { [name]: value })).status).toBe(400);
  expect(await stateOf(request)).toBe("pending");
  expect((await submit(url, "olga", { [name]: value, item: "shop.orders" })).status).toBe(200);
  const shown = await lake.ask(requestShow, { request }, as("ann"));
  expect(shown).toMatchObject({ state: "pending", steps: [{ decisions: [{ by: "olga" }] }] });
  await lake.ask(requestWithdraw, { request }, as("ann"));
});

test("a link is of no use to others, changed, late, used twice, or after the request", async () => {
  const request = await ask();
  await sendMails(context, settings);
  const [approve, deny] = [linkOf("Approve"), linkOf("Deny")];
  const changed = approve.slice(0, -1) + (approve.endsWith("A") ? "B" : "A");
  expect((await submit(approve, "otto")).status).toBe(410);
  expect((await submit(changed, "olga")).status).toBe(410);
  expect((await submit(deny, "olga")).status).toBe(400);
  const foreign = await submit(approve, "olga", {}, { origin: "https://evil.example" });
  expect(foreign.status).toBe(403);
  await lake.context.db
    .updateTable("decision_links")
    .set({ expires_at: new Date(0) })
    .execute();
  expect((await submit(approve, "olga")).status).toBe(410);
  await lake.context.db
    .updateTable("decision_links")
    .set({ expires_at: new Date(Date.now() + 60_000) })
    .execute();
  expect(await stateOf(request)).toBe("pending");
  expect((await submit(deny, "olga", { comment: "not needed" })).status).toBe(200);
  for (const url of [approve, deny]) expect((await submit(url, "olga", { comment: "x" })).status).toBe(410);
  expect(await stateOf(request)).toBe("denied");
  const token = approve.split("/").at(-1) ?? "";
  const { rows } = await digests(token);
  expect(rows).toHaveLength(1);
  expect(JSON.stringify(lake.logged)).not.toContain(token);
  expect(logged.join("")).toContain("/decide/…/request");
  expect(logged.join("")).not.toContain(token);
});

async function digests(token: string) {
  const rows = await lake.context.db
    .selectFrom("decision_links")
    .selectAll()
    .where("token_digest", "=", digestOf(token))
    .execute();
  expect(JSON.stringify(rows)).not.toContain(token);
  return { rows };
}

test("a new owner gets a mail, and the link of the earlier one no longer decides", async () => {
  const request = await ask();
  await sendMails(context, settings);
  const url = linkOf("Approve");
  await lake.ask(stewardRemove, { of: "shop", who: "olga", as: "owner" });
  await lake.ask(stewardAdd, { of: "shop", who: "otto", as: "owner" });
  expect((await open(`${url}/request`, "olga")).status).toBe(410);
  expect((await submit(url, "olga")).status).toBe(410);
  mails.length = 0;
  await sendMails(context, settings);
  expect(mails).toHaveLength(1);
  expect((await submit(linkOf("Approve"), "otto")).status).toBe(200);
  expect(await stateOf(request)).toBe("approved");
  mails.length = 0;
  await sendMails(context, settings);
  const told = mails.map((mail) => /^To: (.+)\r$/m.exec(mail)?.[1]);
  expect(told.toSorted()).toEqual(["ann@example.org", "olga@example.org", "otto@example.org"]);
  await lake.ask(stewardRemove, { of: "shop", who: "otto", as: "owner" });
});

test("somebody who decides again after a while gets the mail that was dropped meanwhile", async () => {
  const request = await ask();
  refusing = true;
  await sendMails(context, settings);
  refusing = false;
  const due = { next_at: new Date(0) };
  await lake.ask(stewardRemove, { of: "shop", who: "olga", as: "owner" });
  await lake.context.db.updateTable("mail_outbox").set(due).where("state", "=", "waiting").execute();
  await sendMails(context, settings);
  expect(mails.filter((mail) => mail.includes("olga"))).toEqual([]);
  await lake.ask(stewardAdd, { of: "shop", who: "olga", as: "owner" });
  await sendMails(context, settings);
  await sendMails(context, settings);
  expect(mails.map((mail) => /^To: (.+)\r$/m.exec(mail)?.[1])).toEqual(["olga@example.org"]);
  await lake.ask(requestWithdraw, { request }, as("ann"));
});

test("an address that is confirmed stays so, and nobody sends codes without end", async () => {
  expect(await askAs("olga", mailSubscribe, { address: "OLGA@example.org" })).toMatchObject({ sent: false });
  expect(mails).toEqual([]);
  const flood = async () => {
    for (let number = 0; number < 20; number++)
      await askAs("otto", mailSubscribe, { address: `victim${number}@example.org` });
  };
  await expect(flood()).rejects.toMatchObject({ code: "USAGE" });
  expect(mails.length).toBeLessThan(20);
});

test("a mail server that refuses is tried again, with the same Message-ID, until the mail is given up and shown", async () => {
  const request = await ask();
  await sendMails(context, settings);
  mails.length = 0;
  refusing = true;
  await lake.ask(requestWithdraw, { request }, as("ann"));
  const { db } = lake.context;
  const due = () =>
    db
      .updateTable("mail_outbox")
      .set({ next_at: new Date(0) })
      .where("state", "=", "waiting")
      .execute();
  expect((await sendMails(context, settings)).failed).toBe(2);
  expect((await sendMails(context, settings)).failed).toBe(0);
  for (let attempt = 2; attempt <= 8; attempt++) {
    await due();
    expect((await sendMails(context, settings)).failed).toBe(2);
  }
  const dead = { kind: "ended", attempts: 8, failure: expect.stringContaining("come back later") };
  expect((await lake.ask(mailList, { state: "dead" })).mails).toMatchObject([dead, dead]);
  refusing = false;
  await due();
  await sendMails(context, settings);
  expect(mails).toEqual([]);
});

test("a mail to test goes out at once, and says what the mail server answered", async () => {
  const sent = await lake.askWith(context, mailTest, { address: "ops@example.org" });
  expect(sent).toMatchObject({ address: "ops@example.org", from: "lake@example.org" });
  expect(mails[0]).toMatch(/To: ops@example.org[^]*arrive/);
  refusing = true;
  await expect(lake.askWith(context, mailTest, { address: "ops@example.org" })).rejects.toMatchObject({
    code: "ALERT_NOT_SENT",
    message: expect.stringContaining("come back later"),
  });
});

test("whoever asked reminds those for whom it waits, once a day", async () => {
  const request = await ask();
  await sendMails(context, settings);
  mails.length = 0;
  await expect(askAs("olga", requestRemind, { request })).rejects.toMatchObject({ code: "NOT_ALLOWED" });
  expect(await askAs("ann", requestRemind, { request })).toMatchObject({ reminded: 1, people: 1 });
  expect(await askAs("ann", requestRemind, { request })).toMatchObject({ reminded: 0, people: 1 });
  await sendMails(context, settings);
  expect(mails).toHaveLength(1);
  await lake.ask(requestWithdraw, { request }, as("ann"));
  await expect(askAs("ann", requestRemind, { request })).rejects.toMatchObject({ code: "REQUEST_OVER" });
});
