/** The rows of views and of their versions in the metadata database. tables.ts names the tables. */
import type { ColumnType, Generated } from "kysely";

/** Written as JSON text and read as the value it represents. */
type JsonColumn = ColumnType<unknown, string, string>;

export interface ViewRow {
  readonly id: string;
  readonly database_id: string;
  readonly name: string;
  /** Null for the owner of the data directory. */
  readonly owner_id: string | null;
  readonly owner_account_id: string | null;
  readonly version: number;
  readonly origin: string | null;
  readonly created_at: Generated<Date>;
}

export interface ViewVersionRow {
  readonly view_id: string;
  readonly version: number;
  readonly text: string;
  readonly columns: JsonColumn;
  readonly reads: JsonColumn;
  readonly mentions: readonly number[];
  readonly lineage: JsonColumn;
  readonly made_at: Generated<Date>;
  readonly made_by: string | null;
  readonly restored: number | null;
}

export interface ViewAlertRow {
  readonly channel: string;
  readonly view_id: string;
  readonly name: string;
  readonly owner: string;
  readonly why: string;
  readonly noticed_at: Date;
  readonly told_at: Date | null;
  readonly over_at: Date | null;
}
