/** A table's metadata from its file, compressed or not (spec: "Table Metadata", naming). */
import { gunzipSync } from "node:zlib";
import { parseTableMetadata, type TableMetadata } from "../iceberg/table-metadata.ts";
import type { ObjectStore } from "../objects/object-store.ts";

/** Throws DATA_FILE_MISSING, METADATA_INVALID. */
export async function readMetadata(objects: ObjectStore, location: string): Promise<TableMetadata> {
  const bytes = await objects.get(location);
  const isCompressed = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return parseTableMetadata(Buffer.from(isCompressed ? gunzipSync(bytes) : bytes).toString("utf8"));
}
