/**
 * Splits the bytes of a connection into whole messages, whatever the chunk boundaries. It implements no protocol: the
 * user says how long a message is.
 * Invariants: a message is handed on only when all of it has arrived. Memory grows with the bytes that have arrived,
 * never with the length that a message claims to have.
 */

export interface MessageShape {
  /** Number of bytes at the start of a message that are needed to know its size. */
  readonly headBytes: number;
  /** Total size of the message that begins at `at`. Throws ProtocolViolation. */
  size(bytes: Buffer, at: number): number;
}

export interface WholeMessages {
  /** The messages are valid only during the call. */
  take(chunk: Buffer): void;
  /** Whether a message has begun but not ended. */
  isPartial(): boolean;
}

const firstBytes = 4 * 1024;

export function wholeMessages({ headBytes, size }: MessageShape, hand: (message: Buffer) => void): WholeMessages {
  /** Bytes of a message that is not complete yet. */
  let kept: Buffer = Buffer.allocUnsafe(firstBytes);
  let filled = 0;
  const keep = (bytes: Buffer): void => {
    kept = withRoom(kept, { filled, needed: filled + bytes.length });
    filled += bytes.copy(kept, filled);
  };
  /** Adds the chunk's part of the message in progress and returns how many bytes that took. */
  const complete = (chunk: Buffer): number => {
    const head = Math.max(0, Math.min(headBytes - filled, chunk.length));
    keep(chunk.subarray(0, head));
    if (filled < headBytes) return head;
    const whole = size(kept, 0);
    const taken = head + Math.max(0, Math.min(whole - filled, chunk.length - head));
    keep(chunk.subarray(head, taken));
    if (filled === whole) {
      filled = 0;
      hand(kept.subarray(0, whole));
    }
    return taken;
  };
  return {
    isPartial: () => filled > 0,
    take(chunk) {
      let at = filled > 0 ? complete(chunk) : 0;
      while (chunk.length - at >= headBytes) {
        const end = at + size(chunk, at);
        if (end > chunk.length) break;
        hand(chunk.subarray(at, end));
        at = end;
      }
      keep(chunk.subarray(at));
    },
  };
}

function withRoom(buffer: Buffer, { filled, needed }: { filled: number; needed: number }): Buffer {
  if (needed <= buffer.length) return buffer;
  const larger = Buffer.allocUnsafe(Math.max(needed, buffer.length * 2));
  buffer.copy(larger, 0, 0, filled);
  return larger;
}
