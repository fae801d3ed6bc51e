/**
 * The proposals that somebody may see, with the names of their tables and columns. They tell of the values of all rows,
 * so that only those who may change a table, or administer it, know of them.
 */
import { z } from "zod";
import type { TableEntry } from "../../catalog/catalog.ts";
import { tableLabel } from "../../catalog/table-name.ts";
import { proposalStates } from "../../db/pii-rows.ts";
import type { Asking } from "../../governance/asking.ts";
import { decideFor } from "../../governance/decide.ts";
import { securableTable } from "../../governance/securable.ts";
import { currentSchema } from "../../iceberg/table-metadata.ts";
import { piiClasses } from "../../stewardship/classify/pii-class.ts";
import type { Proposal } from "../../stewardship/proposals.ts";
import { count, instant, personalColumn, texts } from "../answers.ts";
import type { Context } from "../context.ts";
import { nameInLists } from "../scope.ts";

export const piiClass = z.enum(piiClasses);

const share = z.number().min(0).max(1);

export const presentedProposal = personalColumn
  .extend({
    state: z.enum(proposalStates),
    evidence: z
      .strictObject({
        name: texts.describe("The parts of the column's name that speak for the class."),
        values: count.describe("How many different values were looked at."),
        rates: z.record(z.string(), share).describe("Shares of these values."),
        notes: texts,
      })
      .describe("Counts, rates and parts of names; never a value."),
    reason: z.string().nullable().describe("Why it was made again after it had been rejected."),
    proposedAt: instant,
    decidedAt: instant.nullable(),
  })
  .meta({ title: "PiiProposal" });

export type PresentedProposal = z.infer<typeof presentedProposal>;

export interface NamedProposal {
  readonly proposal: Proposal;
  readonly shown: PresentedProposal;
}

/** Those who may change the table, among them its owners, its stewards and its administrators. */
export function mayJudge(asking: Asking, entry: TableEntry): boolean {
  return decideFor(asking, "annotate", securableTable(entry)).allowed;
}

/** In the order of the tables. Columns that were dropped are left out. */
export async function namedProposals(
  { catalog }: Pick<Context, "catalog">,
  asking: Asking,
  { entries, proposals }: { readonly entries: readonly TableEntry[]; readonly proposals: readonly Proposal[] },
): Promise<readonly NamedProposal[]> {
  const byTable = Map.groupBy(proposals, ({ tableId }) => tableId);
  const known = entries.filter((entry) => byTable.has(entry.id) && mayJudge(asking, entry));
  const named = await Promise.all(
    known.map(async (entry) => {
      const { fields } = currentSchema((await catalog.load(entry)).metadata);
      const names = new Map(fields.map(({ id, name }) => [id, name]));
      return (byTable.get(entry.id) ?? []).flatMap((proposal) => {
        const column = names.get(proposal.fieldId);
        return column === undefined ? [] : [{ proposal, shown: present(proposal, labelOf(asking, entry), column) }];
      });
    }),
  );
  return named.flat();
}

function labelOf(asking: Asking, { accountId, database, name }: TableEntry): string {
  return tableLabel({ database: nameInLists(asking, { name: database, accountId }), name });
}

function present(proposal: Proposal, table: string, column: string): PresentedProposal {
  const { state, confidence, evidence, reason, proposedAt, decidedAt } = proposal;
  return {
    table,
    column,
    class: proposal.class,
    confidence,
    state,
    evidence,
    reason: reason ?? null,
    proposedAt: proposedAt.toISOString(),
    decidedAt: decidedAt?.toISOString() ?? null,
  };
}
