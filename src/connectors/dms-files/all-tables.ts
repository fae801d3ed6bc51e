/** All tables of a listing: those with folders of their own, and those that only files of whole transactions have. */
import { byName, tableWithoutFolder, type Layout, type TableFiles } from "./layout.ts";
import type { Looking } from "./looked-at.ts";
import { tableKey } from "./transaction-widths.ts";

/** Sorted by schema and name. Throws SOURCE_FILE_INVALID if no file can be understood, so that there is no table. */
export async function allTables(looking: Looking, { tables, transactions }: Layout): Promise<readonly TableFiles[]> {
  if (transactions.length === 0) return tables;
  const { tables: occurring, failure } = await looking.occurring(transactions);
  const own = new Set(tables.map(({ name }) => tableKey(name.name, name.schema)));
  const others = [...occurring].flatMap(([key, { name }]) =>
    own.has(key) ? [] : tableWithoutFolder(name, transactions),
  );
  if (tables.length + others.length === 0 && failure !== undefined) throw failure;
  return [...tables, ...others].toSorted(byName);
}
