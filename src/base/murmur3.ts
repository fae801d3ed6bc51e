/** Murmur3, 32 bits, x86 variant, seed 0: the hash of the bucket transform (spec: Appendix B). */

const c1 = 0xcc9e2d51;
const c2 = 0x1b873593;

/** Returns a signed 32-bit integer. */
export function murmur3(bytes: Uint8Array): number {
  const blocks = bytes.length & ~3;
  let hash = 0;
  for (let at = 0; at < blocks; at += 4) {
    const word =
      byteAt(bytes, at) | (byteAt(bytes, at + 1) << 8) | (byteAt(bytes, at + 2) << 16) | (byteAt(bytes, at + 3) << 24);
    hash = rotate(hash ^ mix(word), 13);
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0;
  }
  hash ^= mix(tail(bytes, blocks));
  return finish(hash ^ bytes.length);
}

function tail(bytes: Uint8Array, from: number): number {
  let word = 0;
  for (let at = bytes.length - 1; at >= from; at--) word = (word << 8) | byteAt(bytes, at);
  return word;
}

function mix(word: number): number {
  return Math.imul(rotate(Math.imul(word, c1), 15), c2);
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

function finish(hash: number): number {
  let mixed = hash ^ (hash >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

function byteAt(bytes: Uint8Array, at: number): number {
  return bytes[at] as number;
}
