/** The comments that a source has on a table and its columns, as a run last saw them (migrations/0057_descriptions.sql). */
import type { ColumnType } from "kysely";

/** The comments of a table of a source, as a run last saw them; sync/run/keep-comments.ts writes them. */
export interface SourceCommentsRow {
  readonly table_id: string;
  readonly table_comment: string | null;
  /** Texts by field id. */
  readonly columns: ColumnType<Readonly<Record<string, string>>, string, string>;
  readonly seen: string;
}
