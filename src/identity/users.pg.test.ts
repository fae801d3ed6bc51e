/** Who may sign in with what, and that what they hold ends when their right does. */
import { setTimeout as delay } from "node:timers/promises";
import { sql, type Kysely } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openCleanup } from "../base/cleanup.ts";
import { must } from "../base/must.ts";
import { openMetadata } from "../../test/world/prepared-metadata.ts";
import { mainAccount, type Role, type Tables } from "../db/tables.ts";
import { createKey, listKeys, principalOfKey, principalsOfKeys, revokeKey } from "./api-keys.ts";
import { credentialOf, endedCredentials } from "./credential.ts";
import { localPrincipal, type Principal } from "./principal.ts";
import { rightsWatch } from "./rights-watch.ts";
import { principalOfSession, principalsOfSessions, signIn, signOut } from "./sessions.ts";
import { digestOf } from "./token.ts";
import {
  addUser,
  changePassword,
  changeUser,
  firstAdministrator,
  listUsers,
  removeUser,
  resetPassword,
} from "./users.ts";

const cleanup = openCleanup();
let db: Kysely<Tables>;

beforeAll(async () => {
  ({ db } = cleanup.use(await openMetadata()));
});
afterAll(() => cleanup[Symbol.asyncDispose]());
beforeEach(async () => {
  await sql`truncate principals, sign_in_attempts cascade`.execute(db);
});

const hourMs = 3_600_000;
/** Longer than a watch waits before it looks again. */
const lookedAtMs = 800;
const ago = (milliseconds: number): Date => new Date(Date.now() - milliseconds);

const hexOf = (token: string): string => digestOf(token).toString("hex");

/** A user who has chosen a password. */
async function user(name: string, role: Role): Promise<{ user: string; password: string }> {
  const { oneTimePassword } = await addUser(db, { name, role, by: null });
  const password = `a password of ${name.length} letters`;
  await changePassword(db, { name, password: oneTimePassword, newPassword: password });
  return { user: name, password };
}

describe("users", () => {
  test("begin with one administrator, once", async () => {
    const first = await firstAdministrator(db);
    expect(first).toMatchObject({ user: "admin" });
    expect(await firstAdministrator(db)).toBeUndefined();
    expect(await listUsers(db)).toMatchObject([
      { name: "admin", role: "administrator", mustChange: true, active: true },
    ]);
    const { principal } = await signIn(db, { user: "admin", password: first?.oneTimePassword ?? "" });
    expect(principal).toMatchObject({ kind: "user", name: "admin", role: "administrator", mustChangePassword: true });
  });

  test("have names of their own", async () => {
    await addUser(db, { name: "ada", role: "viewer", by: null });
    await expect(addUser(db, { name: "ada", role: "analyst", by: null })).rejects.toMatchObject({
      code: "NAME_TAKEN",
      place: "ada",
    });
    await expect(changeUser(db, { name: "bob", role: "viewer", by: null })).rejects.toMatchObject({
      code: "USER_NOT_FOUND",
      place: "bob",
    });
    await expect(removeUser(db, { name: "bob", by: null })).rejects.toMatchObject({ code: "USER_NOT_FOUND" });
    await expect(resetPassword(db, "bob")).rejects.toMatchObject({ code: "USER_NOT_FOUND" });
  });

  test("change their own password if they know it and the new one is strong", async () => {
    const { password } = await user("ada", "viewer");
    const change = (more: object) =>
      changePassword(db, { name: "ada", password, newPassword: "another password", ...more });
    await expect(change({ password: "wrong" })).rejects.toMatchObject({ code: "SIGN_IN_REFUSED" });
    await expect(change({ newPassword: "short" })).rejects.toMatchObject({ code: "PASSWORD_WEAK" });
    const { token } = await signIn(db, { user: "ada", password });
    await change({});
    expect(await principalOfSession(db, token)).toBeUndefined();
    await expect(signIn(db, { user: "ada", password })).rejects.toMatchObject({ code: "SIGN_IN_REFUSED" });
    const { principal } = await signIn(db, { user: "ada", password: "another password" });
    expect(principal.mustChangePassword).toBe(false);
  });

  test("get a one-time password, and lose their sessions, when theirs is reset", async () => {
    const { token } = await signIn(db, await user("ada", "viewer"));
    const { oneTimePassword } = await resetPassword(db, "ada");
    expect(await principalOfSession(db, token)).toBeUndefined();
    expect((await signIn(db, { user: "ada", password: oneTimePassword })).principal.mustChangePassword).toBe(true);
  });

  test("always include an active administrator", async () => {
    await user("ada", "administrator");
    const last = { code: "LAST_ADMINISTRATOR", place: "ada" };
    await expect(changeUser(db, { name: "ada", role: "viewer", by: null })).rejects.toMatchObject(last);
    await expect(changeUser(db, { name: "ada", active: false, by: null })).rejects.toMatchObject(last);
    await expect(removeUser(db, { name: "ada", by: null })).rejects.toMatchObject(last);
    await addUser(db, { name: "bob", role: "administrator", by: null });
    await changeUser(db, { name: "ada", role: "viewer", by: null });
    await removeUser(db, { name: "ada", by: null });
    expect((await listUsers(db)).map(({ name }) => name)).toEqual(["bob"]);
  });
});

describe("a role", () => {
  /** Every grant there ever was of principals with the name, oldest first. */
  const grantsOf = (name: string) =>
    db
      .selectFrom("grants")
      .innerJoin("principals", "principals.id", "grants.principal_id")
      .select(["principals.kind", "resource_id", "permissions", "grants.origin", "granted_by", "end_reason"])
      .where("name", "=", name)
      .orderBy("grants.epoch")
      .execute();
  const membershipsOf = (name: string) =>
    db
      .selectFrom("memberships")
      .innerJoin("principals", "principals.id", "memberships.member_id")
      .select(["container_kind", "container_id", "memberships.ended_at"])
      .where("name", "=", name)
      .execute();

  test("is a grant on the account, which a change ends and replaces", async () => {
    await user("admin", "administrator");
    const admin = (await listUsers(db))[0]?.id ?? "";
    await addUser(db, { name: "ada", role: "viewer", by: admin });
    const change = (role: Role) => changeUser(db, { name: "ada", role, by: admin });
    for (const role of ["viewer", "analyst", "none", "operator"] as const) await change(role);
    const on = { kind: "user", resource_id: mainAccount, granted_by: admin };
    expect(await grantsOf("ada")).toEqual([
      { ...on, permissions: ["DESCRIBE"], origin: "role:viewer", end_reason: "the role is now analyst" },
      { ...on, permissions: ["DESCRIBE", "SELECT"], origin: "role:analyst", end_reason: "the role is now none" },
      { ...on, permissions: ["DESCRIBE", "OPERATE"], origin: "role:operator", end_reason: null },
    ]);
    await change("none");
    expect((await listUsers(db)).map(({ name, role }) => [name, role])).toEqual([
      ["ada", "none"],
      ["admin", "administrator"],
    ]);
  });

  test("ends with the user or the key, whose names are then free", async () => {
    await user("admin", "administrator");
    for (const round of [1, 2]) {
      await addUser(db, { name: "ada", role: "analyst", by: null });
      await createKey(db, { name: "nightly", role: "viewer", expiresAt: undefined, by: null });
      expect(await membershipsOf("ada")).toHaveLength(round);
      await removeUser(db, { name: "ada", by: null });
      await revokeKey(db, { name: "nightly", by: null });
    }
    const tombstones = await db.selectFrom("principals").selectAll().where("deleted_at", "is not", null).execute();
    expect(tombstones.map(({ name, active }) => [name, active]).toSorted()).toEqual(
      ["ada", "ada", "nightly", "nightly"].map((name) => [name, false]),
    );
    expect((await grantsOf("ada")).map(({ end_reason: why }) => why)).toEqual(Array(2).fill("the user was removed"));
    expect((await grantsOf("nightly")).map(({ end_reason: why }) => why)).toEqual(Array(2).fill("the key was revoked"));
    for (const { container_kind: kind, container_id: id, ended_at: end } of await membershipsOf("ada"))
      expect([kind, id, end]).toEqual(["account", mainAccount, expect.any(Date)]);
  });

  test("is the last administrator's, also if two leave at the same moment", async () => {
    await user("ada", "administrator");
    await user("bob", "administrator");
    const left = await Promise.allSettled(["ada", "bob"].map((name) => removeUser(db, { name, by: null })));
    expect(left.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect(await listUsers(db)).toHaveLength(1);
  });

  test("waits while the principal is not active", async () => {
    await user("admin", "administrator");
    await user("ada", "analyst");
    await changeUser(db, { name: "ada", active: false, by: null });
    const { active } = await db
      .selectFrom("principals")
      .select("active")
      .where("name", "=", "ada")
      .executeTakeFirstOrThrow();
    expect(active).toBe(false);
  });
});

describe("a session", () => {
  test("is opened with the right password of an active user only", async () => {
    const ada = await user("ada", "analyst");
    await user("admin", "administrator");
    const refused = { code: "SIGN_IN_REFUSED" };
    await expect(signIn(db, { ...ada, password: "wrong" })).rejects.toMatchObject(refused);
    await expect(signIn(db, { ...ada, user: "nobody" })).rejects.toMatchObject(refused);
    const { token, principal } = await signIn(db, ada);
    expect(await principalOfSession(db, token)).toEqual(principal);
    expect(principal).toMatchObject({ kind: "user", name: "ada", role: "analyst", mustChangePassword: false });
    await changeUser(db, { name: "ada", active: false, by: null });
    await expect(signIn(db, ada)).rejects.toMatchObject(refused);
    expect(await principalOfSession(db, token)).toBeUndefined();
    expect(await principalsOfSessions(db, [digestOf(token)])).toEqual(new Map());
  });

  test("ends by signing out, after half a day without use, and after a week", async () => {
    const ada = await user("ada", "analyst");
    const tokens = [];
    for (let count = 0; count < 4; count++) tokens.push((await signIn(db, ada)).token);
    const [out = "", idle = "", old = "", young = ""] = tokens;
    const set = (token: string, values: { used_at: Date; created_at?: Date }) =>
      db.updateTable("sessions").set(values).where("token_digest", "=", digestOf(token)).execute();
    await signOut(db, out);
    await set(idle, { used_at: ago(12.1 * hourMs) });
    await set(old, { used_at: ago(0), created_at: ago(7.1 * 24 * hourMs) });
    await set(young, { used_at: ago(11.9 * hourMs), created_at: ago(6.9 * 24 * hourMs) });
    const names = await Promise.all(tokens.map(async (token) => (await principalOfSession(db, token))?.name));
    expect(names).toEqual([undefined, undefined, undefined, "ada"]);
    const going = await principalsOfSessions(db, tokens.map(digestOf));
    expect([...going].map(([digest, { role }]) => [digest, role])).toEqual([[hexOf(young), "analyst"]]);
    await signIn(db, ada);
    const left = await db.selectFrom("sessions").select("token_digest").execute();
    expect(left, "signing in removes sessions that have ended").toHaveLength(2);
  });

  test("is noted as used about once a minute", async () => {
    const { token } = await signIn(db, await user("ada", "analyst"));
    const used = async () =>
      (await db.selectFrom("sessions").select("used_at").executeTakeFirstOrThrow()).used_at.getTime();
    const use = async (before: Date): Promise<number> => {
      await db.updateTable("sessions").set({ used_at: before }).execute();
      await principalOfSession(db, token);
      return (await used()) - before.getTime();
    };
    expect(await use(ago(50_000))).toBe(0);
    expect(await use(ago(70_000))).toBeGreaterThan(60_000);
  });
});

describe("a new password, or the end of a user's activity,", () => {
  const isGoing = async (token: string): Promise<boolean> => (await principalOfSession(db, token)) !== undefined;

  test("ends sessions, also once the user is active again", async () => {
    await user("admin", "administrator");
    const { token } = await signIn(db, await user("ada", "analyst"));
    for (const active of [false, true]) await changeUser(db, { name: "ada", active, by: null });
    expect(await isGoing(token)).toBe(false);
  });

  /** Holds the user's row with a new hash while somebody who still knows the old password goes on. */
  async function whileReset<T>(name: string, work: () => Promise<T>): Promise<PromiseSettledResult<T>> {
    const begun = await db.transaction().execute(async (transaction) => {
      const { id } = await transaction
        .selectFrom("principals")
        .select("id")
        .where("name", "=", name)
        .executeTakeFirstOrThrow();
      await transaction.updateTable("users").set({ password_hash: "another" }).where("id", "=", id).execute();
      await transaction.deleteFrom("sessions").where("user_id", "=", id).execute();
      const late = work();
      await delay(1_000);
      return { late: Promise.allSettled([late]) };
    });
    const [settled] = await begun.late;
    return must(settled, "an outcome");
  }

  test("is not outlived by a sign-in with the old one at the same moment", async () => {
    const ada = await user("ada", "analyst");
    expect(await whileReset("ada", () => signIn(db, ada))).toMatchObject({ reason: { code: "SIGN_IN_REFUSED" } });
    expect(await db.selectFrom("sessions").select("id").execute()).toEqual([]);
  });

  test("is not replaced by somebody who knew the old one", async () => {
    const ada = await user("ada", "analyst");
    const change = () =>
      changePassword(db, { name: "ada", password: ada.password, newPassword: "a password of thieves" });
    expect(await whileReset("ada", change)).toMatchObject({ reason: { code: "SIGN_IN_REFUSED" } });
    const { password_hash: hash } = await db.selectFrom("users").select("password_hash").executeTakeFirstOrThrow();
    expect(hash).toBe("another");
  });
});

describe("a key", () => {
  const key = (name: string, expiresAt?: Date, role: Role = "operator") =>
    createKey(db, { name, role, expiresAt, by: null });

  test("stands for a principal with a role, until it is revoked", async () => {
    const nightly = await key("nightly");
    expect(nightly).toMatch(/^hgk_[\w-]{43}$/);
    expect(await principalOfKey(db, nightly)).toMatchObject({
      kind: "service",
      name: "nightly",
      role: "operator",
      mustChangePassword: false,
    });
    await expect(key("nightly")).rejects.toMatchObject({ code: "NAME_TAKEN", place: "nightly" });
    expect((await listKeys(db)).map(({ name }) => name)).toEqual(["nightly"]);
    await revokeKey(db, { name: "nightly", by: null });
    expect(await principalOfKey(db, nightly)).toBeUndefined();
    await expect(revokeKey(db, { name: "nightly", by: null })).rejects.toMatchObject({
      code: "API_KEY_NOT_FOUND",
      place: "nightly",
    });
  });

  test("is not good for anything that does not look like one", async () => {
    const nightly = await key("nightly");
    const digest = digestOf("else");
    await db.updateTable("api_keys").set({ digest }).execute();
    expect(await principalOfKey(db, "else")).toBeUndefined();
    expect(await principalOfKey(db, nightly)).toBeUndefined();
  });

  test("is good until it expires", async () => {
    const [past, future, endless] = [
      await key("past", ago(1_000)),
      await key("future", ago(-hourMs)),
      await key("endless"),
    ];
    await expect(principalOfKey(db, past)).rejects.toMatchObject({ code: "API_KEY_EXPIRED", place: "past" });
    expect(await principalOfKey(db, future)).toMatchObject({ name: "future" });
    expect(await principalOfKey(db, endless)).toMatchObject({ name: "endless" });
    const principals = await principalsOfKeys(db, [past, future, endless].map(digestOf));
    expect([...principals.keys()].toSorted()).toEqual([future, endless].map(hexOf).toSorted());
    expect(await principalsOfKeys(db, [])).toEqual(new Map());
  });

  test("is noted as used about once a minute", async () => {
    const nightly = await key("nightly");
    const used = async () => (await listKeys(db))[0]?.usedAt?.getTime();
    expect(await used()).toBeUndefined();
    await principalOfKey(db, nightly);
    expect(await used()).toBeGreaterThan(Date.now() - 60_000);
    const recent = ago(50_000);
    await db.updateTable("api_keys").set({ used_at: recent }).execute();
    await principalOfKey(db, nightly);
    expect(await used()).toBe(recent.getTime());
    await db
      .updateTable("api_keys")
      .set({ used_at: ago(70_000) })
      .execute();
    await principalOfKey(db, nightly);
    expect(await used()).toBeGreaterThan(recent.getTime());
  });
});

describe("what somebody was admitted with", () => {
  test("holds while it exists and has the same role", async () => {
    await user("admin", "administrator");
    const session = await signIn(db, await user("ada", "viewer"));
    const token = await createKey(db, { name: "nightly", role: "operator", expiresAt: undefined, by: null });
    const service = (await principalOfKey(db, token)) ?? localPrincipal;
    const held = [
      credentialOf({ kind: "session", ...session }),
      credentialOf({ kind: "key", token, principal: service }),
    ];
    const ended = async () =>
      [...(await endedCredentials(db, held))].map(([{ kind }, { code, message }]) => [kind, code, message]);
    expect(await ended()).toEqual([]);
    await changeUser(db, { name: "ada", role: "analyst", by: null });
    expect(await ended()).toEqual([
      ["session", "NOT_ALLOWED", "the role was changed from viewer to analyst while the answer was being sent"],
    ]);
    await changeUser(db, { name: "ada", role: "viewer", by: null });
    await signOut(db, session.token);
    await revokeKey(db, { name: "nightly", by: null });
    expect(await ended()).toEqual([
      ["session", "UNAUTHENTICATED", "the session was ended while the answer was being sent"],
      ["key", "UNAUTHENTICATED", "the key was ended while the answer was being sent"],
    ]);
  });

  test("is looked up as what it is: the digest of a key is no session", async () => {
    const token = await createKey(db, { name: "nightly", role: "operator", expiresAt: undefined, by: null });
    const principal: Principal = { ...localPrincipal, role: "operator" };
    const held = [credentialOf({ kind: "session", token, principal })];
    expect((await endedCredentials(db, held)).size).toBe(1);
  });

  test("is watched while something depends on it, and its end is told once", async () => {
    const watch = rightsWatch({ db });
    const told: string[] = [];
    const follow = async (name: string): Promise<() => void> => {
      const token = await createKey(db, { name, role: "operator", expiresAt: undefined, by: null });
      const principal = must(await principalOfKey(db, token), "the principal of a new key");
      const credential = credentialOf({ kind: "key", token, principal });
      return watch.follow(credential, ({ code }) => void told.push(`${name} ${code}`));
    };
    const stop = await follow("first");
    await follow("second");
    stop();
    await delay(lookedAtMs);
    expect(told, "nothing has ended").toEqual([]);
    await revokeKey(db, { name: "first", by: null });
    await revokeKey(db, { name: "second", by: null });
    await expect.poll(() => told, { timeout: 10_000 }).toEqual(["second UNAUTHENTICATED"]);
    await follow("third");
    await revokeKey(db, { name: "third", by: null });
    await expect.poll(() => told, { timeout: 10_000 }).toEqual(["second UNAUTHENTICATED", "third UNAUTHENTICATED"]);
  });
});
