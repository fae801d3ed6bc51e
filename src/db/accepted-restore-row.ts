/** The rows of restores of the metadata database that were accepted. tables.ts names the table. */
import type { Generated } from "kysely";

export interface AcceptedRestoreRow {
  readonly id: string;
  readonly accepted_at: Generated<Date>;
  /** The last event of the restored audit log. */
  readonly after_sequence: bigint;
}
