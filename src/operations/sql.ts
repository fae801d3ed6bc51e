/** The operation that runs one SELECT over the tables of the lake, or writes its result to a file. */
import { z } from "zod";
import { using } from "../base/cleanup.ts";
import { parseAsOf } from "../query/as-of.ts";
import { lakeTables } from "../query/lake-tables.ts";
import { explainQuery, exportQuery, runQuery, type QueryRequest, type QueryStats } from "../query/query.ts";
import { HeadgateError } from "../errors.ts";
import type { EngineColumn } from "../engine/engine-protocol.ts";
import { operation, type Call } from "./operation.ts";

export interface SqlOutcome {
  readonly columns: readonly EngineColumn[];
  readonly rows: number;
  readonly stats: QueryStats;
  /** DuckDB's plan, for `explain`. */
  readonly plan?: string | undefined;
  /** Bytes of the file written, for an export. */
  readonly bytes?: number | undefined;
}

const input = z.strictObject({
  sql: z.string(),
  /** A time, a snapshot id, a run or commit id, `first` or `before-last`. */
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
  async run(context, { sql: text, asOf, limit, explain, output }, call): Promise<SqlOutcome> {
    const request: QueryRequest = {
      sql: text,
      asOf: asOf === undefined ? undefined : parseAsOf(asOf),
      tables: lakeTables(context.catalog),
      engine: context.engineOptions,
      signal: call.signal,
    };
    if (output !== undefined && call.principal.kind !== "local")
      throw new HeadgateError("NOT_ALLOWED", {
        place: "output",
        message: "files are written for commands on the server only",
      });
    if (explain) return { columns: [], rows: 0, ...(await explainQuery(request)) };
    if (output !== undefined) return { columns: [], ...(await exportQuery({ ...request, ...output })) };
    return streamTo(call, { request, limit });
  },
});

async function streamTo(
  call: Call,
  { request, limit = Number.MAX_SAFE_INTEGER }: { request: QueryRequest; limit: number | undefined },
): Promise<SqlOutcome> {
  return using(runQuery(request), async ({ columns, batches, stats }) => {
    await call.emit({ columns });
    let rows = 0;
    for await (const batch of batches) {
      const wanted = batch.slice(0, limit - rows);
      rows += wanted.length;
      await call.emit({ rows: wanted });
      if (rows >= limit) break;
    }
    return { columns, rows, stats };
  });
}
