/** The rows of migrations/*.sql as Kysely types: 64-bit integers are `bigint`, instants `Date`. */
import type { KeptShareRow, KeptThingRow } from "./kept-rows.ts";
import type { ColumnType, Generated } from "kysely";
import type { AcceptedRestoreRow } from "./accepted-restore-row.ts";
import type { AccountLakeTables } from "./account-lake-rows.ts";
import type { AccountRow } from "./account-row.ts";
import type { PersonInvitationTables } from "./person-invitation-rows.ts";
import type { BudgetTables } from "./budget-rows.ts";
import type { SearchTables } from "./search-rows.ts";
import type { ShareTables } from "./share-tables.ts";
import type { SignInTables } from "./sign-in-tables.ts";
import type { PresentedError } from "../base/present-error.ts";
import type { TagAssignmentRow, TagExpressionRow, TagKeyRow, TagValueRow } from "./tag-tables.ts";
import type { PiiTables, Unclassified } from "./pii-rows.ts";
import type { ProductTables } from "./product-rows.ts";
import type { RequestMailTables } from "./request-mail-rows.ts";
import type { ResourceLinkTables } from "./resource-link-rows.ts";
import type { ShareRequestTables } from "./share-request-rows.ts";
import type { SharingEventTables } from "./sharing-event-rows.ts";
import type { SourceCommentsRow } from "./source-comments-row.ts";
import type { ViewAlertRow, ViewRow, ViewVersionRow } from "./view-rows.ts";

export interface Tables
  extends
    ShareTables,
    SignInTables,
    PiiTables,
    SearchTables,
    ShareRequestTables,
    ProductTables,
    ResourceLinkTables,
    SharingEventTables,
    BudgetTables,
    AccountLakeTables,
    PersonInvitationTables,
    RequestMailTables {
  readonly sources: SourceRow;
  readonly databases: DatabaseRow;
  readonly tables: TableRow;
  readonly commits: CommitRow;
  readonly table_commits: TableCommitRow;
  readonly positions: PositionRow;
  readonly runs: RunRow;
  readonly table_failures: TableFailureRow;
  readonly staged_splits: StagedSplitRow;
  readonly hashed_spans: HashedSpansRow;
  readonly table_settings: TableSettingsRow;
  readonly dropped_tables: DroppedTableRow;
  readonly schedules: ScheduleRow;
  readonly declarations: DeclarationRow;
  readonly declared_lake: DeclaredLakeRow;
  readonly alerts: AlertRow;
  readonly sign_in_attempts: SignInAttemptsRow;
  readonly policy_epoch: PolicyEpochRow;
  readonly accepted_restores: AcceptedRestoreRow;
  readonly org_units: OrgUnitRow;
  readonly accounts: AccountRow;
  readonly principals: PrincipalRow;
  readonly memberships: MembershipRow;
  readonly data_filters: DataFilterRow;
  readonly grants: GrantRow;
  readonly tag_keys: TagKeyRow;
  readonly tag_values: TagValueRow;
  readonly tag_assignments: TagAssignmentRow;
  readonly tag_expressions: TagExpressionRow;
  readonly closed_tables: ClosedTableRow;
  readonly views: ViewRow;
  readonly view_versions: ViewVersionRow;
  readonly view_alerts: ViewAlertRow;
  readonly parameters: ParameterRow;
  readonly source_comments: SourceCommentsRow;
  readonly stewards: StewardRow;
  readonly marks: MarkRow;
  readonly terms: TermRow;
  readonly term_attachments: TermAttachmentRow;
  readonly kept_things: KeptThingRow;
  readonly kept_shares: KeptShareRow;
  readonly imports: ImportRow;
  readonly imported_files: ImportedFileRow;
  readonly import_attempts: ImportAttemptRow;
  readonly audit_events: AuditEventRow;
  readonly audit_chain: AuditChainRow;
  readonly audit_checkpoints: AuditCheckpointRow;
}

/** Written as JSON text and read as the value it represents. */
type JsonColumn<T> = ColumnType<T, string, string>;

/** New tables are loaded, or shown but not loaded until they are named, or ignored. */
export type NewTables = "auto" | "ask" | "ignore";

/** The lake's type for whole numbers from 0 to 2^64 - 1. */
export type UnsignedBigint = "decimal" | "long";

export interface DroppedTableRow {
  readonly source_id: string;
  readonly source_schema: string;
  readonly source_name: string;
  readonly dropped_at: Generated<Date>;
}

export interface SourceRow {
  readonly id: string;
  readonly name: string;
  readonly connector: string;
  readonly url: string;
  readonly secret: Buffer | null;
  /** Identifies the server and its history; null if unknown. */
  readonly identity: ColumnType<string | null, string | null | undefined>;
  readonly new_tables: ColumnType<NewTables, NewTables | undefined>;
  readonly include: ColumnType<readonly string[], string | undefined, string>;
  readonly exclude: ColumnType<readonly string[], string | undefined, string>;
  readonly origin: ColumnType<string | null, string | null | undefined>;
  readonly freshness_seconds: ColumnType<number | null, number | null | undefined>;
  readonly unsigned_bigint: ColumnType<UnsignedBigint, UnsignedBigint | undefined>;
  readonly unclassified: ColumnType<Unclassified, Unclassified | undefined>;
  readonly account_id: Generated<string>;
  readonly created_at: Generated<Date>;
}

export interface DatabaseRow {
  readonly id: string;
  readonly name: string;
  readonly account_id: Generated<string>;
  readonly created_at: Generated<Date>;
}

export interface TableRow {
  readonly id: string;
  readonly database_id: string;
  readonly name: string;
  readonly location: string;
  readonly metadata_location: string;
  readonly places: Generated<readonly string[]>;
  /** Bytes of all files that its snapshots reach; null until somebody needs the number. */
  readonly kept_bytes: ColumnType<bigint | null, bigint | null | undefined, bigint | null>;
  readonly created_at: Generated<Date>;
}

export interface CommitRow {
  readonly id: string;
  readonly sequence: Generated<bigint>;
  readonly committed_at: Generated<Date>;
  readonly run_id: string | null;
  readonly summary: string;
}

export interface TableCommitRow {
  readonly commit_id: string;
  readonly table_id: string;
  readonly previous_metadata_location: string | null;
  readonly metadata_location: string;
  readonly snapshot_id: bigint | null;
  /** The sequence number of the commit. */
  readonly sequence: bigint;
  /** Whether the states from this row up to the table's next row have been expired. */
  readonly expired: Generated<boolean>;
}

export interface PositionRow {
  readonly table_id: string;
  readonly source_id: string;
  readonly source_schema: string;
  readonly source_name: string;
  readonly position: string;
  readonly row_count: bigint;
  readonly shape: string;
  readonly fingerprint: string | null;
  readonly snapshot_id: bigint | null;
  readonly content_digest: string | null;
  readonly moved_at: Generated<Date>;
  readonly full_load_at: Date | null;
  readonly compared_whole: boolean;
  readonly compared_at: Date | null;
  readonly history_snapshot_id: bigint | null;
}

/** `done with failures`: some tables failed. `lost`: the process ended before the run did. */
export type RunState = "running" | "done" | "done with failures" | "failed" | "cancelled" | "lost";

/**
 * The work of a run: bring tables up to date, prove them equal to the source (and repair them), maintain their files,
 * or import files of others.
 */
export const runKinds = ["sync", "reconcile", "maintain", "import"] as const;

export type RunKind = (typeof runKinds)[number];

export interface RunRow {
  readonly id: string;
  readonly source_id: string | null;
  /** For an import, the table as `database.table`. */
  readonly source_name: string;
  readonly kind: ColumnType<RunKind, RunKind | undefined>;
  readonly state: RunState;
  readonly started_at: Generated<Date>;
  readonly ended_at: Date | null;
  readonly report: JsonColumn<unknown> | null;
  /** Whether the files of a run that did not end by itself have been removed. */
  readonly swept: Generated<boolean>;
  /** Names of the schedules that asked for the run. */
  readonly schedules: ColumnType<string | null, string | null | undefined>;
  readonly cancel_requested: Generated<boolean>;
  readonly progress: ColumnType<unknown, string | null | undefined, string | null>;
  /** Null for a run that concerns the whole lake. */
  readonly account_id: string | null;
}

export interface TableFailureRow {
  readonly source_id: string;
  readonly source_schema: string;
  readonly source_name: string;
  readonly run_id: string;
  readonly error: JsonColumn<PresentedError>;
  readonly since: Generated<Date>;
}

export interface StagedSplitRow {
  readonly source_id: string;
  readonly source_schema: string;
  readonly source_name: string;
  readonly table_id: string;
  readonly shape: string;
  readonly position: string;
  readonly ordinal: number;
  readonly range: string | null;
  readonly row_count: bigint | null;
  readonly files: JsonColumn<unknown> | null;
  readonly staged_at: Generated<Date>;
}

export interface HashedSpansRow {
  readonly table_id: string;
  readonly snapshot_id: bigint;
  readonly shape: string;
  readonly key_column: string;
  readonly spans: string;
}

/** How the changes of a table may be found; sync/settings/capture-mode.ts says what they mean. */
export const captureModes = ["diff", "cursor", "files"] as const;

export type CaptureModeName = (typeof captureModes)[number];

/** Tables that lie in files have no other mode, so that it is never stored. */
export type ChosenModeName = Exclude<CaptureModeName, "files">;

export interface TableSettingsRow {
  readonly source_id: string;
  readonly source_schema: string;
  readonly source_name: string;
  readonly mode: ChosenModeName | null;
  readonly cursor_column: string | null;
  readonly overlap: bigint | null;
  readonly overlap_unit: "number" | "seconds" | "days" | null;
  readonly soft_delete: boolean;
  readonly history: boolean;
  readonly active: boolean;
  readonly partition_by: JsonColumn<readonly string[]> | null;
  readonly sort_by: JsonColumn<readonly string[]> | null;
  /** Size in MB. */
  readonly target_file_size: number | null;
  readonly compression: string | null;
  readonly format_version: number | null;
  readonly key_columns: JsonColumn<readonly string[]> | null;
  readonly freshness_seconds: number | null;
  readonly unsigned_bigint: UnsignedBigint | null;
  /** JSON text that only the connector understands. */
  readonly reading: string | null;
  readonly admitted: Generated<boolean>;
  readonly declared_place: ColumnType<string | null, string | null | undefined>;
  readonly origin: string | null;
  readonly set_at: Generated<Date>;
}

export interface DeclarationRow {
  readonly id: Generated<bigint>;
  readonly text: string;
  readonly applied_at: Generated<Date>;
}

export interface ScheduleRow {
  readonly id: string;
  readonly name: string;
  /** Null for the whole lake. */
  readonly source_id: string | null;
  readonly tables: JsonColumn<readonly string[]>;
  /** One of the actions in operations/scheduled/actions.ts. */
  readonly action: string;
  readonly cron: string;
  readonly time_zone: string;
  readonly holidays: JsonColumn<readonly string[]>;
  readonly timeout_seconds: number;
  readonly active: Generated<boolean>;
  readonly due_at: ColumnType<Date | null, Date | null | undefined>;
  readonly failures: Generated<number>;
  readonly done_at: ColumnType<Date | null, Date | null | undefined>;
  readonly last_error: ColumnType<unknown, string | null | undefined, string | null>;
  /** The tables that failed in the last execution; null for all tables of the schedule. */
  readonly retry_tables: ColumnType<readonly string[] | null, string | null | undefined, string | null>;
  readonly origin: ColumnType<string | null, string | null | undefined>;
  readonly account_id: Generated<string>;
}

/** Grows with each change of what anybody may. */
export interface PolicyEpochRow {
  readonly is_only: Generated<boolean>;
  readonly epoch: bigint;
}

export interface OrgUnitRow {
  readonly id: string;
  readonly parent_id: string | null;
  readonly name: string;
  readonly created_at: Generated<Date>;
  readonly origin: ColumnType<string | null, string | null | undefined>;
  readonly epoch: Generated<bigint>;
}

/** The account of a new Headgate, which nobody has to name. */
export const mainAccount = "00000000-0000-0000-0000-0000000000a1";

/** An account and an org unit have the same id as principals. */
export type PrincipalKind = "user" | "group" | "role" | "service" | "account" | "unit";

export interface PrincipalRow {
  readonly id: string;
  readonly kind: PrincipalKind;
  /** Null for a user. */
  readonly account_id: string | null;
  readonly name: string;
  readonly attributes: ColumnType<Readonly<Record<string, string>>, string | undefined, string>;
  readonly active: Generated<boolean>;
  readonly created_at: Generated<Date>;
  readonly origin: ColumnType<string | null, string | null | undefined>;
  readonly deleted_at: ColumnType<Date | null, Date | null | undefined>;
  readonly epoch: Generated<bigint>;
}

export type ContainerKind = "group" | "role" | "account";

export interface MembershipRow {
  readonly id: string;
  readonly container_kind: ContainerKind;
  readonly container_id: string;
  readonly member_id: string;
  readonly valid_from: ColumnType<Date | null, Date | null | undefined>;
  readonly valid_until: ColumnType<Date | null, Date | null | undefined>;
  readonly ended_at: ColumnType<Date | null, Date | null | undefined>;
  readonly created_at: Generated<Date>;
  readonly origin: ColumnType<string | null, string | null | undefined>;
  readonly epoch: Generated<bigint>;
}

/** The JSON columns are typed where they are read, in governance/. */
export interface DataFilterRow {
  readonly id: string;
  readonly table_id: string;
  readonly name: string;
  readonly columns: JsonColumn<unknown> | null;
  readonly row_text: string | null;
  readonly row_predicate: JsonColumn<unknown> | null;
  readonly masks: ColumnType<unknown, string | undefined, string>;
  readonly origin: string | null;
  readonly created_at: Generated<Date>;
  readonly ended_at: ColumnType<Date | null, Date | null | undefined>;
  readonly epoch: Generated<bigint>;
}

/** `tag` is a tag key, and `expression` whatever has the tags that a tag expression names. */
export type GrantedKind =
  | "lake"
  | "account"
  | "database"
  | "tables"
  | "table"
  | "source"
  | "location"
  | "tag"
  | "tag-value"
  | "expression"
  | "product";

export interface GrantRow {
  readonly id: string;
  readonly principal_id: string;
  readonly resource_kind: GrantedKind;
  readonly resource_id: string | null;
  readonly location: ColumnType<string | null, string | null | undefined>;
  readonly columns: ColumnType<unknown, string | null | undefined, string | null>;
  readonly filter_id: ColumnType<string | null, string | null | undefined>;
  readonly permissions: readonly string[];
  readonly grantable: ColumnType<readonly string[], readonly string[] | undefined>;
  readonly valid_from: ColumnType<Date | null, Date | null | undefined>;
  readonly valid_until: ColumnType<Date | null, Date | null | undefined>;
  readonly parent_id: ColumnType<string | null, string | null | undefined>;
  readonly granted_by: ColumnType<string | null, string | null | undefined>;
  readonly origin: ColumnType<string | null, string | null | undefined>;
  readonly created_at: Generated<Date>;
  readonly ended_at: ColumnType<Date | null, Date | null | undefined>;
  readonly ended_by: ColumnType<string | null, string | null | undefined>;
  readonly end_reason: ColumnType<string | null, string | null | undefined>;
  readonly share_id: ColumnType<string | null, string | null | undefined>;
  /** The account by whose share it was passed on. */
  readonly account_id: ColumnType<string | null, string | null | undefined>;
  readonly epoch: Generated<bigint>;
}

/** The memory of a dropped table's rules; governance/closed-tables.ts writes and reads it. */
export interface ClosedTableRow {
  readonly id: string;
  readonly table_id: string;
  readonly account_id: string;
  readonly database_name: string;
  readonly name: string;
  readonly columns: JsonColumn<unknown>;
  /** Those that ended when the table was dropped. */
  readonly grants: readonly string[];
  readonly filters: readonly string[];
  readonly tags: Generated<readonly string[]>;
  readonly closed_at: Generated<Date>;
  readonly closed_by: string | null;
  readonly reattached_to: ColumnType<string | null, string | null | undefined>;
}

/** The kinds of things that descriptions are about. */
export const describedKinds = ["database", "table", "product"] as const;

export type DescribedKind = (typeof describedKinds)[number];

/** Who made a description, and when. */
interface SetRow {
  /** `yaml` for a declaration; null for a command. */
  readonly origin: ColumnType<string | null, string | null | undefined>;
  /** Null for the owner of the data directory. */
  readonly set_by: ColumnType<string | null, string | null | undefined>;
  readonly set_at: Generated<Date>;
}

/** A text about a database, a table or a column; stewardship/parameters.ts writes and reads it. */
export interface ParameterRow extends SetRow {
  readonly thing_kind: DescribedKind;
  readonly thing_id: string;
  /** Null: of the database or the table itself. */
  readonly field_id: number | null;
  readonly key: string;
  readonly value: string;
}

export const stewardRoles = ["owner", "steward"] as const;

export type StewardRole = (typeof stewardRoles)[number];

/** Somebody who answers for a database or a table; governance/stewards.ts writes it. */
export interface StewardRow {
  readonly id: string;
  readonly thing_kind: DescribedKind;
  readonly thing_id: string;
  readonly role: StewardRole;
  readonly principal_id: string;
  readonly origin: ColumnType<string | null, string | null | undefined>;
  readonly set_by: ColumnType<string | null, string | null | undefined>;
  readonly created_at: Generated<Date>;
  readonly ended_at: ColumnType<Date | null, Date | null | undefined>;
  readonly epoch: Generated<bigint>;
}

export const markNames = ["certified", "deprecated"] as const;

export type MarkName = (typeof markNames)[number];

/** The opinion that people have of a table; stewardship/marks.ts writes and reads it. */
export interface MarkRow extends SetRow {
  readonly table_id: string;
  readonly mark: MarkName;
  readonly reason: string;
  readonly successor_id: string | null;
}

/** A term of an account's glossary; stewardship/glossary.ts writes and reads it. */
export interface TermRow extends SetRow {
  readonly id: string;
  readonly account_id: string;
  readonly name: string;
  readonly definition: string;
}

export interface TermAttachmentRow extends SetRow {
  readonly term_id: string;
  readonly thing_kind: DescribedKind;
  readonly thing_id: string;
  readonly field_id: number | null;
}

/** One grant on an account, by name; identity/role-grants.ts says what each gives. */
export type Role = "none" | "viewer" | "analyst" | "operator" | "administrator";

/** Sign-ins that failed with a name or from an address. */
export interface SignInAttemptsRow {
  readonly kind: "user" | "address";
  readonly digest: Buffer;
  readonly failures: number;
  readonly blocked_until: Date;
  readonly last_at: Date;
}

export interface AlertRow {
  readonly channel: string;
  readonly source_id: string;
  readonly source_schema: string;
  readonly source_name: string;
  readonly fresh_at: Date | null;
  readonly target_seconds: number;
  readonly noticed_at: Generated<Date>;
  readonly told_at: ColumnType<Date | null, Date | null | undefined>;
  readonly over_at: ColumnType<Date | null, Date | null | undefined>;
}

export interface DeclaredLakeRow {
  readonly is_only: Generated<boolean>;
  readonly settings: JsonColumn<unknown>;
}

export interface ImportRow {
  readonly table_id: string;
  readonly location: string;
  readonly has_header: boolean;
  readonly csv: ColumnType<
    { readonly delimiter?: string; readonly comment?: string; readonly skipLines?: number },
    string | undefined,
    string
  >;
  readonly columns: JsonColumn<readonly { readonly key: string; readonly fieldId: number }[]>;
}

export interface ImportedFileRow {
  readonly table_id: string;
  readonly location: string;
  readonly size: bigint;
  readonly modified_at: Date | null;
  readonly commit_id: string;
}

export interface ImportAttemptRow {
  /** The id of its run. */
  readonly id: string;
  readonly table_location: string;
}

/** Read and written in audit/, as texts. */
export interface AuditEventRow {
  readonly sequence: bigint;
  readonly month: string;
  readonly at: Date;
  readonly kind: string;
  readonly principal_kind: string;
  readonly principal_id: string | null;
  readonly principal_name: string;
  readonly account_id: string | null;
  readonly operation: string | null;
  readonly action: string | null;
  readonly resources: JsonColumn<unknown>;
  readonly outcome: string;
  readonly because: string | null;
  readonly details: JsonColumn<unknown>;
  readonly previous_hash: Buffer;
  readonly hash: Buffer;
  readonly assumed_role: JsonColumn<unknown> | null;
}

/** The end of the chain of audit events. */
export interface AuditChainRow {
  readonly is_only: Generated<boolean>;
  readonly sequence: bigint;
  readonly month: string;
  readonly hash: Buffer;
}

/** The last event of a month that was removed. */
export interface AuditCheckpointRow {
  readonly month: string;
  readonly sequence: bigint;
  readonly at: Date;
  readonly hash: Buffer;
  readonly events: bigint;
  readonly removed_at: Generated<Date>;
}
