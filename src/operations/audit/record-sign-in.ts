/** Puts into the audit log how people sign in and out, and as what they then act. */
import type { Actor, AuditEvent } from "../../audit/audit-event.ts";
import { toHeadgateError } from "../../base/present-error.ts";
import type { Principal } from "../../identity/principal.ts";
import type { Context } from "../context.ts";
import { actorOf } from "../../identity/principal.ts";

type Recording = Pick<Context, "audit">;

/** Where somebody signs in from: an address of the network. */
interface From {
  readonly from: string;
}

/** The name of the identity provider, if one said who it is. */
interface Through {
  readonly provider?: string | undefined;
}

export function recordSignIn(
  { audit }: Recording,
  { principal, from, provider }: From & Through & { principal: Principal },
): Promise<void> {
  return audit.note({ kind: "sign-in", actor: actorOf(principal), outcome: "done", details: { from, provider } });
}

export function recordSignOut(
  { audit }: Recording,
  { principal, from }: From & { principal: Principal },
): Promise<void> {
  return audit.note({ kind: "sign-out", actor: actorOf(principal), outcome: "done", details: { from } });
}

export function recordNewPassword(
  { audit }: Recording,
  { principal, from }: From & { readonly principal: Principal },
): Promise<void> {
  return recordOwnChange({ audit }, { principal, operation: "password", what: { password: "changed", from } });
}

interface OwnChange {
  readonly principal: Principal;
  /** As in the path of the request. */
  readonly operation: string;
  readonly what: Readonly<Record<string, unknown>>;
}

/** Something that people change about how they themselves sign in. */
export function recordOwnChange({ audit }: Recording, { principal, operation, what }: OwnChange): Promise<void> {
  const actor = actorOf(principal);
  const resources = [{ kind: "user", name: actor.name, id: actor.id }];
  const details = { milliseconds: 0, what };
  return audit.note({ kind: "change", actor, operation, resources, outcome: "done", details });
}

interface ProvidersAct extends From {
  readonly provider: string;
  readonly operation: string;
  readonly what: Readonly<Record<string, unknown>>;
}

/** An act of an identity provider by itself. */
export function recordProvidersAct(
  { audit }: Recording,
  { provider, operation, what, from }: ProvidersAct,
): Promise<void> {
  const actor = { kind: "nobody", name: `identity provider ${provider}` } as const;
  const details = { milliseconds: 0, what: { ...what, from } };
  return audit.note({ kind: "change", actor, operation, outcome: "done", details });
}

/** The account in which a session acts from now on, or the role. */
export function recordChoice(
  { audit }: Recording,
  { principal, choice }: { readonly principal: Principal; readonly choice: Readonly<Record<string, unknown>> },
): Promise<void> {
  const details = { milliseconds: 0, what: choice };
  return audit.note({ kind: "change", actor: actorOf(principal), operation: "act", outcome: "done", details });
}

interface Lockout extends From {
  readonly user: string;
  /** Until then, no sign-in with this name or from this address is looked at. */
  readonly until: Date;
}

export async function recordLockout(
  { db, audit }: Recording & Pick<Context, "db">,
  { user, from, until }: Lockout,
): Promise<void> {
  const actor = await triedAs(db, user);
  await audit.note({ kind: "lockout", actor, outcome: "done", details: { from, until: until.toISOString() } });
}

export async function recordRefusedSignIn(
  { db, audit }: Recording & Pick<Context, "db">,
  { user, failure, from, provider }: From & Through & { readonly user: string; readonly failure: unknown },
): Promise<void> {
  const { code } = toHeadgateError(failure);
  const event: AuditEvent = {
    kind: "sign-in refused",
    actor: await triedAs(db, user),
    outcome: code,
    details: { from, provider },
  };
  await audit.note(event);
}

/** A name that no user has is left out, because people type passwords into the wrong field. */
async function triedAs(db: Context["db"], user: string): Promise<Actor> {
  return { kind: "nobody", name: (await isUser(db, user)) ? user : "unknown" };
}

async function isUser(db: Context["db"], name: string): Promise<boolean> {
  if (name.includes("\0")) return false;
  const found = await db
    .selectFrom("principals")
    .select("id")
    .where("kind", "=", "user")
    .where("name", "=", name)
    .where("deleted_at", "is", null)
    .executeTakeFirst();
  return found !== undefined;
}
