/** Who may sign in with what, and that what they hold ends when their right does. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Kysely } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openCleanup } from "../base/cleanup.ts";
import { openDatabase } from "../db/database.ts";
import { startEmbeddedPostgres } from "../db/embedded-postgres.ts";
import { migrate } from "../db/migrate.ts";
import type { Role, Tables } from "../db/tables.ts";
import { createKey, listKeys, principalOfKey, revokeKey, rolesOfKeys } from "./api-keys.ts";
import { credentialOf, endedCredentials } from "./credential.ts";
import { localPrincipal, type Principal } from "./principal.ts";
import { rightsWatch } from "./rights-watch.ts";
import { principalOfSession, rolesOfSessions, signIn, signOut } from "./sessions.ts";
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
  const directory = await mkdtemp(join(tmpdir(), "headgate-identity-"));
  cleanup.defer(() => rm(directory, { recursive: true, force: true }));
  const server = cleanup.use(await startEmbeddedPostgres({ directory }));
  ({ db } = cleanup.use(await openDatabase(server.connection)));
  await migrate(db);
});
afterAll(() => cleanup[Symbol.asyncDispose]());
beforeEach(async () => {
  for (const table of ["sessions", "users", "api_keys"] as const) await db.deleteFrom(table).execute();
});

const hourMs = 3_600_000;
const ago = (milliseconds: number): Date => new Date(Date.now() - milliseconds);

/** A user who has chosen a password. */
async function user(name: string, role: Role): Promise<{ user: string; password: string }> {
  const { oneTimePassword } = await addUser(db, { name, role });
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
      { name: "admin", role: "administrator", must_change: true, active: true },
    ]);
    const { principal } = await signIn(db, { user: "admin", password: first?.oneTimePassword ?? "" });
    expect(principal).toMatchObject({ kind: "user", name: "admin", role: "administrator", mustChangePassword: true });
  });

  test("have names of their own", async () => {
    await addUser(db, { name: "ada", role: "viewer" });
    await expect(addUser(db, { name: "ada", role: "analyst" })).rejects.toMatchObject({
      code: "NAME_TAKEN",
      place: "ada",
    });
    await expect(changeUser(db, { name: "bob", role: "viewer" })).rejects.toMatchObject({
      code: "USER_NOT_FOUND",
      place: "bob",
    });
    await expect(removeUser(db, "bob")).rejects.toMatchObject({ code: "USER_NOT_FOUND" });
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
    await expect(changeUser(db, { name: "ada", role: "viewer" })).rejects.toMatchObject(last);
    await expect(changeUser(db, { name: "ada", active: false })).rejects.toMatchObject(last);
    await expect(removeUser(db, "ada")).rejects.toMatchObject(last);
    await addUser(db, { name: "bob", role: "administrator" });
    await changeUser(db, { name: "ada", role: "viewer" });
    await removeUser(db, "ada");
    expect((await listUsers(db)).map(({ name }) => name)).toEqual(["bob"]);
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
    await changeUser(db, { name: "ada", active: false });
    await expect(signIn(db, ada)).rejects.toMatchObject(refused);
    expect(await principalOfSession(db, token)).toBeUndefined();
    expect(await rolesOfSessions(db, [digestOf(token)])).toEqual([]);
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
    expect(await rolesOfSessions(db, tokens.map(digestOf))).toEqual([{ digest: digestOf(young), role: "analyst" }]);
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

describe("a key", () => {
  const key = (name: string, expiresAt?: Date, role: Role = "operator") => createKey(db, { name, role, expiresAt });

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
    await revokeKey(db, "nightly");
    expect(await principalOfKey(db, nightly)).toBeUndefined();
    await expect(revokeKey(db, "nightly")).rejects.toMatchObject({ code: "API_KEY_NOT_FOUND", place: "nightly" });
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
    const roles = await rolesOfKeys(db, [past, future, endless].map(digestOf));
    expect(roles.map(({ digest }) => digest.toString("hex")).toSorted()).toEqual(
      [future, endless].map((one) => digestOf(one).toString("hex")).toSorted(),
    );
    expect(await rolesOfKeys(db, [])).toEqual([]);
  });

  test("is noted as used about once a minute", async () => {
    const nightly = await key("nightly");
    const used = async () => (await listKeys(db))[0]?.used_at?.getTime();
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
    const token = await createKey(db, { name: "nightly", role: "operator", expiresAt: undefined });
    const service = (await principalOfKey(db, token)) ?? localPrincipal;
    const held = [
      credentialOf({ kind: "session", ...session }),
      credentialOf({ kind: "key", token, principal: service }),
    ];
    const ended = async () =>
      [...(await endedCredentials(db, held))].map(([{ kind }, { code, message }]) => [kind, code, message]);
    expect(await ended()).toEqual([]);
    await changeUser(db, { name: "ada", role: "analyst" });
    expect(await ended()).toEqual([
      ["session", "NOT_ALLOWED", "the role was changed from viewer to analyst while the answer was being sent"],
    ]);
    await changeUser(db, { name: "ada", role: "viewer" });
    await signOut(db, session.token);
    await revokeKey(db, "nightly");
    expect(await ended()).toEqual([
      ["session", "UNAUTHENTICATED", "the session was ended while the answer was being sent"],
      ["key", "UNAUTHENTICATED", "the key was ended while the answer was being sent"],
    ]);
  });

  test("is looked up as what it is: the digest of a key is no session", async () => {
    const token = await createKey(db, { name: "nightly", role: "operator", expiresAt: undefined });
    const principal: Principal = { ...localPrincipal, role: "operator" };
    const held = [credentialOf({ kind: "session", token, principal })];
    expect((await endedCredentials(db, held)).size).toBe(1);
  });

  test("is watched while something depends on it, and its end is told once", async () => {
    const watch = rightsWatch({ db });
    const told: string[] = [];
    const follow = async (name: string): Promise<() => void> => {
      const token = await createKey(db, { name, role: "operator", expiresAt: undefined });
      const credential = credentialOf({ kind: "key", token, principal: { ...localPrincipal, role: "operator" } });
      return watch.follow(credential, ({ code }) => void told.push(`${name} ${code}`));
    };
    const stop = await follow("first");
    await follow("second");
    stop();
    await revokeKey(db, "first");
    await revokeKey(db, "second");
    await expect.poll(() => told, { timeout: 10_000 }).toEqual(["second UNAUTHENTICATED"]);
    await follow("third");
    await revokeKey(db, "third");
    await expect.poll(() => told, { timeout: 10_000 }).toEqual(["second UNAUTHENTICATED", "third UNAUTHENTICATED"]);
  });
});
