/**
 * Shares as they stand: what is shared, with whom, and in which state.
 * Invariant: whether a share has expired, or its invitation has lapsed, is found out from the time at each look.
 */
import { sql, type Kysely, type RawBuilder, type Selectable } from "kysely";
import type { InvitationRow, ShareItemRow, ShareRow } from "../db/share-tables.ts";
import type { Tables } from "../db/tables.ts";
import { HeadgateError } from "../errors.ts";

export const shareStates = [
  "awaiting_acceptance",
  "active",
  "suspended",
  "revoked",
  "expired",
  "rejected",
  "lapsed",
] as const;

export type ShareState = (typeof shareStates)[number];

export interface Share {
  readonly row: Selectable<ShareRow>;
  readonly state: ShareState;
  readonly items: readonly Selectable<ShareItemRow>[];
  /** The latest one. */
  readonly invitation: Selectable<InvitationRow> | undefined;
}

/** The newest first. */
export async function listShares(
  db: Kysely<Tables>,
  now: number,
  where: RawBuilder<boolean> = sql<boolean>`true`,
): Promise<readonly Share[]> {
  const found = db.selectFrom("shares").selectAll().where(where);
  const rows = await found.orderBy("created_at", "desc").orderBy("id").execute();
  return withParts(db, rows, now);
}

/** Throws SHARE_NOT_FOUND. */
export async function findShare(db: Kysely<Tables>, id: string, now: number): Promise<Share> {
  if (id.includes("\0")) throw noShare(id);
  const rows = await db
    .selectFrom("shares")
    .selectAll()
    .where(sql<boolean>`id::text = ${id}`)
    .execute();
  const [found] = await withParts(db, rows, now);
  if (found === undefined) throw noShare(id);
  return found;
}

export function noShare(id: string): HeadgateError {
  return new HeadgateError("SHARE_NOT_FOUND", { place: id });
}

async function withParts(
  db: Kysely<Tables>,
  rows: readonly Selectable<ShareRow>[],
  now: number,
): Promise<readonly Share[]> {
  const isOfThese = sql<boolean>`share_id = any(${rows.map(({ id }) => id)}::uuid[])`;
  const items = await db.selectFrom("share_items").selectAll().where(isOfThese).orderBy("id").execute();
  const invitations = await db.selectFrom("invitations").selectAll().where(isOfThese).orderBy("sent_at").execute();
  const itemsOf = Map.groupBy(items, ({ share_id: of }) => of);
  const invitationOf = new Map(invitations.map((one) => [one.share_id, one]));
  return rows.map((row) => {
    const invitation = invitationOf.get(row.id);
    return { row, invitation, state: stateOf(row, invitation, now), items: itemsOf.get(row.id) ?? [] };
  });
}

function stateOf(
  { state, valid_until: until }: Selectable<ShareRow>,
  invitation: Selectable<InvitationRow> | undefined,
  now: number,
): ShareState {
  if (state === "revoked" || state === "rejected") return state;
  if (until !== null && until.getTime() <= now) return "expired";
  const hasLapsed = invitation === undefined || invitation.expires_at.getTime() <= now;
  return state === "awaiting_acceptance" && hasLapsed ? "lapsed" : state;
}
