/** Whether a table has two rows with equal values in some columns, by the server's own comparison. */
import type { SourceTable } from "../../sync/source.ts";
import type { Queries } from "./connection.ts";
import { placeOfTable, quoteName } from "./identifiers.ts";
import { relationsOf } from "./split.ts";

export async function hasDuplicates(
  connection: Queries,
  table: SourceTable,
  columns: readonly string[],
): Promise<boolean> {
  const list = columns.map(quoteName).join(", ");
  const rows = await connection.query(
    `select 1 as found from ${relationsOf(table, undefined).from} group by ${list} having count(*) > 1 limit 1`,
    [],
    placeOfTable(table.name),
  );
  return rows.length > 0;
}
