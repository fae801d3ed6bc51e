/**
 * Makes one damaged copy of a recording: bytes are changed, removed, duplicated, or overwritten with numbers that often
 * break readers.
 */
import type { Random } from "../soak/random.ts";

const awkward = [0, 1, 0x7f, 0x80, 0xfb, 0xfc, 0xfd, 0xfe, 0xff];

export function mutate(recording: Buffer, random: Random): Buffer {
  let bytes: Buffer = Buffer.from(recording);
  for (let left = 1 + random.below(5); left > 0; left--) bytes = damaged(bytes, random);
  return bytes;
}

function damaged(bytes: Buffer, random: Random): Buffer {
  const at = random.below(bytes.length + 1);
  const length = random.below(Math.min(bytes.length - at, 16) + 1);
  switch (random.below(6)) {
    case 0:
      return bytes.subarray(0, at);
    case 1:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
    case 2:
      return Buffer.concat([bytes.subarray(0, at + length), bytes.subarray(at)]);
    case 3:
      return filled(bytes, { at, length: 1 + random.below(8), byte: random.pick(awkward) });
    default:
      return filled(bytes, { at, length: 1, byte: random.below(256) });
  }
}

function filled(bytes: Buffer, { at, length, byte }: { at: number; length: number; byte: number }): Buffer {
  bytes.fill(byte, at, Math.min(at + length, bytes.length));
  return bytes;
}
