/** The rows of migrations/*.sql as Kysely types: 64-bit integers are `bigint`, instants `Date`. */
import type { ColumnType, Generated } from "kysely";
import type { PresentedError } from "../base/present-error.ts";

export interface Tables {
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
  readonly users: UserRow;
  readonly sessions: SessionRow;
  readonly api_keys: ApiKeyRow;
  readonly imports: ImportRow;
  readonly imported_files: ImportedFileRow;
  readonly import_attempts: ImportAttemptRow;
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
  readonly created_at: Generated<Date>;
}

export interface DatabaseRow {
  readonly id: string;
  readonly name: string;
  readonly created_at: Generated<Date>;
}

export interface TableRow {
  readonly id: string;
  readonly database_id: string;
  readonly name: string;
  readonly location: string;
  readonly metadata_location: string;
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
export const captureModes = ["diff", "cursor"] as const;

export type CaptureModeName = (typeof captureModes)[number];

export interface TableSettingsRow {
  readonly source_id: string;
  readonly source_schema: string;
  readonly source_name: string;
  readonly mode: CaptureModeName | null;
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
}

export type Role = "viewer" | "analyst" | "operator" | "administrator";

export interface UserRow {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly password_hash: string;
  readonly must_change: boolean;
  readonly active: Generated<boolean>;
  readonly created_at: Generated<Date>;
}

export interface SessionRow {
  readonly token_digest: Buffer;
  readonly user_id: string;
  readonly created_at: Generated<Date>;
  readonly used_at: Generated<Date>;
}

export interface ApiKeyRow {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly digest: Buffer;
  readonly expires_at: Date | null;
  readonly used_at: ColumnType<Date | null, Date | null | undefined>;
  readonly created_at: Generated<Date>;
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
