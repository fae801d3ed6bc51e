/** A mention of a table in the text of a statement. */
import type { AtClause } from "./as-of.ts";

export interface TableReference {
  /** As written, without quotes: `[table]` or `[database, table]`. */
  readonly parts: readonly string[];
  /** `AT (…)` after the name. */
  readonly at: AtClause | undefined;
  /** UTF-16 offset at which the name begins in the text. */
  readonly offset: number;
}
