/** Decompresses blocks of Avro files (Avro 1.11 specification, "Required Codecs", "Optional Codecs"). */
import { crc32, inflateRawSync, zstdDecompressSync } from "node:zlib";
import { HeadgateError } from "../errors.ts";
import { snappyDecompress } from "./snappy.ts";

/**
 * Limit of a decompressed block in bytes. No writer makes larger blocks, so a block that claims to be larger is
 * damaged.
 */
export const mostBlockBytes = 256 * 1024 * 1024;

/** Throws METADATA_INVALID for an unsupported codec, DATA_FILE_CORRUPT, and zlib's errors if a block is damaged. */
export function decompress(data: Buffer, codec: string): Buffer {
  if (codec === "null") return data;
  if (codec === "deflate") return inflateRawSync(data, { maxOutputLength: mostBlockBytes });
  if (codec === "zstandard") return zstdDecompressSync(data, { maxOutputLength: mostBlockBytes });
  if (codec === "snappy") return checkedSnappy(data);
  throw new HeadgateError("METADATA_INVALID", { message: `Headgate does not support the Avro codec ${codec}` });
}

const checksumBytes = 4;

/** A checksum of the decompressed data follows the block. */
function checkedSnappy(data: Buffer): Buffer {
  const end = data.length - checksumBytes;
  const text = end < 0 ? undefined : snappyDecompress(data.subarray(0, end));
  if (text !== undefined && crc32(text) === data.readUInt32BE(end)) return text;
  throw new HeadgateError("DATA_FILE_CORRUPT", { message: "a block does not match its checksum" });
}
