/**
 * How far a share request is: which steps are over, which are open, and what has become of each thing that is asked for,
 * from its steps and the decisions of its round. Pure.
 * Invariant: a thing is approved only if, in every step, as many different people as the step needs have approved it, and
 * nobody has denied it.
 */
import type { ProcessStep } from "./process.ts";

export interface RoundDecision {
  /** The place of the step among all steps. */
  readonly step: number;
  /** Undefined for the owner of the data directory. */
  readonly personId: string | undefined;
  readonly verdict: "approve" | "deny";
  readonly itemIds: readonly string[];
}

export const stepStates = ["waiting", "open", "done"] as const;

export interface Progress {
  /** In the order of the steps. */
  readonly steps: readonly (typeof stepStates)[number][];
  readonly approved: readonly string[];
  readonly denied: readonly string[];
  /** Set when every thing is decided. */
  readonly outcome: "approved" | "partly_approved" | "denied" | undefined;
}

interface Round {
  readonly steps: readonly ProcessStep[];
  readonly itemIds: readonly string[];
  readonly decisions: readonly RoundDecision[];
}

export function progressOf({ steps, itemIds, decisions }: Round): Progress {
  const denied = new Set(decisions.filter(({ verdict }) => verdict === "deny").flatMap((one) => one.itemIds));
  const alive = itemIds.filter((id) => !denied.has(id));
  const isDone = steps.map(({ quorum }, index) =>
    alive.every((itemId) => approvalsOf(decisions, index, itemId) >= quorum),
  );
  const openOrder = Math.min(...steps.filter((_step, index) => isDone[index] === false).map(({ order }) => order));
  const isOver = openOrder === Infinity;
  const ended = denied.size === 0 ? "approved" : "partly_approved";
  return {
    steps: steps.map(({ order }, index) => (order > openOrder ? "waiting" : isDone[index] === true ? "done" : "open")),
    approved: isOver ? alive : [],
    denied: itemIds.filter((id) => denied.has(id)),
    outcome: alive.length === 0 ? "denied" : isOver ? ended : undefined,
  };
}

/** Different people: somebody who approves twice counts once. */
function approvalsOf(decisions: readonly RoundDecision[], index: number, itemId: string): number {
  const approving = decisions.filter(
    ({ step, verdict, itemIds }) => step === index && verdict === "approve" && itemIds.includes(itemId),
  );
  return new Set(approving.map(({ personId }) => personId)).size;
}
