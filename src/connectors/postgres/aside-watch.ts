/** Counts messages that a server may send unasked at any time (notices, parameters, notifications) and that nobody here needs; they are bounded per answer. */
import { ProtocolViolation } from "../../base/protocol-violation.ts";

/** `NoticeResponse`, `ParameterStatus`, `NotificationResponse` */
const kinds: ReadonlySet<number> = new Set([0x4e, 0x53, 0x41]);
/** Sessions are asked for errors only, so an honest server says next to nothing. */
const mostMessages = 1_000;
const mostBytes = 1024 * 1024;

/** Hears of every message. Throws ProtocolViolation. */
export function asideWatch(): (kind: number, bytes: number) => void {
  let messages = 0;
  return (kind, bytes) => {
    if (!kinds.has(kind)) return;
    messages++;
    if (messages > mostMessages || bytes > mostBytes)
      throw new ProtocolViolation("the server says more beside its answer than any does");
  };
}
