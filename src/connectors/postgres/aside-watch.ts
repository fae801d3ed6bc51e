/**
 * Counts messages that a server may send at any time without being asked (notices, parameters, notifications). Nobody
 * here needs them, and their number per answer is limited.
 */
import { ProtocolViolation } from "../../base/protocol-violation.ts";

/** `NoticeResponse`, `ParameterStatus`, `NotificationResponse` */
const kinds: ReadonlySet<number> = new Set([0x4e, 0x53, 0x41]);
/** Sessions ask only for errors, so a well-behaved server sends almost none. */
const mostMessages = 1_000;
const mostBytes = 1024 * 1024;

/** Must be called for every message. Throws ProtocolViolation. */
export function asideWatch(): (kind: number, bytes: number) => void {
  let messages = 0;
  return (kind, bytes) => {
    if (!kinds.has(kind)) return;
    messages++;
    if (messages > mostMessages || bytes > mostBytes)
      throw new ProtocolViolation("the server sent too many notices beside its answer");
  };
}
