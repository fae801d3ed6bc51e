/** The tables that have rows in files of whole transactions. */
import type { ForeignFile } from "../../objects/foreign-files.ts";
import type { TableName } from "../../sync/source.ts";

export interface OccurringTable {
  readonly name: TableName;
  /** Some of the files that have rows of it: the oldest and the newest that are there. */
  readonly files: readonly ForeignFile[];
}

export interface Occurring {
  /** By `tableKey`. */
  readonly tables: ReadonlyMap<string, OccurringTable>;
  /** Why a file could not be understood. Tables that no other file has are not found then. */
  readonly failure: unknown;
}
