/**
 * The content of an alert: a table that is late or fresh again, a view that nobody can read or that can be read again, a
 * budget of an account that is nearly or wholly used, or rules of access that do not hold.
 */
export type Alert = TableAlert | ViewAlert | BudgetAlert | RulesAlert;

/** An examination has found that these kinds of rules do not hold. */
export interface RulesAlert {
  readonly state: "rules broken";
  readonly rules: readonly string[];
}

export interface TableAlert {
  readonly state: "late" | "fresh again";
  readonly source: string;
  /** `schema.name` in the source. */
  readonly table: string;
  readonly freshAt: string | null;
  /** The freshness target: `30m`. */
  readonly target: string;
  /** Why the last sync failed, if it did. */
  readonly error?: string | undefined;
}

export interface ViewAlert {
  readonly state: "view unreadable" | "view readable again";
  /** `database.view`. */
  readonly view: string;
  /** By whose rights it is read, and who can mend it. */
  readonly owner: string;
  readonly why: string;
}

export interface BudgetAlert {
  readonly state: "budget low" | "budget spent" | "budget left again";
  readonly account: string;
  readonly measure: "bytes" | "statements" | "engine time";
  /** As it was when it was noticed; engine time in milliseconds. */
  readonly used: number;
  readonly most: number;
}
