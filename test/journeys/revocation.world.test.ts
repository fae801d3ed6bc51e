/**
 * Tests revoked rights: open results and event streams end, whether they are read fast or slowly, even if another
 * process revokes the right.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { request, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openCleanup } from "../../src/base/cleanup.ts";
import { silent } from "../../src/base/progress.ts";
import type { Role } from "../../src/db/tables.ts";
import { keyCreate, keyRevoke } from "../../src/operations/people/keys.ts";
import type { Operation } from "../../src/operations/operation.ts";
import { userAdd, userRemove, userReset, userSet } from "../../src/operations/people/users.ts";
import { holdHeadgate, type HeldHeadgate } from "../world/held-headgate.ts";
import { lakeOf } from "../world/lake.ts";
import { startPostgres } from "../world/postgres-server.ts";
import { serveHeadgate, type ServedHeadgate } from "../world/served-headgate.ts";

const own = "correct horse battery staple";
/** Some gigabytes, so nobody reads it to the end. */
const endless = "select i, repeat('x', 1000) as filling from (select unnest(range(3000000)) as i)";
const withinMs = 2_000;
const cleanup = openCleanup();
let served: ServedHeadgate;
/** On the same metadata, in another process than the server. */
let other: HeldHeadgate;

beforeAll(async () => {
  const home = await mkdtemp(join(tmpdir(), "headgate-revoked-"));
  cleanup.defer(() => rm(home, { recursive: true, force: true }));
  const postgres = cleanup.use(await startPostgres({ directory: join(home, "metadata") }));
  const { user, password, socketDirectory } = postgres;
  const databaseUrl = `postgres://${user}:${password}@localhost/postgres?host=${encodeURIComponent(socketDirectory)}`;
  const keyFile = join(home, "secret.key");
  const environment = { HEADGATE_DATABASE_URL: databaseUrl, HEADGATE_KEY_FILE: keyFile, HEADGATE_LAKE: lakeOf(home) };
  served = await serveHeadgate({ data: join(home, "server"), environment });
  cleanup.defer(() => served.stop());
  other = cleanup.use(await holdHeadgate({ data: join(home, "other"), databaseUrl, lake: lakeOf(home), keyFile }));
});
afterAll(() => cleanup[Symbol.asyncDispose]());

function elsewhere<Input, Output>(operation: Operation<Input, Output>, input: Input): Promise<Output> {
  const call = { report: silent, emit: async () => undefined, signal: new AbortController().signal };
  return other.session.call(operation, input, call);
}

interface Answer {
  /** Number of bytes that have arrived. */
  readonly bytes: number;
  /** The end of what arrived, as text. */
  readonly ending: string;
  readonly isOver: boolean;
  /** From now on, everything is read as it arrives. */
  hurry(): void;
}

interface Asked {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
  /** Reads some kilobytes now and then, like a client on a slow line. */
  readonly slowly?: boolean;
}

/** Begins to read, and resolves once something has arrived. */
async function open({ path, headers, body, slowly = false }: Asked): Promise<Answer> {
  const state = { bytes: 0, ending: "", isOver: false, isSlow: slowly, hurry: () => void (state.isSlow = false) };
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const method = body === undefined ? "GET" : "POST";
    const json = { "content-type": "application/json", origin: served.origin };
    const asking = request(served.origin + path, { method, headers: { ...json, ...headers } }, resolve);
    asking.once("error", reject).end(body);
  });
  const over = (): void => void (state.isOver = true);
  response.on("close", over).on("error", over);
  void readAll(response, state);
  if (body !== undefined) await expect.poll(() => state.bytes, { timeout: 30_000 }).toBeGreaterThan(0);
  return state;
}

async function readAll(
  response: IncomingMessage,
  state: { bytes: number; ending: string; isSlow: boolean },
): Promise<void> {
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      state.bytes += chunk.length;
      state.ending = (state.ending + String(chunk)).slice(-2_000);
      for (let waited = 0; state.isSlow && waited < 100; waited += 10) await delay(10);
    }
  } catch {
    // It was cut off visibly.
  }
}

const openRows = (headers: Record<string, string>, slowly = false): Promise<Answer> =>
  open({ path: "/api/operations/sql", headers, body: JSON.stringify({ sql: endless }), slowly });
const openEvents = (headers: Record<string, string>): Promise<Answer> => open({ path: "/api/events", headers });

/**
 * Revokes the right and expects the answers to end in time. Data that had already arrived at a slow reader's system
 * cannot be recalled; it is read afterwards and must be little.
 */
async function ends(answers: readonly Answer[], takeAway: () => Promise<unknown>): Promise<void> {
  await delay(300);
  expect(answers.map(({ isOver }) => isOver)).toEqual(answers.map(() => false));
  await takeAway();
  const revoked = performance.now();
  await delay(withinMs / 2);
  for (const answer of answers) answer.hurry();
  await expect
    .poll(() => answers.map(({ isOver }) => isOver), { timeout: 10_000, interval: 20 })
    .toEqual(answers.map(() => true));
  expect(performance.now() - revoked).toBeLessThan(withinMs);
}

let made = 0;

async function keyOf(role: Role): Promise<{ name: string; headers: Record<string, string> }> {
  const name = `key ${made++}`;
  const { key } = (await elsewhere(keyCreate, { name, role })) as { key: string };
  return { name, headers: { authorization: `Bearer ${key}` } };
}

async function personOf(role: Role): Promise<{ name: string; headers: Record<string, string> }> {
  const name = `person${made++}`;
  const { oneTimePassword } = (await elsewhere(userAdd, { name, role })) as { oneTimePassword: string };
  const first = await post("/api/sign-in", { user: name, password: oneTimePassword });
  const second = await post("/api/password", { password: oneTimePassword, newPassword: own }, cookieOf(first));
  return { name, headers: { cookie: cookieOf(second) } };
}

function post(path: string, input: object, cookie = ""): Promise<Response> {
  return served.post(path, JSON.stringify(input), { cookie, origin: served.origin });
}

function cookieOf(response: Response): string {
  return response.headers.getSetCookie()[0]?.split(";")[0] ?? "";
}

test("a key that is revoked ends rows and events, and says why; who reads slowly gets no more", async () => {
  const key = await keyOf("analyst");
  const [stays, fast, slow, events] = [
    await openEvents((await keyOf("analyst")).headers),
    await openRows(key.headers),
    await openRows(key.headers, true),
    await openEvents(key.headers),
  ];
  await ends([fast, slow, events], () => elsewhere(keyRevoke, { name: key.name }));
  expect(JSON.parse(fast.ending.trim().split("\n").at(-1) ?? "")).toMatchObject({
    error: { code: "UNAUTHENTICATED", message: "the key was ended while the answer was being sent" },
  });
  expect(events.ending).toContain("event: failed");
  expect(slow.bytes).toBeLessThan(20_000_000);
  expect(stays.isOver).toBe(false);
});

test("a user who is deactivated, has another role, another password or is removed loses what is open", async () => {
  const ways: ((name: string) => Promise<unknown>)[] = [
    (name) => elsewhere(userSet, { name, active: false }),
    (name) => elsewhere(userSet, { name, role: "viewer" }),
    (name) => elsewhere(userReset, { name }),
    (name) => elsewhere(userRemove, { name, plan: false }),
  ];
  for (const takeAway of ways) {
    const { name, headers } = await personOf("analyst");
    await ends([await openRows(headers, true), await openEvents(headers)], () => takeAway(name));
  }
});

test("a session that is left loses what is open, the other sessions of the person do not", async () => {
  const { name, headers } = await personOf("analyst");
  const another = await post("/api/sign-in", { user: name, password: own });
  const stays = await openEvents({ cookie: cookieOf(another) });
  const leaves = await openEvents(headers);
  await ends([leaves], () => post("/api/sign-out", {}, headers["cookie"]));
  expect(stays.isOver).toBe(false);
});
