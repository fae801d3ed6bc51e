/**
 * Some values of a column, as the classifier gets them. It exists only in memory, while a table is looked at.
 * Invariant: nothing that is stored, logged or answered contains a value of a sample.
 */
export interface ColumnSample {
  readonly name: string;
  /** The Iceberg type; `nested` for a list, a map or a struct, whose values are then JSON. */
  readonly type: string;
  /** The values that are not null, as text, each cut after some thousand characters. */
  readonly values: readonly string[];
  /** How many rows were looked at, including those in which the value is null. */
  readonly rows: number;
}

export interface TableSample {
  readonly table: string;
  readonly columns: readonly ColumnSample[];
}
