/** The rows of shares: what is shared with whom, until when, and the invitations to accept it. */
import type { ColumnType, Generated } from "kysely";
import type { ShareTargetKind, SharedKind } from "./share-request-rows.ts";

export interface ShareTables {
  readonly sensitivity_facts: SensitivityFactRow;
  readonly shares: ShareRow;
  readonly share_items: ShareItemRow;
  readonly invitations: InvitationRow;
}

/** `expired` and `lapsed` are no stored states: they follow from the time. */
export type StoredShareState = "awaiting_acceptance" | "active" | "suspended" | "revoked" | "rejected";

export interface ShareRow {
  readonly id: string;
  readonly request_id: string | null;
  readonly product_id: string | null;
  readonly source_account_id: string;
  readonly target_kind: ShareTargetKind;
  readonly target_id: string;
  readonly state: StoredShareState;
  readonly valid_until: Date | null;
  readonly may_reshare: boolean;
  /** Null for a share that people decided on; governance/judged-share.ts says what is in it. */
  readonly judged: ColumnType<unknown, string | null, string>;
  readonly made_by: string | null;
  readonly origin: string | null;
  readonly created_at: Generated<Date>;
  readonly ended_at: ColumnType<Date | null, Date | null | undefined>;
  readonly ended_by: ColumnType<string | null, string | null | undefined>;
  readonly end_reason: ColumnType<string | null, string | null | undefined>;
  readonly epoch: Generated<bigint>;
}

/** Written by triggers only: what marks things as sensitive. */
export interface SensitivityFactRow {
  readonly thing_id: string;
  readonly field_id: number | null;
  readonly kind: "flag" | "demand";
  /** Null: not any more. */
  readonly value: string | null;
  readonly epoch: Generated<bigint>;
}

export interface ShareItemRow {
  readonly id: string;
  readonly share_id: string;
  readonly resource_kind: SharedKind;
  readonly resource_id: string;
  readonly columns: ColumnType<unknown, string | null, string | null>;
  readonly filter_id: string | null;
  readonly grant_id: string;
  readonly ended_at: ColumnType<Date | null, Date | null | undefined>;
}

export interface InvitationRow {
  readonly id: string;
  readonly share_id: string;
  readonly state: "pending" | "accepted" | "rejected" | "withdrawn";
  readonly sent_at: Generated<Date>;
  readonly expires_at: Date;
  readonly decided_at: ColumnType<Date | null, Date | null | undefined>;
  readonly decided_by: ColumnType<string | null, string | null | undefined>;
}
