/**
 * The operation that returns people and rights in the form of headgate.yaml, so that what was declared can be read back,
 * and what was made by commands can be declared.
 */
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { isView, type CatalogTable } from "../../catalog/catalog.ts";
import { tableLabel } from "../../catalog/table-name.ts";
import { viewVersion } from "../../catalog/view-store.ts";
import { openFilters, type FilterRow } from "../../governance/data-filters.ts";
import { parsePredicate } from "../../governance/predicate/parse-predicate.ts";
import type { Grant } from "../../governance/policy.ts";
import { administers } from "../../governance/right-to-grant.ts";
import { securableTable } from "../../governance/securable.ts";
import { currentSchema } from "../../iceberg/table-metadata.ts";
import { accountKinds } from "../../identity/account-kinds.ts";
import { listAccounts, type Account } from "../../identity/accounts.ts";
import { budgetOf } from "../../governance/budgets/budget.ts";
import { declaredBudgetOf } from "./budget-changes.ts";
import { membersOf } from "../../identity/change-members.ts";
import { listGroups } from "../../identity/groups.ts";
import { listUnits } from "../../identity/org-units.ts";
import { isOfProvider } from "../../identity/origins.ts";
import { listProviders } from "../../identity/providers/providers.ts";
import { principalLabel } from "../../identity/principal-name.ts";
import type { Context } from "../context.ts";
import type { Asking } from "../../governance/asking.ts";
import { ofTable } from "../failures.ts";
import { operation } from "../operation.ts";
import { presentFilter } from "../access/filter-content.ts";
import { permissionWords, type DeclaredGrant, type PermissionWord } from "../access/declared-grant.ts";
import { resourceNames } from "../access/granted-on.ts";
import { exportedSharing } from "./export-sharing.ts";
import { exportedDescriptions } from "./export-descriptions.ts";
import { grantPresenter, type PresentedGrant } from "../access/present-grant.ts";
import { exportedLinks } from "./link-changes.ts";
import { exportedProducts } from "./export-products.ts";
import { exportTags, type IsWanted } from "./export-tags.ts";
import { declaredOrigin } from "./access-changes.ts";
import { declaredOf } from "./declared-providers.ts";
import {
  accessSchema,
  type DeclaredAccess,
  type DeclaredFilter,
  type DeclaredGroup,
  type DeclaredMember,
  type DeclaredView,
} from "./declared-access.ts";

export const accessExport = operation({
  name: "access.export",
  summary:
    "Return units, accounts, groups, views, data filters, tags, products, grants and descriptions in the form of headgate.yaml",
  action: "administer",
  seesViews: true,
  changes: false,
  input: z.strictObject({
    declared: z.boolean().default(false).describe("Only what an apply has made."),
  }),
  output: accessSchema,
  errors: ofTable,
  async run(context, { declared }, { asking }): Promise<DeclaredAccess> {
    const isWanted = ({ origin }: { readonly origin: string | null }) => !declared || origin === declaredOrigin;
    return {
      organisation: await organisationOf(context, isWanted),
      groups: await groupsOf(context, isWanted),
      identity_providers: await providersOf(context, isWanted),
      filters: await filtersOf(context, asking, isWanted),
      views: await viewsOf(context, asking, isWanted),
      ...(await exportTags(context, asking, isWanted)),
      products: await exportedProducts(context, asking, isWanted),
      links: await exportedLinks(context, asking, isWanted),
      grants: await grantsOf(context, asking, isWanted),
      ...(await exportedSharing(context, asking, isWanted)),
      ...(await exportedDescriptions(context, asking, isWanted)),
    };
  },
});

async function organisationOf({ db }: Context, isWanted: IsWanted): Promise<DeclaredAccess["organisation"]> {
  const all = await listAccounts(db);
  const requiring = all.filter(({ requiresCodes }) => requiresCodes).map(({ name }) => name);
  const accounts = all.filter(({ name, isBeingRemoved }) => name !== "main" && !isBeingRemoved).filter(isWanted);
  return {
    ...(requiring.length === 0 ? {} : { require_codes: requiring }),
    units: (await listUnits(db)).filter(isWanted).map(({ path }) => path),
    accounts: Object.fromEntries(
      await Promise.all(accounts.map(async (account) => [account.name, await accountOf(db, account, isWanted)])),
    ),
  };
}

async function accountOf(
  db: Context["db"],
  { id, unit, isOutside, kinds, owner }: Account,
  isWanted: IsWanted,
): Promise<DeclaredAccess["organisation"]["accounts"][string]> {
  const known = await budgetOf(db, id);
  const budget = known !== undefined && isWanted(known) ? { budget: declaredBudgetOf(known.budget) } : {};
  const people = {
    ...(kinds.length === accountKinds.length ? {} : { kind: [...kinds] }),
    ...(owner === null ? {} : { owner }),
  };
  return { ...(unit === null ? {} : { unit }), ...(isOutside ? { outside: true } : {}), ...people, ...budget };
}

async function groupsOf({ db }: Context, isWanted: IsWanted): Promise<DeclaredAccess["groups"]> {
  const groups = (await listGroups(db, { kind: "group" })).filter(isWanted).filter(isOfPeople);
  const entries = groups.map(async ({ name, account, attributes }): Promise<[string, DeclaredGroup]> => {
    const members = (await membersOf(db, { kind: "group", name })).filter(isWanted).filter(isOfPeople);
    return [name, { account, attributes: { ...attributes }, members: members.map(memberOf) }];
  });
  return Object.fromEntries(await Promise.all(entries));
}

/** A provider makes its own again. */
function isOfPeople({ origin }: { readonly origin: string | null }): boolean {
  return !isOfProvider(origin);
}

/** Without their secrets. */
async function providersOf({ db }: Context, isWanted: IsWanted): Promise<DeclaredAccess["identity_providers"]> {
  const providers = (await listProviders(db)).filter(isWanted);
  return Object.fromEntries(providers.map((provider) => [provider.name, declaredOf(provider)]));
}

interface ListedMember {
  readonly kind: Parameters<typeof principalLabel>[0]["kind"];
  readonly name: string;
  readonly from: Date | null;
  readonly until: Date | null;
}

function memberOf({ from, until, ...named }: ListedMember): DeclaredMember {
  const member = principalLabel(named);
  return from === null && until === null
    ? member
    : { member, ...timesOf({ from: from?.toISOString() ?? null, until: until?.toISOString() ?? null }) };
}

interface Times {
  readonly from: string | null;
  readonly until: string | null;
}

function timesOf({ from, until }: Times): { from?: string; until?: string } {
  return {
    ...(from === null ? {} : { from: momentText(from) }),
    ...(until === null ? {} : { until: momentText(until) }),
  };
}

/** The beginning of a day as a date. */
function momentText(instant: string): string {
  return instant.replace(/T00:00:00\.000Z$/, "");
}

/** Those of tables that the caller administers. */
async function filtersOf(
  { db, catalog }: Context,
  asking: Asking,
  isWanted: IsWanted,
): Promise<DeclaredAccess["filters"]> {
  const rows = Map.groupBy((await openFilters(db)).filter(isWanted), ({ table_id: id }) => id);
  const entries = (await catalog.entries()).filter((entry) => administers(asking, securableTable(entry)));
  const tables = entries.map(async (entry): Promise<[string, Record<string, DeclaredFilter>][]> => {
    const found = rows.get(entry.id) ?? [];
    if (found.length === 0) return [];
    const table = await catalog.load(entry);
    return [[tableLabel(table), Object.fromEntries(found.map((row) => [row.name, filterOf(row, table)]))]];
  });
  return Object.fromEntries((await Promise.all(tables)).flat());
}

/** Those that the caller administers, with what each stands for. */
async function viewsOf({ db, catalog }: Context, asking: Asking, isWanted: IsWanted): Promise<DeclaredAccess["views"]> {
  const views = (await catalog.entries())
    .filter(isView)
    .filter((view) => view.isElsewhere !== true && administers(asking, securableTable(view)))
    .filter(({ view: { origin = null } }) => isWanted({ origin }));
  const entries = views.map(async (view): Promise<[string, DeclaredView]> => {
    const { text } = await viewVersion(db, view);
    const owner = asking.policy.principals.get(view.view.ownerId ?? "");
    return [tableLabel(view), owner === undefined ? text : { sql: text, owner: principalLabel(owner) }];
  });
  return Object.fromEntries(await Promise.all(entries));
}

function filterOf(row: FilterRow, table: CatalogTable): DeclaredFilter {
  const { columns, masks, rows } = presentFilter(row, table);
  const text = isAsWritten(row, table) ? row.row_text : rows;
  return {
    ...(text === null ? {} : { rows: text }),
    ...(columns === null ? {} : namedColumns(columns)),
    masks: Object.fromEntries(
      masks.map(({ column, mask, value }) => [column, mask === "fixed-value" ? { "fixed-value": value ?? "" } : mask]),
    ),
  };
}

/** Whether the text still means the same, which it does not after a column was renamed. */
function isAsWritten({ row_text: text, row_predicate: predicate }: FilterRow, { metadata }: CatalogTable): boolean {
  if (text === null) return true;
  try {
    const bound: unknown = JSON.parse(JSON.stringify(parsePredicate(text, currentSchema(metadata).fields)));
    return isDeepStrictEqual(bound, predicate);
  } catch {
    return false;
  }
}

function namedColumns({ mode, names }: NonNullable<PresentedGrant["columns"]>): {
  columns?: string[];
  except?: string[];
} {
  return mode === "include" ? { columns: [...names] } : { except: [...names] };
}

/** Those on what the caller administers; neither roles in accounts, shares nor what was passed on, which follow from others. */
async function grantsOf(context: Context, asking: Asking, isWanted: IsWanted): Promise<DeclaredAccess["grants"]> {
  const nameOf = await resourceNames(context, asking);
  const present = await grantPresenter(context, asking);
  const isShown = ({ on, origin, parentId, shareId }: Grant): boolean =>
    parentId === undefined &&
    shareId === undefined &&
    origin?.startsWith("role:") !== true &&
    isWanted({ origin: origin ?? null }) &&
    !nameOf(on).isGone &&
    administers(asking, nameOf(on).place);
  const shown = await Promise.all([...asking.policy.grants.values()].filter(isShown).map(present));
  return together(shown.flatMap(grantsFrom));
}

/** One for each permission. */
function grantsFrom(grant: PresentedGrant): readonly DeclaredGrant[] {
  const { to, on, columns, filter, grantable } = grant;
  const limits = {
    ...(columns === null ? {} : namedColumns(columns)),
    ...(filter === null ? {} : { filter }),
    ...timesOf(grant),
    ...(grantable ? { grantable } : {}),
  };
  return grant.permissions.map((permission) => ({ to, [permission.toLowerCase()]: on, ...limits }));
}

/** Those to the same principal that differ only in what they are on become one. */
function together(grants: readonly DeclaredGrant[]): DeclaredGrant[] {
  const alike = Map.groupBy(grants, (grant) => JSON.stringify(withoutThing(grant)));
  const joined = [...alike.values()].map((same) => {
    const word = wordOf(same[0]);
    const things = [...new Set(same.map((grant) => String(grant[word])))].toSorted();
    return { ...same[0], [word]: things.length === 1 ? things[0] : things } as DeclaredGrant;
  });
  const orderOf = (grant: DeclaredGrant): string =>
    `${String(grant.to)}\0${wordOf(grant)}\0${String(grant[wordOf(grant)])}`;
  return joined.toSorted((one, other) => (orderOf(one) < orderOf(other) ? -1 : 1));
}

/** A part of one table is never granted together with that of another. */
function withoutThing(grant: DeclaredGrant): object {
  const isPart = grant.columns !== undefined || grant.except !== undefined || grant.filter !== undefined;
  const word = wordOf(grant);
  return { ...grant, [word]: isPart ? grant[word] : null };
}

function wordOf(grant: DeclaredGrant | undefined): PermissionWord {
  return permissionWords.find((word) => grant?.[word] !== undefined) ?? "describe";
}
