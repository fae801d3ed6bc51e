/** Looks at the new columns of a table that somebody has imported or registered. Never throws. */
import { scanAfterCommit } from "../../stewardship/scan-after-commit.ts";
import type { Context } from "../context.ts";
import type { Listener } from "../operation.ts";

export async function lookForPersonalData(
  context: Pick<Context, "catalog" | "loadEngine">,
  table: string,
  { report, signal }: Pick<Listener, "report" | "signal">,
): Promise<void> {
  const { id } = await context.catalog.findEntry(table);
  await scanAfterCommit(context, { tableIds: [id], report, signal });
}
