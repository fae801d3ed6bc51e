/**
 * Sign-ins that have begun at an identity provider. The browser keeps a random token in a cookie, and the provider sends
 * back another one, the state; both are needed to go on, and each sign-in goes on once. Sign-ins that a browser begins in
 * several tabs have one token in it, and go on in any order.
 * Invariant: the database alone is not enough to go on with one: what the provider checks, and what is checked of its
 * answer, is computed from the browser's token and the state.
 */
import { createHmac } from "node:crypto";
import { sql, type Kysely } from "kysely";
import type { Tables } from "../../db/tables.ts";
import { HeadgateError } from "../../errors.ts";
import { digestOf, newToken } from "../token.ts";

/** Time to sign in at the provider, in minutes. */
export const patienceMinutes = 10;

export interface BegunSignIn {
  readonly state: string;
  /** For the cookie. */
  readonly browser: string;
}

export interface BeginSignIn {
  readonly providerId: string;
  /** The user who links an identity with themselves. */
  readonly linkUserId?: string | undefined;
  readonly origin: string;
  /** The token that the browser has already, if any. */
  readonly browser?: string | undefined;
}

export async function beginSignIn(
  db: Kysely<Tables>,
  { providerId, linkUserId, origin, browser: had }: BeginSignIn,
): Promise<BegunSignIn> {
  const state = newToken();
  const browser = had !== undefined && (await hasBegun(db, had)) ? had : newToken();
  await db
    .deleteFrom("begun_sign_ins")
    .where(({ not }) => not(isRecent))
    .execute();
  await db
    .insertInto("begun_sign_ins")
    .values({
      state_digest: digestOf(state),
      browser_digest: digestOf(browser),
      provider_id: providerId,
      link_user_id: linkUserId ?? null,
      origin,
    })
    .execute();
  return { state, browser };
}

/** Whether a sign-in that has begun in the browser can still go on. */
export async function hasBegun(db: Kysely<Tables>, browser: string): Promise<boolean> {
  const found = await db
    .selectFrom("begun_sign_ins")
    .select("provider_id")
    .where("browser_digest", "=", digestOf(browser))
    .where(isRecent)
    .limit(1)
    .executeTakeFirst();
  return found !== undefined;
}

export interface TakenSignIn {
  readonly linkUserId: string | undefined;
  readonly origin: string;
}

/** Ends it, so that nothing can return twice. Throws SIGN_IN_STALE, also for one that began at another provider. */
export async function takeSignIn(
  db: Kysely<Tables>,
  { state, browser, providerId }: BegunSignIn & { readonly providerId: string },
): Promise<TakenSignIn> {
  const taken = await db
    .deleteFrom("begun_sign_ins")
    .where("state_digest", "=", digestOf(state))
    .where("browser_digest", "=", digestOf(browser))
    .where("provider_id", "=", providerId)
    .where(isRecent)
    .returning(["link_user_id as linkUserId", "origin"])
    .executeTakeFirst();
  if (taken === undefined) throw new HeadgateError("SIGN_IN_STALE");
  return { linkUserId: taken.linkUserId ?? undefined, origin: taken.origin };
}

const isRecent = sql<boolean>`(begun_sign_ins.created_at > clock_timestamp() - make_interval(mins => ${patienceMinutes}))`;

/** The secret of PKCE (RFC 7636) that belongs to a sign-in. */
export function verifierOf(begun: BegunSignIn): string {
  return derived(begun, "verifier");
}

/** The text that the provider must repeat in its token. */
export function nonceOf(begun: BegunSignIn): string {
  return derived(begun, "nonce");
}

function derived({ browser, state }: BegunSignIn, what: string): string {
  return createHmac("sha256", browser).update(`${what} ${state}`).digest("base64url");
}
