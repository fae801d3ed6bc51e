/**
 * Which of two states of the server is the later one. Within one life of it the bounds of its snapshots and the end of its log only
 * grow, and transactions that were in progress only end. Where these contradict each other, nothing is claimed.
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

/** Whether both are of one life of one server, and nothing of `left` is later than in `right`. */
function isAtMost(left: PostgresPosition, right: PostgresPosition): boolean {
  if (!follows(right, left) || (left.lsn === null) !== (right.lsn === null)) return false;
  const [one, other] = [parseSnapshot(left.snapshot), parseSnapshot(right.snapshot)];
  if (one.xmin > other.xmin) return false;
  const wasOpen = inProgress(left);
  // What is open later and was below the earlier end was open then as well.
  return inProgress(right).every((id) => BigInt(id) >= one.xmax || wasOpen.includes(id));
}

/** Their ids; a standby tells none. */
function inProgress({ snapshot }: PostgresPosition): readonly string[] {
  const [, , list = ""] = snapshot.split(":");
  return list === "" ? [] : list.split(",");
}
