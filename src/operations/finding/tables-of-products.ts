/** The tables and views that are in products now, whoever may know them: for what is said of a product as a whole. */
import { sql, type Kysely } from "kysely";
import type { Tables } from "../../db/tables.ts";
import type { SensitivityClass } from "../../stewardship/sensitivity.ts";

export interface TableOfProduct {
  readonly id: string;
  readonly databaseId: string;
  readonly accountId: string;
  /** As the search last saw it. */
  readonly sensitivity: SensitivityClass;
}

/** By the id of the product. */
export type TablesOfProducts = ReadonlyMap<string, readonly TableOfProduct[]>;

export async function tablesOfProducts(db: Kysely<Tables>, ids: readonly string[]): Promise<TablesOfProducts> {
  if (ids.length === 0) return new Map();
  const { rows } = await sql<TableOfProduct & { readonly productId: string }>`
    select distinct item.product_id as "productId", things.id, things.database_id as "databaseId",
      databases.account_id as "accountId", coalesce(search_documents.sensitivity, 'unclassified') as sensitivity
    from product_items item
      join (select id, database_id, true as "isTable" from tables union all select id, database_id, false from views) things
        on things.id = item.thing_id
          or (things."isTable" and item.kind <> 'table' and things.database_id = item.thing_id)
      join databases on databases.id = things.database_id
      left join search_documents on search_documents.id = things.id
    where item.taken_at is null and item.product_id = any(${ids}::uuid[])`.execute(db);
  return Map.groupBy(rows, ({ productId }) => productId);
}
