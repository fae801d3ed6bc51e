/**
 * Sessions of people who have signed in, each identified by a random token that the browser keeps. A session ends by
 * signing out, after some time, with a new password, or because somebody ends it. Its user acts in one account at a
 * time, and perhaps as a role that they have assumed.
 * Invariant: there is no session before everything that signing in takes has been proved, the second factor included.
 */
import { sql, type Kysely } from "kysely";
import type { SecretBox } from "../base/secret-box.ts";
import type { Role, Tables } from "../db/tables.ts";
import { HeadgateError } from "../errors.ts";
import { findOwnAccount } from "./acting.ts";
import { checkCode } from "./codes/authenticators.ts";
import { isPassword } from "./password.ts";
import type { Principal } from "./principal.ts";
import { limitAttempts, type Attempt } from "./sign-in-attempts.ts";
import { digestOf, newToken } from "./token.ts";
import { findUser, isExpired, type User } from "./users.ts";

export interface OpenedSession {
  readonly token: string;
  readonly principal: Principal;
}

export interface SignIn extends Attempt {
  readonly password: string;
  /** The code of the user's authenticator, or a recovery code; needed if the user has an authenticator. */
  readonly code?: string | undefined;
  /** Opens the secrets of authenticators. */
  readonly secrets?: SecretBox | undefined;
  /** The account to act in; by default main, or else the first. */
  readonly account?: string | undefined;
}

const idleHours = 12;
const longestDays = 7;

/** The longest time that a session can last, in seconds. */
export const longestSession = longestDays * 86_400;

/**
 * Throws SIGN_IN_REFUSED, SIGN_IN_DELAYED, and only after the right password CODE_REQUIRED, CODE_REFUSED, and
 * ACCOUNT_NOT_FOUND, also for an account that the user is not a member of.
 */
export async function signIn(db: Kysely<Tables>, { password, account, ...attempt }: SignIn): Promise<OpenedSession> {
  const { user, address, code, secrets } = attempt;
  const { id, passwordHash } = await limitAttempts(db, attempt, async () => {
    const found = await checkPassword(db, { user, password });
    await checkCode({ db, secrets }, { id: found.id, code });
    return found;
  });
  const accountId = account === undefined ? null : await findOwnAccount(db, { id, account });
  return openSession(db, { id, passwordHash, accountId, address });
}

/** A session for somebody who has just proved who they are. */
export interface NewSession extends Pick<User, "id"> {
  /** As it was looked at; undefined if a provider said who it is. */
  readonly passwordHash?: string | null | undefined;
  readonly accountId: string | null;
  readonly address: string | undefined;
  readonly provider?: ProvidersSession | undefined;
}

export interface ProvidersSession {
  readonly id: string;
  readonly subject: string;
  /** By which the provider names the person when it ends their sessions. */
  readonly sub: string | undefined;
  /** The provider's own name of its session. */
  readonly session: string | undefined;
  /** Sealed. */
  readonly idToken: Buffer | undefined;
}

/** Throws SIGN_IN_REFUSED for somebody who is not active. */
export async function openSession(db: Kysely<Tables>, session: NewSession): Promise<OpenedSession> {
  const token = newToken();
  await db
    .deleteFrom("sessions")
    .where(({ not }) => not(isGoing))
    .execute();
  await insertSession(db, { token, ...session });
  const principal = await principalOfSession(db, token);
  if (principal === undefined) throw new HeadgateError("SIGN_IN_REFUSED");
  return { token, principal };
}

/**
 * Inserts nothing if the password was replaced, the user is no longer active, or the identity is no longer linked, since
 * it was looked at. The locks make it wait for such a change, and make a later one wait, which then ends this session
 * with the others.
 */
async function insertSession(db: Kysely<Tables>, session: NewSession & { readonly token: string }): Promise<void> {
  const { token, id, passwordHash, accountId, address = null, provider } = session;
  const proof =
    provider === undefined
      ? sql`users.password_hash = ${passwordHash ?? null}`
      : sql`exists (select from identities join identity_providers on identity_providers.issuer = identities.issuer
          where identities.user_id = users.id and identities.subject = ${provider.subject}
            and identity_providers.id = ${provider.id} and identity_providers.deleted_at is null)`;
  await sql`
    insert into sessions (token_digest, user_id, account_id, address, provider_id, subject, provider_sub,
      provider_session, id_token)
    select ${digestOf(token)}::bytea, users.id, ${accountId}::uuid, ${address}::text, ${provider?.id ?? null}::uuid,
      ${provider?.subject ?? null}::text, ${provider?.sub ?? null}::text, ${provider?.session ?? null}::text, ${provider?.idToken ?? null}::bytea
    from users join principals on principals.id = users.id
    where users.id = ${id} and principals.active and ${proof}
    for share of users, principals`.execute(db);
}

async function checkPassword(db: Kysely<Tables>, { user, password }: Pick<SignIn, "user" | "password">): Promise<User> {
  const found = await findUser(db, user);
  const fits = await isPassword(found?.passwordHash, password);
  if (found === undefined || !fits || !found.active || isExpired(found)) throw new HeadgateError("SIGN_IN_REFUSED");
  return found;
}

/** Returns undefined for a token without a session, or whose session has ended. */
export async function principalOfSession(db: Kysely<Tables>, token: string): Promise<Principal | undefined> {
  const [row] = await goingSessions(db, [digestOf(token)]);
  if (row === undefined) return undefined;
  if (Date.now() - row.usedAt.getTime() > 60_000) await touch(db, token);
  return principalOf(row);
}

/** The principals of the sessions that have not ended and whose users are active, by the digest in hexadecimal. */
export async function principalsOfSessions(
  db: Kysely<Tables>,
  digests: readonly Buffer[],
): Promise<ReadonlyMap<string, Principal>> {
  if (digests.length === 0) return new Map();
  const rows = await goingSessions(db, digests);
  return new Map(rows.map((row) => [row.digest.toString("hex"), principalOf(row)]));
}

type Going = Awaited<ReturnType<typeof goingSessions>>[number];

function goingSessions(db: Kysely<Tables>, digests: readonly Buffer[]) {
  return db
    .with("going", (cte) =>
      cte
        .selectFrom("sessions")
        .innerJoin("users", "users.id", "sessions.user_id")
        .innerJoin("principals as person", "person.id", "sessions.user_id")
        .leftJoin("principals as assumed", (join) =>
          join.onRef("assumed.id", "=", "sessions.role_id").on(sql<boolean>`may_assume(person.id, assumed.id)`),
        )
        .select([
          "sessions.token_digest as digest",
          "sessions.used_at as usedAt",
          "users.must_change as mustChangePassword",
          sql<boolean>`sessions.provider_id is null and lacks_authenticator(person.id)`.as("lacksAuthenticator"),
          "person.id as personId",
          "person.name as personName",
          "assumed.id as roleId",
          "assumed.name as roleName",
          sql<string | null>`coalesce(assumed.account_id, acting_account(person.id, sessions.account_id))`.as(
            "accountId",
          ),
        ])
        .where("sessions.token_digest", "in", digests)
        .where("person.active", "=", true)
        .where(isGoing),
    )
    .selectFrom("going")
    .selectAll()
    .select(sql<Role>`role_in(coalesce("roleId", "personId"), "accountId")`.as("role"))
    .execute();
}

function principalOf({ personId, personName, roleId, roleName, role, ...row }: Going): Principal {
  const { mustChangePassword, lacksAuthenticator } = row;
  const accountId = row.accountId ?? undefined;
  const person = { kind: "user", id: personId, name: personName } as const;
  const standing = { role, accountId, mustChangePassword, lacksAuthenticator };
  if (roleId === null || roleName === null) return { ...person, ...standing };
  return { kind: "role", id: roleId, name: roleName, ...standing, behind: person };
}

export interface Session {
  readonly id: string;
  readonly user: string;
  readonly address: string | null;
  readonly account: string | null;
  /** The role that the user has assumed. */
  readonly actingAs: string | null;
  readonly createdAt: Date;
  readonly usedAt: Date;
}

/** Those of one user, or all; the one that was used last first. */
export function listSessions(db: Kysely<Tables>, userId?: string): Promise<readonly Session[]> {
  return db
    .selectFrom("sessions")
    .innerJoin("principals as person", "person.id", "sessions.user_id")
    .leftJoin("principals as assumed", (join) =>
      join.onRef("assumed.id", "=", "sessions.role_id").on(sql<boolean>`may_assume(person.id, assumed.id)`),
    )
    .leftJoin("accounts", (join) =>
      join.on(sql<boolean>`accounts.id = coalesce(assumed.account_id, acting_account(person.id, sessions.account_id))`),
    )
    .select(["sessions.id", "person.name as user", "sessions.address", "accounts.name as account"])
    .select(["assumed.name as actingAs", "sessions.created_at as createdAt", "sessions.used_at as usedAt"])
    .where(isGoing)
    .$if(userId !== undefined, (query) => query.where("sessions.user_id", "=", userId ?? ""))
    .orderBy("sessions.used_at", "desc")
    .execute();
}

/** Ends a session, of one user if one is named. Throws SESSION_NOT_FOUND. */
export async function endSession(
  db: Kysely<Tables>,
  { id, userId }: { id: string; userId?: string | undefined },
): Promise<void> {
  const { numDeletedRows } = await db
    .deleteFrom("sessions")
    .where("id", "=", id)
    .$if(userId !== undefined, (query) => query.where("user_id", "=", userId ?? ""))
    .executeTakeFirst();
  if (numDeletedRows === 0n) throw new HeadgateError("SESSION_NOT_FOUND", { place: id });
}

/** Ends all sessions of a user, and returns how many there were. */
export async function endSessionsOf(db: Kysely<Tables>, userId: string): Promise<number> {
  const { numDeletedRows } = await db.deleteFrom("sessions").where("user_id", "=", userId).executeTakeFirst();
  return Number(numDeletedRows);
}

/** Returns the provider's part of the session, if a provider opened it. */
export async function signOut(db: Kysely<Tables>, token: string): Promise<ProvidersSession | undefined> {
  const ended = await db
    .deleteFrom("sessions")
    .where("token_digest", "=", digestOf(token))
    .returning(["provider_id as id", "subject", "provider_sub as sub"])
    .returning(["provider_session as session", "id_token as idToken"])
    .executeTakeFirst();
  if (ended === undefined || ended.id === null || ended.subject === null) return undefined;
  const { id, subject, sub, session, idToken } = ended;
  return { id, subject, sub: sub ?? undefined, session: session ?? undefined, idToken: idToken ?? undefined };
}

interface ProvidersEnd {
  readonly providerId: string;
  /** At least one of the two is there. */
  readonly sub: string | undefined;
  readonly session: string | undefined;
  /** Later sessions go on: whoever repeats what the provider said ends nothing new. */
  readonly issuedAt: Date;
}

/**
 * Ends the sessions of which a provider says so, and returns how many there were. A session of which the provider gave no
 * name when it began is known by the person alone.
 */
export async function endProvidersSessions(
  db: Kysely<Tables>,
  { providerId, sub, session, issuedAt }: ProvidersEnd,
): Promise<number> {
  if (sub === undefined && session === undefined) return 0;
  const { numDeletedRows } = await db
    .deleteFrom("sessions")
    .where("provider_id", "=", providerId)
    .where(({ or, and, eb }) => {
      const ofPerson = sub === undefined ? eb.lit(false) : eb("provider_sub", "=", sub);
      if (session === undefined) return ofPerson;
      return or([eb("provider_session", "=", session), and([eb("provider_session", "is", null), ofPerson])]);
    })
    .where("created_at", "<=", sql<Date>`${issuedAt}::timestamptz + interval '30 seconds'`)
    .executeTakeFirst();
  return Number(numDeletedRows);
}

/** The parentheses let it be negated. */
const isGoing = sql<boolean>`(sessions.used_at > clock_timestamp() - make_interval(hours => ${idleHours})
  and sessions.created_at > clock_timestamp() - make_interval(days => ${longestDays}))`;

async function touch(db: Kysely<Tables>, token: string): Promise<void> {
  await db.updateTable("sessions").set({ used_at: new Date() }).where("token_digest", "=", digestOf(token)).execute();
}
