/**
 * The rows that a table had before its history began: its rows now, with every change in the history undone. They never
 * change. Columns that came later are left out.
 */
import { quoteName } from "../../src/engine/duckdb-type.ts";
import type { HeldHeadgate } from "../world/held-headgate.ts";
import { lakeColumn } from "./dms-lake.ts";
import type { DmsTable } from "./dms-table.ts";
import type { DmsTask } from "./dms-task.ts";

interface HistoryParts {
  readonly held: HeldHeadgate;
  readonly task: DmsTask;
  readonly table: DmsTable;
  readonly database: string;
  /** Whether deleted rows are kept, marked. */
  readonly isSoft: boolean;
}

/** As text. Undefined before the table's first load. */
export async function historyBeginning({
  held,
  task,
  table,
  database,
  isSoft,
}: HistoryParts): Promise<string | undefined> {
  const columns = table.firstColumns
    .map(({ name }) => `${quoteName(lakeColumn(task, table, name))}::varchar`)
    .join(", ");
  const label = `${quoteName(database)}.${quoteName(table.name)}`;
  const history = `${quoteName(database)}.${quoteName(`${table.name}__history`)}`;
  const live = isSoft ? " where _deleted_at is null" : "";
  const undone = "case when _operation in ('insert', 'update_after') then -1 else 1 end";
  const all = `select ${columns}, 1 as n from ${label}${live} union all select ${columns}, ${undone} as n from ${history}`;
  const numbered = table.firstColumns.map((_column, index) => `c${index}`);
  const statement = `select ${numbered.join(", ")}, sum(n) as n from (${all}) as rows(${numbered.join(", ")}, n)
    group by ${numbered.join(", ")} having sum(n) <> 0 order by all`;
  const rows = await held.rows(statement).catch((failure: unknown) => {
    if ((failure as { code?: string }).code === "TABLE_NOT_FOUND") return undefined;
    throw failure;
  });
  return rows && JSON.stringify(rows, (_key, value: unknown) => (typeof value === "bigint" ? String(value) : value));
}
