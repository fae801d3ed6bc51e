/**
 * Writes deletion vectors as Parquet files with one column `pos`, which the engine can read. Each is written once,
 * because its bytes never change, and is kept in a cache while there is room.
 */
import { ColumnBuffer } from "../engine/column-buffer.ts";
import { writePlainParquet } from "../engine/plain-parquet.ts";
import { HeadgateError } from "../errors.ts";
import { fileKey, type DataFile } from "../iceberg/data-file.ts";
import { readDeletionVector } from "../iceberg/deletion-vector.ts";
import type { FileCache } from "../objects/file-cache.ts";
import type { ObjectStore } from "../objects/object-store.ts";

export interface LakeFiles {
  readonly objects: ObjectStore;
  /** Cache of files that are derived from immutable ones, so each is made once. */
  readonly derived: FileCache;
}

/**
 * Returns the path of the file with the positions. Throws DATA_FILE_MISSING, and METADATA_INVALID if the vector is not
 * complete.
 */
export function vectorPath({ objects, derived }: LakeFiles, vector: DataFile): Promise<string> {
  return derived.path(fileKey(vector), async (path) => {
    const positions = await readPositions(objects, vector);
    if (BigInt(positions.length) !== vector.recordCount)
      throw new HeadgateError("METADATA_INVALID", {
        place: vector.filePath,
        message: `a deletion vector deletes ${positions.length} rows, but the table's metadata says ${vector.recordCount}`,
      });
    await writePositions(path, positions);
  });
}

async function readPositions(objects: ObjectStore, vector: DataFile): Promise<readonly number[]> {
  const { filePath, contentOffset, contentSizeInBytes } = vector;
  if (contentOffset === undefined || contentSizeInBytes === undefined)
    throw new HeadgateError("METADATA_INVALID", {
      place: filePath,
      message: "the table's metadata does not say where in this file a deletion vector is",
    });
  const file = await objects.open(filePath);
  try {
    const { size } = await file.stat();
    if (contentOffset < 0n || contentSizeInBytes < 0n || contentOffset + contentSizeInBytes > BigInt(size))
      throw new HeadgateError("METADATA_INVALID", {
        place: filePath,
        message: "a deletion vector lies beyond the end of this file",
      });
    const blob = Buffer.alloc(Number(contentSizeInBytes));
    await file.read(blob, 0, blob.length, Number(contentOffset));
    return readDeletionVector(blob);
  } finally {
    await file.close();
  }
}

async function writePositions(path: string, positions: readonly number[]): Promise<void> {
  const column = new ColumnBuffer({ physical: "int64" });
  for (const position of positions) column.appendSafeInteger(position);
  await writePlainParquet(path, [{ name: "pos", batch: column.take() }]);
}
