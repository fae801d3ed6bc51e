/**
 * Tells a server that sends a few bytes at a time from one that is slow. A slow server may be silent for hours, but what it sends
 * then ends with a message or fills its buffer, which has kilobytes. So only small pieces that end in the middle of a message count.
 */
import { ProtocolViolation } from "./protocol-violation.ts";

/** A piece of this size is not a drip. */
const largeBytes = 256;
const mostDrips = 30;
const patienceMs = 20_000;

export interface Piece {
  readonly bytes: number;
  /** Whether it ends in the middle of a message. */
  readonly isPartial: boolean;
}

/** Hears of every piece that arrives. Throws ProtocolViolation. */
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
