/** Warnings for whoever has read tables that are deprecated: why, and which table to use instead. */
import { tableLabel } from "../../catalog/table-name.ts";
import { marksOf } from "../../stewardship/marks.ts";
import type { ReadTable } from "../audit/record-read.ts";
import type { Context } from "../context.ts";

/** `catalog` shows what the reader may know; a successor that they may not know of is not named. */
export async function deprecations(
  { db, catalog }: Pick<Context, "db" | "catalog">,
  tables: readonly ReadTable[],
): Promise<readonly string[]> {
  const read = new Map(tables.map((table) => [table.securable.id, table]));
  const marks = await marksOf(db, [...read.keys()]);
  const deprecated = [...read].flatMap(([id, table]) => {
    const mark = marks.get(id);
    return mark?.mark === "deprecated" ? [{ table, mark }] : [];
  });
  const known = deprecated.length === 0 ? [] : await catalog.entries();
  return deprecated.map(({ table, mark: { reason, successorId } }) => {
    const successor = known.find(({ id }) => id === successorId);
    const instead = successor === undefined ? "" : `; use ${tableLabel(successor)} instead`;
    return `${tableLabel(table)} is deprecated: ${reason}${instead}`;
  });
}
