/**
 * The calls of RFC 7644, section 3, one after the other, as the specification shows them: create, read, query, replace,
 * modify, delete, versions and errors. What Entra ID and Okta send is in provisioning.world.test.ts.
 */
import { fastify, type FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openPlainLake, type PlainLake } from "../../../test/world/plain-lake.ts";
import { must } from "../../base/must.ts";
import { createKey, principalOfKey } from "../../identity/api-keys.ts";
import type { Principal } from "../../identity/principal.ts";
import { addProvider } from "../../identity/providers/providers.ts";
import { usualSettings } from "../../identity/providers/settings.ts";
import { addScim } from "./scim-door.ts";

const user = "urn:ietf:params:scim:schemas:core:2.0:User";
const group = "urn:ietf:params:scim:schemas:core:2.0:Group";
const patchOp = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

let lake: PlainLake;
let server: FastifyInstance;
let caller: Principal;
/** The ids and versions that answers gave, by the words with which later calls name them. */
const known = new Map<string, string>();

beforeAll(async () => {
  lake = await openPlainLake();
  const { db } = lake.context;
  const settings = { ...usualSettings, title: "Company", issuer: "https://id.example.com", clientId: "headgate" };
  await addProvider(lake.context, { name: "company", settings });
  const key = await createKey(db, {
    name: "scim",
    role: "none",
    expiresAt: undefined,
    by: null,
    provisions: "company",
  });
  caller = must(await principalOfKey(db, key), "the principal of the key");
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

interface Sent {
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** `{ann}` in a path, a body or a header is the id of ann. */
async function send(call: string, { body, headers = {} }: Sent = {}) {
  const [method = "", url = ""] = filled(call).split(/ (.*)/s);
  const answer = await server.inject({
    method: method as "GET",
    url,
    headers: { "content-type": "application/scim+json", ...filledAll(headers) },
    ...(body === undefined ? {} : { payload: filled(JSON.stringify(body)) }),
  });
  const parsed: unknown = answer.body === "" ? undefined : answer.json();
  return { status: answer.statusCode, body: parsed, headers: answer.headers };
}

function filled(text: string): string {
  return text.replace(/\{(ann|ben|tour|annsVersion|annsFirstVersion)\}/g, (_, name: string) => known.get(name) ?? name);
}

function filledAll(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, filled(value)]));
}

const modify = (...operations: object[]): Sent => ({ body: { schemas: [patchOp], Operations: operations } });
const query = (filter: string): string => `GET /scim/v2/Users?filter=${encodeURIComponent(filter)}`;
const found = (...names: string[]) => ({
  totalResults: names.length,
  Resources: names.map((userName) => expect.objectContaining({ userName }) as unknown),
});
const ann = {
  schemas: [user],
  userName: "bjensen@example.com",
  externalId: "bjensen",
  name: { formatted: "Ms. Barbara J Jensen III", familyName: "Jensen", givenName: "Barbara" },
  emails: [
    { value: "bjensen@example.com", type: "work", primary: true },
    { value: "babs@example.net", type: "home" },
  ],
};

type Step = readonly [
  call: string,
  sent: Sent,
  status: number,
  body?: object,
  remember?: Readonly<Record<string, string>>,
];

const steps: readonly Step[] = [
  // Section 3.3, creating.
  [
    "POST /scim/v2/Users",
    { body: ann },
    201,
    { userName: ann.userName, name: ann.name, active: true },
    { ann: "id", annsFirstVersion: "version" },
  ],
  ["POST /scim/v2/Users", { body: ann }, 409, { status: "409", scimType: "uniqueness" }],
  ["POST /scim/v2/Users", { body: { schemas: [user], userName: "jsmith@example.com" } }, 201, {}, { ben: "id" }],
  ["POST /scim/v2/Users", { body: { schemas: [user] } }, 400, { scimType: "invalidValue" }],
  // Section 3.4.1, one resource; 3.9, a part of it.
  ["GET /scim/v2/Users/{ann}", {}, 200, { id: expect.any(String), meta: { resourceType: "User" } }],
  ["GET /scim/v2/Users/{ann}?attributes=userName", {}, 200, { userName: ann.userName }],
  ["GET /scim/v2/Users/00000000-0000-0000-0000-000000000000", {}, 404, { status: "404" }],
  ["GET /scim/v2/Nothing", {}, 404, { status: "404" }],
  // Section 3.4.2, queries.
  [query('userName eq "bjensen@example.com"'), {}, 200, found(ann.userName)],
  [query('USERNAME Eq "BJENSEN@example.com"'), {}, 200, found(ann.userName)],
  [query('name.familyName co "ens"'), {}, 200, found(ann.userName)],
  [query('userName sw "j"'), {}, 200, found("jsmith@example.com")],
  [query("name.givenName pr"), {}, 200, found(ann.userName)],
  [query('userName ne "jsmith@example.com"'), {}, 200, found(ann.userName)],
  [query('emails[type eq "work" and value co "@example.com"]'), {}, 200, found(ann.userName)],
  [query('userName eq "x" or (active eq true and not (externalId pr))'), {}, 200, found("jsmith@example.com")],
  [query('meta.lastModified gt "2011-05-13T04:42:34Z"'), {}, 200, { totalResults: 2 }],
  [query("userName eq"), {}, 400, { scimType: "invalidFilter" }],
  [query('(userName eq "x"'), {}, 400, { scimType: "invalidFilter" }],
  ["GET /scim/v2/Users?startIndex=2&count=1", {}, 200, { totalResults: 2, itemsPerPage: 1, startIndex: 2 }],
  ["GET /scim/v2/Users?count=0", {}, 200, { totalResults: 2 }],
  ["GET /scim/v2/Users?startIndex=x", {}, 400, { scimType: "invalidValue" }],
  // Section 3.5.1, replacing.
  [
    "PUT /scim/v2/Users/{ann}",
    { body: { ...ann, name: { ...ann.name, givenName: "Barb" } } },
    200,
    { name: { givenName: "Barb" } },
    { annsVersion: "version" },
  ],
  ["PUT /scim/v2/Users/{ann}", { body: ann, headers: { "if-match": "{annsFirstVersion}" } }, 412, { status: "412" }],
  ["PUT /scim/v2/Users/{ann}", { body: ann, headers: { "if-match": "{annsVersion}" } }, 200, { name: ann.name }],
  // Section 3.5.2, modifying users.
  ["PATCH /scim/v2/Users/{ann}", modify({ op: "add", path: "nickName", value: "Babs" }), 200, { nickName: "Babs" }],
  [
    "PATCH /scim/v2/Users/{ann}",
    modify({ op: "add", value: { title: "Tour Guide", nickName: "B" } }),
    200,
    { title: "Tour Guide", nickName: "B" },
  ],
  [
    "PATCH /scim/v2/Users/{ann}",
    modify({ op: "replace", path: 'emails[type eq "work"].value', value: "bj@example.com" }),
    200,
    { emails: [{ value: "bj@example.com" }, { value: "babs@example.net" }] },
  ],
  [
    "PATCH /scim/v2/Users/{ann}",
    modify({ op: "remove", path: 'emails[type eq "home"]' }),
    200,
    { emails: [{ value: "bj@example.com" }] },
  ],
  ["PATCH /scim/v2/Users/{ann}", modify({ op: "Replace", path: "active", value: false }), 200, { active: false }],
  ["PATCH /scim/v2/Users/{ann}", modify({ op: "replace", path: "active", value: "True" }), 200, { active: true }],
  [
    "PATCH /scim/v2/Users/{ann}",
    modify({ op: "replace", path: 'emails[type sw "fax"].value', value: "x" }),
    400,
    { scimType: "noTarget" },
  ],
  ["PATCH /scim/v2/Users/{ann}", modify({ op: "remove" }), 400, { scimType: "noTarget" }],
  ["PATCH /scim/v2/Users/{ann}", modify({ op: "replace", path: "id", value: "x" }), 400, { scimType: "mutability" }],
  ["PATCH /scim/v2/Users/{ann}", modify({ op: "replace", path: "emails[", value: "x" }), 400, {}],
  ["PATCH /scim/v2/Users/{ann}", modify({ op: "copy", path: "title" }), 400, {}],
  // Groups, with members that are added, removed and replaced.
  [
    "POST /scim/v2/Groups",
    { body: { schemas: [group], displayName: "Tour Guides", members: [{ value: "{ann}" }] } },
    201,
    { displayName: "Tour Guides" },
    { tour: "id" },
  ],
  ["PATCH /scim/v2/Groups/{tour}", modify({ op: "add", path: "members", value: [{ value: "{ben}" }] }), 204],
  ["GET /scim/v2/Groups/{tour}", {}, 200, { members: [{}, {}] }],
  ["PATCH /scim/v2/Groups/{tour}", modify({ op: "remove", path: 'members[value eq "{ben}"]' }), 204],
  ["GET /scim/v2/Groups/{tour}", {}, 200, { members: [{ value: "{ann}" }] }],
  ["PATCH /scim/v2/Groups/{tour}", modify({ op: "replace", path: "members", value: [{ value: "{ben}" }] }), 204],
  ["PATCH /scim/v2/Groups/{tour}", modify({ op: "remove", path: "members" }), 204],
  ["DELETE /scim/v2/Groups/{tour}", {}, 204],
  ["GET /scim/v2/Groups/{tour}", {}, 404],
  // Section 3.6, deleting; 3.7, bulk, which is not offered.
  ["DELETE /scim/v2/Users/{ben}", { headers: { "if-match": 'W/"999"' } }, 412],
  ["DELETE /scim/v2/Users/{ben}", {}, 204],
  ["DELETE /scim/v2/Users/{ben}", {}, 404],
  ["GET /scim/v2/Users/{ben}", {}, 404],
  ["POST /scim/v2/Bulk", { body: { Operations: [] } }, 404],
];

describe("the calls of the specification", () => {
  test.each(steps.map((step, index) => [index + 1, step[0], step] as const))("%i: %s", async (_at, _call, step) => {
    const [call, sent, status, body, remember = {}] = step;
    const answer = await send(call, sent);
    expect(answer.status, JSON.stringify(answer.body)).toBe(status);
    if (body !== undefined) expect(answer.body).toMatchObject(resolved(body));
    const isError = status >= 400;
    if (isError) expect(answer.body).toMatchObject({ schemas: ["urn:ietf:params:scim:api:messages:2.0:Error"] });
    for (const [name, member] of Object.entries(remember)) {
      const { id, meta } = answer.body as { readonly id: string; readonly meta: { readonly version: string } };
      known.set(name, member === "id" ? id : meta.version);
      if (member === "version") expect(answer.headers["etag"]).toBe(meta.version);
      if (status === 201) expect(answer.headers["location"]).toMatch(new RegExp(`/scim/v2/(Users|Groups)/${id}$`));
    }
  });
});

/** With the ids that the texts of an expected answer name. */
function resolved(expected: object): object {
  const entries = Object.entries(expected).map(([name, value]: [string, unknown]) => [name, resolvedValue(value)]);
  return Array.isArray(expected) ? expected.map(resolvedValue) : (Object.fromEntries(entries) as object);
}

function resolvedValue(value: unknown): unknown {
  if (typeof value === "string") return filled(value);
  if (typeof value !== "object" || value === null || "asymmetricMatch" in value) return value;
  return Array.isArray(value) ? value.map(resolvedValue) : resolved(value);
}
