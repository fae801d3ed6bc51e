/** Systems outside as steps of a process: they are told, signed, and answer with a token that is good for one step, once. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { memberOf, openPlainLake, type PlainLake } from "../../../test/world/plain-lake.ts";
import { labelledTable } from "../../../test/world/plain-source.ts";
import { must } from "../../base/must.ts";
import type { Principal } from "../../identity/principal.ts";
import { signedHeaders } from "../../sharing/events/signed-delivery.ts";
import { grantAdd } from "../access/grants.ts";
import { stewardAdd } from "../stewardship/stewards.ts";
import { tableDescribe } from "../stewardship/describe.ts";
import { deliverOnce } from "./events/deliver-events.ts";
import { hookAdd, hookRemove } from "./events/hooks.ts";
import type { CloudEvent } from "./events/present-event.ts";
import { processSet } from "./processes.ts";
import { requestAnswer } from "./request-answer.ts";
import { requestCreate, requestWithdraw } from "./request-create.ts";
import { requestApprove, requestDeny } from "./request-decide.ts";
import { requestInbox, requestShow } from "./requests.ts";
import { sharingSimulate } from "./simulate.ts";

interface Received {
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

let lake: PlainLake;
let server: Server;
let url: string;
let secret: string;
let status = 204;
let received: Received[] = [];
const people = new Map<string, Principal>();
const as = (name: string): { principal: Principal } => ({ principal: must(people.get(name), "somebody") });
const steps = [
  { name: "ticket", approvers: ["system:tickets"], within_hours: 24, escalate_to: ["dora"] },
  { name: "owner", approvers: ["owner"] },
];

beforeAll(async () => {
  lake = await openPlainLake();
  await (await lake.connect("shop", { customers: labelledTable(2) })).sync();
  for (const name of ["ann", "olga", "dora", "bot"]) people.set(name, await memberOf(lake, name));
  await lake.ask(grantAdd, { permissions: ["DESCRIBE"], on: "shop.*", to: "ann" });
  await lake.ask(stewardAdd, { of: "shop", who: "olga", as: "owner" });
  server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => (body += text));
    request.on("end", () => {
      if (status < 300) received.push({ headers: request.headers, body });
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address() as AddressInfo;
  url = `http://127.0.0.1:${address.port}/events`;
  // It asks for other events only, and is told of its own steps all the same.
  ({ secret } = await lake.ask(hookAdd, { name: "tickets", url, types: ["share.revoked"] }));
  await lake.ask(hookAdd, { name: "others", url: `${url}/others` });
  await lake.ask(processSet, { process: { rules: [{ steps }] } });
});
afterAll(async () => {
  server.close();
  await lake[Symbol.asyncDispose]();
});
beforeEach(async () => {
  status = 204;
  await deliver();
  received = [];
});

const deliver = () => deliverOnce(lake.context, new AbortController().signal);
const show = (request: string) => lake.ask(requestShow, { request }, as("ann"));
const answer = (request: string, token: string, more: object = {}) =>
  lake.ask(requestAnswer, { request, token, step: 1, verdict: "approve", ...more }, as("bot"));

/** A request that waits for the system, and the token that the system was sent. */
async function waiting(purpose: string) {
  const { request } = await lake.ask(
    requestCreate,
    { items: [{ on: "shop.customers" }], purpose, days: Number(purpose.length) },
    as("ann"),
  );
  await deliver();
  const events = received.map((one) => ({ ...one, event: JSON.parse(one.body) as CloudEvent }));
  const sent = events.filter(
    ({ event }) => event.type === "headgate.request.waiting" && event.data.token !== undefined,
  );
  expect(sent).toHaveLength(1);
  const [{ headers, body, event }] = [must(sent[0], "the call of the system")];
  const [id, timestamp] = [String(headers["webhook-id"]), Number(headers["webhook-timestamp"])];
  expect(headers["webhook-signature"]).toBe(signedHeaders(secret, { id, timestamp, body })["webhook-signature"]);
  expect(events.filter((one) => one.event.data.token === undefined && one.event.id === event.id)).toHaveLength(1);
  return { request: request.request, token: must(event.data.token, "a token") };
}

test("a step waits for the system, which is told once, and answers once", async () => {
  const { request, token } = await waiting("a");
  expect(await show(request)).toMatchObject({
    state: "pending",
    steps: [{ state: "open", waitsFor: ["system:tickets"] }, { state: "waiting" }],
  });
  expect((await lake.ask(requestInbox, {}, as("olga"))).requests).toEqual([]);
  for (const wrong of [
    { token: `${token.slice(0, -1)}_` },
    { step: 2 },
    { request: "k3f9zmtq2x" },
    { request: "k3f9\0" },
  ])
    await expect(answer(request, token, wrong)).rejects.toMatchObject({ code: "LINK_INVALID" });
  await expect(answer(request, token, { verdict: "deny" })).rejects.toMatchObject({ code: "USAGE" });
  expect(await answer(request, token, { reason: "ticket 7" })).toEqual({ request, state: "pending" });
  expect((await show(request)).steps).toMatchObject([
    { state: "done", waitsFor: [], decisions: [{ by: "system:tickets", channel: "system", comment: "ticket 7" }] },
    { state: "open" },
  ]);
  for (const verdict of ["approve", "deny"])
    await expect(answer(request, token, { verdict, reason: "again" })).rejects.toMatchObject({ code: "LINK_INVALID" });
  await deliver();
  expect(received.filter(({ body }) => body.includes("request.waiting"))).toHaveLength(2);
  const { decided } = await lake.ask(requestApprove, { requests: [request] }, as("olga"));
  expect(decided).toMatchObject([{ state: "approved" }]);
  await expect(answer(request, token)).rejects.toMatchObject({ code: "REQUEST_OVER" });
});

test("the system denies, and the requester reads why", async () => {
  const { request, token } = await waiting("ab");
  expect(await answer(request, token, { verdict: "deny", reason: "no ticket" })).toMatchObject({ state: "denied" });
  expect(await show(request)).toMatchObject({ state: "denied", reason: "no ticket" });
});

test("a system that does not answer approves nothing: people decide in its place after its time", async () => {
  const { request } = await waiting("abc");
  const deny = () => lake.ask(requestDeny, { requests: [request], reason: "too late" }, as("dora"));
  await expect(deny()).rejects.toMatchObject({ code: "REQUEST_NOT_FOUND" });
  const late = { judged_at: new Date(Date.now() - 25 * 3_600_000) };
  await lake.context.db.updateTable("share_requests").set(late).where("handle", "=", request).execute();
  expect(await show(request)).toMatchObject({ state: "pending", steps: [{ state: "open" }, { state: "waiting" }] });
  expect((await deny()).decided).toMatchObject([
    { state: "denied", steps: [{ decisions: [{ by: "dora", standing: "escalated to named" }] }, {}] },
  ]);
});

test("a request that is judged again, or is over, takes no earlier token", async () => {
  const { request, token } = await waiting("abcd");
  await lake.ask(tableDescribe, { table: "shop.customers", column: "label", set: { pii_flag: "true" } });
  expect(await answer(request, token)).toEqual({ request, state: "pending" });
  expect(await show(request)).toMatchObject({ round: 2, steps: [{ state: "open" }, { state: "waiting" }] });
  await expect(answer(request, token)).rejects.toMatchObject({ code: "LINK_INVALID" });
  await deliver();
  const again = received
    .map(({ body }) => JSON.parse(body) as CloudEvent)
    .findLast(({ data }) => data.token !== undefined && data.token !== token);
  expect(await answer(request, must(again?.data.token, "the token of the second round"))).toMatchObject({
    state: "pending",
  });
  await lake.ask(requestWithdraw, { request }, as("ann"));
  await expect(answer(request, must(again?.data.token, "it"))).rejects.toMatchObject({ code: "REQUEST_OVER" });
});

test("a simulation knows the step, and a process names only systems that are there", async () => {
  const simulated = await lake.ask(sharingSimulate, { items: [{ on: "shop.customers" }], for: "self" }, as("ann"));
  expect(simulated.steps).toMatchObject([{ approvers: ["system:tickets"] }, { approvers: ["owner"] }]);
  const process = (more: object) => ({
    process: { rules: [{ steps: [{ name: "x", approvers: ["owner"], ...more }] }] },
  });
  await expect(lake.ask(processSet, process({ approvers: ["system:nothing"] }))).rejects.toMatchObject({
    code: "HOOK_NOT_FOUND",
  });
  await expect(lake.ask(processSet, process({ deputies: ["system:tickets"] }))).rejects.toMatchObject({
    code: "PROCESS_INVALID",
  });
});

test("a system whose hook was removed answers no more", async () => {
  const { request, token } = await waiting("abcde");
  await lake.ask(hookRemove, { name: "tickets" });
  await expect(answer(request, token)).rejects.toMatchObject({ code: "LINK_INVALID" });
});
