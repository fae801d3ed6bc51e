import { assert, constantFrom, property, array, integer, uint8Array } from "fast-check";
import { expect, test } from "vitest";
import { answerGuard as mariadbGuard } from "../../src/connectors/mariadb/answer-guard.ts";
import { answerGuard as postgresGuard } from "../../src/connectors/postgres/answer-guard.ts";
import { dripWatch } from "../../src/base/drip-watch.ts";
import { ProtocolViolation } from "../../src/base/protocol-violation.ts";
import { wholeMessages } from "../../src/base/whole-messages.ts";

const shape = { headBytes: 2, size: (bytes: Buffer, at: number) => 2 + bytes.readUInt16BE(at) };

function cut(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    pieces.push(bytes.subarray(at, at + size));
    at += size;
  }
  return pieces;
}

test("messages come out whole, wherever the bytes were cut", () => {
  const bodies = array(uint8Array({ maxLength: 9_000 }), { maxLength: 8 });
  const sizes = array(integer({ min: 1, max: 7_000 }), { minLength: 1, maxLength: 5 });
  assert(
    property(bodies, sizes, (some, pieceSizes) => {
      const messages = some.map((body) => {
        const head = Buffer.alloc(2);
        head.writeUInt16BE(body.length);
        return Buffer.concat([head, body]);
      });
      const taken: string[] = [];
      const reader = wholeMessages(shape, (message) => taken.push(message.toString("hex")));
      for (const piece of cut(Buffer.concat(messages), pieceSizes)) reader.take(piece);
      expect(taken).toEqual(messages.map((message) => message.toString("hex")));
      expect(reader.isPartial()).toBe(false);
    }),
  );
});

test("whatever bytes a server sends, a driver gets no more than those, or a violation ends it", () => {
  const guards = constantFrom(mariadbGuard, postgresGuard);
  assert(
    property(guards, array(uint8Array({ maxLength: 300 }), { maxLength: 10 }), (guardOf, pieces) => {
      let [handed, sent] = [0, 0];
      const guard = guardOf((message) => void (handed += message.length));
      guard.begin();
      try {
        for (const piece of pieces) {
          sent += piece.length;
          guard.pass(Buffer.from(piece));
        }
      } catch (failure) {
        expect(failure).toBeInstanceOf(ProtocolViolation);
      }
      expect(handed).toBeLessThanOrEqual(sent);
    }),
  );
});

test("what the driver throws is a violation, not the end of the process", () => {
  const guard = postgresGuard(() => {
    throw new RangeError("beyond the buffer");
  });
  expect(() => guard.pass(Buffer.from("Z\0\0\0\u0005I"))).toThrow(ProtocolViolation);
});

test("bytes that come one at a time are not waited for; a slow server that fills its buffer is", () => {
  let now = 0;
  const dripping = dripWatch(() => (now += 1_000));
  expect(() => {
    for (let piece = 0; piece < 60; piece++) dripping({ bytes: 1, isPartial: true });
  }).toThrow(ProtocolViolation);
  const slow = dripWatch(() => (now += 3_600_000));
  for (let flush = 0; flush < 200; flush++) {
    slow({ bytes: 1_448, isPartial: true });
    slow({ bytes: 80, isPartial: true });
  }
  for (let row = 0; row < 200; row++) slow({ bytes: 30, isPartial: false });
});
