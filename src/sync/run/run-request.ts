/** The parameters of a run over a source. */
import type { Report } from "../../base/progress.ts";
import type { RegisteredSource } from "../settings/source-registry.ts";

export interface RunRequest {
  readonly source: RegisteredSource;
  /** Exact names or globs; empty for all tables. */
  readonly patterns: readonly string[];
  /** Exact names or globs of tables that this run leaves out, even if `patterns` names them. */
  readonly excluded?: readonly string[] | undefined;
  /** Load from the beginning, even if changes could be found. */
  readonly full: boolean;
  /** Trust nothing that was stored about the lake's rows; read them. */
  readonly verify: boolean;
  readonly report: Report;
  readonly signal: AbortSignal;
  /**
   * Schedules that asked for this run; the caller holds the source's lock. Named tables that the source no longer has
   * are left out.
   */
  readonly schedules?: readonly string[] | undefined;
}
