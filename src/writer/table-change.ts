/** The changes that a run makes to the files of one lake table. They are invisible until the commit. */
import type { StagedDeletes } from "./staged-deletes.ts";
import type { StagedFile } from "./staged-file.ts";

export interface TableChange {
  /** Published data files. */
  readonly add: readonly StagedFile[];
  /** Published deletes by position. */
  readonly deletes: readonly StagedDeletes[];
  /** Keys (`fileKey`) of the data and delete files to remove, or "all" when the table is replaced. */
  readonly remove: "all" | ReadonlySet<string>;
}
