import type { NestedField } from "../../iceberg/type.ts";

/** A column of the table with the key that it has in files. */
export interface ImportColumn {
  readonly key: string;
  readonly field: NestedField;
}
