/**
 * The numbers that InnoDB has assigned to the partitions of a table. When a partition is exchanged with another table,
 * this is the only trace: the table's creation time does not change.
 */
import type { TableName } from "../../sync/source.ts";
import type { MariadbConnection } from "./connection.ts";
import { optionalRows } from "./optional-rows.ts";

/** Undefined if the server has no such list, or the right to see it (`process`) is missing. */
export async function partitionIds(
  connection: MariadbConnection,
  { schema, name }: TableName,
): Promise<string | undefined> {
  if (!connection.capabilities.listsPartitions) return undefined;
  // InnoDB lists tables by their file names.
  const file = "cast(convert(? using filename) as binary)";
  const rows = await optionalRows(
    connection,
    `select group_concat(table_id order by name) as ids
     from information_schema.innodb_sys_tables, (select concat(${file}, '/', ${file}, '#P#') as start) prefix
     where left(cast(name as binary), length(start)) = start`,
    [schema, name],
  );
  return rows?.[0]?.["ids"] ?? undefined;
}
