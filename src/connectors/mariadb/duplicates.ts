/** Whether a table has two rows with equal values in some columns, by the server's own comparison. */
import type { SourceTable } from "../../sync/source.ts";
import type { MariadbConnection } from "./connection.ts";
import { displayTable, quoteName, quoteTable } from "./identifiers.ts";

export async function hasDuplicates(
  connection: MariadbConnection,
  { name }: SourceTable,
  columns: readonly string[],
): Promise<boolean> {
  const rows = await connection.query(
    `select 1 as found from ${quoteTable(name)} group by ${columns.map(quoteName).join(", ")} having count(*) > 1 limit 1`,
    [],
    displayTable(name),
  );
  return rows.length > 0;
}
