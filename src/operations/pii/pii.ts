/** Operations on proposals of personal data: list them, confirm or reject them, and look for more. */
import { z } from "zod";
import { tableLabel } from "../../catalog/table-name.ts";
import { inTransaction } from "../../db/transaction.ts";
import { HeadgateError } from "../../errors.ts";
import { visible, type Resource } from "../../governance/resource.ts";
import { authorOf } from "../../identity/principal.ts";
import { judgeProposals } from "../../stewardship/judge-proposals.ts";
import { count, list, presentedError } from "../answers.ts";
import { ofTable, ofWork } from "../failures.ts";
import { operation } from "../operation.ts";
import { chosenProposals, chosenTables, proposalFilter, type ProposalFilter } from "./chosen-proposals.ts";
import { mayJudge, presentedProposal } from "./known-proposals.ts";
import { scanTables } from "./scan-tables.ts";

/** The work leaves out what the caller may not see, and says so about tables that were named. */
function tablesOrVisible(tables: readonly string[]): readonly Resource[] {
  return tables.length === 0 ? [visible] : tables.map((name) => ({ kind: "table", name }));
}

export const piiList = operation({
  name: "pii.list",
  summary: "List the columns that look like personal data, in the tables that the caller may change, with the evidence",
  action: "watch",
  input: proposalFilter,
  output: z.strictObject({ proposals: list(presentedProposal) }),
  errors: ofTable,
  resources: ({ tables }) => tablesOrVisible(tables),
  async run(context, filter, { asking }) {
    await checkNamed(context, asking, filter);
    return { proposals: (await chosenProposals(context, asking, filter)).map(({ shown }) => shown) };
  },
});

export const piiDecide = operation({
  name: "pii.decide",
  summary: "Confirm or reject proposals of personal data; confirmed columns get the parameters pii_flag and pii_class",
  action: "watch",
  changes: true,
  input: proposalFilter.extend({
    decision: z.enum(["confirm", "reject"]),
    all: z.boolean().default(false).describe("Also without any other choice, all that the caller may decide on."),
    plan: z.boolean().default(false).describe("Only show what would be decided."),
  }),
  output: z.strictObject({ decided: list(presentedProposal) }),
  errors: ofTable,
  resources: ({ tables }) => tablesOrVisible(tables),
  async run(context, { decision, all, plan, ...filter }, { asking, principal, record }) {
    record({ decision, plan });
    if (!all && !isChoosing(filter)) throw nothingChosen(decision);
    await checkNamed(context, asking, filter);
    const state = decision === "confirm" ? "confirmed" : "rejected";
    const chosen = await chosenProposals(context, asking, { ...filter, state: filter.state ?? "open" });
    const decided = chosen.filter(({ proposal }) => proposal.state !== state);
    record({ columns: decided.map(({ shown }) => `${shown.table}.${shown.column} ${shown.class}`) });
    const proposals = decided.map(({ proposal }) => proposal);
    if (!plan && proposals.length > 0)
      await inTransaction(context.db, (transaction) =>
        judgeProposals(transaction, { proposals, state, by: authorOf(principal) }),
      );
    return { decided: decided.map(({ shown }) => ({ ...shown, state: plan ? shown.state : state })) };
  },
});

export const piiScan = operation({
  name: "pii.scan",
  summary: "Look at some rows of tables for personal data, and propose classes for their columns",
  action: "watch",
  changes: true,
  input: proposalFilter.pick({ tables: true, database: true }),
  output: z.strictObject({
    tables: list(
      z.strictObject({
        table: z.string(),
        columns: count.describe("How many columns were looked at."),
        proposed: count.describe("New proposals, and rejected ones that were made again."),
        withdrawn: count.describe("Open proposals that nothing speaks for any longer."),
        error: presentedError.optional(),
      }),
    ),
  }),
  errors: ofWork,
  resources: ({ tables }) => tablesOrVisible(tables),
  async run(context, filter, { asking, record, signal, report }) {
    await checkNamed(context, asking, filter);
    const entries = (await chosenTables(context, asking, filter)).filter((entry) => mayJudge(asking, entry));
    record({ tables: entries.map(tableLabel) });
    return { tables: await scanTables(context, { entries, signal, report }) };
  },
});

/** Throws NOT_ALLOWED for a table that the caller may know of and not change, instead of answering with nothing. */
async function checkNamed(
  context: Parameters<typeof chosenTables>[0],
  asking: Parameters<typeof chosenTables>[1],
  filter: Pick<ProposalFilter, "tables" | "database">,
): Promise<void> {
  if (filter.tables.length === 0) return;
  const closed = (await chosenTables(context, asking, filter)).find((entry) => !mayJudge(asking, entry));
  if (closed === undefined) return;
  throw new HeadgateError("NOT_ALLOWED", {
    place: tableLabel(closed),
    message: `${asking.principal.name} may not change this table, and proposals of personal data tell of the values of all its rows`,
    remedy: "ask for a grant of ALTER on the table",
  });
}

function isChoosing({ tables, database, columns, classes, atLeast }: ProposalFilter): boolean {
  return tables.length + columns.length + classes.length > 0 || database !== undefined || atLeast > 0;
}

function nothingChosen(decision: string): HeadgateError {
  return new HeadgateError("USAGE", {
    place: `pii ${decision}`,
    message: "it is not said which proposals are meant",
    remedy: "name tables, a database, columns, a class or a least confidence, or say that all are meant: --all",
  });
}
