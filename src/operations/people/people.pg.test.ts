/** People, groups and sessions: what is listed of them, what ends with them, and who may change them. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openPlainLake, programOf, type PlainLake } from "../../../test/world/plain-lake.ts";
import { uuidv7 } from "../../base/uuid.ts";
import { signIn } from "../../identity/sessions.ts";
import type { Principal } from "../../identity/principal.ts";
import { grantAdd } from "../access/grants.ts";
import { accountAdd } from "./accounts.ts";
import { groupAdd, groupList, groupRemove, groupSet } from "./groups.ts";
import { keyCreate, keyRevoke } from "./keys.ts";
import { memberAdd, memberList, memberRemove } from "./members.ts";
import { sessionEnd, sessionLeave, sessionList, sessionMine } from "./sessions.ts";
import { userAdd, userList, userRemove } from "./users.ts";

let lake: PlainLake;
beforeAll(async () => {
  lake = await openPlainLake();
  await lake.ask(accountAdd, { name: "other" });
  await lake.ask(userAdd, { name: "root", role: "administrator" });
});
afterAll(() => lake[Symbol.asyncDispose]());

describe("a group", () => {
  test("is removed after it was shown what falls, and named then if that is asked for", async () => {
    await lake.ask(groupAdd, { name: "staff" });
    await lake.ask(memberAdd, { kind: "group", name: "staff", member: "root" });
    expect(await lake.ask(groupRemove, { name: "staff", plan: true })).toMatchObject({
      removed: null,
      falls: { members: ["root"] },
    });
    expect(await lake.ask(groupList)).toMatchObject({ groups: [{ name: "staff", account: "main" }] });
    expect(await lake.ask(groupRemove, { name: "staff" })).toEqual({ removed: "staff" });
    expect(await lake.ask(groupList)).toEqual({ groups: [] });
    expect(await lake.ask(groupList, { removed: true })).toMatchObject({ groups: [], removed: [{ name: "staff" }] });
  });

  test("has attributes, except the one that names the reader's groups", async () => {
    await lake.ask(groupAdd, { name: "dach", attributes: { country: "DE" } });
    await lake.ask(groupSet, { name: "dach", attributes: { country: null, region: "south" } });
    expect(await lake.ask(groupList)).toMatchObject({ groups: [{ attributes: { region: "south" } }] });
    await expect(lake.ask(groupSet, { name: "dach", attributes: { groups: "all" } })).rejects.toMatchObject({
      code: "USAGE",
      message: "groups is not free to use",
    });
  });

  test("has members for some time", async () => {
    await lake.ask(groupAdd, { name: "guests" });
    await lake.ask(groupAdd, { name: "hosts" });
    const guests = { kind: "group", name: "guests" };
    const [from, until] = ["2020-01-01T00:00:00.000Z", "2021-01-01T00:00:00.000Z"];
    await lake.ask(memberAdd, { ...guests, member: "root", from, until });
    await lake.ask(memberAdd, { ...guests, member: "group:hosts", from });
    expect((await lake.ask(memberList, guests)).members).toEqual([
      { member: "group:hosts", from, until: null, valid: true },
      { member: "root", from, until, valid: false },
    ]);
    await lake.ask(memberRemove, { ...guests, member: "root" });
    expect((await lake.ask(memberList, guests)).members).toHaveLength(1);
  });
});

describe("a user", () => {
  test("is removed after it was shown what falls, and named then if that is asked for", async () => {
    await lake.ask(userAdd, { name: "guest" });
    expect(await lake.ask(userRemove, { name: "guest", plan: true })).toMatchObject({
      removed: null,
      falls: { sessions: 0 },
    });
    expect(await lake.ask(userRemove, { name: "guest" })).toEqual({ removed: "guest" });
    expect(await lake.ask(userList)).not.toHaveProperty("removed");
    expect((await lake.ask(userList, { removed: true })).removed).toMatchObject([{ name: "guest" }]);
  });

  test("is listed with the accounts of which they are a member", async () => {
    await lake.ask(userAdd, { name: "olga", account: "other" });
    const names = async (more: object = {}) => (await lake.ask(userList, more)).users.map(({ name }) => name);
    expect(await names()).toEqual(["olga", "root"]);
    expect(await names({ account: "other" })).toEqual(["olga"]);
  });
});

describe("sessions", () => {
  async function signedIn(user: string): Promise<Principal> {
    const { oneTimePassword: password } = await lake.ask(userAdd, { name: user });
    return (await signIn(lake.context.db, { user, password, address: undefined })).principal;
  }
  const users = async (more: object = {}) => (await lake.ask(sessionList, more)).sessions.map(({ user }) => user);

  test("are listed and ended, one at a time or all of a user", async () => {
    await signedIn("eva");
    await signedIn("uwe");
    expect((await users()).toSorted()).toEqual(["eva", "uwe"]);
    expect(await users({ user: "uwe" })).toEqual(["uwe"]);
    const [{ id } = { id: "" }] = (await lake.ask(sessionList, { user: "uwe" })).sessions;
    for (const named of [{}, { id, user: "uwe" }])
      await expect(lake.ask(sessionEnd, named)).rejects.toMatchObject({
        code: "USAGE",
        message: "name either a session or a user",
      });
    expect(await lake.ask(sessionEnd, { id })).toEqual({ ended: 1 });
    expect(await users()).toEqual(["eva"]);
    expect(await lake.ask(sessionEnd, { user: "eva" })).toEqual({ ended: 1 });
    expect(await lake.ask(sessionEnd, { user: "eva" })).toEqual({ ended: 0 });
    await expect(lake.ask(sessionEnd, { id: uuidv7() })).rejects.toMatchObject({ code: "SESSION_NOT_FOUND" });
  });

  test("are for administrators, unless they are one's own", async () => {
    const program = { principal: await programOf(lake, "none") };
    for (const more of [{}, { user: "eva" }])
      await expect(lake.ask(sessionList, more, program)).rejects.toMatchObject({ code: "NOT_ALLOWED" });
    expect(await lake.ask(sessionMine, {}, program)).toEqual({ sessions: [] });
    const own = { principal: { ...(await signedIn("ida")), mustChangePassword: false } };
    const [{ id } = { id: "" }] = (await lake.ask(sessionList, { user: "ida" })).sessions;
    await expect(lake.ask(sessionLeave, { id }, program)).rejects.toMatchObject({ code: "SESSION_NOT_FOUND" });
    expect(await lake.ask(sessionLeave, { id }, own)).toEqual({ ended: 1 });
  });
});

test("whoever administers one account changes its groups and keys, and those of no other", async () => {
  const principal = await programOf(lake, "none");
  const by = { principal };
  await lake.ask(grantAdd, { permissions: ["ADMINISTER"], on: "account other", to: `key:${principal.name}` });
  await lake.ask(groupAdd, { name: "theirs", account: "other" }, by);
  await lake.ask(groupSet, { name: "theirs", attributes: { country: "RO" } }, by);
  await lake.ask(keyCreate, { name: "theirs", account: "other" }, by);
  expect(await lake.ask(keyRevoke, { name: "theirs" }, by)).toEqual({ revoked: "theirs" });
  await lake.ask(groupAdd, { name: "ours" });
  await lake.ask(keyCreate, { name: "ours" });
  const refused = { code: "NOT_ALLOWED" };
  await expect(lake.ask(groupAdd, { name: "more" }, by)).rejects.toMatchObject(refused);
  await expect(lake.ask(groupSet, { name: "ours", attributes: { a: "b" } }, by)).rejects.toMatchObject(refused);
  await expect(lake.ask(keyRevoke, { name: "ours" }, by)).rejects.toMatchObject(refused);
  await expect(lake.ask(keyRevoke, { name: "nobody" }, by)).rejects.toMatchObject(refused);
  await expect(lake.ask(groupList, { account: "nowhere" }, by)).rejects.toMatchObject(refused);
});

describe("the name of a key", () => {
  test.each([
    "loader ",
    " loader",
    "lo\u200bader",
    "loader\n",
    "l\u043eader",
    "l\u006f\u0308ader",
    "",
    "-",
    "Local",
    "x".repeat(101),
  ])("is not %j", async (name) => {
    await expect(lake.ask(keyCreate, { name })).rejects.toMatchObject({ code: "USAGE" });
  });

  test("is taken in any letter case until the key is revoked", async () => {
    await lake.ask(keyCreate, { name: "Loader: shop/orders" });
    const again = { name: "loader: SHOP/orders" };
    await expect(lake.ask(keyCreate, again)).rejects.toMatchObject({ code: "NAME_TAKEN" });
    await lake.ask(keyRevoke, { name: "Loader: shop/orders" });
    expect(await lake.ask(keyCreate, again)).toMatchObject(again);
  });
});

test("nobody is named like the owner of the data directory", async () => {
  await expect(lake.ask(userAdd, { name: "local" })).rejects.toMatchObject({
    code: "USAGE",
    message: "local means the owner of the data directory",
  });
});
