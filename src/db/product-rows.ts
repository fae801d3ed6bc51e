/** The rows of products (migrations/0088_products.sql) as Kysely types. */
import type { ColumnType, Generated } from "kysely";
import type { SharedKind } from "./share-request-rows.ts";

export interface ProductTables {
  readonly products: ProductRow;
  readonly product_terms: ProductTermsRow;
  readonly product_items: ProductItemRow;
}

export interface ProductRow {
  readonly id: string;
  readonly account_id: string;
  readonly name: string;
  /** Written as JSON text. */
  readonly questions: ColumnType<readonly string[], string | undefined, string>;
  readonly terms_version: Generated<number>;
  readonly default_days: number | null;
  readonly longest_days: number | null;
  readonly freshness_seconds: number | null;
  readonly origin: string | null;
  readonly made_by: string | null;
  readonly made_at: Generated<Date>;
  readonly ended_at: ColumnType<Date | null, undefined, Date>;
}

interface ProductTermsRow {
  readonly product_id: string;
  readonly version: number;
  readonly text: string | null;
  readonly set_by: string | null;
  readonly set_at: Generated<Date>;
}

interface ProductItemRow {
  readonly id: string;
  readonly product_id: string;
  readonly kind: SharedKind;
  readonly thing_id: string;
  readonly database_id: string;
  readonly put_by: string | null;
  readonly put_at: Generated<Date>;
  readonly taken_at: ColumnType<Date | null, undefined, Date>;
}
