/**
 * Deletion vectors as files an engine reads: Parquet of one column `pos`. Each is made once, from bytes that never change, and kept
 * in a cache for as long as there is room.
 */
import { open } from "node:fs/promises";
import { ColumnBuffer } from "../engine/column-buffer.ts";
import { writePlainParquet } from "../engine/plain-parquet.ts";
import { HeadgateError } from "../errors.ts";
import { fileKey, type DataFile } from "../iceberg/data-file.ts";
import { readDeletionVector } from "../iceberg/deletion-vector.ts";
import type { FileCache } from "../objects/file-cache.ts";
import type { ObjectStore } from "../objects/object-store.ts";

export interface LakeFiles {
  readonly objects: ObjectStore;
  /** Files made from immutable ones: they are made once. */
  readonly derived: FileCache;
}

/** The path of its positions. Throws DATA_FILE_MISSING; METADATA_INVALID where there is no whole vector. */
export function vectorPath({ objects, derived }: LakeFiles, vector: DataFile): Promise<string> {
  return derived.path(fileKey(vector), async (path) => {
    const positions = await readPositions(objects, vector);
    if (BigInt(positions.length) !== vector.recordCount)
      throw new HeadgateError("METADATA_INVALID", {
        place: vector.filePath,
        message: `a deletion vector of ${vector.recordCount} rows names ${positions.length}`,
      });
    await writePositions(path, positions);
  });
}

async function readPositions(objects: ObjectStore, vector: DataFile): Promise<readonly number[]> {
  const { filePath, contentOffset, contentSizeInBytes } = vector;
  if (contentOffset === undefined || contentSizeInBytes === undefined)
    throw new HeadgateError("METADATA_INVALID", {
      place: filePath,
      message: "a deletion vector without its place in the file",
    });
  const file = await open(await objects.localPath(filePath), "r");
  try {
    const { size } = await file.stat();
    if (contentOffset < 0n || contentSizeInBytes < 0n || contentOffset + contentSizeInBytes > BigInt(size))
      throw new HeadgateError("METADATA_INVALID", { place: filePath, message: "a deletion vector is not in its file" });
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
