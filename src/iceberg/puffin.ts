/**
 * Puffin files (Puffin specification: "File structure", "Footer"): blobs one after the other, and a JSON footer that
 * describes them.
 */
import { formatJson } from "../base/json.ts";

export interface PuffinBlob {
  readonly type: string;
  /** Ids of the fields that the blob is about. */
  readonly fields: readonly number[];
  readonly properties: Readonly<Record<string, string>>;
  readonly bytes: Uint8Array;
}

export interface PuffinFile {
  readonly bytes: Uint8Array;
  /** Offset at which each blob begins. */
  readonly offsets: readonly number[];
}

const magic = Buffer.from("PFA1");
const writer = { "created-by": "Headgate" };

/** Blobs are not compressed. The values −1 mean that snapshot id and sequence number are inherited. */
export function writePuffin(blobs: readonly PuffinBlob[]): PuffinFile {
  let end = magic.length;
  const offsets = blobs.map(({ bytes }) => {
    end += bytes.length;
    return end - bytes.length;
  });
  const entries = blobs.map(({ type, fields, properties, bytes }, index) => ({
    type,
    fields,
    "snapshot-id": -1,
    "sequence-number": -1,
    offset: offsets[index],
    length: bytes.length,
    properties,
  }));
  const payload = Buffer.from(formatJson({ blobs: entries, properties: writer }));
  const flags = Buffer.alloc(4);
  const footer = [magic, payload, uint32(payload.length), flags, magic];
  return { bytes: Buffer.concat([magic, ...blobs.map(({ bytes }) => bytes), ...footer]), offsets };
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
