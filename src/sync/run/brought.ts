/** The results for the tables of a run, however they were read, in the order in which the tables were chosen. */
import type { Position } from "../source.ts";
import type { Attempt } from "./table-failure.ts";

/** Tables that became visible together. */
export interface BroughtTables<T> {
  readonly tables: readonly Attempt<T>[];
  /** The catalog transaction that made them visible; null if nothing changed. */
  readonly commit: string | null;
}

export interface Brought<T> extends BroughtTables<T> {
  /** For the report: the source's log position for all tables that were not read again later. */
  readonly position: Position;
  readonly warnings: readonly string[];
}
