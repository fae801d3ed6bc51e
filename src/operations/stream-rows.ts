/** Hands the rows of a result over to who asked: an item `{ columns }` first, then `{ rows }` as they come. */
import { using } from "../base/cleanup.ts";
import type { EngineColumn } from "../engine/engine-protocol.ts";
import type { QueryResult } from "../query/query.ts";
import type { Call } from "./operation.ts";

export interface StreamedRows {
  readonly columns: readonly EngineColumn[];
  readonly rows: number;
}

interface Streaming<Result> {
  readonly result: Promise<Result>;
  /** Stop after this many rows. */
  readonly limit: number | undefined;
}

export async function streamRows(
  call: Call,
  { result, limit = Number.MAX_SAFE_INTEGER }: Streaming<Omit<QueryResult, "stats">>,
): Promise<StreamedRows> {
  return using(result, async ({ columns, batches }) => {
    await call.emit({ columns });
    let rows = 0;
    for await (const batch of batches) {
      const wanted = batch.slice(0, limit - rows);
      rows += wanted.length;
      await call.emit({ rows: wanted });
      if (rows >= limit) break;
    }
    return { columns, rows };
  });
}
