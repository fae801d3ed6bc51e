/** The rows of invitations of people (migrations/0092_person_invitations.sql) as Kysely types. */
import type { ColumnType, Generated } from "kysely";

export interface PersonInvitationTables {
  readonly person_invitations: PersonInvitationRow;
}

export const personInvitationStates = ["waiting", "sent", "failed", "accepted", "withdrawn", "replaced"] as const;

export type PersonInvitationState = (typeof personInvitationStates)[number];

interface PersonInvitationRow {
  readonly id: string;
  readonly user_id: string;
  readonly address: string;
  readonly state: ColumnType<PersonInvitationState, undefined, PersonInvitationState>;
  readonly attempts: Generated<number>;
  readonly next_at: Generated<Date>;
  readonly expires_at: ColumnType<Date | null, undefined, Date>;
  readonly failure: ColumnType<string | null, undefined, string | null>;
  readonly made_by: string | null;
  readonly made_at: Generated<Date>;
  readonly ended_at: ColumnType<Date | null, undefined, Date>;
}
