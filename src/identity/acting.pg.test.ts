/** In which account and as which role somebody acts, how long that holds, and how guesses of passwords are slowed down. */
import { sql, type Kysely } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openCleanup } from "../base/cleanup.ts";
import { openMetadata } from "../../test/world/prepared-metadata.ts";
import type { Tables } from "../db/tables.ts";
import { accountIdOf, addAccount } from "./accounts.ts";
import { assume, choose, describeCaller } from "./acting.ts";
import { createKey, principalOfKey } from "./api-keys.ts";
import { addNamedMember, removeNamedMember } from "./change-members.ts";
import { credentialOf, endedCredentials } from "./credential.ts";
import { addGroup, removeGroup } from "./groups.ts";
import { actorOf, localPrincipal, personOf, subjectOf, type Principal } from "./principal.ts";
import { endSession, endSessionsOf, listSessions, principalOfSession, signIn } from "./sessions.ts";
import { addUser, changePassword, changeUser, resetPassword } from "./users.ts";

const cleanup = openCleanup();
let db: Kysely<Tables>;

beforeAll(async () => {
  ({ db } = cleanup.use(await openMetadata()));
  await addAccount(db, { name: "sales", unit: undefined });
});
afterAll(() => cleanup[Symbol.asyncDispose]());

const by = null;
const password = "correct horse battery";
const sales = { kind: "account", name: "sales" } as const;
const steward = { kind: "role", name: "steward" } as const;

beforeEach(async () => {
  await sql`truncate principals, sign_in_attempts cascade`.execute(db);
  await addUser(db, { name: "root", role: "administrator", by });
});

async function newUser(name: string, account?: string): Promise<void> {
  const { oneTimePassword } = await addUser(db, { name, role: "viewer", account, by });
  await changePassword(db, { name, password: oneTimePassword, newPassword: password });
}

const enter = (
  container: typeof sales | typeof steward | { kind: "group"; name: string },
  member: string,
  until?: Date,
) => addNamedMember(db, { ...container, member, by, until });

describe("a session", () => {
  const now = async (token: string): Promise<Principal> => (await principalOfSession(db, token)) ?? localPrincipal;

  test("acts in main, in the only account, or in the chosen one, as long as its user is a member", async () => {
    await newUser("ann");
    await newUser("bob", "sales");
    const [main, salesId] = [await accountIdOf(db, undefined), await accountIdOf(db, "sales")];
    const { token, principal } = await signIn(db, { user: "ann", password });
    expect(principal).toMatchObject({ accountId: main, role: "viewer" });
    expect((await signIn(db, { user: "bob", password })).principal.accountId).toBe(salesId);
    const toSales = () => choose(db, principal, { token, account: "sales" });
    await expect(toSales()).rejects.toMatchObject({ code: "ACCOUNT_NOT_FOUND", place: "sales" });
    await addNamedMember(db, { ...sales, member: "ann", role: "operator", by });
    await toSales();
    expect(await now(token)).toMatchObject({ accountId: salesId, role: "operator" });
    expect(await describeCaller(db, await now(token))).toMatchObject({ account: "sales", accounts: ["main", "sales"] });
    await removeNamedMember(db, { ...sales, member: "ann", by });
    expect(await now(token)).toMatchObject({ accountId: main, role: "viewer" });
    await removeNamedMember(db, { kind: "account", name: "main", member: "ann", by });
    expect(await now(token)).toMatchObject({ accountId: undefined, role: "none" });
    expect(await describeCaller(db, await now(token))).toMatchObject({ account: null, accounts: [] });
  });

  test("begins in the account that is named, of which its user is a member", async () => {
    await newUser("ann");
    await addNamedMember(db, { ...sales, member: "ann", role: "operator", by });
    const signInTo = (account: string, own = password) => signIn(db, { user: "ann", password: own, account });
    const { token, principal } = await signInTo("sales");
    expect(principal).toMatchObject({ accountId: await accountIdOf(db, "sales"), role: "operator" });
    expect(await now(token)).toEqual(principal);
    await removeNamedMember(db, { ...sales, member: "ann", by });
    for (const account of ["sales", "nowhere"]) {
      await expect(signInTo(account)).rejects.toMatchObject({ code: "ACCOUNT_NOT_FOUND", place: account });
      await expect(signInTo(account, "wrong")).rejects.toMatchObject({ code: "SIGN_IN_REFUSED", place: undefined });
    }
    expect(await listSessions(db), "those that were refused began none").toHaveLength(1);
  });

  test("acts as a role while its user is a member, also through a group, and no longer", async () => {
    await newUser("ann");
    await addGroup(db, { ...steward, account: "sales" });
    await addGroup(db, { kind: "group", name: "analysts" });
    await enter({ kind: "group", name: "analysts" }, "ann");
    const { token, principal } = await signIn(db, { user: "ann", password });
    const refused = { code: "ROLE_NOT_FOUND", place: "steward" };
    await expect(choose(db, principal, { token, role: "steward" })).rejects.toMatchObject(refused);
    await enter(steward, "group:analysts");
    await choose(db, principal, { token, role: "steward" });
    const acting = await now(token);
    expect(acting).toMatchObject({ kind: "role", name: "steward", accountId: await accountIdOf(db, "sales") });
    expect(acting.behind).toMatchObject({ kind: "user", name: "ann", id: principal.id });
    expect(subjectOf(acting)).toBe(subjectOf(principal));
    expect(actorOf(acting)).toEqual({
      ...personOf(principal),
      accountId: acting.accountId,
      assumedRole: { id: acting.id, name: "steward" },
    });
    const credential = credentialOf({ kind: "session", token, principal: acting });
    expect((await endedCredentials(db, [credential])).size).toBe(0);
    expect(await listSessions(db)).toMatchObject([{ user: "ann", actingAs: "steward", account: "sales" }]);
    await removeNamedMember(db, { kind: "group", name: "analysts", member: "ann", by });
    expect(await now(token)).toEqual(principal);
    const [reason] = (await endedCredentials(db, [credential])).values();
    expect(reason).toMatchObject({ code: "NOT_ALLOWED", message: expect.stringContaining("as another role") });
  });

  test("goes back to its user when they choose so, when the time is over, and when the role is removed", async () => {
    await newUser("ann");
    await addGroup(db, steward);
    await enter(steward, "ann", new Date(Date.now() + 60_000));
    const { token, principal } = await signIn(db, { user: "ann", password });
    const actAs = (role: string | null) => choose(db, principal, { token, role });
    await actAs("steward");
    await actAs(null);
    expect(await now(token)).toEqual(principal);
    await actAs("steward");
    await sql`update memberships set valid_until = clock_timestamp() where container_kind = 'role'`.execute(db);
    expect(await now(token)).toEqual(principal);
    await enter(steward, "ann");
    expect(await now(token)).toMatchObject({ kind: "role" });
    await removeGroup(db, { ...steward, by, isPlan: false });
    expect(await now(token)).toEqual(principal);
  });

  test("is changed by nobody else, and ended by its user or for everybody", async () => {
    await newUser("ann");
    await newUser("bob");
    const ann = await signIn(db, { user: "ann", password, address: "192.0.2.7" });
    const bob = await signIn(db, { user: "bob", password });
    await addGroup(db, steward);
    for (const name of ["ann", "bob"]) await enter(steward, name);
    await choose(db, bob.principal, { token: ann.token, role: "steward" });
    expect(await now(ann.token)).toEqual(ann.principal);
    const [{ id = "", address } = {}] = await listSessions(db, ann.principal.id);
    expect(address).toBe("192.0.2.7");
    const byBob = endSession(db, { id, userId: bob.principal.id });
    await expect(byBob).rejects.toMatchObject({ code: "SESSION_NOT_FOUND", place: id });
    await endSession(db, { id, userId: ann.principal.id });
    expect(await principalOfSession(db, ann.token)).toBeUndefined();
    expect(await endSessionsOf(db, bob.principal.id)).toBe(1);
    expect(await listSessions(db)).toEqual([]);
  });
});

test("a key assumes a role for a request, and what is open ends with the membership", async () => {
  const key = await createKey(db, { name: "nightly", role: "none", expiresAt: undefined, by });
  await addGroup(db, steward);
  const own = (await principalOfKey(db, key)) ?? localPrincipal;
  await expect(assume(db, own, "steward")).rejects.toMatchObject({ code: "ROLE_NOT_FOUND" });
  await enter(steward, "key:nightly");
  const principal = await assume(db, own, "steward");
  expect(principal).toMatchObject({ kind: "role", name: "steward", behind: { kind: "service", name: "nightly" } });
  const credential = credentialOf({ kind: "key", token: key, principal });
  expect((await endedCredentials(db, [credential])).size).toBe(0);
  await removeNamedMember(db, { ...steward, member: "key:nightly", by });
  const [reason] = (await endedCredentials(db, [credential])).values();
  expect(reason).toMatchObject({ code: "UNAUTHENTICATED" });
});

describe("whoever guesses passwords", () => {
  const guess = (user: string, address?: string) =>
    signIn(db, { user, address, password: "wrong" }).then(
      () => "signed in",
      (failure: { code: string }) => failure.code,
    );
  /** Guesses as often, each as soon as it is looked at, and returns for how many seconds each makes the next one wait. */
  const waitsOf = async (count: number, user: string): Promise<number[]> => {
    const waits: number[] = [];
    for (let index = 0; index < count; index++) {
      await sql`update sign_in_attempts set blocked_until = least(blocked_until, clock_timestamp())`.execute(db);
      expect(await guess(user)).toBe("SIGN_IN_REFUSED");
      const { rows } = await sql<{ seconds: number }>`
        select extract(epoch from blocked_until - last_at)::float8 as seconds from sign_in_attempts
        where digest = sha256(${user}::bytea)`.execute(db);
      waits.push(Math.abs(Math.round(rows[0]?.seconds ?? -1)));
    }
    return waits;
  };
  const postpone = () =>
    sql`update sign_in_attempts set blocked_until = clock_timestamp() + interval '1 hour'`.execute(db);

  test("waits longer each time, whether there is such a user or not", async () => {
    await newUser("ann");
    for (const name of ["ann", "nobody"]) {
      expect(await waitsOf(14, name)).toEqual([0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 300]);
      await postpone();
      expect(await guess(name)).toBe("SIGN_IN_DELAYED");
    }
    await expect(signIn(db, { user: "ann", password })).rejects.toMatchObject({
      code: "SIGN_IN_DELAYED",
      message: "too many sign-ins with this name have failed; the next one is looked at in 3600 seconds",
    });
  });

  test("is told of when the wait begins", async () => {
    await newUser("ann");
    const untils: Date[] = [];
    const onWait = async (until: Date): Promise<void> => void untils.push(until);
    const wrong = () => signIn(db, { user: "ann", password: "wrong", onWait }).catch(() => undefined);
    for (let count = 0; count < 4; count++) await wrong();
    expect(untils).toEqual([]);
    await sql`update sign_in_attempts set failures = 20`.execute(db);
    await wrong();
    expect((untils[0]?.getTime() ?? 0) - Date.now()).toBeGreaterThan(200_000);
  });

  test("is looked at again at once with a new password from an administrator", async () => {
    await newUser("ann");
    await waitsOf(5, "ann");
    await postpone();
    const { oneTimePassword } = await resetPassword(db, "ann");
    expect((await signIn(db, { user: "ann", password: oneTimePassword })).principal.name).toBe("ann");
  });

  test("has no more tries with many at once", async () => {
    await newUser("ann");
    await guess("ann");
    await sql`update sign_in_attempts set failures = 20`.execute(db);
    const codes = await Promise.all(Array.from({ length: 20 }, () => guess("ann")));
    expect(codes.filter((code) => code === "SIGN_IN_REFUSED")).toHaveLength(1);
  });

  test("waits by address, too, and cannot then make others wait", async () => {
    await newUser("ann");
    const address = "2001:db8:0:1::7";
    await sql`insert into sign_in_attempts values
      ('address', sha256('2001:db8:0:1'::bytea), 60, clock_timestamp() + interval '1 minute', clock_timestamp())`.execute(
      db,
    );
    for (let count = 0; count < 6; count++) expect(await guess("ann", address)).toBe("SIGN_IN_DELAYED");
    expect((await signIn(db, { user: "ann", password, address: "2001:db8:0:2::7" })).principal.name).toBe("ann");
  });

  test("is forgiven by the right password, and forgotten after an hour", async () => {
    await newUser("ann");
    for (let count = 0; count < 4; count++) await guess("ann", "192.0.2.7");
    await signIn(db, { user: "ann", password, address: "192.0.2.7" });
    const failures = await db.selectFrom("sign_in_attempts").select(["kind", "failures"]).execute();
    expect(failures).toEqual([{ kind: "address", failures: 4 }]);
    await sql`update sign_in_attempts set last_at = last_at - interval '61 minutes'`.execute(db);
    await changeUser(db, { name: "ann", active: false, by });
    expect(await guess("ann")).toBe("SIGN_IN_REFUSED");
    const left = await db.selectFrom("sign_in_attempts").select("kind").execute();
    expect(left).toEqual([{ kind: "user" }]);
  });
});
