/** Reads a table's metadata from its file. */
import { metadataText } from "../iceberg/metadata-file.ts";
import { parseTableMetadata, type TableMetadata } from "../iceberg/table-metadata.ts";
import type { ObjectStore } from "../objects/object-store.ts";

interface ReadMetadata {
  readonly metadata: TableMetadata;
  /** Length of its text. */
  readonly characters: number;
}

/** Throws DATA_FILE_MISSING, METADATA_INVALID. */
export async function readMetadata(objects: ObjectStore, location: string): Promise<ReadMetadata> {
  const text = metadataText(await objects.get(location));
  return { metadata: parseTableMetadata(text), characters: text.length };
}
