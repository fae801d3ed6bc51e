/**
 * Gives a new history the tags of its table, column by column by name, before it is there: it has the table's values, and
 * grants by tags must not reach in it what they do not reach in the table.
 */
import type { Catalog } from "../../catalog/catalog.ts";
import { inPolicyChange } from "../../db/policy-change.ts";
import { copyTags } from "../../governance/tag-store.ts";
import { currentSchema } from "../../iceberg/table-metadata.ts";
import type { NestedField } from "../../iceberg/type.ts";
import { historyOfProperty } from "../../catalog/history-of-property.ts";

interface NewTable {
  readonly tableId: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly fields: readonly NestedField[];
}

/** Does nothing for a table that is no history. */
export async function giveHistoryTags(catalog: Catalog, { tableId, properties, fields }: NewTable): Promise<void> {
  const entry = (await catalog.entries()).find(({ id }) => id === properties[historyOfProperty]);
  if (entry === undefined) return;
  const own = currentSchema((await catalog.load(entry)).metadata).fields;
  const columns = new Map(
    own.flatMap(({ id, name }): (readonly [number, number])[] => {
      const same = fields.find((field) => field.name === name);
      return same === undefined ? [] : [[id, same.id]];
    }),
  );
  await inPolicyChange(catalog.db, (transaction) => copyTags(transaction, { from: entry.id, to: tableId, columns }));
}
