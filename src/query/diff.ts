/**
 * The rows that differ between two states of a table, as multisets: rows removed from the earlier state (`-`) and rows
 * added in the later one (`+`). Files that both states read in the same way are not opened.
 */
import type { Catalog, CatalogTable } from "../catalog/catalog.ts";
import { findSnapshot, schemaOfState } from "../catalog/find-snapshot.ts";
import { localFiles } from "../catalog/local-files.ts";
import { readColumn } from "../catalog/read-column.ts";
import { shapedFiles } from "../catalog/shaped-files.ts";
import { tableLabel } from "../catalog/table-name.ts";
import type { EnginePool } from "../engine/engine-pool.ts";
import type { Engine } from "../engine/engine.ts";
import { readDataFilesSql } from "../engine/read-data-files.ts";
import { fileKey } from "../iceberg/data-file.ts";
import { planScan, type ScanFile } from "../iceberg/scan.ts";
import type { Snapshot } from "../iceberg/snapshot.ts";
import type { AsOf } from "./as-of.ts";
import { pathsOf } from "./secured-view.ts";
import type { Asker, QueryResult } from "./query.ts";
import { readInTime } from "./read-in-time.ts";

export interface DiffRequest {
  readonly catalog: Catalog;
  readonly table: string;
  readonly from: AsOf;
  /** Undefined: the current state. */
  readonly to: AsOf | undefined;
  readonly engines: EnginePool;
  readonly asker: Asker;
  readonly signal: AbortSignal;
}

/** The name of the column that holds `+` or `-`. */
const changeColumn = "_change";

/** Throws TABLE_NOT_FOUND, SNAPSHOT_NOT_FOUND, DATA_FILE_MISSING and whatever a query throws. */
export async function diffTable(request: DiffRequest): Promise<Omit<QueryResult, "stats">> {
  const { catalog, from, to, signal } = request;
  const table = await catalog.find(request.table);
  const [before, after] = [findSnapshot(table, from), findSnapshot(table, to)];
  const changed = await changedFiles(catalog, { table, before, after });
  const { principal, unreadMs: withinMs } = request.asker;
  const lease = await request.engines.lease({ principal, signal });
  try {
    const { sql, names, files } = await diffSql(await lease.blank(), { catalog, table, after, asOf: to, changed });
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

interface ChangedFiles {
  readonly gone: readonly ScanFile[];
  readonly come: readonly ScanFile[];
}

/** The files of each state without those whose rows both states have. */
async function changedFiles(
  { manifests }: Catalog,
  {
    table: { metadata },
    before,
    after,
  }: { table: CatalogTable; before: Snapshot | undefined; after: Snapshot | undefined },
): Promise<ChangedFiles> {
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
  readonly after: Snapshot | undefined;
  /** The moment that was asked for; undefined for the current table. */
  readonly asOf: AsOf | undefined;
  readonly changed: ChangedFiles;
}

/** In the columns of the later state; rows of one key are next to each other. */
async function diffSql(engine: Engine, { catalog, table, after, asOf, changed }: DiffParts) {
  const { metadata } = table;
  const schema = schemaOfState(table, { snapshot: after, asOf });
  // The engine treats names that differ only in case as equal, so columns are named by field id.
  const columns = schema.fields.map((field) => ({ ...readColumn(field), name: `c${field.id}` }));
  const read = async (files: readonly ScanFile[]) => {
    const local = await localFiles(catalog, { table: tableLabel(table), metadata, files });
    return shapedFiles(engine, { metadata, files: local });
  };
  const [gone, come] = [await read(changed.gone), await read(changed.come)];
  const [old, young] = [gone, come].map((files) => `(${readDataFilesSql({ files, columns })})`);
  const keys = schema.fields.filter(({ id }) => schema.identifierFieldIds.includes(id));
  const order = [...keys.map(({ id }) => `c${id}`), `${changeColumn} desc`].join(", ");
  const sql = `select '-' as ${changeColumn}, * from (${old} except all ${young}) gone
    union all select '+', * from (${young} except all ${old}) come order by ${order}`;
  const names = [changeColumn, ...schema.fields.map(({ name }) => name)];
  return { files: [...gone, ...come].flatMap(pathsOf), sql, names };
}
