/** The rows of mail about share requests (migrations/0081_request_mail.sql) as Kysely types. */
import type { ColumnType, Generated } from "kysely";
import type { Verdict } from "./share-request-rows.ts";

export interface RequestMailTables {
  readonly mail_subscriptions: MailSubscriptionRow;
  readonly mail_outbox: MailOutboxRow;
  readonly mail_position: MailPositionRow;
  readonly decision_links: DecisionLinkRow;
}

export const mailKinds = ["decide", "reminder", "ended", "share"] as const;

export type MailKind = (typeof mailKinds)[number];

export const mailStates = ["waiting", "sent", "dead", "dropped"] as const;

export type MailState = (typeof mailStates)[number];

export interface MailSubscriptionRow {
  readonly id: string;
  readonly principal_id: string;
  readonly address: string;
  readonly code_digest: Buffer;
  readonly made_at: Generated<Date>;
  readonly confirmed_at: ColumnType<Date | null, undefined, Date>;
  readonly ended_at: ColumnType<Date | null, undefined, Date>;
}

interface MailOutboxRow {
  readonly id: string;
  readonly event: string;
  readonly kind: MailKind;
  /** Null for a share that was made without a request. */
  readonly request_id: string | null;
  /** For mails about a share. */
  readonly share_id: ColumnType<string | null, string | undefined, never>;
  /** The type of the event that a mail about a share tells of. */
  readonly about: ColumnType<string | null, string | undefined, never>;
  readonly principal_id: string;
  readonly address: string;
  readonly state: ColumnType<MailState, undefined, MailState>;
  readonly attempts: Generated<number>;
  readonly made_at: Generated<Date>;
  readonly next_at: Generated<Date>;
  readonly sent_at: ColumnType<Date | null, undefined, Date>;
  readonly failure: ColumnType<string | null, undefined, string>;
}

interface MailPositionRow {
  readonly is_only: boolean;
  readonly sequence: bigint;
}

interface DecisionLinkRow {
  readonly token_digest: Buffer;
  readonly request_id: string;
  readonly round: number;
  readonly principal_id: string;
  readonly verdict: Verdict;
  readonly made_at: Generated<Date>;
  readonly expires_at: Date;
  readonly used_at: ColumnType<Date | null, undefined, Date>;
}
