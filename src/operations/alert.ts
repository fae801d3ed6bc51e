/** What an alert tells: a table that is late, or fresh again. */
export interface Alert {
  readonly state: "late" | "fresh again";
  readonly source: string;
  /** `schema.name` in the source. */
  readonly table: string;
  readonly freshAt: string | null;
  /** How old it may be: `30m`. */
  readonly target: string;
  /** Why its last sync failed, where it did. */
  readonly error?: string | undefined;
}
