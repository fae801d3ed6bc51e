/** Operations on data filters: named parts of a table that can be granted to many. */
import { z } from "zod";
import { must } from "../../base/must.ts";
import { tableLabel } from "../../catalog/table-name.ts";
import { inPolicyChange } from "../../db/policy-change.ts";
import { HeadgateError } from "../../errors.ts";
import type { Asking } from "../../governance/asking.ts";
import { checkStillThere } from "../../governance/closed-tables.ts";
import {
  changeFilter,
  endFilter,
  insertFilter,
  isSameContent,
  openFilters,
  type FilterRow,
} from "../../governance/data-filters.ts";
import { endGrants } from "../../governance/grants.ts";
import { isFilterOfSelf } from "../../governance/is-self.ts";
import { passedOnFrom } from "../../governance/passed-on.ts";
import type { Grant } from "../../governance/policy.ts";
import { visible, type Resource } from "../../governance/resource.ts";
import { administers } from "../../governance/right-to-grant.ts";
import { authorOf } from "../../identity/principal.ts";
import { list } from "../answers.ts";
import type { Context } from "../context.ts";
import { ofTable } from "../failures.ts";
import { securableTable } from "../../governance/securable.ts";
import { operation } from "../operation.ts";
import { filterContent, filterName, filterWords, presentedFilter, presentFilter } from "./filter-content.ts";
import { findFilter } from "./find-filter.ts";
import { grantPresenter, presentedGrant } from "./present-grant.ts";

const named = z.strictObject({ on: z.string().describe("The table: database.table."), name: z.string() });

const table = (name: string): Resource => ({ kind: "table", name });

export const filterAdd = operation({
  name: "filter.add",
  summary: "Make a data filter: some rows and columns of a table, some of them masked, which can then be granted",
  action: "administer",
  seesViews: true,
  input: filterWords.extend({
    name: filterName,
    on: z.string().describe("The table: database.table."),
    replace: z
      .boolean()
      .default(false)
      .describe("Change the filter of this name; its grants then show what it shows now."),
  }),
  output: presentedFilter.extend({ change: z.enum(["added", "changed", "unchanged"]) }),
  errors: [...ofTable, "FILTER_INVALID", "NAME_TAKEN"],
  resources: ({ on }) => [table(on)],
  async run({ catalog, db }, { name, on, replace, ...words }, { asking, record }) {
    record({ name, on, replace, ...words });
    const found = await catalog.find(on);
    const content = filterContent(asking, found, words);
    return inPolicyChange(db, async (transaction) => {
      await checkStillThere(transaction, { id: found.id, label: tableLabel(found) });
      const had = await filterNamed(transaction, found.id, name);
      const isSame = had !== undefined && isSameContent(had, content);
      if (had !== undefined && !isSame && !replace) throw taken(name);
      if (had === undefined) await insertFilter(transaction, { tableId: found.id, name, content, origin: null });
      else if (!isSame) await changeFilter(transaction, { id: had.id, content });
      record({ isSelfGrant: had !== undefined && !isSame && isFilterOfSelf(asking, had.id) });
      const row = await filterNamed(transaction, found.id, name);
      const change = had === undefined ? "added" : isSame ? "unchanged" : "changed";
      return { ...presentFilter(must(row, "the filter"), found), change } as const;
    });
  },
});

function taken(place: string): HeadgateError {
  return new HeadgateError("NAME_TAKEN", {
    place,
    message: "the table has another data filter of this name",
    remedy: "choose another name, or change the filter, and with it what its grants show: --replace",
  });
}

async function filterNamed(db: Context["db"], tableId: string, name: string): Promise<FilterRow | undefined> {
  return (await openFilters(db, tableId)).find((filter) => filter.name === name);
}

export const filterList = operation({
  name: "filter.list",
  summary: "List the data filters of the tables that the caller administers, with those that no longer work",
  action: "watch",
  seesViews: true,
  input: z.strictObject({ on: z.string().optional().describe("Only those of this table.") }),
  output: z.strictObject({ filters: list(presentedFilter) }),
  errors: ofTable,
  resources: ({ on }) => [on === undefined ? visible : table(on)],
  async run({ catalog, db }, { on }, { asking }) {
    const entries = on === undefined ? await catalog.entries() : [await catalog.findEntry(on)];
    const rows = Map.groupBy(await openFilters(db), (row) => row.table_id);
    const tables = entries.filter((entry) => rows.has(entry.id) && administers(asking, securableTable(entry)));
    const shown = await Promise.all(
      tables.map(async (entry) => {
        const loaded = await catalog.load(entry);
        return (rows.get(entry.id) ?? []).map((row) => presentFilter(row, loaded));
      }),
    );
    return { filters: shown.flat() };
  },
});

export const filterShow = operation({
  name: "filter.show",
  summary: "Show a data filter, and the grants that use it",
  action: "administer",
  seesViews: true,
  changes: false,
  input: named,
  output: presentedFilter.extend({ grants: list(presentedGrant) }),
  errors: [...ofTable, "FILTER_NOT_FOUND"],
  resources: ({ on }) => [table(on)],
  async run(context, { on, name }, { asking }) {
    const found = await context.catalog.find(on);
    const { id } = await findFilter(context.db, { table: found, name });
    const row = must(await filterNamed(context.db, found.id, name), "the filter");
    const present = await grantPresenter(context, asking);
    return { ...presentFilter(row, found), grants: await Promise.all(grantsWith(asking, id).map(present)) };
  },
});

export const filterRemove = operation({
  name: "filter.remove",
  summary: "Remove a data filter; grants that use it keep it, unless they may end with it",
  action: "administer",
  seesViews: true,
  input: named.extend({
    force: z.boolean().default(false).describe("End the grants that use it, and those that were passed on from them."),
  }),
  output: z.strictObject({ removed: z.string(), ended: list(presentedGrant) }),
  errors: [...ofTable, "FILTER_NOT_FOUND", "FILTER_IN_USE"],
  resources: ({ on }) => [table(on)],
  async run(context, { on, name, force }, { asking, principal, record }) {
    record({ name, on, force });
    const found = await context.catalog.findEntry(on);
    const { id } = await findFilter(context.db, { table: found, name });
    const using = grantsWith(asking, id);
    const present = await grantPresenter(context, asking);
    const ended = await Promise.all([...using, ...passedOnFrom(asking.policy, using)].map(present));
    await inPolicyChange(context.db, async (transaction) => {
      const grants = transaction.selectFrom("grants").select("id").where("filter_id", "=", id);
      const open = await grants.where("ended_at", "is", null).execute();
      if (open.length > 0 && !force)
        throw inUse(
          name,
          ended.map(({ to }) => to),
        );
      const ending = { by: authorOf(principal), reason: `the data filter ${name} was removed` };
      await endGrants(
        transaction,
        open.map((grant) => grant.id),
        ending,
      );
      await endFilter(transaction, id);
    });
    return { removed: name, ended };
  },
});

function grantsWith({ policy }: Asking, filterId: string): readonly Grant[] {
  return [...policy.grants.values()].filter((grant) => grant.filterId === filterId);
}

function inUse(place: string, holders: readonly string[]): HeadgateError {
  return new HeadgateError("FILTER_IN_USE", {
    place,
    message: `the data filter ${place} is what ${[...new Set(holders)].join(", ") || "somebody"} may read of the table`,
  });
}
