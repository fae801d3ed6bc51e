/**
 * Invitations of people by e-mail. The one-time password of an invitation is made when its mail is sent, works until a
 * moment and until it is changed, and then proves that whoever changed it reads mail at the address.
 * Invariants: a user has at most one open invitation, and only the latest mail has a password that works. Passwords are
 * stored as hashes only.
 */
import { randomBytes } from "node:crypto";
import { sql, type Kysely, type RawBuilder } from "kysely";
import { uuidv7 } from "../base/uuid.ts";
import type { PersonInvitationState } from "../db/person-invitation-rows.ts";
import type { Tables } from "../db/tables.ts";
import { HeadgateError } from "../errors.ts";
import { hashPassword, oneTimePassword } from "./password.ts";

/**
 * Whether a row has an address, in any letter case. The database compares, as its unique index does: other rules of letter
 * case, such as those of JavaScript, know other texts as equal.
 */
export function isAddress(address: string): RawBuilder<boolean> {
  return sql<boolean>`lower(address) = lower(${address})`;
}

/** How long a password that was sent works. */
export const passwordDays = 7;

const openStates = ["waiting", "sent", "failed"] as const;

export interface NewInvitation {
  readonly userId: string;
  readonly address: string;
  /** The principal who invites; null for the owner of the data directory. */
  readonly by: string | null;
}

/** One that is open ends, and its password no longer works. */
export async function invitePerson(transaction: Kysely<Tables>, { userId, address, by }: NewInvitation): Promise<void> {
  await endInvitation(transaction, userId, "replaced");
  await transaction
    .insertInto("person_invitations")
    .values({ id: uuidv7(), user_id: userId, address, made_by: by })
    .execute();
}

/** Returns its address; undefined if the user has no open invitation. */
export async function endInvitation(
  transaction: Kysely<Tables>,
  userId: string,
  state: "accepted" | "withdrawn" | "replaced",
): Promise<string | undefined> {
  const ended = await transaction
    .updateTable("person_invitations")
    .set({ state, ended_at: sql<Date>`clock_timestamp()` })
    .where("user_id", "=", userId)
    .where("state", "in", openStates)
    .returning("address")
    .executeTakeFirst();
  if (ended !== undefined && state !== "accepted")
    await transaction
      .updateTable("users")
      .set({ password_hash: null, password_expires_at: null })
      .where("id", "=", userId)
      .where("must_change", "=", true)
      .execute();
  return ended?.address;
}

/**
 * Called when a user has replaced their one-time password: mails about requests go to the address to which it was sent.
 */
export async function acceptInvitation(transaction: Kysely<Tables>, userId: string): Promise<void> {
  const address = await endInvitation(transaction, userId, "accepted");
  if (address === undefined) return;
  await transaction
    .insertInto("mail_subscriptions")
    .values({ id: uuidv7(), principal_id: userId, address, code_digest: randomBytes(32) })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  await sql`update mail_subscriptions set confirmed_at = clock_timestamp()
    where principal_id = ${userId} and ${isAddress(address)} and ended_at is null`.execute(transaction);
}

/** The user who was invited, or has mails sent, to an address; undefined for none, and for an address of several. */
export async function userOfAddress(db: Kysely<Tables>, address: string): Promise<InvitedUser | undefined> {
  const { rows } = await sql<InvitedUser>`
    select principals.id, principals.name from principals where deleted_at is null and kind = 'user' and id in (
      select principal_id from mail_subscriptions
        where ${isAddress(address)} and ended_at is null and confirmed_at is not null
      union select user_id from person_invitations
        where ${isAddress(address)} and state in ('waiting', 'sent', 'failed')
    ) limit 2`.execute(db);
  return rows.length === 1 ? rows[0] : undefined;
}

/** Whether a user has an address to which mails about requests go, or gets one by accepting an invitation. */
export async function hasAddress(db: Kysely<Tables>, userId: string): Promise<boolean> {
  const { rows } = await sql`
    select 1 from mail_subscriptions where principal_id = ${userId} and ended_at is null and confirmed_at is not null
    union all
    select 1 from person_invitations where user_id = ${userId} and state = any(${[...openStates]})
    limit 1`.execute(db);
  return rows.length > 0;
}

export interface InvitedUser {
  readonly id: string;
  readonly name: string;
}

export interface TakenInvitation {
  readonly id: string;
  readonly userId: string;
  readonly user: string;
  readonly address: string;
  readonly attempts: number;
  /** The accounts that they are a member of. */
  readonly accounts: readonly string[];
  /** Who invites; null for the owner of the data directory, and for somebody who was removed. */
  readonly by: string | null;
}

/** Takes the invitation that has waited longest, for five minutes; undefined if none is to be sent now. */
export async function takeInvitation(db: Kysely<Tables>): Promise<TakenInvitation | undefined> {
  const { rows } = await sql<TakenInvitation>`
    with taken as (
      update person_invitations set next_at = clock_timestamp() + interval '5 minutes', attempts = attempts + 1
      where id = (
        select id from person_invitations where state = 'waiting' and next_at <= clock_timestamp()
        order by next_at limit 1 for update skip locked
      )
      returning id, user_id, address, attempts, made_by
    )
    select taken.id, user_id as "userId", principals.name as "user", address, attempts, inviters.name as by,
        array(select accounts.name from memberships join accounts on accounts.id = container_id
          where member_id = user_id and ended_at is null order by accounts.name) as accounts
      from taken join principals on principals.id = user_id
        left join principals inviters on inviters.id = made_by and inviters.deleted_at is null`.execute(db);
  return rows[0];
}

export interface SentPassword {
  readonly password: string;
  readonly expiresAt: Date;
}

/** Sets a new one-time password for the mail; undefined if the invitation has ended, or the user was removed. */
export async function passwordFor(
  db: Kysely<Tables>,
  { id, userId }: Pick<TakenInvitation, "id" | "userId">,
): Promise<SentPassword | undefined> {
  const password = oneTimePassword();
  const hash = await hashPassword(password);
  const { rows } = await sql<{ expiresAt: Date }>`
    with open as (
      update person_invitations set expires_at = clock_timestamp() + make_interval(days => ${passwordDays})
      where id = ${id} and state = 'waiting' returning user_id, expires_at
    )
    update users set password_hash = ${hash}, must_change = true, password_expires_at = open.expires_at
    from open where users.id = open.user_id and users.id = ${userId} and (users.must_change or users.password_hash is null)
    returning password_expires_at as "expiresAt"`.execute(db);
  const [set] = rows;
  return set && { password, expiresAt: set.expiresAt };
}

export async function markSent(db: Kysely<Tables>, id: string): Promise<void> {
  await db
    .updateTable("person_invitations")
    .set({ state: "sent", failure: null })
    .where("id", "=", id)
    .where("state", "=", "waiting")
    .execute();
}

const mostAttempts = 8;

/** Later again, each time after a longer while; after eight attempts it is left, and can be sent again by hand. */
export async function markFailed(
  db: Kysely<Tables>,
  { id, attempts }: Pick<TakenInvitation, "id" | "attempts">,
  failure: string,
): Promise<void> {
  const wait = Math.min(3_600, 10 * 3 ** (attempts - 1));
  await db
    .updateTable("person_invitations")
    .set({ failure, next_at: sql<Date>`clock_timestamp() + make_interval(secs => ${wait})` })
    .$if(attempts >= mostAttempts, (query) => query.set({ state: "failed" }))
    .where("id", "=", id)
    .where("state", "=", "waiting")
    .execute();
}

export interface ListedInvitation {
  readonly userId: string;
  readonly user: string;
  readonly address: string;
  /** `expired` if its password no longer works, because it was never changed. */
  readonly state: PersonInvitationState | "expired";
  readonly madeAt: Date;
  readonly expiresAt: Date | null;
  readonly failure: string | null;
}

/** The latest of each user, the newest first. */
export async function listInvitations(db: Kysely<Tables>): Promise<readonly ListedInvitation[]> {
  const { rows } = await sql<ListedInvitation>`
    select "userId", "user", address, "madeAt", state, "expiresAt", failure from (
      select distinct on (user_id) user_id as "userId", principals.name as "user", address, made_at as "madeAt",
          case when state = 'sent' and expires_at <= clock_timestamp() then 'expired' else state end as state,
          expires_at as "expiresAt", failure
        from person_invitations join principals on principals.id = user_id and deleted_at is null
        order by user_id, made_at desc
    ) latest order by "madeAt" desc`.execute(db);
  return rows;
}

export function notInvited(place: string): HeadgateError {
  return new HeadgateError("INVITATION_NOT_FOUND", { place });
}
