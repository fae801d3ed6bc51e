/**
 * `create view`, `create or replace view` and `drop view` as statements. They are other operations than reading, so
 * these are performed: with their own decision, their own entry in the audit log, and their own answer.
 */
import { HeadgateError } from "../../errors.ts";
import type { ViewStatement } from "../../query/view-statement.ts";
import type { Context } from "../context.ts";
import type { Call } from "../operation.ts";
import { perform } from "../perform.ts";
import { viewDrop, type DroppedView } from "./view-change.ts";
import { viewCreate, type CreatedView } from "./view-create.ts";

export interface ChangedView {
  readonly created?: CreatedView;
  readonly dropped?: DroppedView;
}

export async function changeViewBySql(context: Context, call: Call, statement: ViewStatement): Promise<ChangedView> {
  const asked = { principal: call.principal, listener: call };
  const { view } = statement;
  if (statement.kind === "drop")
    return { dropped: await perform(context, { ...asked, operation: viewDrop, input: { view } }) };
  const { sql, replace } = statement;
  return { created: await perform(context, { ...asked, operation: viewCreate, input: { view, sql, replace } }) };
}

/** Such a statement has no rows, so nothing that is asked about rows can be answered. Throws USAGE. */
export function checkIsPlain(asked: Readonly<Record<string, unknown>>): void {
  const [name] = Object.entries(asked).find(([, value]) => value !== undefined && value !== false) ?? [];
  if (name === undefined) return;
  throw new HeadgateError("USAGE", {
    place: "sql",
    message: `a statement that makes or drops a view has no rows, so ${name} means nothing`,
    remedy: "leave it out; `headgate view drop --plan` shows what would end with a view",
  });
}
