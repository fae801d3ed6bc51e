/**
 * The part of the catalog that a query needs: tables by name at a moment, and the files that hold their rows. The
 * catalog's side reads metadata and manifests; this side never sees a table that it did not ask for by name.
 */
import type { NamedTable } from "../catalog/table-name.ts";
import type { SecurableTable } from "../governance/securable.ts";
import type { Engine } from "../engine/engine.ts";
import type { ReadFile } from "../engine/read-data-files.ts";
import type { DataFile } from "../iceberg/data-file.ts";
import type { AsOf } from "./as-of.ts";
import type { Expression } from "../iceberg/expression.ts";
import type { QueryColumn } from "./query-column.ts";
import type { TableRules } from "./table-rules.ts";

export interface TableSource {
  /** Optionally reads in advance what resolving any name needs, in parallel with other work. */
  prefetch?(): Promise<unknown>;
  /**
   * The table of this name: `[database, table]`, or `[table]` if only one database has it. An exact match takes
   * precedence over one that ignores case. One more part names a metadata table: `snapshots`, `files` and so on. Throws
   * TABLE_NOT_FOUND, TABLE_AMBIGUOUS, SNAPSHOT_NOT_FOUND.
   */
  resolve(parts: readonly string[], asOf: AsOf | undefined): Promise<QueryTable>;
}

export interface QueryTable extends NamedTable {
  /** Identifies table, state and access: two references with the same id read the same rows in the same way. */
  readonly id: string;
  /** The table itself, in whatever state. */
  readonly securable: SecurableTable;
  /** Undefined for a table without rows. */
  readonly snapshotId: bigint | undefined;
  /** Those that the reader may see. */
  readonly columns: readonly QueryColumn[];
  /** Undefined if the whole table may be read. */
  readonly rules?: TableRules | undefined;
  /** Whether it tells about a table: its snapshots, its files. */
  readonly isMetadata?: boolean | undefined;
  /** Set for a view, which has no files of its own. */
  readonly view?: ViewBody | undefined;
  /** The files that may hold rows passing the filter. Files in which provably no row passes may be left out. */
  planFiles(filter: Expression | undefined): Promise<FilePlan>;
  /** Inspects files whose columns cannot be found by field ids alone. Throws DATA_FILE_CORRUPT, METADATA_INVALID. */
  shapeFiles?(engine: Engine, files: readonly PlannedFile[]): Promise<readonly PlannedFile[]>;
}

/** The rows of a view before the rules of its reader apply. */
export interface ViewBody {
  readonly text: string;
  /** The tables of the text, as the owner of the view may read them at this moment, under the names that the text knows. */
  readonly tables: readonly QueryTable[];
  /** For each mention of a table in the text, its place in `tables`. */
  readonly mentions: readonly number[];
  /** All columns that the text gives, in its order, with the types as which they are shown. */
  readonly columns: readonly QueryColumn[];
  /** Whether a column that it needs has another type than when the view was made: its values are then shown as they are. */
  readonly hasOtherTypes: boolean;
  readonly version: number;
  /** Undefined for the owner of the data directory. */
  readonly ownerId: string | undefined;
  readonly ownerAccountId: string | undefined;
}

export interface FilePlan {
  readonly files: readonly PlannedFile[];
  /** Those of the skipped files that are listed in a manifest that was read. */
  readonly skipped: readonly SkippedFile[];
  /** Number of all skipped files. */
  readonly skippedFiles: number;
  readonly skippedManifests: number;
  /** Path of a Parquet file without rows, to be read beside a single file. */
  readonly rowlessFile?: string | undefined;
}

export interface SkippedFile {
  readonly location: string;
  readonly recordCount: number;
  readonly sizeBytes: number;
}

export interface PlannedFile extends ReadFile {
  /** Undefined for anything that is not a data file of the lake. */
  readonly dataFile?: DataFile | undefined;
  readonly recordCount: number;
  readonly sizeBytes: number;
}
