/** The operation that runs one SELECT over the tables of the lake, or writes its result to a file; or one statement about a view. */
import { z } from "zod";
import { parseAsOf } from "../query/as-of.ts";
import { lakeTables } from "../query/lake-tables.ts";
import { recordedStatement } from "../query/recorded-statement.ts";
import { explainQuery, exportQuery, runQuery, type QueryRequest } from "../query/query.ts";
import { viewStatement, type ViewStatement } from "../query/view-statement.ts";
import { machine, visible } from "../governance/resource.ts";
import { asker } from "./asker.ts";
import { recordRead, type Reading, type ReadTable } from "./audit/record-read.ts";
import type { Context } from "./context.ts";
import { ofStatement } from "./failures.ts";
import { count, list, texts } from "./answers.ts";
import { operation, type Call } from "./operation.ts";
import { tableRights } from "./table-rights.ts";
import { viewRights } from "./view-rights.ts";
import { changeViewBySql, checkIsPlain } from "./views/change-view-by-sql.ts";
import { ofChangingViews, ofMakingViews } from "./views/of-views.ts";
import { droppedView } from "./views/view-change.ts";
import { createdView } from "./views/view-create.ts";
import { rowItem, streamedRows, streamRows } from "./stream-rows.ts";
import { deprecations } from "./stewardship/deprecations.ts";

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

const scan = z
  .strictObject({
    table: z.string(),
    filesRead: count,
    filesSkipped: count.describe(
      "Files that were not read because their statistics prove that none of their rows matter.",
    ),
    manifestsSkipped: count,
    rows: count.describe("Rows in the files that were read."),
    bytes: count,
  })
  .meta({ title: "TableScan" });

const file = z.strictObject({
  table: z.string(),
  location: z.string(),
  rows: count,
  bytes: count,
  read: z.boolean(),
});

const outcome = streamedRows.extend({
  stats: z.strictObject({ filesRead: count, filesSkipped: count, tables: list(scan) }),
  files: list(file).optional().describe("With `explain`: the first of the files that would be read."),
  plan: z.string().optional().describe("With `explain`: the plan as DuckDB draws it."),
  bytes: count.optional().describe("Size of the file that was written."),
  warnings: texts.optional().describe("For example that a table is deprecated, and which one to use instead."),
  created: createdView.optional().describe("The answer of view.create, for `create view`."),
  dropped: droppedView.optional().describe("The answer of view.drop, for `drop view`."),
});

export type SqlOutcome = z.infer<typeof outcome>;

/** Runs one SELECT over the tables of the lake. Rows are streamed as items: first `{ columns }`, then `{ rows }`. */
export const sql = operation({
  name: "sql",
  summary:
    "Run a SELECT statement on the tables of the lake, as they are or as they were; `create view` and `drop view` do what view.create and view.drop do",
  action: "read",
  seesViews: true,
  input,
  output: outcome,
  item: rowItem,
  errors: [...ofStatement, ...ofMakingViews, ...ofChangingViews],
  resources: ({ output }) => (output === undefined ? [visible] : [visible, machine]),
  run(context, asked, call): Promise<SqlOutcome> {
    const { sql: text, asOf, explain, output } = asked;
    const aboutView = viewStatement(text);
    if (aboutView !== undefined) return answerAboutView(context, call, { asked, aboutView });
    const statement = (tables: readonly ReadTable[]): string => recordedStatement(text, tables);
    const purpose = explain ? "plan" : output === undefined ? "rows" : "file";
    return recordRead(context, { call, operation: "sql", purpose, statement, asOf }, async (reading) => {
      const read: ReadTable[] = [];
      const onReading: Reading["onReading"] = (tables) => {
        read.push(...tables);
        return reading.onReading(tables);
      };
      const answered = await answer(context, asked, { ...reading, onReading });
      const warnings = [...(await deprecations(context, read)), ...reading.warnings()];
      return warnings.length === 0 ? answered : { ...answered, warnings };
    });
  },
});

interface AboutView {
  readonly asked: z.infer<typeof input>;
  readonly aboutView: ViewStatement;
}

async function answerAboutView(context: Context, call: Call, { asked, aboutView }: AboutView): Promise<SqlOutcome> {
  const { asOf, limit, explain, output } = asked;
  checkIsPlain({ asOf, limit, explain, output });
  const changed = await changeViewBySql(context, call, aboutView);
  await call.emit({ columns: [] });
  return { columns: [], rows: 0, stats: { filesRead: 0, filesSkipped: 0, tables: [] }, ...changed };
}

async function answer(
  { catalog, engines }: Context,
  { sql: text, asOf, limit, explain, output }: z.infer<typeof input>,
  { call, onReading }: Reading,
): Promise<SqlOutcome> {
  const request: QueryRequest = {
    sql: text,
    asOf: asOf === undefined ? undefined : parseAsOf(asOf),
    tables: lakeTables(catalog, tableRights(call), viewRights(call)),
    engines,
    asker: asker(call),
    onReading,
    signal: call.signal,
  };
  if (explain) return { columns: [], rows: 0, ...(await explainQuery(request)) };
  if (output !== undefined) return { columns: [], ...(await exportQuery({ ...request, ...output })) };
  const result = runQuery(request);
  return { ...(await streamRows(call, { result, limit })), stats: (await result).stats };
}
