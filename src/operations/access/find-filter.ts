import type { Kysely } from "kysely";
import { tableLabel, type NamedTable } from "../../catalog/table-name.ts";
import type { Tables } from "../../db/tables.ts";
import { HeadgateError } from "../../errors.ts";

interface NamedFilter {
  readonly table: NamedTable & { readonly id: string };
  readonly name: string;
}

/** Throws FILTER_NOT_FOUND. */
export async function findFilter(db: Kysely<Tables>, { table, name }: NamedFilter): Promise<{ readonly id: string }> {
  const query = db.selectFrom("data_filters").select("id").where("table_id", "=", table.id);
  const found = await query.where("name", "=", name).where("ended_at", "is", null).executeTakeFirst();
  if (found !== undefined) return found;
  throw new HeadgateError("FILTER_NOT_FOUND", {
    place: tableLabel(table),
    message: `the table has no data filter ${name}`,
  });
}
