/**
 * The rules that the dropped table of a table's name had, in the columns of the table that has the name now. It makes
 * nothing; reattach.ts does.
 * Invariant: only those who administer the present table are told that there was an earlier one.
 */
import type { Kysely } from "kysely";
import type { CatalogTable } from "../../catalog/catalog.ts";
import { tableLabel } from "../../catalog/table-name.ts";
import type { Tables } from "../../db/tables.ts";
import { HeadgateError } from "../../errors.ts";
import { askingOf, type Asking } from "../../governance/asking.ts";
import { carryColumns, carryFilter, type BothTables, type Carried } from "../../governance/carry-over.ts";
import { lastClosed, type ClosedTable } from "../../governance/closed-tables.ts";
import type { FilterContent, FilterRow } from "../../governance/data-filters.ts";
import type { Grant } from "../../governance/policy.ts";
import { filterOf } from "../../governance/policy-rows.ts";
import { administers } from "../../governance/right-to-grant.ts";
import { securableTable } from "../../governance/securable.ts";
import type { ColumnSet } from "../../governance/table-access.ts";
import { currentSchema } from "../../iceberg/table-metadata.ts";
import type { Context } from "../context.ts";
import { instantOf } from "./present-grant.ts";
import { saidBefore } from "./reattach-said.ts";

export interface EarlierRules {
  readonly closed: ClosedTable;
  readonly filters: readonly EarlierFilter[];
  /** Those of direct holders. */
  readonly grants: readonly EarlierGrant[];
  /** How many grants holders had passed on. */
  readonly passedOn: number;
}

export interface EarlierFilter {
  readonly row: FilterRow;
  readonly carried: Carried<FilterContent>;
}

export interface EarlierGrant {
  readonly grant: Grant;
  /** Its columns; the filter is carried over by itself. */
  readonly carried: Carried<ColumnSet>;
}

/** Undefined if no table of this name was dropped. */
export async function earlierRules(
  db: Kysely<Tables>,
  asking: Asking,
  table: CatalogTable,
): Promise<EarlierRules | undefined> {
  const closed = await lastClosed(db, table);
  if (closed === undefined) return undefined;
  const tables = { earlier: closed.columns, fields: currentSchema(table.metadata).fields };
  const filters = closed.filters.map((row) => ({ row, carried: carriedFilter(row, tables) }));
  const [direct, passedOn] = [
    closed.grants.filter(({ parentId }) => parentId === undefined),
    closed.grants.filter(({ parentId }) => parentId !== undefined),
  ];
  const grants = direct.map((grant) => ({ grant, carried: carriedGrant(grant, { asking, tables, filters }) }));
  return { closed, filters, grants, passedOn: passedOn.length };
}

function carriedFilter(row: FilterRow, tables: BothTables): Carried<FilterContent> {
  const filter = filterOf(row);
  return filter === undefined ? { obstacle: "it was written by a newer Headgate" } : carryFilter(filter, tables);
}

interface Carrying {
  readonly asking: Asking;
  readonly tables: BothTables;
  readonly filters: readonly EarlierFilter[];
}

function carriedGrant(grant: Grant, { asking, tables, filters }: Carrying): Carried<ColumnSet> {
  const { principalId, valid, filterId } = grant;
  if (!asking.policy.principals.has(principalId)) return { obstacle: "its holder was removed" };
  if (valid.until !== undefined && valid.until <= asking.now)
    return { obstacle: `it would have ended at ${instantOf(valid.until)}` };
  if (filterId !== undefined) {
    const filter = filters.find(({ row }) => row.id === filterId);
    if (filter === undefined) return { obstacle: "its data filter had been removed" };
    if ("obstacle" in filter.carried) return { obstacle: `its data filter ${filter.row.name} is not made again` };
  }
  return carryColumns(grant.columns, tables);
}

type Lookup = Pick<Context, "db" | "catalog">;

/** How many grants, tags and texts can be made again; 0 for those who do not administer the table, and once it was done. */
export async function offeredGrants({ db }: Lookup, asking: Asking, table: CatalogTable): Promise<number> {
  if (!administers(asking, securableTable(table))) return 0;
  const rules = await earlierRules(db, asking, table);
  if (rules === undefined || rules.closed.reattachedTo === table.id) return 0;
  const tags = rules.closed.tags.filter(({ keyId }) => asking.policy.tags.keys.has(keyId));
  const grants = rules.grants.filter(({ carried }) => "rule" in carried);
  return grants.length + tags.length + (await saidBefore(db, rules.closed));
}

/** The same for a table that an operation has just made, and for the rights that the caller has at the end of it. */
export async function offeredFor(
  { policies, ...context }: Lookup & Pick<Context, "policies">,
  { principal }: Pick<Asking, "principal">,
  label: string,
): Promise<number> {
  const asking = askingOf(await policies.current(), principal, Date.now());
  const entry = (await context.catalog.entries()).find((one) => tableLabel(one) === label);
  if (entry === undefined) return 0;
  return offeredGrants(context, asking, await context.catalog.load(entry));
}

/** Throws GRANT_NOT_FOUND. */
export function mustHaveEarlier(rules: EarlierRules | undefined, table: CatalogTable): EarlierRules {
  if (rules !== undefined) return rules;
  throw new HeadgateError("GRANT_NOT_FOUND", {
    place: tableLabel(table),
    message: "no table of this name was dropped in its account, so there are no earlier grants",
    remedy: "grant anew: `headgate grant select on <table> to <principal>`",
  });
}
