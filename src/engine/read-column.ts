/** How a column of a relation over data files is called and typed, and how it is found in a file. */
/** A column, or a part of one, as the table has it. */
export interface NestedColumn {
  readonly fieldId: number;
  /** The relation's name for it; a part's own name. */
  readonly name: string;
  /** As DuckDB writes it. */
  readonly sqlType: string;
  /** Of a struct its fields, of a list its element, of a map its key and value. */
  readonly parts?: readonly NestedColumn[] | undefined;
}

export interface ReadColumn extends NestedColumn {
  /** What older files have in its place, as text; absent: null. */
  readonly initialDefault?: string | undefined;
  /** Why its values cannot be read: a statement that needs them fails with this. */
  readonly unreadable?: string | undefined;
}

/** How a column is found in a file, and what it is called then. */
export interface SourceColumn {
  /** A field id as digits, or a name in quotes. */
  readonly key: string;
  readonly name: string;
  readonly sqlType: string;
  readonly initialDefault?: string | undefined;
}
