/** The rows of share requests, processes and decisions (migrations/0080_share_requests.sql) as Kysely types. */
import type { ColumnType, Generated } from "kysely";

export interface ShareRequestTables {
  readonly share_processes: ShareProcessRow;
  readonly share_requests: ShareRequestRow;
  readonly share_request_followers: ShareRequestFollowerRow;
  readonly share_request_items: ShareRequestItemRow;
  readonly share_decisions: ShareDecisionRow;
  readonly approver_absences: ApproverAbsenceRow;
}

export const requestStates = [
  "draft",
  "pending",
  "approved",
  "partly_approved",
  "denied",
  "withdrawn",
  "expired",
] as const;

export type RequestState = (typeof requestStates)[number];

/** The subject of a request: new things, what was marked or added since a share was made, or a later end of a share. */
export const requestKinds = ["new", "judgement", "extension"] as const;

export type RequestKind = (typeof requestKinds)[number];

export const shareTargetKinds = ["account", "unit", "principal"] as const;

export type ShareTargetKind = (typeof shareTargetKinds)[number];

export const sharedKinds = ["database", "tables", "table"] as const;

export type SharedKind = (typeof sharedKinds)[number];

export type Verdict = "approve" | "deny";

/** Written as JSON text and read as the value it represents. */
type JsonColumn = ColumnType<unknown, string | undefined, string>;

interface ShareProcessRow {
  readonly id: string;
  /** Null for the process of the lake. */
  readonly account_id: string | null;
  readonly version: number;
  readonly definition: ColumnType<unknown, string, never>;
  readonly origin: string | null;
  readonly made_at: Generated<Date>;
  readonly made_by: string | null;
  readonly ended_at: ColumnType<Date | null, undefined, Date>;
}

interface ShareRequestRow {
  readonly id: string;
  readonly handle: string;
  readonly source_account_id: string;
  readonly target_kind: ShareTargetKind;
  readonly target_id: string;
  readonly account_id: string | null;
  readonly requester_id: string | null;
  readonly person_id: string | null;
  readonly purpose: string;
  readonly answers: JsonColumn;
  readonly product_id: string | null;
  readonly terms_version: number | null;
  readonly may_reshare: Generated<boolean>;
  readonly until_at: Date | null;
  readonly fingerprint: string;
  readonly state: RequestState;
  readonly round: Generated<number>;
  readonly judgement: ColumnType<unknown, undefined, string>;
  readonly steps: JsonColumn;
  readonly process_ids: ColumnType<readonly string[], undefined, readonly string[]>;
  readonly extends_id: string | null;
  readonly kind: RequestKind;
  readonly about_share: string | null;
  readonly created_at: Generated<Date>;
  readonly submitted_at: ColumnType<Date | null, undefined, Date>;
  readonly judged_at: ColumnType<Date | null, undefined, Date>;
  readonly decide_by: ColumnType<Date | null, undefined, Date>;
  readonly ended_at: ColumnType<Date | null, undefined, Date>;
  readonly end_reason: ColumnType<string | null, undefined, string>;
  readonly share_id: ColumnType<string | null, undefined, string>;
  readonly told_at: ColumnType<Date | null, undefined, Date>;
}

interface ShareRequestFollowerRow {
  readonly request_id: string;
  readonly principal_id: string;
  readonly purpose: string;
  readonly joined_at: Generated<Date>;
  readonly left_at: ColumnType<Date | null, undefined, Date | null>;
}

interface ShareRequestItemRow {
  readonly id: string;
  readonly request_id: string;
  readonly position: number;
  readonly kind: SharedKind;
  readonly thing_id: string;
  readonly database_id: string;
  readonly columns: ColumnType<unknown, string | null, never>;
  readonly row_text: string | null;
  readonly row_predicate: ColumnType<unknown, string | null, never>;
  readonly judged: JsonColumn;
  readonly left_out: ColumnType<string | null, undefined, string | null>;
}

interface ShareDecisionRow {
  readonly id: string;
  readonly request_id: string;
  readonly round: number;
  readonly step: number;
  readonly principal_id: string | null;
  readonly person_id: string | null;
  readonly standing: string;
  readonly verdict: Verdict;
  readonly item_ids: readonly string[];
  readonly comment: string | null;
  readonly narrowed: JsonColumn;
  readonly until_at: Date | null;
  readonly channel: string;
  readonly decided_at: Generated<Date>;
}

interface ApproverAbsenceRow {
  readonly id: string;
  readonly principal_id: string;
  readonly deputy_id: string;
  readonly from_at: Date;
  readonly until_at: Date;
  readonly ended_at: ColumnType<Date | null, undefined, Date>;
  readonly made_at: Generated<Date>;
}
