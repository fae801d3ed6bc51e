/** The content of an alert: a table that is late, or fresh again. */
export interface Alert {
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
