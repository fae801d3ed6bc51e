/**
 * The operation that makes the grants, data filters and tags of a dropped table again, and what was said of it, for the
 * table of its name.
 * Invariants: it makes nothing that the caller may not grant, nothing that was wider before, and nothing for the table
 * of another account or another name. Done again, it changes nothing.
 */
import type { Kysely } from "kysely";
import { z } from "zod";
import type { CatalogTable } from "../../catalog/catalog.ts";
import { tableLabel } from "../../catalog/table-name.ts";
import { lockPolicy } from "../../db/policy-change.ts";
import { rehearse } from "../../db/rehearse.ts";
import type { Tables } from "../../db/tables.ts";
import { inTransaction } from "../../db/transaction.ts";
import type { PolicyStep } from "../../governance/access-difference.ts";
import { askingOf, type Asking } from "../../governance/asking.ts";
import { checkStillThere, markReattached } from "../../governance/closed-tables.ts";
import { insertFilter, isSameContent, openFilters } from "../../governance/data-filters.ts";
import { checkForm } from "../../governance/grantable-on.ts";
import { addGrant, type StoredGrant } from "../../governance/grants.ts";
import { isSelf } from "../../governance/is-self.ts";
import type { Permission } from "../../governance/permission.ts";
import { policyWithin } from "../../governance/policy-store.ts";
import { checkHolder, rightToGrant } from "../../governance/right-to-grant.ts";
import { securableTable } from "../../governance/securable.ts";
import type { ColumnSet } from "../../governance/table-access.ts";
import { authorOf } from "../../identity/principal.ts";
import { count, instant, list, texts } from "../answers.ts";
import type { Context } from "../context.ts";
import { ofTable } from "../failures.ts";
import { operation } from "../operation.ts";
import { preview, previewOf } from "../tags/preview.ts";
import { checkAdministers } from "./access-work.ts";
import { earlierRules, mustHaveEarlier, type EarlierFilter, type EarlierGrant } from "./earlier-rules.ts";
import { grantPresenter, presentedGrant, principalText } from "./present-grant.ts";
import { reattachedText, reattachSaid } from "./reattach-said.ts";
import { reattachedTag, reattachTags } from "./reattach-tags.ts";

const answer = z.strictObject({
  table: z.string(),
  droppedAt: instant.describe("When the earlier table of this name was dropped."),
  filters: list(z.strictObject({ name: z.string(), isNew: z.boolean() })).describe("Data filters that are made again."),
  tags: list(reattachedTag).describe("Tags that the table and its columns get again."),
  said: list(reattachedText).describe("Texts that are said of the table and its columns again."),
  ...preview,
  grants: list(presentedGrant).describe("Grants that are made again, one per permission."),
  added: count.describe("How many of these grants are new."),
  notes: texts.describe("Columns that rules named and that the table does not have."),
  skipped: list(z.strictObject({ what: z.string(), why: z.string() })).describe(
    "Everything that is not made again, with the reasons.",
  ),
  passedOn: count.describe("Grants that holders had passed on, which are not made again."),
  toSelf: z.boolean().describe("Whether somebody makes a grant to themselves."),
  reattached: z.boolean().describe("False for a plan."),
});

export type Reattached = z.infer<typeof answer>;

export const grantReattach = operation({
  name: "grant.reattach",
  summary:
    "Make the grants, data filters and tags of the dropped table of this name again, and what was said of it, with columns by name; done again, it changes nothing",
  action: "administer",
  seesViews: true,
  input: z.strictObject({
    table: z.string().describe("The table that has the name now: database.table."),
    plan: z.boolean().default(false).describe("Only show what would be made."),
  }),
  output: answer,
  errors: [...ofTable, "GRANT_NOT_FOUND", "GRANT_INVALID", "GRANT_TOO_WIDE"],
  resources: ({ table }) => [{ kind: "table", name: table }],
  async run(context, { table: name, plan }, { asking, record }) {
    record({ plan });
    const table = await context.catalog.find(name);
    const about = [{ kind: "table", name: tableLabel(table), id: table.id }];
    record({ table: tableLabel(table), about });
    const { step, ...made } = await (plan ? rehearse : inTransaction)(context.db, async (transaction) => {
      await lockPolicy(transaction);
      await checkStillThere(transaction, { id: table.id, label: tableLabel(table) });
      const work = { transaction, table, asking: await askingWithin(transaction, asking) };
      checkAdministers(work, securableTable(table));
      return reattach(work, context);
    });
    const { opensToSelf, ...shown } = await previewOf(context, asking, step);
    const { grants, filters, tags, said, skipped } = made;
    const toSelf = made.toSelf || opensToSelf;
    const isSame = made.added === 0 && [...filters, ...tags, ...said].every(({ isNew }) => !isNew);
    record({
      plan: plan || isSame,
      grants: grants.map(({ id }) => id),
      filters: filters.map((filter) => filter.name),
      tags: tags.map(({ tag, column }) => (column === null ? tag : `${column}: ${tag}`)),
      said: said.filter(({ isNew }) => isNew).map(({ what, column }) => ({ what, column })),
      access: shown.access.length,
      skipped: skipped.length,
      isSelfGrant: toSelf,
    });
    return { ...made, ...shown, toSelf, reattached: !plan };
  },
});

/** The caller's rights with what the transaction has made; `asking` is from before its first change. */
async function askingWithin(transaction: Kysely<Tables>, { policy, principal }: Asking): Promise<Asking> {
  return askingOf(await policyWithin(transaction, policy), principal, Date.now());
}

interface Work {
  readonly transaction: Kysely<Tables>;
  readonly table: CatalogTable;
  readonly asking: Asking;
}

interface Made extends Omit<Reattached, "reattached" | keyof typeof preview> {
  /** From which the preview of the tags is made. */
  readonly step: PolicyStep;
}

async function reattach(work: Work, context: Context): Promise<Made> {
  const { transaction, table } = work;
  const rules = mustHaveEarlier(await earlierRules(transaction, work.asking, table), table);
  const filters = await makeFilters(work, rules.filters);
  const after = { ...work, asking: await askingWithin(transaction, work.asking) };
  const made: MadeGrant[] = [];
  for (const earlier of rules.grants) made.push(await makeGrant(after, earlier, filters));
  const before = await askingWithin(transaction, work.asking);
  const tags = await reattachTags(
    { context, transaction, table, asking: () => askingWithin(transaction, work.asking) },
    rules.closed,
  );
  const { closed } = rules;
  const said = await reattachSaid({ transaction, table, closed, by: authorOf(work.asking.principal) });
  await markReattached(transaction, rules.closed, table.id);
  const asking = await askingWithin(transaction, work.asking);
  const present = await grantPresenter({ db: transaction, catalog: context.catalog }, asking);
  const stored = made.flatMap((one) => one.stored);
  const grants = stored.map(({ id }) => asking.policy.grants.get(id)).filter((grant) => grant !== undefined);
  return {
    table: tableLabel(table),
    droppedAt: rules.closed.closedAt.toISOString(),
    tags: tags.made,
    said: said.made,
    step: { before: before.policy, after: asking.policy, now: asking.now },
    filters: filters.filter(({ id }) => id !== undefined).map(({ name, isNew }) => ({ name, isNew })),
    grants: await Promise.all(grants.map(present)),
    added: stored.filter(({ isNew }) => isNew).length,
    notes: [...filters, ...made].flatMap(({ notes }) => notes),
    skipped: [...filters, ...made, tags, said].flatMap(({ skipped }) => skipped),
    passedOn: rules.passedOn,
    toSelf: made.some((one) => one.isToSelf),
  };
}

interface Outcome {
  readonly notes: readonly string[];
  readonly skipped: Reattached["skipped"];
}

interface MadeFilter extends Outcome {
  readonly earlierId: string;
  readonly name: string;
  /** Undefined if it is left out. */
  readonly id: string | undefined;
  readonly isNew: boolean;
}

async function makeFilters(work: Work, filters: readonly EarlierFilter[]): Promise<readonly MadeFilter[]> {
  const made: MadeFilter[] = [];
  for (const one of filters) made.push(await makeFilter(work, one));
  return made;
}

/** It keeps its origin, so that a declaration which made it finds it as its own. */
async function makeFilter({ transaction, table }: Work, { row, carried }: EarlierFilter): Promise<MadeFilter> {
  const { id: earlierId, name, origin } = row;
  const label = `the data filter ${name}`;
  const leftOut = (why: string): MadeFilter => ({
    earlierId,
    name,
    id: undefined,
    isNew: false,
    notes: [],
    skipped: [{ what: label, why }],
  });
  if ("obstacle" in carried) return leftOut(carried.obstacle);
  const had = (await openFilters(transaction, table.id)).find((filter) => filter.name === name);
  if (had !== undefined && !isSameContent(had, carried.rule))
    return leftOut("the table has another data filter of this name");
  const content = carried.rule;
  const id = had?.id ?? (await insertFilter(transaction, { tableId: table.id, name, content, origin }));
  const notes = carried.notes.map((note) => `${label}: ${note}`);
  return { earlierId, name, id, isNew: had === undefined, notes, skipped: [] };
}

interface MadeGrant extends Outcome {
  readonly stored: readonly StoredGrant[];
  /** Whether it is new, and gives something to the caller. */
  readonly isToSelf: boolean;
}

/** Throws what `rightToGrant` throws. */
async function makeGrant(
  work: Work,
  { grant, carried }: EarlierGrant,
  filters: readonly MadeFilter[],
): Promise<MadeGrant> {
  const { asking } = work;
  const label = `${[...grant.permissions].join(", ")} to ${principalText(asking, grant.principalId)}`;
  const leftOut = (why: string): MadeGrant => ({
    stored: [],
    isToSelf: false,
    notes: [],
    skipped: [{ what: label, why }],
  });
  if ("obstacle" in carried) return leftOut(carried.obstacle);
  const filter = filters.find(({ earlierId }) => earlierId === grant.filterId);
  if (grant.filterId !== undefined && filter?.id === undefined)
    return leftOut(`its data filter ${filter?.name ?? ""} is not made again`);
  const stored: StoredGrant[] = [];
  for (const permission of grant.permissions)
    stored.push(await storeGrant(work, { grant, permission, columns: carried.rule, filterId: filter?.id }));
  const isToSelf = isSelf(asking, grant.principalId) && stored.some(({ isNew }) => isNew);
  return { stored, isToSelf, notes: carried.notes.map((note) => `${label}: ${note}`), skipped: [] };
}

interface WantedGrant {
  readonly grant: EarlierGrant["grant"];
  readonly permission: Permission;
  readonly columns: ColumnSet;
  readonly filterId: string | undefined;
}

async function storeGrant(work: Work, { grant, permission, columns, filterId }: WantedGrant): Promise<StoredGrant> {
  const { transaction, table, asking } = work;
  const { principalId, valid, origin = null } = grant;
  const on = { kind: "table", id: table.id } as const;
  const form = { on, permission, columns, filterId, isGrantable: grant.grantable.has(permission) };
  checkForm(form, tableLabel(table));
  const right = rightToGrant(asking, securableTable(table), { ...form, valid });
  checkHolder(asking, right, principalId);
  const { parentId, accountId, until } = right;
  const wanted = { ...form, principalId, valid: { from: valid.from, until }, parentId, accountId };
  return addGrant(transaction, wanted, { by: authorOf(asking.principal), origin });
}
