/**
 * Keeps the rules of a column whose type changed so much that a new column of its name replaces it, before the new one is
 * there: grants that leave out the column, masks, tags and flags must not end because somebody altered the source.
 */
import type { Kysely } from "kysely";
import { inPolicyChange } from "../../db/policy-change.ts";
import type { Tables } from "../../db/tables.ts";
import { keepRestrictions } from "../../governance/replaced-columns.ts";
import type { NestedField } from "../../iceberg/type.ts";
import { keepSaid } from "../../stewardship/replaced-columns.ts";

interface Following {
  readonly tableId: string;
  readonly before: readonly NestedField[];
  readonly after: readonly NestedField[];
}

/** Does nothing, and asks for nothing, if no column was replaced. */
export async function keepRules(db: Kysely<Tables>, { tableId, before, after }: Following): Promise<void> {
  const columns = replacedColumns(before, after);
  if (columns.size === 0) return;
  const fieldIds = new Map([...columns].map(([earlier, { id }]) => [earlier, id]));
  await inPolicyChange(db, async (transaction) => {
    await keepRestrictions(transaction, { tableId, columns });
    await keepSaid(transaction, { tableId, fieldIds });
  });
}

/** By the field id of a column that is gone: the new column of its name. */
function replacedColumns(
  before: readonly NestedField[],
  after: readonly NestedField[],
): ReadonlyMap<number, NestedField> {
  const kept = new Set(after.map(({ id }) => id));
  const had = new Set(before.map(({ id }) => id));
  return new Map(
    before.flatMap(({ id, name }): (readonly [number, NestedField])[] => {
      const now = kept.has(id) ? undefined : after.find((field) => field.name === name && !had.has(field.id));
      return now === undefined ? [] : [[id, now]];
    }),
  );
}
