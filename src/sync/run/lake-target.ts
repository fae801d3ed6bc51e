/** A lake table that a run brings to its cut: where it is, as it is now, and the schema it shall have. */
import type { CatalogTable } from "../../catalog/catalog.ts";
import type { NamedTable } from "../../catalog/table-name.ts";
import type { FollowedSchema } from "./lake-schema.ts";
import type { TableLayout } from "../../writer/table-layout.ts";

export interface LakeTarget {
  readonly name: NamedTable;
  readonly lakeLabel: string;
  /** Of the table that exists, else chosen for the one to be made. */
  readonly tableId: string;
  readonly location: string;
  /** Undefined: it is to be made. */
  readonly current: CatalogTable | undefined;
  readonly follow: FollowedSchema;
  readonly layout: TableLayout;
  /** Table properties beside those of every run. */
  readonly properties: Readonly<Record<string, string>>;
}
