/** The two sides of a comparison: a table's rows as the lake has them, and as they were read. Files and columns, no rows. */
import { fileIO } from "../catalog/file-io.ts";
import { localFiles, type LocalFile } from "../catalog/local-files.ts";
import type { CatalogTable } from "../catalog/catalog.ts";
import { must } from "../base/must.ts";
import { duckdbType } from "../engine/duckdb-type.ts";
import type { ReadColumn, ReadFile } from "../engine/read-data-files.ts";
import { planScan } from "../iceberg/scan.ts";
import { currentSnapshot } from "../iceberg/table-metadata.ts";
import type { NestedField } from "../iceberg/type.ts";
import type { DifferenceParts } from "./row-difference.ts";
import { deletedAtColumn } from "./soft-deletes.ts";
import type { StagedFile } from "./staged-file.ts";
import type { SyncRun } from "./sync-run.ts";
import type { SyncTarget } from "./sync-target.ts";

export interface Sides extends DifferenceParts {
  readonly live: readonly LocalFile[];
  /** Columns of the source's key; undefined for a table without. */
  readonly keyColumns: readonly ReadColumn[] | undefined;
}

interface SideParts {
  readonly target: SyncTarget;
  readonly current: CatalogTable;
  /** What was read. */
  readonly files: readonly StagedFile[];
}

/** The lake's rows and those that were read, in the columns of the schema the table shall have. */
export async function openSides(run: SyncRun, { target, current, files }: SideParts): Promise<Sides> {
  return {
    engine: await run.loadEngine(),
    ...sourceColumns(target),
    live: await liveFiles(run, { target, current }),
    fresh: await freshFiles(run, files),
    signal: run.signal,
  };
}

/** The table's current files with their deletes. */
export async function liveFiles(
  { catalog, objects }: SyncRun,
  { target, current: { metadata } }: { target: SyncTarget; current: CatalogTable },
): Promise<readonly LocalFile[]> {
  const { files } = await planScan(fileIO(objects), {
    metadata,
    snapshot: currentSnapshot(metadata),
    filter: undefined,
  });
  return localFiles(catalog, { table: target.lakeLabel, metadata, files });
}

async function freshFiles({ objects }: SyncRun, files: readonly StagedFile[]): Promise<readonly ReadFile[]> {
  return Promise.all(
    files.map(async ({ location }) => ({ location, path: await objects.localPath(location), deletes: [] })),
  );
}

/** The source's columns under names of their own, those of its key among them, and the column that marks deleted rows. */
export function sourceColumns({ follow, key }: SyncTarget): Pick<Sides, "columns" | "keyColumns" | "deletedAt"> {
  const { schema, deletedAt } = follow;
  const fields = schema.fields.filter(({ id }) => id !== deletedAt?.id);
  return {
    columns: readColumns(fields),
    keyColumns: key && readColumns(fields.filter(({ name }) => key.includes(name))),
    deletedAt: deletedAt && deletedAtColumn(deletedAt),
  };
}

function readColumns(fields: readonly NestedField[]): readonly ReadColumn[] {
  return fields.map(({ id, type }) => ({
    fieldId: id,
    name: `c${id}`,
    sqlType: duckdbType(must(typeof type === "string" ? type : undefined, "a column of a primitive type")),
  }));
}
