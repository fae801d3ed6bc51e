/** A table's metadata from its file, compressed or not (spec: "Table Metadata", naming). */
import { gunzipSync } from "node:zlib";
import { parseTableMetadata, type TableMetadata } from "../iceberg/table-metadata.ts";
import type { ObjectStore } from "../objects/object-store.ts";

interface ReadMetadata {
  readonly metadata: TableMetadata;
  /** Of its text. */
  readonly bytes: number;
}

/** Throws DATA_FILE_MISSING, METADATA_INVALID. */
export async function readMetadata(objects: ObjectStore, location: string): Promise<ReadMetadata> {
  const stored = await objects.get(location);
  const isCompressed = stored[0] === 0x1f && stored[1] === 0x8b;
  const bytes = isCompressed ? gunzipSync(stored) : stored;
  return { metadata: parseTableMetadata(Buffer.from(bytes).toString("utf8")), bytes: bytes.length };
}
