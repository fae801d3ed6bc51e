/** The open proposals that a run made, in short, for those who may decide about them. */
import type { Asking } from "../../governance/asking.ts";
import { proposalsOfRun } from "../../stewardship/proposals.ts";
import type { PersonalColumn } from "../../sync/run/sync-report.ts";
import type { Context } from "../context.ts";
import { namedProposals } from "./known-proposals.ts";

/** As a member of an answer; empty if there are none. */
export async function personalDataOfRun(
  context: Pick<Context, "catalog" | "db">,
  asking: Asking,
  run: string,
): Promise<{ readonly personalData?: readonly PersonalColumn[] }> {
  const proposals = (await proposalsOfRun(context.db, run)).filter(({ state }) => state === "open");
  if (proposals.length === 0) return {};
  const named = await namedProposals(context, asking, { entries: await context.catalog.entries(), proposals });
  const personalData = named.map(({ shown: { table, column, class: name, confidence } }) => ({
    table,
    column,
    class: name,
    confidence,
  }));
  return personalData.length === 0 ? {} : { personalData };
}
