/** The address of the worksheet, which can open a statement about a table, a kept query, or a text. */
export interface WorksheetSearch {
  /** As `database.table`. */
  readonly table?: string;
  /** The id of a kept query. */
  readonly query?: string;
  readonly sql?: string;
}
