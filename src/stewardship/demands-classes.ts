/**
 * The tables of which a column that nobody has judged counts as sensitive, because their source says so
 * (`--unclassified sensitive`). A history counts as the table whose changes it holds.
 */
import type { Kysely } from "kysely";
import type { Catalog, TableEntry } from "../catalog/catalog.ts";
import { historyOfProperty } from "../catalog/history-of-property.ts";
import type { Tables } from "../db/tables.ts";

interface Parts {
  readonly db: Kysely<Tables>;
  readonly catalog: Pick<Catalog, "load">;
}

/** For `demandsClasses` of `sensitivity.ts`. */
export function demandingSources({ db, catalog }: Parts): (table: TableEntry) => Promise<boolean> {
  return async (table) => {
    const strict = await db
      .selectFrom("positions")
      .innerJoin("sources", "sources.id", "positions.source_id")
      .select("positions.table_id as id")
      .where("sources.unclassified", "=", "sensitive")
      .execute();
    if (strict.length === 0) return false;
    const { properties } = (await catalog.load(table)).metadata;
    return strict.some(({ id }) => id === table.id || id === properties[historyOfProperty]);
  };
}
