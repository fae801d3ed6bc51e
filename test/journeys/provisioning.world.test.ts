/**
 * A provider provisions users and groups (SCIM), in the forms in which Entra ID and Okta send their requests, and takes
 * them back: somebody who leaves loses everything at once.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newBrowser, type Browser } from "../world/browser.ts";
import { askCommand, refusedCommand, type CommandOptions } from "../world/command.ts";
import { startIdentityProvider, type IdentityProvider } from "../world/identity-provider.ts";
import { openAnswer } from "../world/open-answer.ts";
import { serveHeadgate, type ServedHeadgate } from "../world/served-headgate.ts";
import { newUser } from "../world/signed-in.ts";

let home: string;
let at: CommandOptions;
let served: ServedHeadgate;
let company: IdentityProvider;
let key: string;

const secret = "a secret of sufficient length";
/** Some gigabytes, so nobody reads it to the end. */
const endless = "select i, repeat('x', 1000) as filling from (select unnest(range(3000000)) as i)";
const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "headgate-provisioning-"));
  at = { data: join(home, "data"), environment: { COMPANY_SECRET: secret, HEADGATE_RATE_LIMIT: "100000" } };
  served = await serveHeadgate(at);
  company = await startIdentityProvider({ id: "headgate", secret, origin: served.origin, name: "company" });
  const words = ["identity-provider", "add", "company", "--issuer", company.issuer, "--client-id", "headgate"];
  await askCommand([...words, "--secret-env", "COMPANY_SECRET", "--create-users", "yes"], at);
  ({ key } = await askCommand<{ key: string }>(["key", "create", "scim", "--provisions", "company"], at));
});
afterAll(async () => {
  await company[Symbol.asyncDispose]();
  await served.stop();
  await rm(home, { recursive: true, force: true });
});

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown> & { readonly id: string };
  readonly headers: Headers;
}

async function scim(method: string, path: string, body?: object, more: Record<string, string> = {}): Promise<Answer> {
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/scim+json", ...more };
  const response = await fetch(`${served.origin}/scim/v2${path}`, {
    method,
    headers: body === undefined ? { authorization: headers.authorization, ...more } : headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    body: JSON.parse(text === "" ? "{}" : text) as Answer["body"],
    headers: response.headers,
  };
}

/** As the administrator whose key the test has. */
async function operate<T>(operation: string, input: object): Promise<T> {
  const response = await served.post(`/api/operations/${operation}`, JSON.stringify(input));
  const line = (await response.text()).trim().split("\n").at(-1) ?? "";
  if (response.status !== 200) throw new Error(line);
  return (JSON.parse(line) as { result: T }).result;
}

const readMain = { permissions: ["SELECT"], on: "account main" };

const list = async (path: string, filter: string): Promise<unknown[]> => {
  const { body } = await scim("GET", `${path}?filter=${encodeURIComponent(filter)}`);
  return body["Resources"] as unknown[];
};

const patch = (path: string, ...operations: object[]): Promise<Answer> =>
  scim("PATCH", path, { schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], Operations: operations });

async function userOf(name: string, more: object = {}): Promise<string> {
  const { status, body } = await scim("POST", "/Users", { userName: name, active: true, ...more });
  expect(status, JSON.stringify(body)).toBe(201);
  return body.id;
}

async function signInAs(login: string): Promise<{ browser: Browser; status: number; text: string }> {
  const browser = newBrowser();
  const start = await browser.open(`${served.origin}/sign-in/with/company`);
  let page = await browser.send(start, { login, password: "anything" });
  if (/name="prompt" value="consent"/.test(page.text)) page = await browser.send(page, {});
  return { browser, status: page.status, text: page.text };
}

describe("what the door says about itself", () => {
  test("is what providers look for first", async () => {
    const config = await scim("GET", "/ServiceProviderConfig");
    expect(config.headers.get("content-type")).toContain("application/scim+json");
    expect(config.body).toMatchObject({
      patch: { supported: true },
      filter: { supported: true },
      bulk: { supported: false },
    });
    expect((await scim("GET", "/ResourceTypes")).body["totalResults"]).toBe(2);
    expect((await scim("GET", `/Schemas/${enterprise}`)).body).toMatchObject({ name: "EnterpriseUser" });
    expect((await scim("GET", "/ResourceTypes/User")).body).toMatchObject({ endpoint: "/Users" });
  });

  test("errors have the form of SCIM, also for somebody who is not known or may do nothing here", async () => {
    const error = (status: number) => ({
      schemas: ["urn:ietf:params:scim:api:messages:2.0:Error"],
      status: String(status),
    });
    const as = (authorization: string) => scim("GET", "/Users", undefined, { authorization });
    expect(await as("Bearer nothing")).toMatchObject({ status: 401, body: error(401) });
    expect(await as(`Bearer ${served.key}`)).toMatchObject({ status: 403, body: error(403) });
    expect(await scim("GET", "/Nothing")).toMatchObject({ status: 404, body: error(404) });
    expect(await scim("GET", "/Users/nobody")).toMatchObject({ status: 404, body: error(404) });
    expect(await scim("GET", "/Users?filter=userName%20is%201")).toMatchObject({
      status: 400,
      body: { ...error(400), scimType: "invalidFilter" },
    });
    expect(await scim("POST", "/Users", { displayName: "no name" })).toMatchObject({
      status: 400,
      body: { scimType: "invalidValue" },
    });
    expect(await scim("POST", "/Users", { userName: "a\0b" })).toMatchObject({ status: 400 });
  });

  test("the key does nothing else, and nothing else gets a key", async () => {
    for (const path of ["/api/operations/user.list", "/api/operations/table.list", "/api/operations/sql"]) {
      const response = await served.post(path, JSON.stringify({ sql: "select 1" }), { authorization: `Bearer ${key}` });
      expect([path, response.status]).toEqual([path, 403]);
    }
    expect(await refusedCommand(["key", "create", "x", "--provisions", "nobody"], at)).toMatchObject({
      code: "PROVIDER_NOT_FOUND",
    });
    expect(
      await refusedCommand(["key", "create", "x", "--provisions", "company", "--role", "administrator"], at),
    ).toMatchObject({ code: "USAGE" });
  });
});

describe("users", () => {
  test("are tested for, made, found, changed and taken back, as Entra ID does it", async () => {
    expect(await list("/Users", 'userName eq "4ff25da2-c9b8-4b1d-9f25-0b9d0a3f5a57"')).toEqual([]);
    const sent = {
      schemas: ["urn:ietf:params:scim:schemas:core:2.0:User", enterprise],
      externalId: "bjensen",
      userName: "B.Jensen@example.com",
      active: true,
      emails: [{ primary: true, type: "work", value: "b.jensen@example.com" }],
      meta: { resourceType: "User" },
      name: { formatted: "Barbara Jensen", familyName: "Jensen", givenName: "Barbara" },
      roles: [],
      [enterprise]: { department: "Tours", manager: { value: "26118915" } },
    };
    const made = await scim("POST", "/Users", sent);
    const { id } = made.body;
    expect(made.status).toBe(201);
    expect(made.headers.get("location")).toBe(`${served.origin}/scim/v2/Users/${id}`);
    const { meta: _meta, ...said } = sent;
    expect(made.body).toMatchObject({ ...said, meta: { resourceType: "User", version: 'W/"1"' } });
    expect((await scim("GET", `/Users/${id}`)).body).toEqual(made.body);
    expect(await list("/Users", 'userName eq "b.jensen@EXAMPLE.com"')).toMatchObject([{ id }]);
    expect(await list("/Users", 'externalId eq "bjensen" and active eq true')).toMatchObject([{ id }]);
    expect(await list("/Users", 'emails[type eq "work" and value sw "b."] or title pr')).toMatchObject([{ id }]);
    expect(await scim("POST", "/Users", sent)).toMatchObject({ status: 409, body: { scimType: "uniqueness" } });
    const changed = await patch(
      `/Users/${id}`,
      { op: "Replace", path: 'emails[type eq "work"].value', value: "updated@example.com" },
      { op: "Replace", path: "name.familyName", value: "Updated" },
      { op: "Add", path: `${enterprise}:costCenter`, value: "12" },
    );
    expect(changed).toMatchObject({
      status: 200,
      body: {
        emails: [{ value: "updated@example.com" }],
        name: { givenName: "Barbara", familyName: "Updated" },
        [enterprise]: { department: "Tours", costCenter: "12" },
      },
    });
    const stale = await scim("PUT", `/Users/${id}`, { ...sent, userName: "x" }, { "if-match": 'W/"1"' });
    expect(stale.status).toBe(412);
    expect((await scim("PUT", `/Users/${id}`, { ...sent, title: "Guide" })).body).toMatchObject({ title: "Guide" });
    expect((await scim("DELETE", `/Users/${id}`)).status).toBe(204);
    expect((await scim("DELETE", `/Users/${id}`)).status).toBe(404);
    expect((await scim("GET", `/Users/${id}`)).status).toBe(404);
    expect((await scim("POST", "/Users", sent)).status).toBe(201);
  });

  test("are listed page by page, with what is asked for", async () => {
    for (const number of [1, 2, 3]) await userOf(`page-${number}@example.com`);
    const page = await scim("GET", "/Users?startIndex=2&count=2&attributes=userName,name.givenName");
    expect(page.body).toMatchObject({ startIndex: 2, itemsPerPage: 2 });
    const [one] = page.body["Resources"] as object[];
    expect(Object.keys(one ?? {}).toSorted()).toEqual(["id", "meta", "schemas", "userName"]);
    expect((await scim("GET", "/Users?count=0")).body["itemsPerPage"]).toBe(0);
    const some = await scim("GET", `/Users?count=2&startIndex=2&filter=${encodeURIComponent('userName sw "page-"')}`);
    expect(some.body).toMatchObject({ totalResults: 3, itemsPerPage: 2 });
  });

  test("of others are not there: neither those whom people made, nor those of another provider or account", async () => {
    await newUser(served, at, "boss", { role: "administrator" });
    const { users } = await operate<{ users: { name: string }[] }>("user.list", {});
    expect(users.map(({ name }) => name)).toContain("boss");
    expect(await list("/Users", 'userName eq "boss"')).toEqual([]);
    const id = await userOf("mine@example.com", { externalId: "mine" });
    await operate("account.add", { name: "sales" });
    const own = key;
    ({ key } = await operate<{ key: string }>("key.create", {
      name: "other",
      provisions: "company",
      account: "sales",
    }));
    expect((await scim("GET", `/Users/${id}`)).status).toBe(404);
    expect((await scim("GET", "/Users")).body["totalResults"]).toBe(0);
    for (const method of ["PUT", "DELETE"])
      expect((await scim(method, `/Users/${id}`, { userName: "x" })).status).toBe(404);
    expect((await patch(`/Users/${id}`, { op: "replace", path: "active", value: false })).status).toBe(404);
    const stolen = await scim("POST", "/Users", { userName: "thief", externalId: "mine" });
    expect(stolen, "the identity of another account's user").toMatchObject({ status: 409 });
    const group = await scim("POST", "/Groups", { displayName: "g", members: [{ value: id }] });
    expect(group, "a member of another account").toMatchObject({ status: 400 });
    key = own;
    expect((await scim("GET", `/Users/${id}`)).body).toMatchObject({ active: true });
    await operate("identity.link", { user: "boss", provider: "company", subject: "the-boss" });
    const taken = await scim("POST", "/Users", { userName: "boss@example.com", externalId: "the-boss" });
    expect(taken).toMatchObject({ status: 409, body: { scimType: "uniqueness" } });
  });

  test("who have signed in before are the same users when they are provisioned", async () => {
    company.people.set("early", { preferred_username: "early" });
    const { browser } = await signInAs("early");
    expect((await browser.get(`${served.origin}/api/me`)).status).toBe(200);
    const id = await userOf("early@example.com", { externalId: "early" });
    await patch(`/Users/${id}`, { op: "replace", value: { active: false } });
    expect((await browser.get(`${served.origin}/api/me`)).status).toBe(401);
  });

  test("whom a person has kept out stay out when the provider changes something else", async () => {
    const id = await userOf("kept.out@example.com", { externalId: "kept-out" });
    await operate("user.set", { name: "kept.out", active: false });
    await patch(`/Users/${id}`, { op: "replace", value: { title: "x", active: true } });
    expect((await signInAs("kept-out")).status).toBe(401);
  });
});

describe("groups", () => {
  const membersOf = async (id: string): Promise<string[]> =>
    ((await scim("GET", `/Groups/${id}`)).body["members"] as { value: string }[]).map(({ value }) => value).toSorted();

  test("have the members that the provider adds and removes, as Entra ID and Okta do it", async () => {
    const [ann, bob] = [await userOf("g.ann@example.com"), await userOf("g.bob@example.com")];
    const { status, body } = await scim("POST", "/Groups", {
      displayName: "Lake Readers",
      externalId: "g-1",
      members: [{ value: ann }],
    });
    expect(status).toBe(201);
    const path = `/Groups/${body.id}`;
    expect((await patch(path, { op: "Add", path: "members", value: [{ value: bob }] })).status).toBe(204);
    expect(await membersOf(body.id)).toEqual([ann, bob].toSorted());
    await patch(path, { op: "Remove", path: `members[value eq "${ann}"]` });
    expect(await membersOf(body.id)).toEqual([bob]);
    const renamed = await patch(path, { op: "replace", value: { id: body.id, displayName: "Readers" } });
    expect(renamed.status).toBe(204);
    await patch(path, { op: "replace", path: "members", value: [{ value: ann }] });
    expect(await membersOf(body.id)).toEqual([ann]);
    const found = await scim(
      "GET",
      `/Groups?excludedAttributes=members&filter=${encodeURIComponent('displayName eq "readers"')}`,
    );
    expect(found.body["Resources"]).toMatchObject([{ displayName: "Readers" }]);
    expect(JSON.stringify(found.body)).not.toContain(ann);
    expect((await scim("GET", `/Users/${ann}`)).body["groups"]).toMatchObject([{ value: body.id, display: "Readers" }]);
    await operate("user.add", { name: "by-hand" });
    await operate("member.add", { kind: "group", name: "lake-readers", member: "by-hand" });
    await scim("PUT", path, { displayName: "Readers", members: [] });
    const { members } = await operate<{ members: { member: string }[] }>("member.list", {
      kind: "group",
      name: "lake-readers",
    });
    expect(
      members.map(({ member }) => member),
      "what a person gave stays",
    ).toEqual(["by-hand"]);
    expect((await patch(path, { op: "add", path: "members", value: [{ value: "nobody" }] })).status).toBe(400);
    expect((await scim("DELETE", path)).status).toBe(204);
    await expect(operate("group.show", { name: "lake-readers" })).rejects.toThrow(/GROUP_NOT_FOUND/);
  });

  test("do not undo each other's changes at the same moment", async () => {
    const ids = await Promise.all([1, 2, 3, 4, 5].map((number) => userOf(`same.${number}@example.com`)));
    const { body } = await scim("POST", "/Groups", { displayName: "Together" });
    await Promise.all(
      ids.map((id) => patch(`/Groups/${body.id}`, { op: "add", path: "members", value: [{ value: id }] })),
    );
    expect(await membersOf(body.id)).toEqual(ids.toSorted());
  });

  test("that people made are never touched, whatever they are called", async () => {
    await operate("group.add", { name: "finance" });
    const { body } = await scim("POST", "/Groups", { displayName: "finance" });
    expect(await list("/Groups", 'displayName eq "finance"')).toHaveLength(1);
    await scim("DELETE", `/Groups/${body.id}`);
    await operate("group.show", { name: "finance" });
  });
});

describe("somebody who leaves", () => {
  async function readerWithEverything(login: string) {
    company.people.set(login, { preferred_username: login });
    const id = await userOf(`${login}@example.com`, { externalId: login });
    const { body } = await scim("POST", "/Groups", { displayName: `readers of ${login}`, members: [{ value: id }] });
    await operate("grant.add", { ...readMain, to: `group:readers-of-${login}` });
    const { browser } = await signInAs(login);
    const made = await operate<{ key: string }>("key.create", { name: login, owner: login });
    await operate("grant.add", { ...readMain, to: `key:${login}` });
    const [host = ""] = [new URL(served.origin).host];
    const cookie = [...(browser.cookies.get(host) ?? [])].map(([name, { value }]) => `${name}=${value}`).join("; ");
    const ways = [{ cookie, origin: served.origin }, { authorization: `Bearer ${made.key}` }];
    const streams = await Promise.all(
      ways.map((headers) =>
        openAnswer(
          `${served.origin}/api/operations/sql`,
          {
            method: "POST",
            headers: { "content-type": "application/json", ...headers },
            body: JSON.stringify({ sql: endless }),
          },
          { pauseMs: 5 },
        ),
      ),
    );
    await expect.poll(() => streams.every((stream) => stream.text().length > 100_000), { timeout: 60_000 }).toBe(true);
    return { id, group: body.id, browser, ways, streams };
  }

  async function millisecondsUntilOver(streams: readonly { readonly whole: Promise<string> }[]): Promise<number> {
    const began = performance.now();
    await Promise.all(streams.map(({ whole }) => whole));
    return performance.now() - began;
  }

  const meWith = (headers: Record<string, string>): Promise<number> =>
    served.get("/api/me", headers).then(({ status }) => status);

  test("loses open answers within two seconds of the call, then requests, keys and the way in", async () => {
    const { id, ways, streams } = await readerWithEverything("leaver");
    const { status } = await patch(`/Users/${id}`, { op: "Replace", path: "active", value: "False" });
    expect(status).toBe(200);
    expect(await millisecondsUntilOver(streams)).toBeLessThan(2_000);
    for (const headers of ways) expect(await meWith(headers)).toBe(401);
    const again = await signInAs("leaver");
    expect([again.status, /SIGN_IN_REFUSED/.test(again.text)]).toEqual([401, true]);
    await patch(`/Users/${id}`, { op: "Replace", path: "active", value: "True" });
    expect((await signInAs("leaver")).status).toBe(200);
    expect(await meWith(ways[0] ?? {}), "the old session does not come back").toBe(401);
  });

  test("loses every kind of answer within two seconds, whether it sends something at the moment or not", async () => {
    const { id, ways, streams } = await readerWithEverything("reader");
    await operate("grant.add", { permissions: ["ALL"], on: "account main", to: "reader" });
    const statement = "select count(*) from range(100000000000) as one(i) where i % 7 = 8";
    const kinds: readonly (readonly [path: string, input?: object])[] = [
      ["/api/events"],
      ["/api/operations/run.watch", {}],
      ["/api/operations/sharing.watch", {}],
      ["/api/operations/query.download", { sql: endless, format: "csv" }],
      ["/api/operations/query.download", { sql: endless, format: "xlsx" }],
      ["/api/operations/sql", { sql: statement }],
    ];
    const session = { "content-type": "application/json", ...ways[0] };
    const opened = await Promise.all(
      kinds.map(async ([path, input]) => {
        const body = input === undefined ? {} : { method: "POST", body: JSON.stringify(input) };
        // The statement answers only at its end.
        const answer = openAnswer(`${served.origin}${path}`, { headers: session, ...body }, { pauseMs: 5 });
        return { path, whole: answer.then(({ whole }) => whole), answer };
      }),
    );
    const begun = { by: "reader", kind: "query begin" };
    const count = async () => (await operate<{ events: object[] }>("audit.list", begun)).events.length;
    // As many as there are engines for one person; the others wait for one.
    await expect.poll(count, { timeout: 30_000 }).toBeGreaterThanOrEqual(streams.length + 1);
    await patch(`/Users/${id}`, { op: "Replace", path: "active", value: "False" });
    expect(await millisecondsUntilOver([...streams, ...opened])).toBeLessThan(2_000);
    for (const { path, whole } of opened.slice(0, 3))
      expect([path, await whole]).toEqual([path, expect.stringContaining("UNAUTHENTICATED")]);
    const open = async () =>
      (await operate<{ events: { isOpen: boolean }[] }>("audit.list", begun)).events.filter(({ isOpen }) => isOpen);
    await expect.poll(open, { timeout: 10_000, message: "no statement goes on" }).toEqual([]);
  });

  test("who is taken back does not come back as somebody new", async () => {
    const { id, ways, streams } = await readerWithEverything("gone");
    expect((await scim("DELETE", `/Users/${id}`)).status).toBe(204);
    expect(await millisecondsUntilOver(streams)).toBeLessThan(2_000);
    for (const headers of ways) expect(await meWith(headers)).toBe(401);
    const again = await signInAs("gone");
    expect([again.status, again.text.includes("was removed")]).toEqual([401, true]);
    const { users } = await operate<{ users: { name: string }[] }>("user.list", {});
    expect(users.filter(({ name }) => name.startsWith("gone"))).toEqual([]);
  });

  test("a group loses its open answers, too", async () => {
    const { group, streams } = await readerWithEverything("mover");
    const [bySession] = streams;
    await scim("DELETE", `/Groups/${group}`);
    expect(await millisecondsUntilOver(bySession === undefined ? [] : [bySession])).toBeLessThan(2_000);
    for (const stream of streams) stream.leave();
  });

  test("is in the audit log, with the key that did it", async () => {
    const { events } = await operate<{ events: { principal: string; operation: string | null }[] }>("audit.list", {
      limit: 200,
    });
    const done = new Set(events.filter(({ principal }) => principal === "scim").map(({ operation }) => operation));
    expect([...done]).toEqual(expect.arrayContaining(["provisioning.user-change", "provisioning.user-end"]));
  });
});
