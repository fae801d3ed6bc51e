/** The databases and tables of which a declaration has said anything, as far as they are still there. */
import { sql } from "kysely";
import type { AccessWork } from "../access/access-work.ts";
import { nameInLists } from "../scope.ts";
import { tableThing, type DescribedThing } from "../stewardship/described-thing.ts";

export async function describedByOrigin({
  transaction,
  origin,
  lookup,
  asking,
}: AccessWork): Promise<readonly DescribedThing[]> {
  const { rows } = await sql<{ id: string }>`
    select thing_id as id from parameters where origin = ${origin}
    union select thing_id from term_attachments where origin = ${origin}
    union select table_id from marks where origin = ${origin}
    union select thing_id from stewards where origin = ${origin} and ended_at is null`.execute(transaction);
  const ids = new Set(rows.map(({ id }) => id));
  const tables = (await lookup.catalog.entries()).filter(({ id }) => ids.has(id)).map(tableThing);
  const databases = await transaction
    .selectFrom("databases")
    .select(["id", "name", "account_id as accountId"])
    .where(sql<boolean>`id = any(${[...ids]}::uuid[])`)
    .orderBy("name")
    .execute();
  return [
    ...databases.map((one): DescribedThing => ({
      ...one,
      kind: "database",
      label: nameInLists(asking, one),
      table: undefined,
    })),
    ...tables,
  ];
}
