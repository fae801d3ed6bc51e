/**
 * The two sides of a comparison: a table's rows in the lake, and its rows as read from the source. Holds files and
 * columns, no rows.
 */
import { tableFiles } from "../../catalog/table-files.ts";
import { localFiles, type LocalFile } from "../../catalog/local-files.ts";
import type { CatalogTable } from "../../catalog/catalog.ts";
import { must } from "../../base/must.ts";
import { duckdbType } from "../../engine/duckdb-type.ts";
import type { ReadFile } from "../../engine/read-data-files.ts";
import type { ReadColumn } from "../../engine/read-column.ts";
import { planScan } from "../../iceberg/scan.ts";
import type { Snapshot } from "../../iceberg/snapshot.ts";
import { currentSnapshot } from "../../iceberg/table-metadata.ts";
import type { NestedField } from "../../iceberg/type.ts";
import type { DifferenceParts } from "../../writer/row-difference.ts";
import { deletedAtColumn } from "../history/soft-deletes.ts";
import type { StagedFile } from "../../writer/staged-file.ts";
import type { SyncContext } from "../run/sync-context.ts";
import type { SyncRun } from "../run/sync-run.ts";
import type { SyncTarget } from "../run/sync-target.ts";

export interface Sides extends DifferenceParts {
  readonly live: readonly LocalFile[];
  /** Columns of the source's key; undefined for a keyless table. */
  readonly keyColumns: readonly ReadColumn[] | undefined;
  /** The column that marked deleted rows until now, if they are no longer kept. */
  readonly endedMarks?: ReadColumn | undefined;
}

interface SideParts {
  readonly target: SyncTarget;
  readonly current: CatalogTable;
  /** Files that were read from the source. */
  readonly files: readonly StagedFile[];
}

/** The lake's rows and the rows that were read, in the columns of the schema that the table will have. */
export async function openSides(run: SyncRun, { target, current, files }: SideParts): Promise<Sides> {
  return {
    engine: await run.loadEngine(),
    ...sourceColumns(target),
    live: await liveFiles(run, { target, current }),
    fresh: await freshFiles(run, files),
    signal: run.signal,
  };
}

/** The table's current files and the deletes that apply to them. */
function liveFiles(
  run: SyncRun,
  { target, current }: { target: SyncTarget; current: CatalogTable },
): Promise<readonly LocalFile[]> {
  return filesOfState(run, { label: target.lakeLabel, table: current, snapshot: currentSnapshot(current.metadata) });
}

interface StateParts {
  readonly label: string;
  readonly table: CatalogTable;
  readonly snapshot: Snapshot | undefined;
}

/** The files of one state of a table and the deletes that apply to them. */
export async function filesOfState(
  { catalog }: Pick<SyncContext, "catalog">,
  { label, table, snapshot }: StateParts,
): Promise<readonly LocalFile[]> {
  const { metadata } = table;
  const own = tableFiles(catalog, table);
  const { files } = await planScan(own.io, { metadata, snapshot, filter: undefined });
  return localFiles(own, { table: label, metadata, files });
}

async function freshFiles({ objects }: SyncRun, files: readonly StagedFile[]): Promise<readonly ReadFile[]> {
  return Promise.all(
    files.map(async ({ location }) => ({ location, path: await objects.localPath(location), deletes: [] })),
  );
}

/** The source's columns under engine names, the key columns among them, and the column that marks deleted rows. */
export function sourceColumns({
  follow,
  key,
}: Pick<SyncTarget, "follow" | "key">): Pick<Sides, "columns" | "keyColumns" | "deletedAt" | "endedMarks"> {
  const { schema, deletedAt, endedMarks } = follow;
  const fields = schema.fields.filter(({ id }) => id !== deletedAt?.id);
  return {
    columns: readColumns(fields),
    keyColumns: key && readColumns(fields.filter(({ name }) => key.includes(name))),
    deletedAt: deletedAt && deletedAtColumn(deletedAt),
    endedMarks: endedMarks && deletedAtColumn(endedMarks),
  };
}

export function readColumns(fields: readonly NestedField[]): readonly ReadColumn[] {
  return fields.map(({ id, type }) => ({
    fieldId: id,
    name: `c${id}`,
    sqlType: duckdbType(must(typeof type === "string" ? type : undefined, "a column of a primitive type")),
  }));
}
