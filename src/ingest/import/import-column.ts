import type { NestedField } from "../../iceberg/type.ts";

/** A column of the table and the key that files have for it. */
export interface ImportColumn {
  readonly key: string;
  readonly field: NestedField;
}
