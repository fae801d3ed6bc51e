/** A mention of a table in the text of a statement. */
import type { AtClause } from "./as-of.ts";

/** One mention of a table in the text. */
export interface TableReference {
  /** As written, quotes removed: `[table]` or `[database, table]`. */
  readonly parts: readonly string[];
  /** `AT (…)` after the name. */
  readonly at: AtClause | undefined;
  /** Where the name begins, as a UTF-16 offset into the text. */
  readonly offset: number;
}
