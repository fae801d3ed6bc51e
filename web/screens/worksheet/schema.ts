/** The names that the editor completes: all tables by name, and the columns of those that the text names. */
import type { SQLNamespace } from "@codemirror/lang-sql";
import { useQueries, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { ListedTable } from "../../../src/client/api-client.ts";
import { tableQuery, tablesQuery } from "../../api/queries.ts";
import { tableName } from "../../parts/names.ts";

/** A text that names more tables than these is not completed further. */
const mostDescribed = 8;

export function useSchema(text: string): SQLNamespace {
  const { data } = useQuery(tablesQuery);
  const tables = useMemo(() => data?.tables ?? [], [data]);
  const named = useMemo(() => tables.filter((table) => isNamed(table, text)).slice(0, mostDescribed), [tables, text]);
  const described = useQueries({
    queries: named.map((table) => tableQuery(tableName(table.database, table.name))),
    combine: (found) =>
      new Map(
        found.flatMap(({ data: shown }) =>
          shown === undefined ? [] : [[shown.uuid, shown.columns.map(({ name }) => name)] as const],
        ),
      ),
  });
  return useMemo(() => namespaceOf(tables, described), [tables, described]);
}

function isNamed({ name }: ListedTable, text: string): boolean {
  return text.toLowerCase().includes(name.toLowerCase());
}

function namespaceOf(tables: readonly ListedTable[], columns: ReadonlyMap<string, readonly string[]>): SQLNamespace {
  const byDatabase = Map.groupBy(tables, ({ database }) => database);
  return Object.fromEntries(
    [...byDatabase].map(([database, own]) => [
      database,
      Object.fromEntries(own.map(({ name, uuid }) => [name, columns.get(uuid) ?? []])),
    ]),
  );
}
