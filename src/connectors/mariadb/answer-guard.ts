/**
 * Protects the driver from a malicious or broken server: packets of 16 MB, endless columns and rows, a request for a
 * local file, a second result, packets that nobody asked for. Not used for bulk reads, which text-result.ts checks.
 * Protocol: MySQL client/server, `COM_QUERY` response without CLIENT_DEPRECATE_EOF, which the driver does not request.
 */
import { ProtocolViolation } from "../../base/protocol-violation.ts";
import type { MessageShape } from "../../base/whole-messages.ts";
import { wireGuard, type WireGuard } from "../../base/wire-guard.ts";

const headerBytes = 4;
const fullPacket = 0xffffff;
/** The most columns that a table of MariaDB or MySQL can have. */
const mostColumns = 4_096;

const okMark = 0;
const fileMark = 0xfb;
const eofMark = 0xfe;
const errorMark = 0xff;
const mostEofBytes = 9;
/** `SERVER_MORE_RESULTS_EXISTS` */
const moreResults = 0x0008;

const shape: MessageShape = {
  headBytes: headerBytes,
  size(bytes, at) {
    const length = bytes.readUIntLE(at, 3);
    if (length === fullPacket) throw new ProtocolViolation("a small question was answered with a packet of 16 MB");
    return headerBytes + length;
  },
};

type Phase = "login" | "head" | "definitions" | "rows" | "over";

export function answerGuard(driver: (packet: Buffer) => void): WireGuard {
  let phase: Phase = "login";
  /** Column definitions still to come, plus the EOF packet after them. */
  let definitions = 0;
  const head = (payload: Buffer): Phase => {
    if (payload[0] === fileMark) throw new ProtocolViolation("the server asked for a local file");
    if (payload[0] === okMark) return "over";
    definitions = columnCount(payload) + 1;
    return "definitions";
  };
  const definition = (payload: Buffer): Phase => {
    if (--definitions > 0) return "definitions";
    if (payload[0] !== eofMark) throw new ProtocolViolation("the description of a result does not end");
    return "rows";
  };
  const row = (payload: Buffer): Phase => {
    if (payload[0] !== eofMark || payload.length >= mostEofBytes) return "rows";
    if (payload.length >= 5 && (payload.readUInt16LE(3) & moreResults) !== 0)
      throw new ProtocolViolation("the server announced a result that was not asked for");
    return "over";
  };
  const next = (payload: Buffer): Phase => {
    if (phase === "login") return "login";
    if (payload[0] === errorMark) return "over";
    switch (phase) {
      case "head":
        return head(payload);
      case "definitions":
        return definition(payload);
      case "rows":
        return row(payload);
      case "over":
        throw new ProtocolViolation("the server sent something that was not asked for");
    }
  };
  const guard = wireGuard({
    shape,
    check(packet) {
      if (packet.length === headerBytes && phase !== "login") throw new ProtocolViolation("a packet is empty");
      phase = next(packet.subarray(headerBytes));
    },
    driver,
  });
  return {
    pass: (chunk) => guard.pass(chunk),
    begin() {
      phase = "head";
      guard.begin();
    },
  };
}

/** A length of one byte, or of two bytes after 0xfc. */
function columnCount(payload: Buffer): number {
  const first = payload[0] ?? 0;
  const columns = first < fileMark ? first : first === 0xfc && payload.length >= 3 ? payload.readUInt16LE(1) : Infinity;
  if (columns > mostColumns) throw new ProtocolViolation("the server announced more columns than a table can have");
  return columns;
}
