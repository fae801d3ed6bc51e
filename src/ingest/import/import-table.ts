/**
 * Imports files of others into a table of the lake: proposes a table for their content and, once the proposal is
 * approved, writes their rows as data files of the lake. The files stay where they are and are not read again. This is
 * not a source: later changes of the files are not followed.
 * Invariant: a file is imported completely or not at all, and never twice, because the list of imported files changes
 * together with the table.
 */
import { tableLabel, type NamedTable } from "../../catalog/table-name.ts";
import { using } from "../../base/cleanup.ts";
import { sumOf } from "../../base/sum.ts";
import { uuidv7 } from "../../base/uuid.ts";
import { lakeOf } from "../../catalog/account-lakes.ts";
import type { CatalogTable } from "../../catalog/catalog.ts";
import { HeadgateError } from "../../errors.ts";
import { leastVersion } from "../../iceberg/format-version.ts";
import { tableLayout, usualLayout } from "../../writer/table-layout.ts";
import { checkBudget } from "../../sync/run/check-budget.ts";
import { commitImport } from "./commit-import.ts";
import { beginAttempt, inImportRun, type ImportRun } from "./import-attempts.ts";
import type { ImportContext, ImportListener } from "./import-context.ts";
import type { CsvOptions } from "./file-relation.ts";
import { importLocation, listImportFiles, type ImportFile } from "./import-file.ts";
import { findImport, newFiles } from "./imported-files.ts";
import { inspectFiles } from "./inspect-files.ts";
import type { FoundFile } from "./found-file.ts";
import { columnOf, fileNotes, foundColumns, propose, type Proposal } from "./proposal.ts";
import {
  checkNested,
  newColumns,
  nextColumns,
  respelledIn,
  type Overrides,
  type TableColumns,
} from "./table-columns.ts";
import { writeImport } from "./write-import.ts";

export interface NewImport extends ImportListener, NamedTable, Overrides {
  readonly location: string;
  readonly hasHeader: boolean;
  readonly csv: CsvOptions;
}

export interface Imported {
  /** The run's id in the ledger. */
  readonly run: string;
  /** `database.table`. */
  readonly table: string;
  readonly commit: string | null;
  readonly files: number;
  readonly rows: number;
  /** Names of columns that are new in the table. */
  readonly addedColumns: readonly string[];
  /** Everything that the table does not have exactly as the files do. */
  readonly notes: readonly string[];
}

/**
 * Proposes what would be imported; writes nothing. Throws IMPORT_LOCATION_INVALID, IMPORT_FILE_INVALID,
 * LAKE_NAME_TAKEN, USAGE.
 */
export async function proposeImport(context: ImportContext, request: NewImport): Promise<Proposal> {
  return (await lookInto(context, request)).proposal;
}

/**
 * Creates the table. Throws IMPORT_PROPOSAL_STALE if `digest` does not match what would be imported now,
 * IMPORT_VALUE_MISFIT.
 */
export async function importTable(
  context: ImportContext,
  request: NewImport & { readonly digest: string },
): Promise<Imported> {
  const label = tableLabel(request);
  await checkFree(context, request);
  return inImportRun(context, { ...request, label }, async (run) => {
    const { proposal, files, table } = await lookInto(context, { ...request, ...run });
    if (proposal.digest !== request.digest)
      throw new HeadgateError("IMPORT_PROPOSAL_STALE", {
        place: label,
        message: `what would be imported has changed since it was approved; the digest of the new proposal is ${proposal.digest}`,
      });
    const tableId = uuidv7();
    const tableLocation = `${await lakeOf(context, context.catalog.accountId)}/${tableId}`;
    const { location, hasHeader } = { location: proposal.location, hasHeader: request.hasHeader };
    return takeIn(context, {
      ...request,
      ...table,
      ...run,
      label,
      tableId,
      tableLocation,
      current: undefined,
      files,
      location,
      hasHeader,
    });
  });
}

interface Looked {
  readonly proposal: Proposal;
  readonly files: readonly FoundFile[];
  readonly table: TableColumns;
}

async function lookInto(context: ImportContext, request: NewImport): Promise<Looked> {
  const { types, names, hasHeader, csv } = request;
  const label = tableLabel(request);
  await checkFree(context, request);
  const location = importLocation(request.location, context.config.tableRoots);
  const { files: listed, passedOver } = await listImportFiles(context.objects, location);
  const files = await inspect(context, { ...request, files: listed, hasHeader, csv });
  const columns = foundColumns(files);
  if (columns.length === 0)
    throw new HeadgateError("IMPORT_LOCATION_INVALID", {
      place: location,
      message: "the files at this location have no columns",
    });
  const table = newColumns(columns, { types, names });
  const shown = columns.map(({ notes }, index) =>
    columnOf({ name: "", type: "", ...table.columns[index]?.field, notes }),
  );
  const formatVersion = leastVersion(table.schema);
  const proposal = propose({ table: label, location, files, columns, shown, passedOver, formatVersion });
  return { proposal, files, table };
}

async function checkFree({ catalog }: ImportContext, named: NamedTable): Promise<void> {
  const entries = await catalog.entries(named.database);
  const isTaken = entries.some(({ name, isElsewhere }) => name === named.name && isElsewhere !== true);
  if (!isTaken) return;
  throw new HeadgateError("LAKE_NAME_TAKEN", {
    place: tableLabel(named),
    message: "a table with this name already exists",
    remedy: "choose another name; to import new files of a table that was imported before, use --again",
  });
}

function inspect(
  context: ImportContext,
  request: ImportListener & { files: readonly ImportFile[]; hasHeader: boolean; csv: CsvOptions },
): Promise<readonly FoundFile[]> {
  return using(context.ownEngine(), (engine) => inspectFiles({ objects: context.objects, engine }, request));
}

export type NextImport = ImportListener & NamedTable;

/** Proposes what `importAgain` would import. Throws the same errors and writes nothing. */
export async function proposeAgain(context: ImportContext, request: NextImport): Promise<Proposal> {
  const { location, columns, added, files, passedOver, table } = await lookAgain(context, request);
  const shown = added.map((field) => columnOf({ ...field, notes: ["is new in the table"] }));
  return propose({ table, location, files, columns, shown, passedOver });
}

/**
 * Imports files that are new since the last import. Throws TABLE_NOT_FOUND, IMPORT_FILE_CHANGED, IMPORT_TYPE_CHANGED,
 * IMPORT_VALUE_MISFIT.
 */
export async function importAgain(context: ImportContext, request: NextImport): Promise<Imported> {
  const { current: entry } = await imported(context, tableLabel(request));
  const label = tableLabel(entry);
  return inImportRun(context, { ...request, label }, async (listener) => {
    const { run, report } = listener;
    const looked = await lookAgain(context, { ...request, ...listener });
    const { current, files, next } = looked;
    if (files.length === 0) return { run, table: label, commit: null, files: 0, rows: 0, addedColumns: [], notes: [] };
    for (const { name } of looked.added)
      report({ kind: "note", text: `column ${name} is new and is added to ${label}` });
    const { id: tableId, location: tableLocation } = current;
    return takeIn(context, { ...request, ...looked, ...next, ...listener, label, tableId, tableLocation });
  });
}

/** The table and the options of its first import. Throws TABLE_NOT_FOUND. */
async function imported(context: ImportContext, table: string) {
  const current = await context.catalog.find(table);
  const remembered = await findImport(context.db, current.id);
  if (remembered === undefined)
    throw new HeadgateError("TABLE_NOT_FOUND", { place: table, message: `${table} was not made by an import` });
  return { current, remembered };
}

async function lookAgain(context: ImportContext, request: NextImport) {
  const table = tableLabel(request);
  const { current, remembered } = await imported(context, table);
  const location = importLocation(remembered.location, context.config.tableRoots);
  const { hasHeader, csv, fieldIds } = remembered;
  const { files: listed, passedOver } = await listImportFiles(context.objects, location);
  const fresh = await newFiles(context.db, { tableId: current.id, files: listed });
  const files = await inspect(context, { ...request, files: fresh, hasHeader, csv });
  const columns = foundColumns(files);
  const { added, ...next } = nextColumns(columns, { metadata: current.metadata, fieldIds });
  checkNested(files, next.columns);
  return { table, current, location, hasHeader, csv, files, columns, added, next, passedOver };
}

interface TakeIn extends ImportRun, NamedTable, TableColumns {
  readonly label: string;
  readonly tableId: string;
  readonly tableLocation: string;
  readonly current: CatalogTable | undefined;
  readonly files: readonly FoundFile[];
  readonly location: string;
  readonly hasHeader: boolean;
  readonly csv: CsvOptions;
  readonly added?: readonly { readonly name: string }[];
}

async function takeIn(context: ImportContext, request: TakeIn): Promise<Imported> {
  const { run, label, current, schema, files, report } = request;
  await checkBudget(context, { accountId: context.catalog.accountId, report });
  await beginAttempt(context.db, request);
  const layout = tableLayout(usualLayout, { schema, metadata: current?.metadata }).files;
  const staged = await writeImport(context, { ...request, layout });
  const commit = await commitImport(context, { ...request, staged });
  return {
    run,
    table: label,
    commit,
    files: files.length,
    rows: sumOf(staged, ({ rowCount }) => rowCount),
    addedColumns: (request.added ?? []).map(({ name }) => name),
    notes: fileNotes([...files, { notes: respelledIn(files, request.columns) }]),
  };
}
