/**
 * Tells a server that drips bytes on purpose from a server that is merely slow. A slow server may be silent for hours,
 * but what it then sends ends with a message or fills its buffer of several kilobytes. So only small pieces that end in
 * the middle of a message count as drips.
 */
import { ProtocolViolation } from "./protocol-violation.ts";

/** Pieces of this size or more are not drips. */
const largeBytes = 256;
const mostDrips = 30;
const patienceMs = 20_000;

export interface Piece {
  readonly bytes: number;
  /** Whether the piece ends in the middle of a message. */
  readonly isPartial: boolean;
}

/** Returns a function that must be called for every piece that arrives. It throws ProtocolViolation. */
export function dripWatch(now: () => number = () => performance.now()): (piece: Piece) => void {
  let drips = 0;
  let since = 0;
  return ({ bytes, isPartial }) => {
    if (bytes >= largeBytes) drips = 0;
    else if (isPartial) {
      if (drips === 0) since = now();
      drips++;
      if (drips > mostDrips && now() - since > patienceMs)
        throw new ProtocolViolation("the server sends its answer a few bytes at a time");
    }
  };
}
