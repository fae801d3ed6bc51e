/** Streams the rows of a result to the caller: first an item `{ columns }`, then `{ rows }` as they arrive. */
import { using } from "../base/cleanup.ts";
import { z } from "zod";
import type { EngineValue } from "../engine/engine-protocol.ts";
import { column, count, list } from "./answers.ts";
import type { QueryResult } from "../query/query.ts";
import type { Call } from "./operation.ts";

export const streamedRows = z.strictObject({ columns: list(column), rows: count });

export type StreamedRows = z.infer<typeof streamedRows>;

const value = z
  .custom<EngineValue>((given) => given === null || !["undefined", "function", "symbol"].includes(typeof given))
  .describe(
    "null, a boolean, a number, a text, a list or an object; whole numbers of any size; decimals and dates are texts",
  );

export const rowItem = z.union([
  z.strictObject({ columns: list(column) }).describe("Sent first."),
  z.strictObject({ rows: list(list(value)) }).describe("Sent afterwards, any number of times."),
]);

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
