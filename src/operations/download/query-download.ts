/**
 * The operation that runs one SELECT and streams its whole result as a file. The same rules hold as for `sql`, and the read
 * is recorded in the same way; only the form of the answer is another.
 */
import { createReadStream } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { using } from "../../base/cleanup.ts";
import { uuidv7 } from "../../base/uuid.ts";
import { visible } from "../../governance/resource.ts";
import { parseAsOf } from "../../query/as-of.ts";
import { lakeTables } from "../../query/lake-tables.ts";
import { exportQuery, runQuery, type QueryRequest, type QueryResult } from "../../query/query.ts";
import { recordedStatement } from "../../query/recorded-statement.ts";
import { count } from "../answers.ts";
import { asker } from "../asker.ts";
import { recordRead, type ReadTable } from "../audit/record-read.ts";
import type { Context } from "../context.ts";
import { ofStatement } from "../failures.ts";
import { operation, type Call } from "../operation.ts";
import { tableRights } from "../table-rights.ts";
import { viewRights } from "../view-rights.ts";
import { csvLines, jsonLines, type Lines } from "./delimited.ts";
import { openWorkbook } from "./workbook.ts";

const formats = ["csv", "json", "parquet", "xlsx"] as const;

const input = z.strictObject({
  sql: z.string(),
  asOf: z.string().optional().describe("As in sql."),
  format: z.enum(formats).describe("json is one document per line; xlsx is a workbook with one sheet."),
  asStored: z
    .boolean()
    .default(false)
    .describe("In CSV, leave texts alone that a spreadsheet would run as a formula; otherwise they get an apostrophe."),
});

const item = z.union([
  z.strictObject({ text: z.string() }).describe("The next piece of a text file."),
  z.strictObject({ base64: z.string() }).describe("The next piece of any other file."),
]);

type Item = z.infer<typeof item>;

const output = z.strictObject({ rows: count, bytes: count });

export const queryDownload = operation({
  name: "query.download",
  summary: "Run a SELECT statement, and stream all rows of its result as a file: CSV, JSON, Parquet or a workbook",
  action: "read",
  seesViews: true,
  input,
  output,
  item,
  errors: [...ofStatement, "RESULT_TOO_LARGE"],
  resources: () => [visible],
  run(context, { sql: text, asOf, format, asStored }, call) {
    const statement = (tables: readonly ReadTable[]): string => recordedStatement(text, tables);
    const read = { call, operation: "query.download", purpose: "file", statement, asOf } as const;
    return recordRead(context, read, async (reading) => {
      const request: QueryRequest = {
        sql: text,
        asOf: asOf === undefined ? undefined : parseAsOf(asOf),
        tables: lakeTables(context.catalog, tableRights(call), viewRights(call)),
        engines: context.engines,
        asker: asker(call),
        onReading: reading.onReading,
        signal: reading.call.signal,
      };
      const send = sender(reading.call);
      if (format === "parquet") return parquet(context, request, send);
      return using(runQuery(request), (result) =>
        format === "xlsx"
          ? workbook(result, send)
          : lines(result, { send, form: format === "csv" ? (columns) => csvLines(columns, { asStored }) : jsonLines }),
      );
    });
  },
});

type Send = (item: Item) => Promise<number>;

/** Returns how many bytes of the file the item is. */
function sender(call: Pick<Call, "emit">): Send {
  return async (piece) => {
    await call.emit(piece);
    return "text" in piece ? Buffer.byteLength(piece.text) : Buffer.from(piece.base64, "base64").length;
  };
}

/** Pieces are about so large. */
const pieceBytes = 192 * 1024;

async function lines(
  { columns, batches }: QueryResult,
  { send, form }: { readonly send: Send; readonly form: (columns: QueryResult["columns"]) => Lines },
): Promise<z.infer<typeof output>> {
  const { head, line } = form(columns);
  let [rows, bytes, text] = [0, 0, head];
  for await (const batch of batches) {
    for (const row of batch) {
      text += line(row);
      if (text.length >= pieceBytes) {
        bytes += await send({ text });
        text = "";
      }
    }
    rows += batch.length;
  }
  if (text !== "") bytes += await send({ text });
  return { rows, bytes };
}

/** A batch may have wide rows, so it is written in smaller parts. */
const rowsAtOnce = 200;

async function workbook({ columns, batches }: QueryResult, send: Send): Promise<z.infer<typeof output>> {
  const book = openWorkbook(columns);
  let [rows, bytes] = [0, 0];
  const pass = async (piece: Uint8Array): Promise<void> => {
    if (piece.length > 0) bytes += await send({ base64: Buffer.from(piece).toString("base64") });
  };
  for await (const batch of batches) {
    for (let from = 0; from < batch.length; from += rowsAtOnce)
      await pass(book.add(batch.slice(from, from + rowsAtOnce)));
    rows += batch.length;
  }
  await pass(book.end());
  return { rows, bytes };
}

/** Only the engine writes Parquet, into a file, so the file is there until it has been sent. */
async function parquet(
  { config }: Pick<Context, "config">,
  request: QueryRequest,
  send: Send,
): Promise<z.infer<typeof output>> {
  const path = join(config.scratchDirectory, `download-${uuidv7()}.parquet`);
  try {
    const { rows } = await exportQuery({ ...request, format: "parquet", path });
    return { rows, bytes: await sendFile(path, request.signal, send) };
  } finally {
    await rm(path, { force: true });
  }
}

async function sendFile(path: string, signal: AbortSignal | undefined, send: Send): Promise<number> {
  let bytes = 0;
  for await (const piece of createReadStream(path, { highWaterMark: pieceBytes })) {
    signal?.throwIfAborted();
    bytes += await send({ base64: Buffer.from(piece).toString("base64") });
  }
  return bytes;
}
