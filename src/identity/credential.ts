/**
 * The session or key with which somebody was admitted, and whether it is still valid with the same role. What it allows
 * is decided in governance/decide.ts.
 */
import type { Kysely } from "kysely";
import type { Tables } from "../db/tables.ts";
import { HeadgateError } from "../errors.ts";
import { assume } from "./acting.ts";
import { principalsOfKeys } from "./api-keys.ts";
import { personOf, standingOf, type Principal } from "./principal.ts";
import { principalsOfSessions } from "./sessions.ts";
import { digestOf } from "./token.ts";

export interface Credential {
  readonly kind: "key" | "session";
  readonly digest: Buffer;
  /** The principal that it stood for at the time of admission. */
  readonly principal: Principal;
}

interface Shown {
  readonly kind: Credential["kind"];
  readonly token: string;
  readonly principal: Principal;
}

export function credentialOf({ kind, token, principal }: Shown): Credential {
  return { kind, digest: digestOf(token), principal };
}

/**
 * The credentials that are no longer valid, with the reason: they ended, or they now stand for somebody with another
 * role or in another account.
 */
export async function endedCredentials<Held extends Credential>(
  db: Kysely<Tables>,
  held: readonly Held[],
): Promise<ReadonlyMap<Held, HeadgateError>> {
  const principals = await principalsNow(db, held);
  return new Map(
    held.flatMap((credential) => {
      const reason = endOf(credential, principals.get(credential));
      return reason === undefined ? [] : [[credential, reason] as const];
    }),
  );
}

function endOf({ kind, principal }: Credential, now: Principal | undefined): HeadgateError | undefined {
  if (now === undefined) return ended(kind);
  if (standingOf(now) === standingOf(principal)) return undefined;
  const isSame = now.id === principal.id && now.accountId === principal.accountId;
  return new HeadgateError("NOT_ALLOWED", {
    message: isSame
      ? `the role was changed from ${principal.role} to ${now.role} while the answer was being sent`
      : `the ${kind} began to act in another account or as another role while the answer was being sent`,
    remedy: "send the request again if the new role allows it",
  });
}

/** The same error for a principal who no longer exists or is not active, which may be noticed before the credential. */
export function principalEnded(principal: Principal): HeadgateError {
  return ended(personOf(principal).kind === "service" ? "key" : "session");
}

function ended(what: Credential["kind"]): HeadgateError {
  return new HeadgateError("UNAUTHENTICATED", { message: `the ${what} was ended while the answer was being sent` });
}

/** The principals that the credentials stand for, if they are still valid. */
async function principalsNow<Held extends Credential>(
  db: Kysely<Tables>,
  held: readonly Held[],
): Promise<ReadonlyMap<Held, Principal>> {
  const digests = (kind: Credential["kind"]): Buffer[] =>
    held.filter((credential) => credential.kind === kind).map(({ digest }) => digest);
  const [key, session] = await Promise.all([
    principalsOfKeys(db, digests("key")),
    principalsOfSessions(db, digests("session")),
  ]);
  const found = new Map<Held, Principal>();
  for (const credential of held) {
    const principal = { key, session }[credential.kind].get(credential.digest.toString("hex"));
    const acting = principal && (await asBefore(db, principal, credential));
    if (acting !== undefined) found.set(credential, acting);
  }
  return found;
}

/** A key assumes a role for one request; undefined if it no longer may. */
async function asBefore(
  db: Kysely<Tables>,
  principal: Principal,
  { kind, principal: before }: Credential,
): Promise<Principal | undefined> {
  if (kind === "session" || before.behind === undefined) return principal;
  return assume(db, principal, before.name).catch((failure: unknown) => {
    if (failure instanceof HeadgateError && failure.code === "ROLE_NOT_FOUND") return undefined;
    throw failure;
  });
}
