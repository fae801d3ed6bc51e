/** Describes one table of a source so that it can be read. */
import type { Source, SourceTable, TableName } from "../../src/sync/source.ts";

export async function describeTable(source: Source, name: TableName): Promise<SourceTable> {
  const [table] = await source.describe([name]);
  if (table === undefined) throw new Error(`${name.name} was not described`);
  if ("obstacle" in table) throw new Error(`${name.name}: ${table.obstacle.message}`);
  return table;
}
