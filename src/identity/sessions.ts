/**
 * Sessions of people who have signed in, each identified by a random token that the browser keeps. A session ends by
 * signing out, after some time, or with a new password.
 */
import type { Kysely } from "kysely";
import { sql } from "kysely";
import type { Role, Tables } from "../db/tables.ts";
import { HeadgateError } from "../errors.ts";
import { isPassword } from "./password.ts";
import type { Principal } from "./principal.ts";
import { digestOf, newToken } from "./token.ts";

export interface OpenedSession {
  readonly token: string;
  readonly principal: Principal;
}

const idleHours = 12;
const longestDays = 7;

/** The longest time that a session can last, in seconds. */
export const longestSession = longestDays * 86_400;

/** Throws SIGN_IN_REFUSED. */
export async function signIn(
  db: Kysely<Tables>,
  { user, password }: { user: string; password: string },
): Promise<OpenedSession> {
  const found = await db.selectFrom("users").selectAll().where("name", "=", user).executeTakeFirst();
  const fits = await isPassword(found?.password_hash, password);
  if (found === undefined || !fits || !found.active) throw new HeadgateError("SIGN_IN_REFUSED");
  const token = newToken();
  await db
    .deleteFrom("sessions")
    .where(({ not }) => not(isGoing))
    .execute();
  await db
    .insertInto("sessions")
    .values({ token_digest: digestOf(token), user_id: found.id })
    .execute();
  const { id, name, role, must_change: mustChangePassword } = found;
  return { token, principal: { kind: "user", id, name, role, mustChangePassword } };
}

/** Returns undefined for a token without a session, or whose session has ended. */
export async function principalOfSession(db: Kysely<Tables>, token: string): Promise<Principal | undefined> {
  const row = await db
    .selectFrom("sessions")
    .innerJoin("users", "users.id", "sessions.user_id")
    .select(["users.id", "users.name", "users.role", "users.must_change", "sessions.used_at"])
    .where("token_digest", "=", digestOf(token))
    .where("users.active", "=", true)
    .where(isGoing)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  if (Date.now() - row.used_at.getTime() > 60_000) await touch(db, token);
  return { kind: "user", id: row.id, name: row.name, role: row.role, mustChangePassword: row.must_change };
}

/** The roles of the sessions that have not ended and whose users are active. */
export function rolesOfSessions(
  db: Kysely<Tables>,
  digests: readonly Buffer[],
): Promise<readonly { digest: Buffer; role: Role }[]> {
  if (digests.length === 0) return Promise.resolve([]);
  return db
    .selectFrom("sessions")
    .innerJoin("users", "users.id", "sessions.user_id")
    .select(["token_digest as digest", "users.role"])
    .where("token_digest", "in", digests)
    .where("users.active", "=", true)
    .where(isGoing)
    .execute();
}

export async function signOut(db: Kysely<Tables>, token: string): Promise<void> {
  await db.deleteFrom("sessions").where("token_digest", "=", digestOf(token)).execute();
}

/** The parentheses let it be negated. */
const isGoing = sql<boolean>`(sessions.used_at > clock_timestamp() - make_interval(hours => ${idleHours})
  and sessions.created_at > clock_timestamp() - make_interval(days => ${longestDays}))`;

async function touch(db: Kysely<Tables>, token: string): Promise<void> {
  await db.updateTable("sessions").set({ used_at: new Date() }).where("token_digest", "=", digestOf(token)).execute();
}
