/** What a run does to one lake table's files; nothing of it is visible until the commit. */
import type { StagedDeletes } from "./staged-deletes.ts";
import type { StagedFile } from "./staged-file.ts";

export interface TableChange {
  /** Published data files. */
  readonly add: readonly StagedFile[];
  /** Published deletes by position. */
  readonly deletes: readonly StagedDeletes[];
  /** Keys (`fileKey`) of the data and delete files that go; "all" of them when the table is replaced. */
  readonly remove: "all" | ReadonlySet<string>;
}
