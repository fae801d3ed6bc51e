/** Chooses proposals by table, database, column, class and confidence, among those that the caller may see. */
import { z } from "zod";
import type { TableEntry } from "../../catalog/catalog.ts";
import { parseName, pickTable } from "../../catalog/table-name.ts";
import { proposalStates, type ProposalState } from "../../db/pii-rows.ts";
import type { Asking } from "../../governance/asking.ts";
import { proposalsOf } from "../../stewardship/proposals.ts";
import type { Context } from "../context.ts";
import { mayKnow } from "../locate.ts";
import { namedProposals, piiClass, type NamedProposal } from "./known-proposals.ts";

export const proposalFilter = z.strictObject({
  tables: z.array(z.string()).default([]).describe("database.table; by default, all tables."),
  database: z.string().optional(),
  columns: z.array(z.string()).default([]).describe("Names of columns; by default, all columns."),
  classes: z.array(piiClass).default([]),
  atLeast: z.number().min(0).max(1).default(0).describe("The least confidence."),
  state: z.enum(proposalStates).optional(),
});

export type ProposalFilter = z.output<typeof proposalFilter>;

/** Surest first within a table. Throws TABLE_NOT_FOUND, TABLE_AMBIGUOUS, USAGE. */
export async function chosenProposals(
  context: Pick<Context, "catalog" | "db">,
  asking: Asking,
  filter: ProposalFilter,
): Promise<readonly NamedProposal[]> {
  const entries = await chosenTables(context, asking, filter);
  const ids = entries.map(({ id }) => id);
  const stored = (await proposalsOf(context.db, ids)).filter((proposal) => isMeant(proposal, filter));
  const named = await namedProposals(context, asking, { entries, proposals: stored });
  const { columns } = filter;
  return columns.length === 0 ? named : named.filter(({ shown }) => columns.includes(shown.column));
}

interface Meant {
  readonly class: ProposalFilter["classes"][number];
  readonly state: ProposalState;
  readonly confidence: number;
}

function isMeant(proposal: Meant, { classes, atLeast, state }: ProposalFilter): boolean {
  if (classes.length > 0 && !classes.includes(proposal.class)) return false;
  return proposal.confidence >= atLeast && (state === undefined || proposal.state === state);
}

/** Those that the caller may know of. */
export async function chosenTables(
  { catalog }: Pick<Context, "catalog">,
  asking: Asking,
  { tables, database }: Pick<ProposalFilter, "tables" | "database">,
): Promise<readonly TableEntry[]> {
  const known = (await catalog.entries(database)).filter((entry) => mayKnow(asking, entry));
  if (tables.length === 0) return known;
  const meant = new Set(tables.map((name) => pickTable(parseName(name), known).id));
  return known.filter(({ id }) => meant.has(id));
}
