/**
 * Calls that providers send otherwise than the specification shows them, and that other servers have been reported to answer
 * wrongly: true and false as texts, values that become the primary one, paths with filters, names with their schema in front.
 */
import { fastify, type FastifyInstance } from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openPlainLake, type PlainLake } from "../../../test/world/plain-lake.ts";
import { must } from "../../base/must.ts";
import { createKey, principalOfKey } from "../../identity/api-keys.ts";
import type { Principal } from "../../identity/principal.ts";
import { addProvider } from "../../identity/providers/providers.ts";
import { usualSettings } from "../../identity/providers/settings.ts";
import { addScim } from "./scim-door.ts";

const patchOp = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const coreUser = "urn:ietf:params:scim:schemas:core:2.0:User";
const coreGroup = "urn:ietf:params:scim:schemas:core:2.0:Group";

let lake: PlainLake;
let server: FastifyInstance;
let caller: Principal;
let count = 0;

beforeAll(async () => {
  lake = await openPlainLake();
  const provisionedAttributes = { role: "roles", mail: "emails" };
  const about = { title: "Company", issuer: "https://id.example.com", clientId: "headgate" };
  await addProvider(lake.context, { name: "company", settings: { ...usualSettings, ...about, provisionedAttributes } });
  const wanted = { name: "scim", role: "none", expiresAt: undefined, by: null, provisions: "company" } as const;
  caller = must(await principalOfKey(lake.context.db, await createKey(lake.context.db, wanted)), "the key");
  server = fastify();
  addScim(server, {
    context: lake.context,
    authentication: { principal: () => caller, follow: (_, __, ended) => ended },
  });
});
afterAll(async () => {
  await server.close();
  await lake[Symbol.asyncDispose]();
});

interface Answer {
  readonly id: string;
  readonly Resources: readonly unknown[];
}

async function send(method: "GET" | "POST" | "PATCH", path: string, body?: object): Promise<Answer> {
  const answer = await server.inject({
    method,
    url: `/scim/v2${path}`,
    headers: { "content-type": "application/scim+json" },
    ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
  });
  expect(answer.statusCode, answer.body).toBeLessThan(300);
  return answer.json<Answer>();
}

const added = (more: object = {}) => send("POST", "/Users", { userName: `u${++count}@example.com`, ...more });
const patch = (id: string, ...Operations: object[]) =>
  send("PATCH", `/Users/${id}`, { schemas: [patchOp], Operations });
const found = async (place: string, filter: string, more = "") =>
  (await send("GET", `/${place}?filter=${encodeURIComponent(filter)}${more}`)).Resources.length;

async function attributesOf(id: string) {
  const row = lake.context.db.selectFrom("principals").select("attributes").where("id", "=", id);
  return { ...(await row.executeTakeFirstOrThrow()).attributes };
}

test("a path that says true as a text finds the primary value, and makes no second one", async () => {
  const { id } = await added({ roles: [{ value: "analyst", primary: true }] });
  const change = { op: "replace", path: 'roles[primary eq "True"].value', value: "viewer" };
  expect(await patch(id, change)).toMatchObject({ roles: [{ value: "viewer", primary: true }] });
  expect(await attributesOf(id)).toEqual({ role: "viewer" });
  const { id: other } = await added();
  expect(await patch(other, change)).toMatchObject({ roles: [{ value: "viewer", primary: true }] });
});

test("a value that is said to be primary by a text is the primary one", async () => {
  const roles = [
    { value: "analyst", primary: "False" },
    { value: "viewer", primary: "True" },
  ];
  const { id } = await added({ roles });
  expect(await attributesOf(id)).toEqual({ role: "viewer" });
  expect(await found("Users", `id eq "${id}" and roles[primary eq true and value eq "viewer"]`)).toBe(1);
});

test("of two primary values, the one that became it last counts, so that nobody keeps the attribute of an earlier role", async () => {
  const { id } = await added({ roles: [{ value: "admin", primary: true }] });
  const newRole = { op: "add", path: "roles", value: [{ value: "viewer", primary: true }] };
  expect(await patch(id, newRole)).toMatchObject({ roles: [{ primary: false }, { value: "viewer", primary: true }] });
  expect(await attributesOf(id)).toEqual({ role: "viewer" });
  await patch(id, { op: "replace", path: 'roles[value eq "admin"].primary', value: "True" });
  expect(await attributesOf(id)).toEqual({ role: "admin" });
  await patch(id, { op: "replace", value: { 'roles[value eq "viewer"].primary': true } });
  expect(await attributesOf(id)).toEqual({ role: "viewer" });
});

test("what a filter of a path chose takes an object, also in a list, and nothing that would be lost", async () => {
  const emails = [{ value: "ann@example.com", type: "work" }];
  const { id } = await added({ emails });
  const path = 'emails[type eq "work"]';
  await patch(id, { op: "replace", path, value: [{ value: "ann@example.org" }] });
  expect(await attributesOf(id)).toEqual({ mail: "ann@example.org" });
  await expect(patch(id, { op: "replace", path, value: "ann@example.net" })).rejects.toThrow("one object");
  const { id: single } = await added({ emails: { value: "ben@example.com", type: "home" } });
  await patch(single, { op: "add", path: `${path}.value`, value: "ben@example.org" });
  expect(await send("GET", `/Users/${single}`)).toMatchObject({ emails: [{ type: "home" }, { type: "work" }] });
});

test("groups are found by their members, also where members are not shown", async () => {
  const { id } = await added();
  const group = await send("POST", "/Groups", { displayName: "readers", members: [{ value: id }] });
  for (const more of ["", "&excludedAttributes=members", `&excludedAttributes=${coreGroup}:members`])
    for (const member of [`members.value eq "${id}"`, `members[value eq "${id}"]`, `members eq "${id}"`])
      expect(await found("Groups", `id eq "${group.id}" and ${member}`, more), member + more).toBe(1);
  expect(await send("GET", `/Groups/${group.id}?excludedAttributes=${coreGroup}:members`)).not.toHaveProperty(
    "members",
  );
});

test("attributes are chosen by their names with the schema in front, too", async () => {
  const { id } = await added({ title: "Guide" });
  expect(await send("GET", `/Users/${id}?attributes=${coreUser}:userName`)).toHaveProperty("userName");
  expect(await send("GET", `/Users/${id}?excludedAttributes=${coreUser}:title`)).not.toHaveProperty("title");
});

test("nothing, and a list of nothing, take an attribute away", async () => {
  const { id } = await added({ roles: [{ value: "admin", primary: true }], emails: [{ value: "a@example.com" }] });
  await patch(id, { op: "replace", path: "roles", value: [] }, { op: "replace", path: "emails", value: null });
  expect(await attributesOf(id)).toEqual({});
});

test("a name is found in any letter case of any script", async () => {
  await added({ userName: "MÜLLER-ЖУК@example.com" });
  expect(await found("Users", 'userName eq "müller-жук@example.com"')).toBe(1);
});
