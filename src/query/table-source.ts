/**
 * What a query needs of the catalog: tables by name at a moment, and the files that hold their rows. The catalog's side does
 * the reading of metadata and manifests; this side never sees a table it did not ask for by name.
 */
import type { ReadFile } from "../engine/read-data-files.ts";
import type { Type } from "../iceberg/type.ts";
import type { AsOf } from "./as-of.ts";
import type { Expression } from "../iceberg/expression.ts";

export interface TableSource {
  /**
   * The table of this name: `[table]` where only one database has it, or `[database, table]`; exact names first, then without
   * regard to case. Throws TABLE_NOT_FOUND, TABLE_AMBIGUOUS, SNAPSHOT_NOT_FOUND.
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
}

export interface QueryColumn {
  readonly fieldId: number;
  readonly name: string;
  readonly type: Type;
}

export interface FilePlan {
  readonly files: readonly PlannedFile[];
  readonly skippedFiles: number;
  readonly skippedManifests: number;
}

export interface PlannedFile extends ReadFile {
  readonly recordCount: number;
  readonly sizeBytes: number;
}
