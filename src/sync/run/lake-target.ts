/** A lake table that a run brings to its cut: its location, its current state, and the schema it will have. */
import type { CatalogTable } from "../../catalog/catalog.ts";
import type { NamedTable } from "../../catalog/table-name.ts";
import type { FollowedSchema } from "./lake-schema.ts";
import type { TableLayout } from "../../writer/table-layout.ts";

export interface LakeTarget {
  readonly name: NamedTable;
  readonly lakeLabel: string;
  /** The id of the existing table, or the one chosen for a new table. */
  readonly tableId: string;
  readonly location: string;
  /** Undefined when the table has to be created. */
  readonly current: CatalogTable | undefined;
  readonly follow: FollowedSchema;
  readonly layout: TableLayout;
  /** Table properties in addition to those of every run. */
  readonly properties: Readonly<Record<string, string>>;
}
