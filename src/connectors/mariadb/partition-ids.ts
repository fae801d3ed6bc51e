/**
 * The numbers that InnoDB has given to the partitions of a table. An exchange gives a partition's name to another table's rows
 * and leaves no other trace: the creation time of the table stays as it was.
 */
import type { TableName } from "../../sync/source.ts";
import type { MariadbConnection } from "./connection.ts";
import { optionalRows } from "./optional-rows.ts";

/** Undefined where the server has no such list, or the right to see it (`process`) is missing. */
export async function partitionIds(
  connection: MariadbConnection,
  { schema, name }: TableName,
): Promise<string | undefined> {
  if (!connection.capabilities.listsPartitions) return undefined;
  // InnoDB lists tables by the names of their files.
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
