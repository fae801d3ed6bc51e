/**
 * How the rows of a relation are laid out in data files: which of them share a file, in which order, how they are encoded. In
 * SQL; what it means in Iceberg is sync/table-layout.ts's.
 */

export const compressions = ["zstd", "snappy", "gzip", "uncompressed"] as const;
export type Compression = (typeof compressions)[number];

export interface FileLayout {
  /** A file has rows of one value of each, which comes out as text. */
  readonly partitions: readonly LayoutColumn[];
  readonly sort: readonly SortColumn[];
  readonly compression: Compression;
  /** About; undefined: as large as a run makes them. */
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

/** One file, in no order. */
export const plainLayout: FileLayout = { partitions: [], sort: [], compression: "zstd", targetBytes: undefined };
