/**
 * The tables that rows of a table refer to. The catalog knows primary keys and no foreign keys, so these are found by names:
 * a column `customer_id` refers to the table `customer` if that has the one key `id`, or the one key `customer_id`. Only what
 * the key of a table confirms is offered, so a join never repeats rows.
 */
import { useQueries, useQuery } from "@tanstack/react-query";
import type { ListedTable, TableShowAnswer } from "../../../src/client/api-client.ts";
import { tableQuery, tablesQuery } from "../../api/queries.ts";
import { tableName } from "../../parts/names.ts";
import type { ColumnName, Join, TableName } from "./question.ts";

export interface KnownKey extends Join {
  /** The table on this side. */
  readonly of: TableName;
}

/** More candidates than these are not looked at. */
const mostAsked = 24;

export function useKnownKeys(shown: readonly TableShowAnswer[]): readonly KnownKey[] {
  const { data } = useQuery(tablesQuery);
  const candidates = shown.flatMap((table, at) => candidatesOf(table, at, data?.tables ?? [])).slice(0, mostAsked);
  const names = [...new Set(candidates.map(({ table }) => tableName(table.database, table.name)))];
  const keys = useQueries({
    queries: names.map((name) => tableQuery(name)),
    combine: (answers) => new Map(answers.map((answer, place) => [names[place] ?? "", answer.data?.key])),
  });
  return candidates.flatMap(({ from, stem, table, of }) => {
    const key = keys.get(tableName(table.database, table.name));
    return key !== undefined && (key === `${stem}_id` || key === "id") ? [{ from, table, key, of }] : [];
  });
}

interface Candidate {
  readonly from: ColumnName;
  readonly stem: string;
  readonly table: TableName;
  readonly of: TableName;
}

function candidatesOf(
  { database, name, columns }: TableShowAnswer,
  at: number,
  tables: readonly ListedTable[],
): readonly Candidate[] {
  return columns.flatMap(({ name: column }) => {
    const stem = /^(.+)_id$/i.exec(column)?.[1]?.toLowerCase();
    if (stem === undefined) return [];
    const named = tables.filter(
      (table) =>
        table.database === database &&
        table.name !== name &&
        [stem, `${stem}s`, `${stem}es`, stem.replace(/y$/, "ies")].includes(table.name.toLowerCase()),
    );
    return named.map((table) => ({
      from: { at, column },
      stem,
      table: { database: table.database, name: table.name },
      of: { database, name },
    }));
  });
}
