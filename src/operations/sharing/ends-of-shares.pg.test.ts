/** How requests and shares end, and how a share is extended: by the time alone, by people, and each end is told once. */
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { memberOf, openPlainLake, type PlainLake } from "../../../test/world/plain-lake.ts";
import { labelledTable } from "../../../test/world/plain-source.ts";
import { must } from "../../base/must.ts";
import { uuidv7 } from "../../base/uuid.ts";
import { decide } from "../../governance/decide.ts";
import type { Principal } from "../../identity/principal.ts";
import { openAbsences } from "../../sharing/case-of.ts";
import { noteWhatTimeDid } from "../../sharing/events/sharing-event.ts";
import { planMails } from "../../sharing/mail-outbox.ts";
import { planShareMails } from "../../sharing/share-mails.ts";
import { accountIdOf } from "../../identity/accounts.ts";
import { grantAdd } from "../access/grants.ts";
import { accessMine, accessTo } from "../access/reach.ts";
import { accountAdd, accountRemove } from "../people/accounts.ts";
import { memberAdd } from "../people/members.ts";
import { sql as sqlOperation } from "../sql.ts";
import { tableDescribe } from "../stewardship/describe.ts";
import { stewardAdd } from "../stewardship/stewards.ts";
import { endRequests } from "./end-requests.ts";
import { requestCreate } from "./request-create.ts";
import { requestApprove, requestDeny } from "./request-decide.ts";
import { requestInbox, requestShow } from "./requests.ts";
import { shareCreate } from "./share-create.ts";
import { shareAccept, shareExtend, shareInvite, shareResume, shareRevoke, shareSuspend } from "./share-changes.ts";
import { shareShow } from "./share-list.ts";

let lake: PlainLake;
const people = new Map<string, Principal>();
const as = (name: string): { principal: Principal } => ({ principal: must(people.get(name), "somebody") });
const day = 86_400_000;
const inDays = (days: number): string => new Date(Date.now() + days * day).toISOString();

beforeAll(async () => {
  lake = await openPlainLake();
  await (await lake.connect("shop", { customers: labelledTable(3) })).sync();
  for (const name of ["ann", "olga"]) {
    people.set(name, await memberOf(lake, name));
    await lake.context.db
      .insertInto("mail_subscriptions")
      .values({
        id: uuidv7(),
        principal_id: must(people.get(name), name).id,
        address: `${name}@example.org`,
        code_digest: Buffer.from(name),
      })
      .execute();
  }
  await sql`update mail_subscriptions set confirmed_at = clock_timestamp()`.execute(lake.context.db);
  await lake.ask(grantAdd, { permissions: ["DESCRIBE"], on: "shop.*", to: "ann" });
  await lake.ask(stewardAdd, { of: "shop", who: "olga", as: "owner" });
  await lake.ask(tableDescribe, { table: "shop.customers", column: "label", set: { pii_flag: "true" } });
});
afterAll(() => lake[Symbol.asyncDispose]());
beforeEach(async () => {
  const { db } = lake.context;
  await sql`update shares set state = 'revoked', ended_at = clock_timestamp() where ended_at is null`.execute(db);
  await sql`update share_requests set state = 'withdrawn', ended_at = clock_timestamp() where state = 'pending'`.execute(
    db,
  );
  await mails();
});

const ask = (more: object = {}) =>
  lake.ask(requestCreate, { items: [{ on: "shop.customers" }], purpose: "to count", ...more }, as("ann"));
const approve = (request: string, more: object = {}) =>
  lake.ask(requestApprove, { requests: [request], ...more }, as("olga"));

async function shared(days = 3): Promise<string> {
  const { decided } = await approve((await ask({ days })).request.request);
  return must(decided[0]?.share, "the share");
}

async function mayRead(now = Date.now()): Promise<boolean> {
  const table = await lake.context.catalog.findEntry("shop.customers");
  const policy = await lake.context.policies.current();
  return decide({ policy, ...as("ann"), action: "read", resource: { kind: "table", ...table }, now }).allowed;
}

/** The mails that are new, of one kind or of all. */
async function mails(now = Date.now()): Promise<readonly string[]> {
  const { db } = lake.context;
  const moment = { policy: await lake.context.policies.current(), now, absences: await openAbsences(db, now) };
  await noteWhatTimeDid(db, new Date(now));
  await planMails(db, moment);
  await planShareMails(db, moment);
  const rows = await db
    .updateTable("mail_outbox")
    .set({ state: "sent" })
    .where("state", "=", "waiting")
    .returning(["kind", "about", "address"])
    .execute();
  return rows.map(({ kind, about, address }) => `${about ?? kind} ${address.split("@")[0]}`).toSorted();
}

async function events(shareId: string): Promise<readonly string[]> {
  const rows = await lake.context.db
    .selectFrom("sharing_events")
    .select("type")
    .where("share_id", "=", shareId)
    .orderBy("sequence")
    .execute();
  return rows.map(({ type }) => type).filter((type) => type.startsWith("share."));
}

describe("a request for a later end", () => {
  test("goes through the process again, and the share keeps its end until it is approved", async () => {
    const id = await shared(3);
    const end = must((await lake.ask(shareShow, { id }, as("ann"))).until, "an end");
    const { request } = await ask({ items: [], extend: id, days: 30 });
    expect(request).toMatchObject({ state: "pending", kind: "extension", about: id });
    expect((await lake.ask(shareShow, { id }, as("ann"))).until).toBe(end);
    expect(await mayRead(Date.parse(end))).toBe(false);
    expect(await ask({ items: [], extend: id, days: 30 })).toMatchObject({ joined: true });
    expect((await lake.ask(requestInbox, {}, as("olga"))).requests).toMatchObject([{ kind: "extension" }]);
    await expect(
      approve(request.request, { narrow: [{ on: "shop.customers", columns: ["id"] }] }),
    ).rejects.toMatchObject({ code: "USAGE" });
    expect((await approve(request.request)).decided).toMatchObject([{ state: "approved", share: id }]);
    expect(await mayRead(Date.parse(end))).toBe(true);
    expect(await mayRead(Date.now() + 31 * day)).toBe(false);
    expect(await events(id)).toEqual(["share.active", "share.end-changed"]);
  });

  test("that is denied leaves the share its end, and an earlier end than it has is never given", async () => {
    const id = await shared(3);
    const first = await ask({ items: [], extend: id, days: 30 });
    await lake.ask(requestDeny, { requests: [first.request.request], reason: "no" }, as("olga"));
    expect(await mayRead(Date.now() + 4 * day)).toBe(false);
    expect(await mayRead()).toBe(true);
    const second = await ask({ items: [], extend: id, days: 30 });
    await approve(second.request.request, { until: inDays(1) });
    expect(await mayRead(Date.now() + 2 * day)).toBe(true);
    expect(await mayRead(Date.now() + 4 * day)).toBe(false);
  });

  test("is made only by whoever receives the share, for a later end, and not for one that was revoked", async () => {
    const id = await shared(3);
    await expect(ask({ items: [], extend: id, days: 1 })).rejects.toMatchObject({ code: "USAGE" });
    await expect(ask({ extend: id, days: 9 })).rejects.toMatchObject({ code: "USAGE" });
    await expect(lake.ask(requestCreate, { extend: id, days: 9, purpose: "x" }, as("olga"))).rejects.toMatchObject({
      code: "SHARE_NOT_FOUND",
    });
    const { request } = await ask({ items: [], extend: id, days: 9 });
    await lake.ask(shareRevoke, { id, reason: "enough" });
    expect((await approve(request.request)).decided).toMatchObject([
      { state: "withdrawn", reason: "the share has ended" },
    ]);
    await expect(ask({ items: [], extend: id, days: 9 })).rejects.toMatchObject({ code: "SHARE_STATE" });
    expect(await mayRead()).toBe(false);
  });
});

describe("everybody is told once", () => {
  test("of an end that is near, and of the end, also if the share was extended between", async () => {
    const id = await shared(3);
    expect(await mails()).toContain("share.ending ann");
    expect(await mails()).toEqual([]);
    await lake.ask(shareExtend, { id, until: inDays(20) });
    expect(await mails()).toEqual([]);
    expect(await mails(Date.now() + 19 * day)).toEqual(["share.ending ann", "share.ending olga"]);
    expect(await mails(Date.now() + 20 * day)).toEqual(["share.expired ann", "share.expired olga"]);
    expect(await mails(Date.now() + 21 * day)).toEqual([]);
  });

  test("of a suspension and of the revocation", async () => {
    const id = await shared(30);
    await mails();
    await lake.ask(shareSuspend, { id });
    expect([await mayRead(), await mails()]).toEqual([false, ["share.suspended ann", "share.suspended olga"]]);
    await lake.ask(shareResume, { id });
    expect(await mayRead()).toBe(true);
    expect(await lake.ask(shareRevoke, { id, plan: true })).toMatchObject({ revoked: false });
    expect(await mayRead()).toBe(true);
    await lake.ask(shareRevoke, { id });
    expect([await mayRead(), await mails()]).toEqual([false, ["share.revoked ann", "share.revoked olga"]]);
    expect(await events(id)).toEqual(["share.active", "share.suspended", "share.resumed", "share.revoked"]);
  });

  test("of a request that nobody decided on in time, which is over without any job", async () => {
    const { request } = (await ask()).request;
    expect(await mails()).toEqual(["decide olga"]);
    const late = { decide_by: new Date(Date.now() - 1_000) };
    await lake.context.db.updateTable("share_requests").set(late).where("handle", "=", request).execute();
    expect((await lake.ask(requestShow, { request }, as("ann"))).state).toBe("expired");
    expect(await mails()).toEqual(["ended ann", "ended olga"]);
    expect(await endRequests(lake.context, "late")).toBe(1);
    expect(await endRequests(lake.context, "late")).toBe(0);
    expect(await mails()).toEqual([]);
    const { id } = await lake.context.db
      .selectFrom("share_requests")
      .select("id")
      .where("handle", "=", request)
      .executeTakeFirstOrThrow();
    const told = await lake.context.db
      .selectFrom("sharing_events")
      .select("type")
      .where("request_id", "=", id)
      .orderBy("sequence")
      .execute();
    expect(told.map(({ type }) => type)).toEqual(["request.submitted", "request.expired"]);
  });
});

test("a share with an account that is removed is over", async () => {
  await lake.ask(accountAdd, { name: "analytics" });
  const { id } = await lake.ask(shareCreate, { on: ["shop.customers"], to: "account:analytics" });
  await lake.ask(accountRemove, { name: "analytics" });
  expect(await lake.ask(shareShow, { id })).toMatchObject({ state: "revoked", items: [{ ended: true }] });
  expect(await events(id)).toEqual(["share.active", "share.revoked"]);
});

test("whoever may accept a share gets a mail of each invitation, and whoever offers it gets none", async () => {
  await lake.ask(accountAdd, { name: "partner", outside: true });
  await lake.ask(memberAdd, { kind: "account", name: "partner", member: "ann" });
  await lake.ask(grantAdd, { permissions: ["ADMINISTER"], on: "account partner", to: "ann" });
  await mails();
  const { id } = await lake.ask(shareCreate, { on: ["shop.customers"], to: "account:partner" }, as("olga"));
  expect(await mails()).toEqual(["invitation.sent ann"]);
  await lake.ask(shareInvite, { id });
  expect(await mails()).toEqual(["invitation.sent ann"]);
});

test("with no work going on at all, a share gives nothing from its end on, and what is being read ends with it", async () => {
  const { id } = await lake.ask(shareCreate, { on: ["shop.customers"], to: "account:partner" }, as("olga"));
  const ann = must(people.get("ann"), "ann");
  const inPartner = { principal: { ...ann, accountId: await accountIdOf(lake.context.db, "partner") } };
  await lake.ask(shareAccept, { id }, inPartner);
  const on = "main.shop.customers";
  await lake.ask(grantAdd, { permissions: ["SELECT"], on, to: "ann" }, inPartner);
  const read = (text: string, emit = async (): Promise<void> => {}) =>
    lake.ask(sqlOperation, { sql: text }, { ...inPartner, emit });
  await read(`select id from ${on}`);
  const end = Date.now() + 1_500;
  await lake.ask(shareExtend, { id, until: new Date(end).toISOString() });
  await expect(read(`select c.id from ${on} c, range(10000000000) r(i)`)).rejects.toMatchObject({
    code: "NOT_ALLOWED",
  });
  expect(Date.now() - end).toBeLessThan(2_000);
  for (const text of [`select id from ${on}`, `select count(*) from ${on}`])
    await expect(read(text)).rejects.toMatchObject({ code: expect.stringMatching(/^(NOT_ALLOWED|TABLE_NOT_FOUND)$/) });
  expect(await lake.ask(shareShow, { id })).toMatchObject({ state: "expired", readers: [] });
  const { reached } = await lake.ask(accessMine, {}, inPartner);
  expect(reached.filter(({ actions }) => actions.includes("read"))).toEqual([]);
  expect((await lake.ask(accessTo, { table: "shop.customers" })).readers).toEqual([]);
});
