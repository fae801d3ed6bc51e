/**
 * Tells which of two states of the server is later. While a server runs, the bounds of its snapshots and the end of its
 * log only grow, and the transactions in progress only end. If these contradict each other, the result is `unknown`.
 */
import type { Position, PositionOrder } from "../../sync/source.ts";
import { follows, parsePosition, parseSnapshot, type PostgresPosition } from "./position.ts";

export function comparePositions(leftText: Position, rightText: Position): PositionOrder {
  const [left, right] = [parsePosition(leftText), parsePosition(rightText)];
  const [before, after] = [isAtMost(left, right), isAtMost(right, left)];
  if (before && after) return "same";
  if (before) return "before";
  return after ? "after" : "unknown";
}

/** Whether both are from one server without a restart in between, and no part of `left` is later than in `right`. */
function isAtMost(left: PostgresPosition, right: PostgresPosition): boolean {
  if (!follows(right, left) || (left.lsn === null) !== (right.lsn === null)) return false;
  const [one, other] = [parseSnapshot(left.snapshot), parseSnapshot(right.snapshot)];
  if (one.xmin > other.xmin) return false;
  const wasOpen = inProgress(left);
  // A transaction that is open later and has an id below the earlier end must have been open then as well.
  return inProgress(right).every((id) => BigInt(id) >= one.xmax || wasOpen.includes(id));
}

/** Ids of the transactions in progress; a standby lists none. */
function inProgress({ snapshot }: PostgresPosition): readonly string[] {
  const [, , list = ""] = snapshot.split(":");
  return list === "" ? [] : list.split(",");
}
