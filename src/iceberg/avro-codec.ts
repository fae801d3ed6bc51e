/** How blocks of Avro files are compressed (Avro 1.11 specification, "Required Codecs", "Optional Codecs"). */
import { crc32, inflateRawSync, zstdDecompressSync } from "node:zlib";
import { HeadgateError } from "../errors.ts";
import { snappyDecompress } from "./snappy.ts";

/** Throws METADATA_INVALID for a codec that is not read, DATA_FILE_CORRUPT; what zlib throws where a block is damaged. */
export function decompress(data: Buffer, codec: string): Buffer {
  if (codec === "null") return data;
  if (codec === "deflate") return inflateRawSync(data);
  if (codec === "zstandard") return zstdDecompressSync(data);
  if (codec === "snappy") return checkedSnappy(data);
  throw new HeadgateError("METADATA_INVALID", { message: `Avro codec ${codec} is not read here` });
}

const checksumBytes = 4;

/** Behind the block is the checksum of what it holds. */
function checkedSnappy(data: Buffer): Buffer {
  const end = data.length - checksumBytes;
  const text = end < 0 ? undefined : snappyDecompress(data.subarray(0, end));
  if (text !== undefined && crc32(text) === data.readUInt32BE(end)) return text;
  throw new HeadgateError("DATA_FILE_CORRUPT", { message: "a block is not what its checksum says" });
}
