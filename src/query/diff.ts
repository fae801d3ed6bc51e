/**
 * The rows that differ between two states of a table, as multisets: rows removed from the earlier state (`-`) and rows
 * added in the later one (`+`). Files that both states read in the same way are not opened.
 * Invariant: the two states are compared as the reader may see them, so that a change of something hidden is no change.
 */
import type { Catalog, CatalogTable } from "../catalog/catalog.ts";
import { findSnapshot, schemaOfState } from "../catalog/find-snapshot.ts";
import { localFiles } from "../catalog/local-files.ts";
import { shapedFiles } from "../catalog/shaped-files.ts";
import { tableFiles } from "../catalog/table-files.ts";
import { parseName, tableLabel } from "../catalog/table-name.ts";
import type { EnginePool } from "../engine/engine-pool.ts";
import type { Engine } from "../engine/engine.ts";
import { isWhole, type TableAccess } from "../governance/table-access.ts";
import { fileKey } from "../iceberg/data-file.ts";
import { planScan, type ScanFile } from "../iceberg/scan.ts";
import type { Snapshot } from "../iceberg/snapshot.ts";
import type { AsOf } from "./as-of.ts";
import { hidingFiles } from "./hide-files.ts";
import { guarded } from "./query-failure.ts";
import type { QueryColumn } from "./query-column.ts";
import type { Asker, QueryResult } from "./query.ts";
import { securableTable } from "../governance/securable.ts";
import type { QueryTable } from "./table-source.ts";
import { readInTime } from "./read-in-time.ts";
import { pickReadable, type TableRights } from "./readable-tables.ts";
import { nameById, securedRowsSql } from "./secured-rows.ts";
import { newSalt, pathsOf } from "./secured-view.ts";
import { tableRules } from "./table-rules.ts";

export interface DiffRequest {
  readonly catalog: Catalog;
  readonly rights: TableRights;
  readonly table: string;
  readonly from: AsOf;
  /** Undefined: the current state. */
  readonly to: AsOf | undefined;
  readonly engines: EnginePool;
  readonly asker: Asker;
  /** Called with the states of the table; nothing is read until it resolves, or if it throws. */
  readonly onReading?: ((tables: readonly ReadState[]) => Promise<void>) | undefined;
  readonly signal: AbortSignal;
}

/** A state of the table that is compared. */
type ReadState = Pick<QueryTable, "securable" | "snapshotId" | "database" | "name">;

/** The name of the column that holds `+` or `-`. */
const changeColumn = "_change";

/** Throws TABLE_NOT_FOUND, NOT_ALLOWED, SNAPSHOT_NOT_FOUND, DATA_FILE_MISSING and whatever a query throws. */
export async function diffTable(request: DiffRequest): Promise<Omit<QueryResult, "stats">> {
  const { catalog, table, rights } = request;
  const { entry, access } = pickReadable(parseName(table), await catalog.entries(), rights);
  if (isWhole(access)) return diffStates(request, { table: await catalog.load(entry), access });
  const failing = hidingFiles(entry);
  const result = await catalog
    .load(entry)
    .then((loaded) => diffStates(request, { table: loaded, access }))
    .catch(failing);
  return { ...result, batches: guarded(result.batches, failing) };
}

type Readable = Pick<DiffParts, "table" | "access">;

async function diffStates(request: DiffRequest, { table, access }: Readable): Promise<Omit<QueryResult, "stats">> {
  const { catalog, from, to: asOf, signal } = request;
  const [before, after] = [findSnapshot(table, from), findSnapshot(table, asOf)];
  await request.onReading?.([before, after].map((snapshot) => readState(table, snapshot)));
  const changed = await changedFiles(catalog, { table, before, after });
  const { principal, unreadMs: withinMs } = request.asker;
  const lease = await request.engines.lease({ principal, signal });
  try {
    const parts = { catalog, table, access, after, asOf, changed };
    const { sql, names, files } = await diffSql(await lease.blank(), parts);
    const { engine, first } = await lease.lock({ key: undefined, views: [], files });
    const { columns, batches } = await engine.stream(sql, { first, signal });
    return {
      columns: columns.map((column, index) => ({ ...column, name: names[index] ?? column.name })),
      batches: readInTime(batches, { lease, withinMs }),
      [Symbol.asyncDispose]: () => lease[Symbol.asyncDispose](),
    };
  } catch (failure) {
    await lease[Symbol.asyncDispose]();
    throw failure;
  }
}

function readState(table: CatalogTable, snapshot: Snapshot | undefined): ReadState {
  const { database, name } = table;
  return { database, name, securable: securableTable(table), snapshotId: snapshot?.snapshotId };
}

interface ChangedFiles {
  readonly gone: readonly ScanFile[];
  readonly come: readonly ScanFile[];
}

/** The files of each state without those whose rows both states have. */
async function changedFiles(
  catalog: Catalog,
  { table, before, after }: { table: CatalogTable; before: Snapshot | undefined; after: Snapshot | undefined },
): Promise<ChangedFiles> {
  const { metadata } = table;
  const { manifests } = tableFiles(catalog, table);
  const plan = async (snapshot: Snapshot | undefined) =>
    (await planScan(manifests, { metadata, snapshot, filter: undefined })).files;
  const [old, young] = [await plan(before), await plan(after)];
  const [oldKeys, youngKeys] = [new Set(old.map(keyOf)), new Set(young.map(keyOf))];
  return {
    gone: old.filter((file) => !youngKeys.has(keyOf(file))),
    come: young.filter((file) => !oldKeys.has(keyOf(file))),
  };
}

/** Equal for files that are read in the same way: the same data file with the same deletes. */
function keyOf({ dataFile, deletes }: ScanFile): string {
  const names = deletes.map(({ file }) => fileKey(file));
  return JSON.stringify([dataFile.filePath, ...names.toSorted()]);
}

interface DiffParts {
  readonly catalog: Catalog;
  readonly table: CatalogTable;
  readonly access: TableAccess;
  readonly after: Snapshot | undefined;
  /** The moment that was asked for; undefined for the current table. */
  readonly asOf: AsOf | undefined;
  readonly changed: ChangedFiles;
}

/** In the columns of the later state; rows of one key are next to each other. */
async function diffSql(engine: Engine, { catalog, table, access, after, asOf, changed }: DiffParts) {
  const { metadata } = table;
  const schema = schemaOfState(table, { snapshot: after, asOf });
  const stored = schema.fields.map((field): QueryColumn => ({ ...field, fieldId: field.id }));
  const rules = isWhole(access) ? undefined : tableRules({ ...table, columns: stored }, access);
  const visible = stored.filter(({ fieldId }) => rules === undefined || rules.shown.has(fieldId));
  const read = async (files: readonly ScanFile[]) => {
    const local = await localFiles(tableFiles(catalog, table), { table: tableLabel(table), metadata, files });
    return shapedFiles(engine, { metadata, files: local });
  };
  const [gone, come] = [await read(changed.gone), await read(changed.come)];
  const salt = newSalt();
  const [old, young] = [gone, come].map(
    (files) => `(${securedRowsSql({ files, columns: visible, isById: true, rules, salt })})`,
  );
  const keys = visible.filter(({ fieldId }) => schema.identifierFieldIds.includes(fieldId));
  const order = [...keys.map(({ fieldId }) => nameById(fieldId)), `${changeColumn} desc`].join(", ");
  const sql = `select '-' as ${changeColumn}, * from (${old} except all ${young}) gone
    union all select '+', * from (${young} except all ${old}) come order by ${order}`;
  const names = [changeColumn, ...visible.map(({ name }) => name)];
  return { files: [...gone, ...come].flatMap(pathsOf), sql, names };
}
