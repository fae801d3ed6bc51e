/**
 * How the rows of a relation are laid out in data files: which rows share a file, in which order, and how they are
 * encoded. It is expressed in SQL; writer/table-layout.ts knows what it means in Iceberg.
 */

export const compressions = ["zstd", "snappy", "gzip", "uncompressed"] as const;
export type Compression = (typeof compressions)[number];

export interface FileLayout {
  /** All rows of a file have the same value of each partition column. The values are returned as text. */
  readonly partitions: readonly LayoutColumn[];
  readonly sort: readonly SortColumn[];
  readonly compression: Compression;
  /** Approximate target file size in bytes; undefined for files as large as a run makes them. */
  readonly targetBytes: number | undefined;
}

export interface LayoutColumn {
  /** A column of the file. */
  readonly fieldId: number;
  readonly sql: (reference: string) => string;
}

export interface SortColumn extends LayoutColumn {
  readonly direction: "asc" | "desc";
  readonly nulls: "first" | "last";
}

/** One file without any order. */
export const plainLayout: FileLayout = { partitions: [], sort: [], compression: "zstd", targetBytes: undefined };
