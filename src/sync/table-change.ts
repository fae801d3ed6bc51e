/** What a run does to one lake table's files; nothing of it is visible until the commit. */
import type { Partition } from "../iceberg/partition-spec.ts";
import type { StagedFile } from "./staged-file.ts";

export interface TableChange {
  /** Published data files. */
  readonly add: readonly StagedFile[];
  /** Published position delete files. */
  readonly deletes: readonly StagedDeletes[];
  /** Locations of the data and delete files that go; "all" of them when the table is replaced. */
  readonly remove: "all" | ReadonlySet<string>;
}

/** A position delete file that no snapshot lists yet. */
export interface StagedDeletes {
  readonly location: string;
  readonly rowCount: number;
  readonly sizeBytes: number;
  /** The first and the last data file it names. */
  readonly firstFile: string;
  readonly lastFile: string;
  /** Of all the data files it names. */
  readonly specId: number;
  readonly partition: Partition;
}
