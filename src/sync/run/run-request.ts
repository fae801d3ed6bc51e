/** What is asked of a run over a source. */
import type { Report } from "../../base/progress.ts";
import type { RegisteredSource } from "../settings/source-registry.ts";

export interface RunRequest {
  readonly source: RegisteredSource;
  /** Exact names or globs; empty for all tables. */
  readonly patterns: readonly string[];
  /** Exact names or globs that this run leaves out, whatever else names them. */
  readonly excluded?: readonly string[] | undefined;
  /** Load from the beginning, whatever is known about changes. */
  readonly full: boolean;
  /** Take nothing for granted that was stored about the lake's rows: read them. */
  readonly verify: boolean;
  readonly report: Report;
  readonly signal: AbortSignal;
  /** Given for what schedules ask for; the caller holds the source's lock. Tables named that the source no longer has are left out. */
  readonly schedules?: readonly string[] | undefined;
}
