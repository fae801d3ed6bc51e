/** Names and types of columns of a relation over data files, and how the columns are found in a file. */

/** A column, or a part of one, as the table has it. */
export interface NestedColumn {
  readonly fieldId: number;
  /** The column's name in the relation, or a part's own name. */
  readonly name: string;
  /** The type in DuckDB's notation. */
  readonly sqlType: string;
  /** The fields of a struct, the element of a list, or the key and value of a map. */
  readonly parts?: readonly NestedColumn[] | undefined;
}

export interface ReadColumn extends NestedColumn {
  /** The value in older files that do not have the column, as text; absent for null. */
  readonly initialDefault?: string | undefined;
  /** Why its values cannot be read. A statement that needs them fails with this text. */
  readonly unreadable?: string | undefined;
}

/** How a column is found in a file, and the name it then gets. */
export interface SourceColumn {
  /** A field id as digits, or a name in quotes. */
  readonly key: string;
  readonly name: string;
  readonly sqlType: string;
  readonly initialDefault?: string | undefined;
}
