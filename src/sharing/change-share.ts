/**
 * The steps of a share after it was made. Each step is allowed only in some states, and counts from its commit on.
 * It does not ask whether the caller may; the operations do.
 * Invariants: nobody reads by a share in another state than `active`; a revoked or rejected share never comes back.
 */
import { sql, type Kysely } from "kysely";
import type { Tables } from "../db/tables.ts";
import { HeadgateError } from "../errors.ts";
import { endGrants } from "../governance/grants.ts";
import { endInvitation, invite } from "./invitations.ts";
import type { Share, ShareState } from "./shares.ts";

type By = string | null;

/** Throws SHARE_STATE, also for an invitation that has lapsed. */
export async function acceptShare(transaction: Kysely<Tables>, share: Share, by: By): Promise<void> {
  checkState(share, ["awaiting_acceptance"], "accepted");
  await endInvitation(transaction, { shareId: share.row.id, state: "accepted", by });
  await setState(transaction, share, "active");
}

/** Throws SHARE_STATE. */
export async function rejectShare(transaction: Kysely<Tables>, share: Share, by: By): Promise<void> {
  checkState(share, ["awaiting_acceptance", "lapsed"], "rejected");
  await endInvitation(transaction, { shareId: share.row.id, state: "rejected", by });
  await endShare(transaction, share, { state: "rejected", by, reason: "the share was rejected" });
}

/** A share that nobody has accepted can be revoked, too, which withdraws the invitation. Throws SHARE_STATE. */
export async function revokeShare(
  transaction: Kysely<Tables>,
  share: Share,
  { by, reason }: { readonly by: By; readonly reason: string | undefined },
): Promise<void> {
  checkState(share, ["awaiting_acceptance", "lapsed", "active", "suspended", "expired"], "revoked");
  await endInvitation(transaction, { shareId: share.row.id, state: "withdrawn", by });
  await endShare(transaction, share, { state: "revoked", by, reason: reason ?? "the share was revoked" });
}

/** Ends some items and leaves the others as they are; with the last item, the share ends. Throws SHARE_STATE. */
export async function revokeItems(
  transaction: Kysely<Tables>,
  share: Share,
  { ids, by, reason }: { readonly ids: readonly string[]; readonly by: By; readonly reason: string | undefined },
): Promise<void> {
  const open = share.items.filter(({ ended_at: end }) => end === null);
  if (open.every(({ id }) => ids.includes(id))) return revokeShare(transaction, share, { by, reason });
  checkState(share, ["awaiting_acceptance", "lapsed", "active", "suspended", "expired"], "revoked");
  const going = open.filter(({ id }) => ids.includes(id));
  await endItems(transaction, going, { by, reason: reason ?? "a part of the share was revoked" });
}

/** Throws SHARE_STATE. */
export async function suspendShare(transaction: Kysely<Tables>, share: Share): Promise<void> {
  checkState(share, ["active"], "suspended");
  await setState(transaction, share, "suspended");
}

/** Throws SHARE_STATE. */
export async function resumeShare(transaction: Kysely<Tables>, share: Share): Promise<void> {
  checkState(share, ["suspended"], "resumed");
  await setState(transaction, share, "active");
}

/** An expired share lives again, with everything that was passed on from it. Throws SHARE_STATE. */
export async function extendShare(transaction: Kysely<Tables>, share: Share, until: Date | null): Promise<void> {
  checkState(share, ["awaiting_acceptance", "lapsed", "active", "suspended", "expired"], "extended");
  await transaction.updateTable("shares").set({ valid_until: until }).where("id", "=", share.row.id).execute();
}

/** The time to accept begins again. Throws SHARE_STATE. */
export async function inviteAgain(transaction: Kysely<Tables>, share: Share): Promise<void> {
  checkState(share, ["awaiting_acceptance", "lapsed"], "offered again");
  await invite(transaction, share.row.id);
}

function checkState({ row, state }: Share, states: readonly ShareState[], done: string): void {
  if (states.includes(state)) return;
  throw new HeadgateError("SHARE_STATE", {
    place: row.id,
    message: `a share that is ${state.replaceAll("_", " ")} cannot be ${done}`,
  });
}

async function setState(transaction: Kysely<Tables>, { row }: Share, state: "active" | "suspended"): Promise<void> {
  await transaction.updateTable("shares").set({ state }).where("id", "=", row.id).execute();
}

interface End {
  readonly state: "revoked" | "rejected";
  readonly by: By;
  readonly reason: string;
}

async function endShare(transaction: Kysely<Tables>, share: Share, { state, by, reason }: End): Promise<void> {
  // The share first, so that its end is the one event, and not that it was narrowed, too.
  await transaction
    .updateTable("shares")
    .set({ state, ended_at: sql<Date>`clock_timestamp()`, ended_by: by, end_reason: reason })
    .where("id", "=", share.row.id)
    .execute();
  const open = share.items.filter(({ ended_at: end }) => end === null);
  await endItems(transaction, open, { by, reason });
}

/** With everything that was passed on from them. */
async function endItems(
  transaction: Kysely<Tables>,
  items: Share["items"],
  ending: Pick<End, "by" | "reason">,
): Promise<void> {
  await endGrants(
    transaction,
    items.map(({ grant_id: grant }) => grant),
    ending,
  );
  await transaction
    .updateTable("share_items")
    .set({ ended_at: sql<Date>`clock_timestamp()` })
    .where(sql<boolean>`id = any(${items.map(({ id }) => id)}::uuid[])`)
    .execute();
}
