/**
 * What is told of every operation that somebody asked for, whether it was refused, failed or was done. It names who asked, what for and
 * how that ended. Invariant: no value of a row and nothing else of the input is in it.
 */
import type { ErrorCode } from "../errors.ts";
import type { Action, Decision } from "../governance/decide.ts";
import type { Resource } from "../governance/resource.ts";
import type { Principal } from "../identity/principal.ts";

export interface Performed {
  readonly principal: Principal;
  /** Its name, or the path of a page. */
  readonly operation: string;
  readonly action: Action;
  readonly resources: readonly Resource[];
  readonly decision: Decision;
  readonly outcome: "refused" | "done" | ErrorCode;
  /** Of the work; 0 where it was refused. */
  readonly milliseconds: number;
}

/** Must not throw and is not waited for. */
export type PerformedListener = (performed: Performed) => void;
