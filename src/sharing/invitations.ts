/**
 * Invitations to accept a share. They lapse by the time alone: no job has to run.
 * Invariant: a share has at most one pending invitation.
 */
import { sql, type Kysely } from "kysely";
import { uuidv7 } from "../base/uuid.ts";
import type { Tables } from "../db/tables.ts";

/** How long somebody has to accept. */
export const invitationDays = 14;

/** One that is pending is withdrawn, so that the time begins again. */
export async function invite(transaction: Kysely<Tables>, shareId: string): Promise<void> {
  await endInvitation(transaction, { shareId, state: "withdrawn", by: null });
  await transaction
    .insertInto("invitations")
    .values({
      id: uuidv7(),
      share_id: shareId,
      state: "pending",
      expires_at: sql<Date>`clock_timestamp() + make_interval(days => ${invitationDays})`,
    })
    .execute();
}

export interface InvitationEnd {
  readonly shareId: string;
  readonly state: "accepted" | "rejected" | "withdrawn";
  readonly by: string | null;
}

export async function endInvitation(transaction: Kysely<Tables>, { shareId, state, by }: InvitationEnd): Promise<void> {
  await transaction
    .updateTable("invitations")
    .set({ state, decided_at: sql<Date>`clock_timestamp()`, decided_by: by })
    .where("share_id", "=", shareId)
    .where("state", "=", "pending")
    .execute();
}
