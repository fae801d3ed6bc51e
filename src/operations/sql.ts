/** The operation that runs one SELECT over the tables of the lake, or writes its result to a file. */
import { z } from "zod";
import { parseAsOf } from "../query/as-of.ts";
import { lakeTables } from "../query/lake-tables.ts";
import {
  explainQuery,
  exportQuery,
  runQuery,
  type ExplainedFile,
  type QueryRequest,
  type QueryStats,
} from "../query/query.ts";
import { lake, machine } from "../governance/resource.ts";
import type { EngineColumn } from "../engine/engine-protocol.ts";
import { asker } from "./asker.ts";
import { operation } from "./operation.ts";
import { streamRows } from "./stream-rows.ts";

export interface SqlOutcome {
  readonly columns: readonly EngineColumn[];
  readonly rows: number;
  readonly stats: QueryStats;
  /** Of each table, which files would be read and which not, for `explain`. */
  readonly files?: readonly ExplainedFile[] | undefined;
  /** DuckDB's plan, for `explain`. */
  readonly plan?: string | undefined;
  /** Bytes of the file written, for an export. */
  readonly bytes?: number | undefined;
}

const input = z.strictObject({
  sql: z.string(),
  /** A time, a snapshot id, a run or commit id, a tag or branch, `first` or `before-last`. */
  asOf: z.string().optional(),
  /** Stop after this many rows. */
  limit: z.number().int().positive().optional(),
  explain: z.boolean().default(false),
  /** Write the result to this file instead of returning it. */
  output: z.strictObject({ format: z.enum(["parquet", "csv"]), path: z.string() }).optional(),
});

/** Runs one SELECT over the tables of the lake. Rows are handed over as items `{ columns }` first, then `{ rows }`. */
export const sql = operation({
  name: "sql",
  summary: "Run one SELECT over the tables of the lake, as of now or of an earlier moment",
  action: "read",
  input,
  resources: ({ output }) => (output === undefined ? [lake] : [lake, machine]),
  async run(context, { sql: text, asOf, limit, explain, output }, call): Promise<SqlOutcome> {
    const request: QueryRequest = {
      sql: text,
      asOf: asOf === undefined ? undefined : parseAsOf(asOf),
      tables: lakeTables(context.catalog),
      engines: context.engines,
      asker: asker(call.principal),
      signal: call.signal,
    };
    if (explain) return { columns: [], rows: 0, ...(await explainQuery(request)) };
    if (output !== undefined) return { columns: [], ...(await exportQuery({ ...request, ...output })) };
    const result = runQuery(request);
    return { ...(await streamRows(call, { result, limit })), stats: (await result).stats };
  },
});
