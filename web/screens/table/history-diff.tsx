/** Which rows differ between two states of a table: removed ones and added ones, for whoever may read them. */
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { Json } from "../../../src/base/json.ts";
import type { Column, TableShowAnswer } from "../../../src/client/api-client.ts";
import { api } from "../../api/client.ts";
import { Empty } from "../../parts/empty.tsx";
import { FailureNote } from "../../parts/failure-note.tsx";
import { Grid } from "../../parts/grid.tsx";
import { tableName } from "../../parts/names.ts";
import { count } from "../../parts/numbers.ts";
import { Shape } from "../../parts/waiting.tsx";

interface HistoryDiffProps {
  readonly table: TableShowAnswer;
  /** Ids of states. */
  readonly from: string;
  readonly to: string;
}

const mostRows = 2_000;

export function HistoryDiff({ table, from, to }: HistoryDiffProps): ReactNode {
  const name = tableName(table.database, table.name);
  const difference = useQuery({
    queryKey: ["table", name, "diff", from, to],
    queryFn: ({ signal }) => differenceOf({ table: name, from, to, signal }),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  if (difference.error !== null)
    return <FailureNote failure={difference.error} onRetry={() => void difference.refetch()} />;
  if (difference.data === undefined) return <Shape lines={5} />;
  const { columns, rows } = difference.data;
  const removed = rows.filter(([change]) => change === "-").length;
  const isCut = rows.length >= mostRows;
  return (
    <section aria-labelledby="difference" className="history-diff">
      <div className="section-head">
        <h2 id="difference">What changed</h2>
        <span className="dim small" role="status">
          {isCut ? `The first ${count(mostRows)} rows that differ: ` : ""}+{count(rows.length - removed)} added, −
          {count(removed)} removed
        </span>
      </div>
      <div className="card sample">
        {rows.length === 0 ? (
          <Empty icon="check" title="No row differs." />
        ) : (
          <Grid
            columns={columns}
            rows={rows}
            label="Rows that differ"
            pinned={first}
            height={Math.min(420, 32 + 30 * rows.length + 12)}
          />
        )}
      </div>
    </section>
  );
}

/** The column that says whether a row was added or removed. */
const first: readonly number[] = [0];

interface Difference {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Json[])[];
}

interface Asked {
  readonly table: string;
  readonly from: string;
  readonly to: string;
  readonly signal: AbortSignal;
}

async function differenceOf({ signal, ...asked }: Asked): Promise<Difference> {
  const rows: (readonly Json[])[] = [];
  const { columns } = await api.tableDiff(
    { ...asked, limit: mostRows },
    {
      signal,
      onItem: (item) => {
        if ("rows" in item) rows.push(...item.rows);
      },
    },
  );
  return { columns, rows };
}
