/** Encrypts and decrypts whole objects as streams, in memory of a few chunks, whatever their size. */
import { HeadgateError } from "../../errors.ts";
import {
  chunkBytes,
  chunkCipher,
  headerBytes,
  keyIdOf,
  newHeader,
  sealedChunkBytes,
  type Chunk,
  type ChunkCipher,
  type ObjectKey,
} from "./sealed-form.ts";

export type Bytes = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** The keys with which a store encrypts and decrypts. */
export interface ObjectKeys {
  /** Encrypts everything that is written. */
  readonly newest: ObjectKey;
  /** Undefined if this store has no such key. */
  find(id: string): Promise<ObjectKey | undefined>;
}

export async function* sealBytes(
  bytes: Bytes,
  { key, location }: { readonly key: ObjectKey; readonly location: string },
): AsyncIterable<Buffer> {
  const header = newHeader(key.id);
  const cipher = chunkCipher(key, { header, location });
  yield header;
  for await (const chunk of chunksOf(piecesOf(bytes, { size: chunkBytes }))) yield cipher.seal(chunk);
}

/** Throws OBJECT_NOT_AUTHENTIC, OBJECT_KEY_MISSING. What was yielded before a failure must not be used. */
export async function* openSealed(
  bytes: Bytes,
  { keys, location }: { readonly keys: ObjectKeys; readonly location: string },
): AsyncIterable<Buffer> {
  const pieces = piecesOf(bytes, { first: headerBytes, size: sealedChunkBytes })[Symbol.asyncIterator]();
  const { value } = await pieces.next();
  const header = Buffer.from(value ?? []);
  const cipher = chunkCipher(await keyOf(header, { keys, location }), { header, location });
  let last: Chunk | undefined;
  for await (const chunk of chunksOf({ [Symbol.asyncIterator]: () => pieces })) {
    yield opened(cipher, chunk, location);
    last = chunk;
  }
  if (last === undefined) throw altered(location, "the file was cut off");
}

async function keyOf(
  header: Buffer,
  { keys, location }: { readonly keys: ObjectKeys; readonly location: string },
): Promise<ObjectKey> {
  const id = keyIdOf(header);
  if (id === undefined) throw altered(location, "the file is not one that Headgate has encrypted");
  const key = id === keys.newest.id ? keys.newest : await keys.find(id);
  if (key !== undefined) return key;
  const message = `the file was encrypted with the key ${id}, which is not a key of the account of this location`;
  throw new HeadgateError("OBJECT_KEY_MISSING", { place: location, message });
}

function opened(cipher: ChunkCipher, chunk: Chunk, location: string): Buffer {
  try {
    return cipher.open(chunk);
  } catch (cause) {
    throw altered(location, "the file was altered, cut off, or put here from another place", cause);
  }
}

function altered(place: string, message: string, cause?: unknown): HeadgateError {
  return new HeadgateError("OBJECT_NOT_AUTHENTIC", { place, message, cause });
}

/** Numbers the pieces and marks the last one. */
async function* chunksOf(pieces: AsyncIterable<Buffer>): AsyncIterable<Chunk> {
  let [index, waiting]: [number, Buffer | undefined] = [0, undefined];
  for await (const bytes of pieces) {
    if (waiting !== undefined) yield { index: index++, isLast: false, bytes: waiting };
    waiting = bytes;
  }
  if (waiting !== undefined) yield { index, isLast: true, bytes: waiting };
}

/** Pieces of exactly `size` bytes, the first of `first` bytes if that is given, the last as long as it is. */
async function* piecesOf(
  bytes: Bytes,
  { first, size }: { readonly first?: number; readonly size: number },
): AsyncIterable<Buffer> {
  let wanted = first ?? size;
  let [held, parts, count]: [number, Uint8Array[], number] = [0, [], 0];
  for await (const given of bytes) {
    let rest = given;
    while (held + rest.length >= wanted) {
      yield Buffer.concat([...parts, rest.subarray(0, wanted - held)]);
      rest = rest.subarray(wanted - held);
      [held, parts, wanted] = [0, [], size];
      count++;
    }
    if (rest.length > 0) parts.push(rest);
    held += rest.length;
  }
  if (held > 0 || count === 0) yield Buffer.concat(parts);
}
