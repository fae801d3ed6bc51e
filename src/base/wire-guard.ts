/**
 * Stands between a server and a driver's own parser, which trusts what it is sent: the driver gets whole messages only, and no
 * more and no larger ones than the answer to a small question can have. Not for bulk reads, whose readers check for themselves.
 */
import { dripWatch } from "./drip-watch.ts";
import { ProtocolViolation } from "./protocol-violation.ts";
import { wholeMessages, type MessageShape } from "./whole-messages.ts";

export interface WireGuard {
  /** Hands every whole message to the driver. Throws ProtocolViolation, also for what the driver throws. */
  pass(chunk: Buffer): void;
  /** A question is asked: what comes next is its answer. */
  begin(): void;
}

export interface GuardParts {
  readonly shape: MessageShape;
  /** Throws ProtocolViolation where a message must not reach the driver. */
  check(message: Buffer): void;
  driver(message: Buffer): void;
}

interface Bounds {
  readonly messages: number;
  readonly bytes: number;
}

/** Largest message that a driver is handed. The keys of tables and the texts of definitions are far smaller. */
export const mostDriverBytes = 16 * 1024 * 1024;
const loginBounds: Bounds = { messages: 1_000, bytes: 1024 * 1024 };
/** The columns of ten thousand tables, say. */
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
