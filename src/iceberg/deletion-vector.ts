/** Deletion vectors (Puffin specification: blob type `deletion-vector-v1`): the positions of one data file's deleted rows. */
import { crc32 } from "node:zlib";
import { HeadgateError } from "../errors.ts";
import { readRoaring64, writeRoaring64 } from "./roaring-bitmap.ts";

const magic = Buffer.from([0xd1, 0xd3, 0x39, 0x64]);

/** Returns the positions in ascending order. Throws METADATA_INVALID if length, magic or checksum is wrong. */
export function readDeletionVector(blob: Uint8Array): readonly number[] {
  const bytes = Buffer.from(blob.buffer, blob.byteOffset, blob.byteLength);
  const end = 4 + (bytes.length < 12 ? Infinity : bytes.readUInt32BE(0));
  const isWhole = end + 4 === bytes.length && bytes.subarray(4, 8).equals(magic);
  if (!isWhole || crc32(bytes.subarray(4, end)) !== bytes.readUInt32BE(end))
    throw new HeadgateError("METADATA_INVALID", {
      place: "deletion vector",
      message: "the blob is incomplete or damaged",
    });
  return readRoaring64(bytes.subarray(8, end));
}

/** `positions` must be in ascending order without duplicates. */
export function writeDeletionVector(positions: readonly number[]): Uint8Array {
  const body = Buffer.concat([magic, writeRoaring64(positions)]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(body.length);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}
