/**
 * The form of an encrypted object: a header, then chunks of AES-256-GCM. Each object has a key of its own, which is
 * derived from the account's key, a random salt, the header and the object's location.
 * Invariants: no two chunks are ever encrypted with the same key and nonce. A chunk is good for its number, its object
 * and its place only, and the last one is marked, so that nothing can be exchanged, reordered, moved or cut off unseen.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";

/** Key of an account; all its objects' keys are derived from it. */
export interface ObjectKey {
  /** A UUID, which the header of each object names. */
  readonly id: string;
  /** 32 bytes. */
  readonly bytes: Uint8Array;
}

const mark = Buffer.from("headgate sealed\n");
const version = 1;
const saltBytes = 32;
const idBytes = 16;
const tagBytes = 16;

/** Bytes of a chunk before they are encrypted; all but the last one are full. */
export const chunkBytes = 64 * 1024;
export const sealedChunkBytes = chunkBytes + tagBytes;
export const headerBytes = mark.length + 1 + idBytes + saltBytes;

export function newHeader(keyId: string): Buffer {
  return Buffer.concat([mark, Buffer.from([version]), idOf(keyId), randomBytes(saltBytes)]);
}

/** Returns undefined for bytes that are no header of this version. */
export function keyIdOf(header: Buffer): string | undefined {
  if (header.length !== headerBytes || !header.subarray(0, mark.length).equals(mark)) return undefined;
  if (header[mark.length] !== version) return undefined;
  const hex = header.subarray(mark.length + 1, mark.length + 1 + idBytes).toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

function idOf(uuid: string): Buffer {
  return Buffer.from(uuid.replaceAll("-", ""), "hex");
}

/** How many bytes an object had before it was encrypted. */
export function plainSize(sealed: number): number {
  const body = Math.max(0, sealed - headerBytes);
  return Math.max(0, body - Math.ceil(body / sealedChunkBytes) * tagBytes);
}

export interface Chunk {
  readonly index: number;
  readonly isLast: boolean;
  readonly bytes: Uint8Array;
}

export interface ChunkCipher {
  seal(chunk: Chunk): Buffer;
  /** Throws for a chunk that was sealed otherwise. */
  open(chunk: Chunk): Buffer;
}

export function chunkCipher(key: ObjectKey, { header, location }: { header: Buffer; location: string }): ChunkCipher {
  const bound = Buffer.concat([header, Buffer.from(location)]);
  const salt = header.subarray(-saltBytes);
  const own = Buffer.from(hkdfSync("sha256", key.bytes, salt, "headgate object", 32));
  return {
    seal(chunk) {
      const cipher = createCipheriv("aes-256-gcm", own, nonceOf(chunk)).setAAD(bound);
      return Buffer.concat([cipher.update(chunk.bytes), cipher.final(), cipher.getAuthTag()]);
    },
    open(chunk) {
      const at = chunk.bytes.length - tagBytes;
      const decipher = createDecipheriv("aes-256-gcm", own, nonceOf(chunk), { authTagLength: tagBytes }).setAAD(bound);
      decipher.setAuthTag(chunk.bytes.subarray(at));
      return Buffer.concat([decipher.update(chunk.bytes.subarray(0, at)), decipher.final()]);
    },
  };
}

/** The key belongs to one object, so its chunks' numbers are enough. */
function nonceOf({ index, isLast }: Chunk): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUInt32BE(index, 7);
  nonce[11] = isLast ? 1 : 0;
  return nonce;
}
