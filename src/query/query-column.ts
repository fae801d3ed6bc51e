/** A column of a table in one state, as the preparation of a statement knows it. */
import type { Type } from "../iceberg/type.ts";

export interface QueryColumn {
  readonly fieldId: number;
  readonly name: string;
  readonly type: Type;
  /** Value of this column for rows in older files (Iceberg version 3), as JSON. */
  readonly initialDefault?: unknown;
  /** True if the reader sees other values than the files contain, so that statistics of files say nothing about them. */
  readonly isAltered?: boolean | undefined;
  /** True for a column that a view's text can name, and that the table no longer has or its owner may not see. */
  readonly isMissing?: boolean | undefined;
}
