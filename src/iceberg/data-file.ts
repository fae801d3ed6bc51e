/** A data or delete file as manifests describe it (spec: "Manifests", `data_file`). */
import type { Partition } from "./partition-spec.ts";

export type FileContent = "data" | "position-deletes" | "equality-deletes";

export interface DataFile {
  readonly content: FileContent;
  readonly filePath: string;
  /** `PARQUET`, `AVRO`, `ORC`, `PUFFIN`. */
  readonly fileFormat: string;
  readonly specId: number;
  readonly partition: Partition;
  readonly recordCount: bigint;
  readonly fileSizeInBytes: bigint;
  /** Sizes in bytes, by field id. */
  readonly columnSizes?: ReadonlyMap<number, bigint> | undefined;
  /** Includes nulls and NaN. */
  readonly valueCounts?: ReadonlyMap<number, bigint> | undefined;
  readonly nullValueCounts?: ReadonlyMap<number, bigint> | undefined;
  readonly nanValueCounts?: ReadonlyMap<number, bigint> | undefined;
  /** Serialised single values. */
  readonly lowerBounds?: ReadonlyMap<number, Uint8Array> | undefined;
  readonly upperBounds?: ReadonlyMap<number, Uint8Array> | undefined;
  readonly splitOffsets?: readonly bigint[] | undefined;
  readonly equalityIds?: readonly number[] | undefined;
  readonly sortOrderId?: number | undefined;
  /** The data file that a delete file applies to, if there is only one. */
  readonly referencedDataFile?: string | undefined;
  /** Id of its first row; the ids of the others follow (spec: "Row Lineage"). Version 3. */
  readonly firstRowId?: bigint | undefined;
  /** Offset of a deletion vector in its file. Version 3. */
  readonly contentOffset?: bigint | undefined;
  readonly contentSizeInBytes?: bigint | undefined;
}

/** Identifies a file of a table, because deletion vectors may share a path. */
export function fileKey({ filePath, contentOffset }: Pick<DataFile, "filePath" | "contentOffset">): string {
  return contentOffset === undefined ? filePath : `${filePath}#${contentOffset}`;
}

/** Whether it is a deletion vector, which is a blob in a Puffin file. */
export function isDeletionVector({ fileFormat }: DataFile): boolean {
  return fileFormat === "PUFFIN";
}
