/**
 * The notification about every operation that somebody requested, whether it was refused, failed or succeeded: who
 * asked, for what, and how it ended.
 * Invariant: it contains no value of a row and nothing else of the input.
 */
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
}

/** Must not throw; it is not awaited. */
export type PerformedListener = (performed: Performed) => void;
