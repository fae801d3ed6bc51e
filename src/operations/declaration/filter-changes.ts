/** Changes that make data filters as declared. */
import type { CatalogTable } from "../../catalog/catalog.ts";
import { tableLabel } from "../../catalog/table-name.ts";
import { HeadgateError } from "../../errors.ts";
import { checkStillThere } from "../../governance/closed-tables.ts";
import {
  changeFilter,
  endFilter,
  insertFilter,
  isSameContent,
  openFilters,
  type FilterContent,
  type FilterRow,
} from "../../governance/data-filters.ts";
import { isFilterOfSelf } from "../../governance/is-self.ts";
import { securableTable } from "../../governance/securable.ts";
import { principalLabel } from "../../identity/principal-name.ts";
import type { AccessChange } from "../access/access-change.ts";
import { checkAdministers, ofAnother, type AccessWork } from "../access/access-work.ts";
import { filterContent, presentFilter, type FilterWords, type PresentedFilter } from "../access/filter-content.ts";
import { placed } from "../placed.ts";
import type { DeclaredAccess, DeclaredFilter } from "./declared-access.ts";
import type { PlaceOf } from "./read-declaration.ts";
import { changed } from "./step.ts";

type DeclaredFilters = DeclaredAccess["filters"];

export interface ChangedFilters {
  readonly changes: readonly AccessChange[];
  /** Everything that is declared, by id; other filters of this origin can be removed once nothing is granted with them. */
  readonly declared: ReadonlySet<string>;
}

/** Throws what the operation `filter.add` throws, and DECLARATION_INVALID. */
export async function changeFilters(
  work: AccessWork,
  filters: DeclaredFilters,
  placeOf: PlaceOf,
): Promise<ChangedFilters> {
  const changes: AccessChange[] = [];
  const declared = new Set<string>();
  for (const [on, named] of Object.entries(filters)) {
    const table = await placed(placeOf(["filters", on]), () => work.lookup.catalog.find(on));
    for (const [name, filter] of Object.entries(named)) {
      const made = await placed(placeOf(["filters", on, name]), async () => {
        const one = await makeFilter(work, { table, name, filter });
        if (declared.has(one.id)) throw declaredTwice(name, tableLabel(table));
        return one;
      });
      declared.add(made.id);
      changes.push(...made.changes);
    }
  }
  return { changes, declared };
}

function declaredTwice(name: string, table: string): HeadgateError {
  return new HeadgateError("DECLARATION_INVALID", {
    message: `the data filter ${name} of ${table} is declared twice, under two spellings of the table's name`,
    remedy: "keep one of the two",
  });
}

interface WantedFilter {
  readonly table: CatalogTable;
  readonly name: string;
  readonly filter: DeclaredFilter;
}

interface MadeFilter {
  readonly id: string;
  readonly changes: readonly AccessChange[];
}

async function makeFilter(work: AccessWork, { table, name, filter }: WantedFilter): Promise<MadeFilter> {
  const { asking, origin } = work;
  checkAdministers(work, securableTable(table));
  const content = filterContent(asking, table, wordsOf(filter));
  const had = await filterNamed(work, { table, name });
  if (had !== undefined && had.origin !== origin)
    throw ofAnother(`the data filter ${name} of ${tableLabel(table)}`, had.origin);
  if (had !== undefined && isSameContent(had, content)) return { id: had.id, changes: [] };
  const row = await store(work, { table, name, content, had });
  const details = differences(had && presentFilter(had, table), presentFilter(row, table));
  return {
    id: row.id,
    changes: [
      {
        ...filterChange({ name, table, change: had === undefined ? "add" : "change", details }),
        isSelfGrant: had !== undefined && isFilterOfSelf(asking, had.id),
      },
    ],
  };
}

function wordsOf({ masks, ...words }: DeclaredFilter): FilterWords {
  return {
    ...words,
    masks: Object.entries(masks).map(([column, mask]) =>
      typeof mask === "string" ? { column, mask } : { column, mask: "fixed-value", value: mask["fixed-value"] },
    ),
  };
}

interface NamedFilter {
  readonly table: CatalogTable;
  readonly name: string;
}

async function filterNamed({ transaction }: AccessWork, { table, name }: NamedFilter): Promise<FilterRow | undefined> {
  return (await openFilters(transaction, table.id)).find((filter) => filter.name === name);
}

interface StoredFilter extends NamedFilter {
  readonly content: FilterContent;
  readonly had: FilterRow | undefined;
}

async function store(work: AccessWork, { table, name, content, had }: StoredFilter): Promise<FilterRow> {
  const { transaction, origin } = work;
  await checkStillThere(transaction, { id: table.id, label: tableLabel(table) });
  if (had === undefined) await insertFilter(transaction, { tableId: table.id, name, content, origin });
  else await changeFilter(transaction, { id: had.id, content });
  const row = await filterNamed(work, { table, name });
  if (row === undefined) throw new TypeError(`the data filter ${name} was not stored`);
  return row;
}

function differences(before: PresentedFilter | undefined, after: PresentedFilter): readonly string[] {
  return [
    ...changed("rows", before?.rows ?? "", after.rows ?? ""),
    ...changed("columns", columnsText(before), columnsText(after)),
    ...changed("masks", masksText(before), masksText(after)),
  ];
}

function columnsText(filter: PresentedFilter | undefined): string {
  if (filter?.columns == null) return filter === undefined ? "" : "all";
  const { mode, names } = filter.columns;
  return `${mode === "include" ? "" : "all but "}${names.join(", ")}`;
}

function masksText(filter: PresentedFilter | undefined): string {
  return (filter?.masks ?? [])
    .map(({ column, mask, value }) => `${column}=${mask}${value === undefined ? "" : `=${value}`}`)
    .join(" ");
}

interface OneFilter extends Pick<AccessChange, "change" | "details"> {
  readonly name: string;
  readonly table: { readonly id: string; readonly database: string; readonly name: string } | undefined;
}

function filterChange({ name, table, change, details }: OneFilter): AccessChange {
  const label = table === undefined ? "a table that was removed" : tableLabel(table);
  const about = table === undefined ? [] : [{ kind: "table", name: label, id: table.id }];
  return { what: "filter", name: `${name} on ${label}`, change, details, falls: [], about };
}

/** After the grants have changed. Throws FILTER_IN_USE if another origin has granted with one, NOT_ALLOWED. */
export async function removeFilters(
  work: AccessWork,
  declared: ReadonlySet<string>,
  at: string,
): Promise<readonly AccessChange[]> {
  const { transaction, lookup, origin } = work;
  const tables = new Map((await lookup.catalog.entries()).map((entry) => [entry.id, entry]));
  const rows = (await openFilters(transaction)).filter((row) => row.origin === origin && !declared.has(row.id));
  const changes: AccessChange[] = [];
  for (const { id, name, table_id: tableId } of rows) {
    const table = tables.get(tableId);
    await placed(at, async () => {
      if (table !== undefined) checkAdministers(work, securableTable(table));
      await checkUnused(work, { id, name });
      await endFilter(transaction, id);
    });
    changes.push(filterChange({ name, table, change: "remove", details: [] }));
  }
  return changes;
}

async function checkUnused({ transaction }: AccessWork, { id, name }: { readonly id: string; readonly name: string }) {
  const holders = await transaction
    .selectFrom("grants")
    .innerJoin("principals", "principals.id", "grants.principal_id")
    .select(["principals.kind", "principals.name"])
    .where("filter_id", "=", id)
    .where("ended_at", "is", null)
    .execute();
  if (holders.length === 0) return;
  throw new HeadgateError("FILTER_IN_USE", {
    place: name,
    message: `the data filter ${name} is what ${[...new Set(holders.map(principalLabel))].join(", ")} may read of the table, by a grant that no declaration made`,
    remedy: "revoke that grant, or leave the data filter in the file",
  });
}
