/** A table that failed in a run, and why. */
import type { PresentedError } from "../../base/present-error.ts";
import type { TableName } from "../source.ts";

export interface FailedTable {
  readonly name: TableName;
  /** `schema.name` in the source. */
  readonly sourceTable: string;
  /** `database.table` in the lake. */
  readonly lakeTable: string;
  readonly error: PresentedError;
}
