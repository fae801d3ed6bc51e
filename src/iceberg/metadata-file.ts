/**
 * Table metadata as a file (spec: "Table Metadata", "Naming for GZIP compressed Metadata JSON files"): its name and its
 * text, which is compressed if the table's `write.metadata.compression-codec` says so.
 */
import { gunzipSync, gzipSync } from "node:zlib";
import { HeadgateError } from "../errors.ts";
import type { FileIO } from "./file-io.ts";
import { formatTableMetadata, type TableMetadata } from "./table-metadata.ts";

/** `none`, which is the default, or `gzip`. */
const codecProperty = "write.metadata.compression-codec";

/** Properties for new tables, so that their metadata is compressed. */
export const compressedMetadata: Readonly<Record<string, string>> = { [codecProperty]: "gzip" };

/** Takes half the time of the default level and makes files a twentieth larger. */
const level = 1;

interface Naming {
  /** Grows with each commit. */
  readonly version: number;
  readonly uuid: string;
}

/** Returns the location of the new file. Throws METADATA_INVALID for an unknown codec. */
export async function writeMetadata(io: FileIO, metadata: TableMetadata, { version, uuid }: Naming): Promise<string> {
  const isCompressed = isGzip(metadata);
  const text = Buffer.from(formatTableMetadata(metadata));
  const number = String(version).padStart(5, "0");
  const location = `${metadata.location}/metadata/${number}-${uuid}${isCompressed ? ".gz" : ""}.metadata.json`;
  await io.write(location, isCompressed ? gzipSync(text, { level }) : text);
  return location;
}

function isGzip({ properties }: TableMetadata): boolean {
  const codec = (properties[codecProperty] ?? "none").toLowerCase();
  if (codec === "gzip" || codec === "none") return codec === "gzip";
  throw new HeadgateError("METADATA_INVALID", {
    place: codecProperty,
    message: `"${codec}" is not a codec of table metadata; the codecs are none and gzip`,
  });
}

/** Longer texts are refused. */
const mostBytes = 512 * 1024 * 1024;

/** The text in a metadata file's bytes, whatever the file's name says about compression. Throws METADATA_INVALID. */
export function metadataText(bytes: Uint8Array): string {
  const isCompressed = bytes[0] === 0x1f && bytes[1] === 0x8b;
  try {
    const text = isCompressed ? gunzipSync(bytes, { maxOutputLength: mostBytes }) : bytes;
    return Buffer.from(text.buffer, text.byteOffset, text.byteLength).toString("utf8");
  } catch (cause) {
    throw new HeadgateError("METADATA_INVALID", {
      message: "the table metadata is incomplete, damaged or larger than 512 MB",
      cause,
    });
  }
}

/** The version in a metadata file's name; −1 if there is none. */
export function metadataVersion(location: string): number {
  const match = /\/v?(\d+)(?:-[^/]*)?(?:\.gz)?\.metadata\.json(?:\.gz)?$/.exec(location);
  return match === null ? -1 : Number(match[1]);
}

/** Older writers put `.gz` at the end. */
export function isMetadataName(location: string): boolean {
  return /\.metadata\.json(?:\.gz)?$/.test(location);
}
