/** The rows of resource links (migrations/0089_resource_links.sql) as Kysely types. */
import type { ColumnType, Generated } from "kysely";

export interface ResourceLinkTables {
  readonly resource_links: ResourceLinkRow;
}

export interface ResourceLinkRow {
  readonly id: string;
  readonly account_id: string;
  readonly kind: "database" | "table";
  readonly database: string;
  /** Null for a database. */
  readonly name: string | null;
  readonly target_id: string;
  readonly target_label: string;
  readonly share_id: string | null;
  readonly origin: string | null;
  readonly made_by: string | null;
  readonly made_at: Generated<Date>;
  readonly ended_at: ColumnType<Date | null, undefined, Date>;
}
