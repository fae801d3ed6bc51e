/**
 * Who owns a view that somebody makes or changes, and whether they may make it in that name.
 * Invariant: nobody uses the rights of somebody else. A view is made in one's own name, in that of a group or a role that
 * one is in, or by somebody who may grant all that it reads to anybody.
 */
import type { TableEntry } from "../../catalog/catalog.ts";
import { HeadgateError } from "../../errors.ts";
import { isOwner, type Asking } from "../../governance/asking.ts";
import { askingsAs } from "../../governance/effective-access.ts";
import type { Policy } from "../../governance/policy.ts";
import { administers } from "../../governance/right-to-grant.ts";
import { securableTable } from "../../governance/securable.ts";
import { askingAsOwner, type ViewOwner } from "../../governance/view-owner.ts";
import { authorOf } from "../../identity/principal.ts";
import { principalLabel } from "../../identity/principal-name.ts";
import { findHolder } from "../access/find-holder.ts";
import type { Context } from "../context.ts";

export interface ChosenOwner {
  readonly id: string | null;
  readonly accountId: string | null;
  /** The owner as somebody who asks. */
  readonly asking: Asking;
  readonly label: string;
}

/** Without a name, whoever asks. Throws USER_NOT_FOUND, GROUP_NOT_FOUND, ROLE_NOT_FOUND, API_KEY_NOT_FOUND. */
export async function chosenOwner(
  { db }: Pick<Context, "db">,
  asking: Asking,
  name: string | undefined,
): Promise<ChosenOwner> {
  const { policy, now, accountId = null } = asking;
  if (name === undefined) {
    const id = authorOf(asking.principal);
    return { id, accountId, asking, label: ownerLabel(policy, id) };
  }
  const principal = policy.principals.get((await findHolder(db, asking, name)) ?? "");
  if (principal === undefined) throw new HeadgateError("USER_NOT_FOUND", { place: name });
  const ways = askingsAs(policy, principal, now);
  const own = ways.find((way) => way.accountId === asking.accountId) ?? ways[0] ?? asking;
  return { id: principal.id, accountId: own.accountId ?? null, asking: own, label: principalLabel(principal) };
}

interface Owning {
  readonly owner: Pick<ChosenOwner, "id" | "label">;
  /** The account of the view. */
  readonly accountId: string | undefined;
  /** The tables and views that it reads, once they are known. */
  readonly bases: readonly TableEntry[];
}

/** Throws VIEW_NOT_ALLOWED. */
export function checkMayOwn(asking: Asking, { owner, accountId, bases }: Owning): void {
  const { label } = owner;
  if (isOwner(asking) || asking.reader.ids.has(owner.id ?? "")) return;
  const things = [{ kind: "account", id: accountId ?? "" } as const, ...bases.map(securableTable)];
  if (owner.id !== null && things.every((thing) => administers(asking, thing))) return;
  throw new HeadgateError("VIEW_NOT_ALLOWED", {
    place: label,
    message: `${asking.principal.name} may not make a view that is read by the rights of ${label}`,
    remedy: "make it in your own name, or in that of a group or role that you are in, or let the owner take it over",
  });
}

/**
 * The owner of a view that gets a new version without a word about its owner: the one that it has, if whoever makes the
 * version may use that name.
 */
export function keptOwner(asking: Asking, { ownerId, ownerAccountId }: ViewOwner): ChosenOwner | undefined {
  if (!isOwner(asking) && !asking.reader.ids.has(ownerId ?? "")) return undefined;
  return {
    id: ownerId ?? null,
    accountId: ownerAccountId ?? null,
    asking: askingAsOwner(asking, { ownerId, ownerAccountId }),
    label: ownerLabel(asking.policy, ownerId),
  };
}

export function ownerLabel({ principals }: Policy, id: string | null | undefined): string {
  if (id === null || id === undefined) return "the owner of the data directory";
  const principal = principals.get(id);
  return principal === undefined ? "somebody who was removed" : principalLabel(principal);
}
