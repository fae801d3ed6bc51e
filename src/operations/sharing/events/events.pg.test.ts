/** Events of sharing: what is told to hooks and to people who watch, in which order, and what is not. */
import { createHmac } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { memberOf, openPlainLake, type PlainLake } from "../../../../test/world/plain-lake.ts";
import { labelledTable } from "../../../../test/world/plain-source.ts";
import type { Principal } from "../../../identity/principal.ts";
import { grantAdd } from "../../access/grants.ts";
import { tableDescribe } from "../../stewardship/describe.ts";
import { stewardAdd } from "../../stewardship/stewards.ts";
import { requestCreate, requestWithdraw } from "../request-create.ts";
import { requestApprove } from "../request-decide.ts";
import { deliverOnce } from "./deliver-events.ts";
import { hookAdd, hookList, hookRemove, hookRetry } from "./hooks.ts";
import type { CloudEvent } from "./present-event.ts";
import { sharingWatch } from "./sharing-watch.ts";

interface Received {
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

let lake: PlainLake;
let ann: Principal;
let olga: Principal;
let eve: Principal;
let server: Server;
let url: string;
let status = 204;
let received: Received[] = [];

beforeAll(async () => {
  lake = await openPlainLake();
  const shop = await lake.connect("shop", { customers: labelledTable(2), products: labelledTable(2) });
  await shop.sync();
  [ann, olga, eve] = [await memberOf(lake, "ann"), await memberOf(lake, "olga"), await memberOf(lake, "eve")];
  await lake.ask(tableDescribe, { table: "shop.customers", column: "label", set: { pii_flag: "true" } });
  for (const to of ["ann", "eve"]) await lake.ask(grantAdd, { permissions: ["DESCRIBE"], on: "shop.*", to });
  await lake.ask(stewardAdd, { of: "shop", who: "olga", as: "owner" });
  server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => (body += text));
    request.on("end", () => {
      received.push({ headers: request.headers, body });
      response.writeHead(status, status === 302 ? { location: "/elsewhere" } : {}).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`;
});
afterAll(async () => {
  server.close();
  await lake[Symbol.asyncDispose]();
});

beforeEach(async () => {
  [status, received] = [204, []];
  for (const { name } of (await lake.ask(hookList, {})).hooks) await lake.ask(hookRemove, { name });
});

const deliver = () => deliverOnce(lake.context, new AbortController().signal);
const request = async (on: string, principal = ann) =>
  (await lake.ask(requestCreate, { items: [{ on }], purpose: "to count" }, { principal })).request.request;
const types = () => received.map(({ body }) => (JSON.parse(body) as CloudEvent).type.replace("headgate.", ""));

async function watched(principal: Principal | undefined, after = "0"): Promise<readonly CloudEvent[]> {
  const events: CloudEvent[] = [];
  const emit = async (item: unknown): Promise<void> => void events.push(item as CloudEvent);
  const asker = principal === undefined ? {} : { principal };
  await lake.ask(sharingWatch, { after, once: true }, { ...asker, emit });
  return events;
}

/** Lets a hook be tried now, as time would. */
async function letTimePass(): Promise<void> {
  await lake.context.db
    .updateTable("event_hooks")
    .set({ next_at: new Date(0) })
    .execute();
}

describe("a hook", () => {
  test("is told of each step from its beginning on, in order, signed with its secret", async () => {
    await request("shop.products");
    const { secret } = await lake.ask(hookAdd, { name: "tickets", url });
    const name = await request("shop.customers");
    await lake.ask(requestApprove, { requests: [name] }, { principal: olga });
    await deliver();
    expect(types()).toEqual(["request.submitted", "request.decided", "share.active", "request.approved"]);
    for (const { headers, body } of received) {
      const signed = `${String(headers["webhook-id"])}.${String(headers["webhook-timestamp"])}.${body}`;
      const key = Buffer.from(secret.slice("whsec_".length), "base64");
      expect(headers["webhook-signature"]).toBe(`v1,${createHmac("sha256", key).update(signed).digest("base64")}`);
      expect(headers["content-type"]).toBe("application/cloudevents+json");
      expect(JSON.parse(body)).toMatchObject({ specversion: "1.0", id: headers["webhook-id"], data: { from: "main" } });
    }
    expect(JSON.parse(received[1]?.body ?? "")).toMatchObject({
      subject: `request/${name}`,
      data: { by: "olga", verdict: "approve", step: 1 },
    });
    await deliver();
    expect(received).toHaveLength(4);
  });

  test("is told only of the types that it wants", async () => {
    await lake.ask(hookAdd, { name: "few", url, types: ["request.withdrawn"] });
    const name = await request("shop.customers");
    await lake.ask(requestWithdraw, { request: name }, { principal: ann });
    await deliver();
    expect(types()).toEqual(["request.withdrawn"]);
  });

  test("that does not accept an event gets it again later, and nothing else before it", async () => {
    await lake.ask(hookAdd, { name: "down", url });
    status = 500;
    const name = await request("shop.customers");
    await lake.ask(requestWithdraw, { request: name }, { principal: ann });
    await deliver();
    await deliver();
    expect(types()).toEqual(["request.submitted"]);
    expect((await lake.ask(hookList, {})).hooks).toMatchObject([
      { name: "down", attempts: 1, failure: "the address answered with the status 500", givenUp: [] },
    ]);
    status = 204;
    await letTimePass();
    await deliver();
    expect(types()).toEqual(["request.submitted", "request.submitted", "request.withdrawn"]);
    expect(received[0]?.headers["webhook-id"]).toBe(received[1]?.headers["webhook-id"]);
  });

  test("gives an event up after eight attempts, and sends it when that is asked for", async () => {
    await lake.ask(hookAdd, { name: "dead", url });
    status = 302;
    const name = await request("shop.customers");
    await lake.ask(requestWithdraw, { request: name }, { principal: ann });
    for (let attempt = 0; attempt < 9; attempt++) {
      await letTimePass();
      await deliver();
    }
    expect(types()).toEqual([...Array<string>(8).fill("request.submitted"), "request.withdrawn"]);
    expect((await lake.ask(hookList, {})).hooks[0]?.givenUp).toHaveLength(2);
    status = 200;
    expect(await lake.ask(hookRetry, { name: "dead" })).toEqual({ name: "dead", accepted: 2, left: 0 });
    expect(types().slice(9)).toEqual(["request.submitted", "request.withdrawn"]);
  });

  test("that nobody answers for holds up no other", async () => {
    await lake.ask(hookAdd, { name: "gone", url: "http://127.0.0.1:1/" });
    await lake.ask(hookAdd, { name: "there", url });
    const name = await request("shop.customers");
    await lake.ask(requestWithdraw, { request: name }, { principal: ann });
    await deliver();
    expect(types()).toEqual(["request.submitted", "request.withdrawn"]);
  });

  test("is one of more than there are connections to the metadata database", async () => {
    for (let number = 1; number <= 14; number++) await lake.ask(hookAdd, { name: `many${number}`, url });
    const name = await request("shop.customers");
    await lake.ask(requestWithdraw, { request: name }, { principal: ann });
    await deliver();
    expect(types().filter((type) => type === "request.withdrawn")).toHaveLength(14);
  });

  test("is told once, whichever process tells it", async () => {
    await lake.ask(hookAdd, { name: "one", url });
    const name = await request("shop.customers");
    await lake.ask(requestWithdraw, { request: name }, { principal: ann });
    await Promise.all([deliver(), deliver(), deliver()]);
    await deliver();
    expect(types()).toEqual(["request.submitted", "request.withdrawn"]);
  });

  test("is the matter of whoever administers the lake, and no address with a password in it", async () => {
    await expect(lake.ask(hookAdd, { name: "mine", url }, { principal: ann })).rejects.toMatchObject({
      code: "NOT_ALLOWED",
    });
    await expect(lake.ask(hookAdd, { name: "mine", url: "http://a:b@127.0.0.1/" })).rejects.toMatchObject({
      code: "USAGE",
    });
    await lake.ask(hookAdd, { name: "mine", url });
    await expect(lake.ask(hookAdd, { name: "mine", url })).rejects.toMatchObject({ code: "NAME_TAKEN" });
    await expect(lake.ask(hookRetry, { name: "none" })).rejects.toMatchObject({ code: "HOOK_NOT_FOUND" });
  });
});

describe("somebody who watches", () => {
  test("hears of their own requests, and of nothing else", async () => {
    const last = (await watched(undefined)).at(-1)?.sequence ?? "0";
    const name = await request("shop.customers", eve);
    await lake.ask(requestWithdraw, { request: name }, { principal: eve });
    const subjects = async (principal: Principal | undefined) =>
      (await watched(principal, last)).map(({ type, subject }) => `${type} ${subject}`);
    const both = [`headgate.request.submitted request/${name}`, `headgate.request.withdrawn request/${name}`];
    expect(await subjects(eve)).toEqual(both);
    expect(await subjects(undefined)).toEqual(both);
    expect(await subjects(ann)).toEqual([]);
  });
});

describe("time", () => {
  test("ends a request, which is told once, whoever notices it first", async () => {
    const { db } = lake.context;
    await lake.ask(hookAdd, { name: "late", url });
    const name = await request("shop.customers");
    await db
      .updateTable("share_requests")
      .set({ decide_by: new Date(0) })
      .where("handle", "=", name)
      .execute();
    await deliver();
    await deliver();
    await db
      .updateTable("share_requests")
      .set({ state: "expired", ended_at: new Date() })
      .where("handle", "=", name)
      .execute();
    await deliver();
    expect(types()).toEqual(["request.submitted", "request.expired"]);
  });
});

test("an event is never changed", async () => {
  await expect(sql`update sharing_events set type = 'x'`.execute(lake.context.db)).rejects.toThrow("never changed");
});
