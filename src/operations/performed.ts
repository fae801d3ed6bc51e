/**
 * The notification about every operation that somebody requested, whether it was refused, failed or succeeded: who
 * asked, for what, and how it ended.
 * Invariant: it contains no value of a row, and nothing else of the input than what the operation chose to record.
 */
import type { AuditResource } from "../audit/audit-event.ts";
import type { ErrorCode } from "../errors.ts";
import type { Action, Decision } from "../governance/decide.ts";
import type { Resource } from "../governance/resource.ts";
import type { Principal } from "../identity/principal.ts";

export interface Performed {
  readonly principal: Principal;
  /** The operation's name, or the path of a page. */
  readonly operation: string;
  readonly action: Action;
  readonly resources: readonly Resource[];
  readonly decision: Decision;
  readonly outcome: "refused" | "done" | ErrorCode;
  /** Duration of the work; 0 if it was refused. */
  readonly milliseconds: number;
  /** Whether the operation changes something; by default, unless its action is `watch` or `read`. */
  readonly changes?: boolean | undefined;
  /** Recorded by the operation itself. */
  readonly facts?: RecordedFacts | undefined;
}

/** Facts about a change for the audit log, with the names under which people know them. */
export interface RecordedFacts extends Readonly<Record<string, unknown>> {
  /** Things that only the work itself finds: they are recorded in place of the resources. */
  readonly about?: readonly AuditResource[];
}

/** Must not throw; the caller's answer waits for it. */
export type PerformedListener = (performed: Performed) => Promise<void> | void;
