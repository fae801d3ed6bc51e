/**
 * Which share requests somebody may know: their own, those that they decide on, and those of accounts that they
 * administer, on either side.
 * Invariant: a request that somebody may not know of does not exist for them.
 */
import { sql } from "kysely";
import { HeadgateError } from "../../errors.ts";
import { isOwner, type Asking } from "../../governance/asking.ts";
import { decideFor } from "../../governance/decide.ts";
import { personOf } from "../../identity/principal.ts";
import { isApprover, openAbsences, type Moment } from "../../sharing/case-of.ts";
import type { ShareRequest } from "../../sharing/request.ts";
import { readRequest, type RequestCondition } from "../../sharing/request-store.ts";
import type { Context } from "../context.ts";

export function administersAccount(asking: Asking, id: string): boolean {
  return decideFor(asking, "administer", { kind: "account", id }).allowed;
}

/** The id under which somebody asks and decides; undefined for the owner of the data directory. */
export function personIdOf(asking: Asking): string | undefined {
  return isOwner(asking) ? undefined : personOf(asking.principal).id;
}

export function isAsker({ requesterId, followerIds }: ShareRequest, asking: Asking): boolean {
  const own = personIdOf(asking);
  return own === undefined ? requesterId === undefined : requesterId === own || followerIds.includes(own);
}

export function administersTarget({ target }: ShareRequest, asking: Asking): boolean {
  return target.kind === "account" && administersAccount(asking, target.id);
}

export function mayKnowRequest(request: ShareRequest, asking: Asking, moment: Moment): boolean {
  if (isOwner(asking) || isAsker(request, asking)) return true;
  if (request.submittedAt === undefined) return false;
  return (
    administersTarget(request, asking) ||
    administersAccount(asking, request.sourceAccountId) ||
    isApprover(request, asking, moment)
  );
}

export async function momentOf({ db }: Pick<Context, "db">, { policy, now }: Asking): Promise<Moment> {
  return { policy, now, absences: await openAbsences(db, now) };
}

export function byHandle(handle: string): RequestCondition {
  return sql<boolean>`handle = ${handle.trim().toLowerCase()}`;
}

export interface KnownRequest {
  readonly request: ShareRequest;
  readonly moment: Moment;
}

/** Throws REQUEST_NOT_FOUND. */
export async function findRequest({ db }: Pick<Context, "db">, asking: Asking, handle: string): Promise<KnownRequest> {
  const request = handle.includes("\0") ? undefined : await readRequest(db, byHandle(handle));
  const moment = await momentOf({ db }, asking);
  if (request !== undefined && mayKnowRequest(request, asking, moment)) return { request, moment };
  throw new HeadgateError("REQUEST_NOT_FOUND", { place: handle });
}
