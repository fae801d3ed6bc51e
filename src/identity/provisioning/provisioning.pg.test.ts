/** Provisioned users and groups in the metadata database: attributes, identities that change, and several providers. */
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openPlainLake, type PlainLake } from "../../../test/world/plain-lake.ts";
import { uuidv7 } from "../../base/uuid.ts";
import { mainAccount } from "../../db/tables.ts";
import { addMember } from "../memberships.ts";
import { findIdentity } from "../providers/identities.ts";
import { addProvider, changeProvider, getProvider, removeProvider } from "../providers/providers.ts";
import { usualSettings } from "../providers/settings.ts";
import { personSaid } from "../providers/sign-in-with.ts";
import { endProvidersSessions, openSession, principalOfSession } from "../sessions.ts";
import { addProvisionedGroup, changeProvisionedGroup } from "./provisioned-groups.ts";
import { addProvisionedUser, changeProvisionedUser, findProvisionedUsers } from "./provisioned-users.ts";
import type { Scope } from "./scope.ts";

let lake: PlainLake;
let name: string;
let scope: Scope;
const provisionedAttributes = { country: 'addresses[type eq "work"].country', team: "userType" };
const settings = (called: string) => ({
  ...usualSettings,
  title: called,
  issuer: `https://${called}.example.com`,
  clientId: "headgate",
  provisionedAttributes,
});

beforeAll(async () => (lake = await openPlainLake()));
beforeEach(async () => {
  name = `p${uuidv7().slice(-8)}`;
  scope = await newScope(name);
});
afterAll(() => lake[Symbol.asyncDispose]());

async function newScope(called: string): Promise<Scope> {
  await addProvider(lake.context, { name: called, settings: settings(called) });
  const provider = await getProvider(lake.context.db, called);
  return { provider, account: { id: mainAccount, name: "main" } };
}

const said = (more: object = {}) => ({
  name: `ann-${name}@example.com`,
  externalId: `subject of ${name}`,
  active: true,
  document: { userType: "lake", addresses: [{ type: "work", country: "DE" }] },
  ...more,
});

const add = (more: object = {}) => addProvisionedUser(lake.context.db, scope, said(more));
const change = (id: string, more: object) =>
  changeProvisionedUser(lake.context.db, scope, { id, values: said(more), version: undefined });

async function attributesOf(id: string): Promise<Readonly<Record<string, string>>> {
  const found = lake.context.db.selectFrom("principals").select("attributes").where("id", "=", id);
  return { ...(await found.executeTakeFirstOrThrow()).attributes };
}

test("attributes are what the provider says now, where a mapping says so, and nothing else is touched", async () => {
  const id = await add();
  expect(await attributesOf(id)).toEqual({ country: "DE", team: "lake" });
  const { db } = lake.context;
  await db.updateTable("principals").set({ attributes: '{"country":"DE","own":"x"}' }).where("id", "=", id).execute();
  await change(id, { document: { usertype: "sea" } });
  expect(await attributesOf(id)).toEqual({ team: "sea", own: "x" });
});

test("a mapping that changes is used for everybody at once, and what it gave ends with it", async () => {
  const id = await add();
  const mapping = async (paths: Record<string, string>) =>
    changeProvider(lake.context, { name, settings: { ...settings(name), provisionedAttributes: paths } });
  await mapping({ team: "userName" });
  expect(await attributesOf(id)).toEqual({ team: said().name });
  await mapping({});
  expect(await attributesOf(id)).toEqual({});
  for (const wrong of [{ team: "a.b.c" }, { team: "" }])
    await expect(mapping(wrong)).rejects.toMatchObject({ code: "PROVIDER_INVALID" });
  const twice = { ...settings(name), attributes: { team: "dept" } };
  expect(() => changeProvider(lake.context, { name, settings: twice })).toThrow(/comes from a claim/);
});

async function signIn(subject: string): Promise<string> {
  const provider = await getProvider(lake.context.db, name);
  const asked = { subject, name: "ann", groupValues: undefined, attributes: { level: "5" } };
  const { userId } = await personSaid(lake.context.db, provider, asked);
  const through = { id: provider.id, subject, sub: subject, session: undefined, idToken: undefined };
  const opened = { id: userId, accountId: null, address: undefined, provider: through };
  return (await openSession(lake.context.db, opened)).token;
}

test.each([
  ["another issuer", { issuer: "https://other.example.com" }, true],
  ["another client", { clientId: "other" }, true],
  ["another claim for who somebody is", { subjectClaim: "oid" }, true],
  ["a further requirement", { required: { hd: "example.com", department: "data" } }, true],
  ["another value of a requirement", { required: { hd: "example.org" } }, true],
  ["a requirement less", { required: {} }, false],
  ["another title", { title: "Example" }, false],
] as const)("%s: whether sessions end", async (_, more, ends) => {
  const { db } = lake.context;
  const put = { ...settings(name), required: { hd: "example.com" } };
  await changeProvider(lake.context, { name, settings: put });
  await add();
  const token = await signIn(said().externalId);
  expect(await changeProvider(lake.context, { name, settings: { ...put, ...more } })).toBe(ends ? 1 : 0);
  expect((await principalOfSession(db, token)) === undefined).toBe(ends);
});

test("another identity of the same user ends the sessions of the earlier one", async () => {
  const { db } = lake.context;
  const id = await add();
  const token = await signIn(said().externalId);
  expect(await principalOfSession(db, token)).toMatchObject({ id });
  await change(id, { externalId: `new ${name}` });
  expect(await principalOfSession(db, token)).toBeUndefined();
  const { issuer } = scope.provider;
  expect(await findIdentity(db, { issuer, subject: said().externalId })).toBeUndefined();
  expect(await findIdentity(db, { issuer, subject: `new ${name}` })).toMatchObject({ userId: id });
});

test("a provider that ends a session by its name and the person ends one of which it gave no name, too", async () => {
  const { db } = lake.context;
  await add();
  const token = await signIn(said().externalId);
  const end = { providerId: scope.provider.id, session: "s-1", issuedAt: new Date() };
  expect(await endProvidersSessions(db, { ...end, sub: "somebody else" })).toBe(0);
  expect(await endProvidersSessions(db, { ...end, sub: said().externalId })).toBe(1);
  expect(await principalOfSession(db, token)).toBeUndefined();
});

test("a key sees no group of another provider, also if one of its users is a member there", async () => {
  const { db } = lake.context;
  const id = await add();
  const other = await newScope(`o${name}`);
  const [own, foreign] = await Promise.all(
    [scope, other].map((one) =>
      addProvisionedGroup(db, one, { name: `readers ${name}`, externalId: null, document: {}, members: [] }),
    ),
  );
  for (const [group, origin] of [
    [own, `provisioning:${scope.provider.id}`],
    [foreign, undefined],
  ] as const) {
    const container = { kind: "group", id: group ?? "", name: "readers" } as const;
    await addMember(db, { container, member: { id, kind: "user", name: "ann" }, origin });
  }
  const { users } = await findProvisionedUsers(db, scope, { id });
  expect(users[0]?.groups.map((group) => group.id)).toEqual([own]);
});

test("whatever a removed provider gave ends: memberships that it provisioned, and attributes", async () => {
  const { db } = lake.context;
  await changeProvider(lake.context, { name, settings: { ...settings(name), attributes: { level: "level" } } });
  scope = { ...scope, provider: await getProvider(db, name) };
  const id = await add();
  const group = { name: `keepers ${name}`, externalId: null, document: {}, members: [id] };
  const groupId = await addProvisionedGroup(db, scope, group);
  await signIn(said().externalId);
  await db
    .updateTable("principals")
    .set({ attributes: '{"country":"DE","team":"lake","level":"5","own":"x"}' })
    .where("id", "=", id)
    .execute();
  await removeProvider(db, name);
  expect(await attributesOf(id)).toEqual({ own: "x" });
  const open = db
    .selectFrom("memberships")
    .select("id")
    .where("container_id", "=", groupId)
    .where("ended_at", "is", null);
  expect(await open.execute()).toEqual([]);
});

test("a membership by hand whose time is over keeps nobody from one that the provider gives", async () => {
  const { db } = lake.context;
  const id = await add();
  const groupId = await addProvisionedGroup(db, scope, {
    name: "readers",
    externalId: null,
    document: {},
    members: [],
  });
  const container = { kind: "group", id: groupId, name: "readers" } as const;
  const member = { id, kind: "user", name } as const;
  const over = async () => {
    await addMember(db, { container, member, until: new Date(Date.now() + 60_000) });
    await db
      .updateTable("memberships")
      .set({ valid_from: new Date(0), valid_until: new Date(1) })
      .where("container_id", "=", groupId)
      .where("ended_at", "is", null)
      .execute();
  };
  await over();
  await changeProvisionedGroup(db, scope, { id: groupId, add: [id], remove: [] });
  const isMember = async () => {
    const policy = await lake.context.policies.current();
    return (policy.memberships.get(id) ?? []).some(
      ({ containerId, valid }) => containerId === groupId && (valid.until === undefined || valid.until > Date.now()),
    );
  };
  expect(await isMember()).toBe(true);
  await over();
  const mapped = { ...settings(name), groupsClaim: "groups", groups: { all: await nameOf(groupId) } };
  await changeProvider(lake.context, { name, settings: mapped });
  const provider = await getProvider(db, name);
  await personSaid(db, provider, { subject: `subject of ${name}`, name, groupValues: ["all"], attributes: {} });
  expect(await isMember()).toBe(true);
});

async function nameOf(id: string): Promise<string> {
  const row = lake.context.db.selectFrom("principals").select("name").where("id", "=", id);
  return (await row.executeTakeFirstOrThrow()).name;
}
