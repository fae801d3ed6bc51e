/**
 * The ways by which something of a table can be learnt, each tried as somebody: SQL, lists, descriptions, history,
 * differences, documents, and what explanations say. An answer is taken as it is sent, errors included.
 */
import { formatJson } from "../../base/json.ts";
import { presentError } from "../../base/present-error.ts";
import { silent } from "../../base/progress.ts";
import type { Principal } from "../../identity/principal.ts";
import { accessExplain } from "../access/explain.ts";
import type { Context } from "../context.ts";
import { tableDiff } from "../diff.ts";
import type { Operation } from "../operation.ts";
import { perform } from "../perform.ts";
import { sql } from "../sql.ts";
import { descriptionExport } from "../stewardship/documents.ts";
import { tableHistory, tableList, tableShow } from "../tables.ts";

export interface Answered<Output> {
  /** Undefined if it was refused. */
  readonly answer: Output | undefined;
  /** Streamed rows. */
  readonly rows: readonly (readonly unknown[])[];
  /** Everything that was sent, as text: rows, answer or error. */
  readonly text: string;
}

/** Performs an operation as somebody, as every door does. Failures that are no refusal are thrown. */
export async function askAs<Input, Output>(
  context: Context,
  principal: Principal,
  { operation, input }: { readonly operation: Operation<Input, Output>; readonly input: unknown },
): Promise<Answered<Output>> {
  const rows: (readonly unknown[])[] = [];
  const items: unknown[] = [];
  const { signal } = new AbortController();
  const emit = async (item: unknown): Promise<void> => {
    items.push(item);
    if (isRows(item)) rows.push(...item.rows);
  };
  const asked = { operation, principal, input, listener: { report: silent, emit, signal } };
  try {
    const answer = await perform(context, asked);
    return { answer, rows, text: formatJson({ items, answer }) };
  } catch (failure) {
    const error = presentError(failure);
    if (!refusals.has(error.code)) throw failure;
    return { answer: undefined, rows, text: formatJson({ items, error }) };
  }
}

/** The codes with which somebody is told that they may not, or that there is nothing. */
const refusals: ReadonlySet<string> = new Set([
  "NOT_ALLOWED",
  "TABLE_NOT_FOUND",
  "DATABASE_NOT_FOUND",
  "SQL_INVALID",
  "VIEW_CLOSED",
  "VIEW_BROKEN",
  "SQL_NOT_ALLOWED",
  "USER_NOT_FOUND",
  "API_KEY_NOT_FOUND",
  "ROLE_NOT_FOUND",
]);

function isRows(item: unknown): item is { readonly rows: readonly (readonly unknown[])[] } {
  return typeof item === "object" && item !== null && "rows" in item && Array.isArray(item.rows);
}

export interface WaysAs {
  readonly principal: Principal;
  /** As the caller names the table. */
  readonly table: string;
}

/** One answer for each way, in the order in which they are tried. */
export async function tryAllWays(context: Context, { principal, table }: WaysAs) {
  const as = <Input, Output>(operation: Operation<Input, Output>, input: unknown) =>
    askAs(context, principal, { operation, input });
  return {
    list: await as(tableList, {}),
    describe: await as(tableShow, { table }),
    sql: await as(sql, { sql: `select canary.* from ${table} canary order by id` }),
    secrets: await as(sql, { sql: `select secret from ${table} where secret like 'canary%' order by secret` }),
    differences: await as(tableDiff, { table, from: "first" }),
    history: await as(tableHistory, { table }),
    document: await as(descriptionExport, { on: table }),
  };
}

export type Ways = Awaited<ReturnType<typeof tryAllWays>>;

export interface Explained {
  /** Who asks: somebody who administers the table. */
  readonly by: Principal;
  /** As people write them. */
  readonly who: string;
  readonly table: string;
}

/** Whether an explanation says that somebody may read the table, and which columns it names. */
export async function explainedTo(context: Context, { by, who, table }: Explained) {
  const { answer } = await askAs(context, by, { operation: accessExplain, input: { principal: who, resource: table } });
  const reading = answer?.actions.find(({ action }) => action === "read");
  return { mayRead: reading?.allowed === true, shown: answer?.columns?.shown ?? [] };
}
