/**
 * Protects a driver's own parser, which trusts its input, from the server. The driver gets whole messages only, and no
 * more and no larger ones than the answer to a small query can have. Not for bulk reads, whose readers do their own
 * checks.
 */
import { dripWatch } from "./drip-watch.ts";
import { ProtocolViolation } from "./protocol-violation.ts";
import { wholeMessages, type MessageShape } from "./whole-messages.ts";

export interface WireGuard {
  /** Hands every whole message to the driver. Throws ProtocolViolation, also for errors that the driver throws. */
  pass(chunk: Buffer): void;
  /** A query is about to be sent: what follows is its answer. */
  begin(): void;
}

export interface GuardParts {
  readonly shape: MessageShape;
  /** Throws ProtocolViolation for a message that must not reach the driver. */
  check(message: Buffer): void;
  driver(message: Buffer): void;
}

interface Bounds {
  readonly messages: number;
  readonly bytes: number;
}

/** Size in bytes of the largest message that is handed to a driver. Table keys and definitions are far smaller. */
export const mostDriverBytes = 16 * 1024 * 1024;
const loginBounds: Bounds = { messages: 1_000, bytes: 1024 * 1024 };
/** Enough for the columns of ten thousand tables, for example. */
const answerBounds: Bounds = { messages: 1_000_000, bytes: 128 * 1024 * 1024 };

export function wireGuard({ shape, check, driver }: GuardParts): WireGuard {
  let bounds = loginBounds;
  let counted = { messages: 0, bytes: 0 };
  const drip = dripWatch();
  const hand = (message: Buffer): void => {
    counted.messages++;
    if (counted.messages > bounds.messages) throw new ProtocolViolation("the server's answer does not end");
    check(message);
    try {
      driver(message);
    } catch (cause) {
      throw new ProtocolViolation("the server's answer cannot be read", { cause });
    }
  };
  const messages = wholeMessages(shape, hand);
  return {
    begin() {
      bounds = answerBounds;
      counted = { messages: 0, bytes: 0 };
    },
    pass(chunk) {
      counted.bytes += chunk.length;
      if (counted.bytes > bounds.bytes) throw new ProtocolViolation("the server's answer does not end");
      messages.take(chunk);
      drip({ bytes: chunk.length, isPartial: messages.isPartial() });
    },
  };
}
