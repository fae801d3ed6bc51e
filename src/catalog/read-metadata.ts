/** Reads a table's metadata from its file. */
import { metadataText } from "../iceberg/metadata-file.ts";
import { parseTableMetadata, type TableMetadata } from "../iceberg/table-metadata.ts";
import { HeadgateError } from "../errors.ts";
import type { ObjectStore } from "../objects/object-store.ts";

interface ReadMetadata {
  readonly metadata: TableMetadata;
  /** Length of its text. */
  readonly characters: number;
}

/** Throws DATA_FILE_MISSING, METADATA_INVALID. */
export async function readMetadata(objects: ObjectStore, location: string): Promise<ReadMetadata> {
  const text = metadataText(await objects.get(location).catch(withRemedy));
  return { metadata: parseTableMetadata(text), characters: text.length };
}

/** Without its metadata, a table cannot be loaded again in place. */
function withRemedy(cause: unknown): never {
  if (!(cause instanceof HeadgateError) || cause.code !== "DATA_FILE_MISSING") throw cause;
  const { place, message } = cause;
  const remedy =
    "restore the file; or drop the table with `headgate table drop`, load it again with `headgate sync <source> --table <name>`, and make its grants again with `headgate grant reattach`";
  throw new HeadgateError("DATA_FILE_MISSING", { place, message, remedy, cause });
}
