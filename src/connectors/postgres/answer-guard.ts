/**
 * Protects the driver from a malicious or broken server: messages of gigabytes, endless columns and rows, values that
 * extend beyond their message, floods of unsolicited messages. Not used for bulk reads, which copy-result.ts checks.
 * Protocol: PostgreSQL manual, "Message Formats".
 */
import { ProtocolViolation } from "../../base/protocol-violation.ts";
import { mostDriverBytes, wireGuard, type WireGuard } from "../../base/wire-guard.ts";
import { asideWatch } from "./aside-watch.ts";

/** Kind and length; the length includes itself. */
const headBytes = 5;
/** `MaxTupleAttributeNumber`: the most columns that a result can have. */
const mostColumns = 1_664;

/** The messages that a server may send in answer to a login or to a query without COPY. */
const kinds: ReadonlySet<number> = new Set(Buffer.from("123ACDEIKNRSTZntsv"));
const dataRow = 0x44;
const rowDescription = 0x54;

export function answerGuard(driver: (message: Buffer) => void): WireGuard {
  let aside = asideWatch();
  const guard = wireGuard({
    shape: { headBytes, size: messageSize },
    check(message) {
      const kind = message[0] ?? 0;
      if (!kinds.has(kind))
        throw new ProtocolViolation(`the server sent a message of kind ${kind}, which was not asked for`);
      aside(kind, message.length);
      if (kind === dataRow) checkRow(message);
      if (kind === rowDescription && fieldCount(message) > mostColumns)
        throw new ProtocolViolation("the server announced more columns than a result can have");
    },
    driver,
  });
  return {
    pass: (chunk) => guard.pass(chunk),
    begin() {
      aside = asideWatch();
      guard.begin();
    },
  };
}

function messageSize(bytes: Buffer, at: number): number {
  const length = bytes.readInt32BE(at + 1);
  if (length < headBytes - 1 || length > mostDriverBytes)
    throw new ProtocolViolation(`a message has the impossible length of ${length} bytes`);
  return length + 1;
}

function fieldCount(message: Buffer): number {
  if (message.length < headBytes + 2) throw new ProtocolViolation("a message is cut short");
  return message.readUInt16BE(headBytes);
}

/** If a value were longer than its message, the driver's parser would read on into the bytes after it. */
function checkRow(message: Buffer): void {
  let at = headBytes + 2;
  for (let left = fieldCount(message); left > 0; left--) {
    if (message.length - at < 4) throw new ProtocolViolation("a row is cut short");
    const length = message.readInt32BE(at);
    at += 4 + Math.max(0, length);
    if (length < -1 || at > message.length) throw new ProtocolViolation("a value is longer than the message it is in");
  }
}
