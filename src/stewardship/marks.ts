/** Marks: tables that somebody has certified, or deprecated with a table to use instead. They change no right. */
import { sql, type Kysely } from "kysely";
import type { MarkName, Tables } from "../db/tables.ts";
import { checkText, lockDescribed, type Author } from "./parameters.ts";

export interface Mark {
  readonly mark: MarkName;
  readonly reason: string;
  /** The id of the table to use instead of a deprecated one. */
  readonly successorId: string | undefined;
}

export interface StoredMark extends Mark {
  readonly origin: string | null;
}

/** By table. */
export async function marksOf(
  db: Kysely<Tables>,
  tableIds: readonly string[],
): Promise<ReadonlyMap<string, StoredMark>> {
  if (tableIds.length === 0) return new Map();
  const rows = await db
    .selectFrom("marks")
    .selectAll()
    .where(sql<boolean>`table_id = any(${tableIds}::uuid[])`)
    .execute();
  return new Map(
    rows.map(({ table_id: id, mark, reason, successor_id: successorId, origin }) => [
      id,
      { mark, reason, successorId: successorId ?? undefined, origin },
    ]),
  );
}

/** Undefined removes the mark. Returns whether anything changed. Throws USAGE for a reason that cannot be stored. */
export async function setMark(
  transaction: Kysely<Tables>,
  { tableId, mark }: { readonly tableId: string; readonly mark: Mark | undefined },
  { by, origin }: Author,
): Promise<boolean> {
  await lockDescribed(transaction, [tableId]);
  const had = (await marksOf(transaction, [tableId])).get(tableId);
  if (mark === undefined) {
    await transaction.deleteFrom("marks").where("table_id", "=", tableId).execute();
    return had !== undefined;
  }
  checkText(mark.reason, "the reason");
  const isSame = had?.mark === mark.mark && had.reason === mark.reason && had.successorId === mark.successorId;
  if (isSame) return false;
  const values = { mark: mark.mark, reason: mark.reason, successor_id: mark.successorId ?? null, set_by: by };
  await transaction
    .insertInto("marks")
    .values({ table_id: tableId, origin, ...values })
    .onConflict((conflict) =>
      conflict.column("table_id").doUpdateSet({ ...values, set_at: sql<Date>`clock_timestamp()` }),
    )
    .execute();
  return true;
}
