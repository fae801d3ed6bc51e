/** Facts about the values of each column, asked with SQL under the rights of whoever looks: masks and row rules hold in them, too. */
import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import type { TableShowAnswer } from "../../../src/client/api-client.ts";
import { plainText } from "../../parts/value.tsx";
import { sqlName } from "../../parts/names.ts";
import { readRows } from "../../parts/read-rows.ts";

export interface ColumnProfile {
  /** The share of rows without a value. */
  readonly empty: number;
  /** An estimate, but never more than there are values. */
  readonly distinct: number;
  readonly least: string | null;
  readonly most: string | null;
}

/** The first so many columns; more would make a statement that nobody waits for. */
const mostProfiled = 100;

/** Asked only on request, because it reads the whole table and the audit log says so. */
export function useProfile(table: TableShowAnswer): UseQueryResult<ReadonlyMap<string, ColumnProfile>> {
  return useQuery({
    queryKey: ["profile", table.uuid, table.snapshot_id ?? null],
    queryFn: () => profileOf(table),
    enabled: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

async function profileOf(table: TableShowAnswer): Promise<ReadonlyMap<string, ColumnProfile>> {
  const columns = table.columns.filter(({ type }) => typeof type === "string").slice(0, mostProfiled);
  const facts = columns.flatMap(({ name }) => {
    const column = sqlName(name);
    return [`count(${column})`, `approx_count_distinct(${column})`, `min(${column})`, `max(${column})`];
  });
  const from = `${sqlName(table.database)}.${sqlName(table.name)}`;
  const { rows } = await readRows({ sql: `select count(*), ${facts.join(", ")} from ${from}` });
  const [all = 0, ...found] = rows[0] ?? [];
  return new Map(
    columns.map(({ name }, place) => {
      const [filled, distinct, least, most] = found.slice(place * 4, place * 4 + 4);
      return [
        name,
        {
          empty: Number(all) === 0 ? 0 : 1 - Number(filled) / Number(all),
          distinct: Math.min(Number(distinct), Number(filled)),
          least: least === null || least === undefined ? null : plainText(least).slice(0, 40),
          most: most === null || most === undefined ? null : plainText(most).slice(0, 40),
        },
      ];
    }),
  );
}
