/** The rows of migrations/0055_tags.sql as Kysely types. */
import type { ColumnType, Generated } from "kysely";

export interface TagKeyRow {
  readonly id: string;
  readonly account_id: string;
  readonly name: string;
  readonly description: ColumnType<string | null, string | null | undefined>;
  readonly is_multiple: Generated<boolean>;
  readonly origin: ColumnType<string | null, string | null | undefined>;
  readonly created_by: ColumnType<string | null, string | null | undefined>;
  readonly created_at: Generated<Date>;
  readonly ended_at: ColumnType<Date | null, Date | null | undefined>;
  readonly epoch: Generated<bigint>;
}

export interface TagValueRow {
  readonly id: string;
  readonly key_id: string;
  readonly name: string;
  readonly is_sensitive: Generated<boolean>;
  readonly created_at: Generated<Date>;
  readonly ended_at: ColumnType<Date | null, Date | null | undefined>;
  readonly epoch: Generated<bigint>;
}

export type TaggedKind = "source" | "database" | "table" | "column";

export interface TagAssignmentRow {
  readonly id: string;
  readonly resource_kind: TaggedKind;
  /** For a column, that of its table. */
  readonly resource_id: string;
  readonly field_id: ColumnType<number | null, number | null | undefined>;
  readonly key_id: string;
  readonly value_id: string;
  readonly origin: ColumnType<string | null, string | null | undefined>;
  readonly assigned_by: ColumnType<string | null, string | null | undefined>;
  readonly created_at: Generated<Date>;
  readonly ended_at: ColumnType<Date | null, Date | null | undefined>;
  readonly ended_by: ColumnType<string | null, string | null | undefined>;
  readonly epoch: Generated<bigint>;
}

/** The JSON is typed where it is read, in governance/. */
export interface TagExpressionRow {
  readonly id: string;
  readonly account_id: string;
  readonly name: string | null;
  readonly alternatives: ColumnType<unknown, string, string>;
  readonly origin: ColumnType<string | null, string | null | undefined>;
  readonly created_by: ColumnType<string | null, string | null | undefined>;
  readonly created_at: Generated<Date>;
  readonly ended_at: ColumnType<Date | null, Date | null | undefined>;
  readonly epoch: Generated<bigint>;
}
