/** Runs a statement and gives all its rows at once, for small results that a page shows by itself. */
import type { Json } from "../../src/base/json.ts";
import type { Column, SqlAnswer } from "../../src/client/api-client.ts";
import { api } from "../api/client.ts";

export interface ReadResult {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Json[])[];
  readonly stats: SqlAnswer["stats"];
}

interface Reading {
  readonly sql: string;
  readonly limit?: number;
  /** Aborting it ends the statement. */
  readonly signal?: AbortSignal;
}

export async function readRows({ sql, limit, signal }: Reading): Promise<ReadResult> {
  const rows: (readonly Json[])[] = [];
  const answer = await api.sql(
    { sql, ...(limit === undefined ? {} : { limit }) },
    {
      signal,
      onItem: (item) => {
        if ("rows" in item) rows.push(...item.rows);
      },
    },
  );
  return { columns: answer.columns, rows, stats: answer.stats };
}
