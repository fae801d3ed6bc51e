/**
 * Views as tables of a statement: what a view reads is found by ids, and read by the rights that its owner has at this
 * moment.
 * Invariant: closed. If anything that the text needs is gone, or its owner may not see it now, nothing of the view is
 * read, and the error names nothing that the view is made of.
 */
import { formatJson } from "../base/json.ts";
import { isView, type Catalog, type TableEntry } from "../catalog/catalog.ts";
import { tableLabel } from "../catalog/table-name.ts";
import type { ViewRead } from "../catalog/view.ts";
import { viewVersion, type ViewEntry } from "../catalog/view-store.ts";
import { HeadgateError } from "../errors.ts";
import { securableTable } from "../governance/securable.ts";
import { formatNestedType } from "../iceberg/schema.ts";
import type { NestedField } from "../iceberg/type.ts";
import type { AsOf } from "./as-of.ts";
import type { QueryColumn } from "./query-column.ts";
import type { TableRights } from "./readable-tables.ts";
import { restrictTable } from "./restrict-table.ts";
import type { QueryTable, ViewBody } from "./table-source.ts";

/** By whose rights views are read. */
export interface ViewRights {
  /** The rights of the owner of a view at this moment. */
  ownersRights(view: ViewEntry): TableRights;
  /** Whether the caller may read rows of another account's table through the view. */
  mayReachOver(view: ViewEntry, base: TableEntry): boolean;
}

export interface ViewReading {
  readonly rights: ViewRights;
  readonly asOf: AsOf | undefined;
  /** Every table and view by its id, as it is now or as it was at the moment that is read. */
  baseById(id: string): Promise<TableEntry | undefined>;
  /** The table in the state that is read, with all its columns. */
  readBase(entry: TableEntry): Promise<QueryTable>;
}

interface Open extends ViewReading {
  readonly catalog: Pick<Catalog, "db">;
  /** The views around this one, from the outermost. */
  readonly around: readonly string[];
  /** How many tables and views have been opened so far. */
  readonly opened: { count: number };
}

/** How many views may stand one upon the other. */
export const deepestView = 16;
const mostOpened = 256;

/** All columns of a view, without its rows. */
export async function viewColumns(catalog: Pick<Catalog, "db">, view: ViewEntry): Promise<QueryTable> {
  const { columns } = await viewVersion(catalog.db, view);
  const { account, isElsewhere, database, name } = view;
  return {
    id: view.metadataLocation,
    securable: securableTable(view),
    snapshotId: undefined,
    account,
    isElsewhere,
    database,
    name,
    columns: columns.map(queryColumn),
    planFiles: async () => ({ files: [], skipped: [], skippedFiles: 0, skippedManifests: 0 }),
  };
}

/** Throws VIEW_BROKEN, VIEW_CLOSED, and SNAPSHOT_NOT_FOUND for a moment that only one table has. */
export function viewBody(
  catalog: Pick<Catalog, "db">,
  view: ViewEntry,
  reading: ViewReading,
): Promise<{ readonly id: string; readonly body: ViewBody }> {
  return openBody({ ...reading, catalog, around: [], opened: { count: 0 } }, view);
}

/** The table with its rows: `body` and the reader's own rules make one id. */
export function withBody(
  table: QueryTable,
  { id, body }: { readonly id: string; readonly body: ViewBody },
): QueryTable {
  return { ...table, id: formatJson([table.id, id]), view: body };
}

async function openBody(open: Open, view: ViewEntry): Promise<{ readonly id: string; readonly body: ViewBody }> {
  const label = tableLabel(view);
  if (open.around.includes(view.id)) throw broken(label, "it reads itself");
  if (open.around.length >= deepestView) throw broken(label, `more than ${deepestView} views stand one upon the other`);
  const { text, columns, reads, mentions, version } = await viewVersion(open.catalog.db, view);
  const within = { ...open, around: [...open.around, view.id] };
  const tables: QueryTable[] = [];
  for (const read of reads) tables.push(await openRead(within, view, read));
  const { ownerId, ownerAccountId } = view.view;
  const hasOtherTypes = reads.some((read, index) => isOtherwise(read, tables[index]));
  const own = columns.map(queryColumn);
  const body = { text, tables, mentions, columns: own, hasOtherTypes, version, ownerId, ownerAccountId };
  return { id: formatJson([view.metadataLocation, tables.map((table) => table.id)]), body };
}

/** Whether a column that the text needs has another type than it had. */
function isOtherwise({ columns, uses }: ViewRead, table: QueryTable | undefined): boolean {
  if (table?.view?.hasOtherTypes === true) return true;
  const types = new Map(table?.columns.map(({ fieldId, type }) => [fieldId, formatJson(formatNestedType(type))]));
  return columns.some(({ id, type }) => uses.includes(id) && types.get(id) !== formatJson(formatNestedType(type)));
}

async function openRead(open: Open, view: ViewEntry, read: ViewRead): Promise<QueryTable> {
  const label = tableLabel(view);
  if (++open.opened.count > mostOpened) throw broken(label, `it reads more than ${mostOpened} tables and views`);
  const entry = await open.baseById(read.id);
  if (entry === undefined)
    throw broken(label, "a table or a view that it reads was dropped, or did not exist at that moment");
  if (!open.rights.mayReachOver(view, entry))
    throw closed(label, `${tableLabel(entry)} is of another account, and its owner may not pass it on`);
  const access = open.rights.ownersRights(view)(entry);
  if (access === undefined || access.parts.length === 0)
    throw closed(label, `its owner may not read ${tableLabel(entry)}`);
  const hiding = hidingBase(label);
  const table = await openTable(open, { entry, label }).catch(hiding);
  const readable = withinView(label, () => restrictTable(table, access));
  return {
    ...asRead(readable, { read, label, view, stored: table.columns }),
    planFiles: (filter) => readable.planFiles(filter).catch(hiding),
    shapeFiles: async (engine, files) => (await readable.shapeFiles?.(engine, files).catch(hiding)) ?? files,
  };
}

/** Failures about tables that a view reads name the view alone. */
function hidingBase(label: string): (failure: unknown) => never {
  return (failure) => {
    if (!(failure instanceof HeadgateError) || failure.code === "VIEW_BROKEN" || failure.code === "VIEW_CLOSED")
      throw failure;
    throw new HeadgateError(failure.code, {
      place: label,
      message: `a table that ${label} reads cannot be read in this state`,
      cause: failure,
    });
  };
}

async function openTable(
  open: Open,
  { entry, label }: { readonly entry: TableEntry; readonly label: string },
): Promise<QueryTable> {
  if (!isView(entry)) return open.readBase(entry);
  const columns = await viewColumns(open.catalog, entry);
  try {
    return withBody(columns, await openBody(open, entry));
  } catch (failure) {
    throw ofInner(failure, { inner: tableLabel(entry), label });
  }
}

/** A fault of a view behind a view is told about the one in front. */
function ofInner(failure: unknown, { inner, label }: { readonly inner: string; readonly label: string }): unknown {
  if (!(failure instanceof HeadgateError)) return failure;
  const why = `the view ${inner} that it reads cannot be read: ${whyOf(failure)}`;
  if (failure.code === "VIEW_BROKEN") return broken(label, why);
  return failure.code === "VIEW_CLOSED" ? closed(label, why) : failure;
}

/** The rules of the owner give nothing in this state of the table. */
function withinView<T>(label: string, work: () => T): T {
  try {
    return work();
  } catch (failure) {
    if (failure instanceof HeadgateError && failure.code === "NOT_ALLOWED") throw closed(label, failure.message);
    throw failure;
  }
}

interface AsRead {
  readonly read: ViewRead;
  readonly label: string;
  readonly view: ViewEntry;
  /** All columns of the table. */
  readonly stored: readonly QueryColumn[];
}

/**
 * The columns that the text can name, under the names that it knows them by. One that the text can name and does not
 * need may be gone; its place is kept, so that the text means the same.
 */
function asRead(table: QueryTable, { read, label, view, stored }: AsRead): QueryTable {
  const visible = new Map(table.columns.map((column) => [column.fieldId, column]));
  const missing = read.uses.filter((fieldId) => !visible.has(fieldId));
  for (const fieldId of missing) {
    const name = read.columns.find(({ id }) => id === fieldId)?.name ?? `with the id ${fieldId}`;
    const column = `the column ${name} of ${tableLabel(table)}`;
    if (stored.some((one) => one.fieldId === fieldId)) throw closed(label, `its owner may not read ${column}`);
    throw broken(label, `${column} was dropped, or did not exist at that moment`);
  }
  const columns = read.columns.map((field): QueryColumn => {
    const now = visible.get(field.id);
    return now === undefined ? missingColumn(field) : { ...now, name: field.name };
  });
  if (columns.every(({ isMissing }) => isMissing === true))
    throw broken(label, `no column that it knows of ${tableLabel(table)} is left`);
  return { ...table, id: formatJson([table.id, view.metadataLocation]), columns };
}

function missingColumn({ id, name, type }: NestedField): QueryColumn {
  return { fieldId: id, name, type, isAltered: true, isMissing: true };
}

function queryColumn({ id, name, type }: NestedField): QueryColumn {
  return { fieldId: id, name, type };
}

/** `why` is for the owner of the view and for administrators alone. */
function broken(label: string, why: string): HeadgateError {
  return new HeadgateError("VIEW_BROKEN", {
    place: label,
    message: `something that ${label} reads is gone`,
    cause: why,
  });
}

function closed(label: string, why: string): HeadgateError {
  return new HeadgateError("VIEW_CLOSED", {
    place: label,
    message: `the owner of ${label} may no longer read all that it reads`,
    cause: why,
  });
}

/** The exact fault of a view, for those who may know what it is made of. */
export function whyOf({ cause, message }: HeadgateError): string {
  return typeof cause === "string" ? cause : message;
}
