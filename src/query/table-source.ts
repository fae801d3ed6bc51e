/**
 * What a query needs of the catalog: tables by name at a moment, and the files that hold their rows. The catalog's side does
 * the reading of metadata and manifests; this side never sees a table it did not ask for by name.
 */
import type { Engine } from "../engine/engine.ts";
import type { ReadFile } from "../engine/read-data-files.ts";
import type { DataFile } from "../iceberg/data-file.ts";
import type { Type } from "../iceberg/type.ts";
import type { AsOf } from "./as-of.ts";
import type { Expression } from "../iceberg/expression.ts";

export interface TableSource {
  /** Reads what all names need, beside other work: names may be resolved without. */
  prefetch?(): Promise<unknown>;
  /**
   * The table of this name: `[table]` where only one database has it, or `[database, table]`; exact names first, then without
   * regard to case. One part more is a table about it: `snapshots`, `files` and so on. Throws TABLE_NOT_FOUND, TABLE_AMBIGUOUS, SNAPSHOT_NOT_FOUND.
   */
  resolve(parts: readonly string[], asOf: AsOf | undefined): Promise<QueryTable>;
}

export interface QueryTable {
  /** Names table and state: two references of equal id read the same rows. */
  readonly id: string;
  readonly database: string;
  readonly name: string;
  readonly columns: readonly QueryColumn[];
  /** The files that can hold rows passing the filter: those of which it is proven that no row passes may be left out. */
  planFiles(filter: Expression | undefined): Promise<FilePlan>;
  /** Looks into files where their columns are not found by field ids alone. Throws DATA_FILE_CORRUPT, METADATA_INVALID. */
  shapeFiles?(engine: Engine, files: readonly PlannedFile[]): Promise<readonly PlannedFile[]>;
}

export interface QueryColumn {
  readonly fieldId: number;
  readonly name: string;
  readonly type: Type;
  /** What rows of older files have in it (Iceberg version 3); as JSON. */
  readonly initialDefault?: unknown;
}

export interface FilePlan {
  readonly files: readonly PlannedFile[];
  /** Of the files left out, those that are listed in a manifest that was read. */
  readonly skipped: readonly SkippedFile[];
  /** All files left out. */
  readonly skippedFiles: number;
  readonly skippedManifests: number;
  /** Path of a Parquet file without rows, to be read beside a lone one. */
  readonly rowlessFile?: string | undefined;
}

export interface SkippedFile {
  readonly location: string;
  readonly recordCount: number;
  readonly sizeBytes: number;
}

export interface PlannedFile extends ReadFile {
  /** Undefined for what is not a data file of the lake. */
  readonly dataFile?: DataFile | undefined;
  readonly recordCount: number;
  readonly sizeBytes: number;
}
