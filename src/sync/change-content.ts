/**
 * From what was read to what changes in the lake: nothing where the rows are equal as multisets; the rows that differ where they
 * are few; the whole content where they are many, or nothing is there yet.
 */
import { using } from "../base/cleanup.ts";
import { must } from "../base/must.ts";
import { sumOf } from "../base/sum.ts";
import type { CatalogTable } from "../catalog/catalog.ts";
import { fileIO } from "../catalog/file-io.ts";
import { localFiles, type LocalFile } from "../catalog/local-files.ts";
import { duckdbType } from "../engine/duckdb-type.ts";
import type { ReadColumn, ReadFile } from "../engine/read-data-files.ts";
import { withMoreMemory } from "../engine/with-more-memory.ts";
import { planScan } from "../iceberg/scan.ts";
import type { Schema } from "../iceberg/schema.ts";
import { currentSnapshot } from "../iceberg/table-metadata.ts";
import { mergeRows } from "./merge-rows.ts";
import { compareRows, type DifferenceParts, type RowDifference } from "./row-difference.ts";
import type { StagedFile } from "./staged-file.ts";
import type { SyncRun } from "./sync-run.ts";
import type { SyncTarget } from "./sync-target.ts";
import type { TableChange } from "./table-change.ts";

export interface ContentChange {
  /** Undefined: no row differs. */
  readonly change: TableChange | undefined;
  readonly rowsAdded: number;
  readonly rowsRemoved: number;
  /** Of the rows that the table shall have; see row-difference.ts. */
  readonly digest: string;
}

export interface ContentParts {
  readonly target: SyncTarget;
  readonly current: CatalogTable;
  /** The table's whole content, newly read. */
  readonly files: readonly StagedFile[];
}

/** Throws DISK_FULL, DATA_FILE_MISSING, ENGINE_LOST. */
export async function changeContent(run: SyncRun, parts: ContentParts): Promise<ContentChange> {
  const sides = await openSides(run, parts);
  return withMoreMemory(sides.engine, () => changeBetween(run, { ...parts, sides }));
}

export interface Sides extends DifferenceParts {
  readonly live: readonly LocalFile[];
}

/** The lake's rows and those that were read, in the columns of the schema the table shall have. */
export async function openSides(run: SyncRun, { target, current, files }: ContentParts): Promise<Sides> {
  return {
    engine: await run.loadEngine(),
    columns: readColumns(target.follow.schema),
    live: await liveFiles(run, { target, current }),
    fresh: await freshFiles(run, files),
    signal: run.signal,
  };
}

async function changeBetween(run: SyncRun, parts: ContentParts & { sides: Sides }): Promise<ContentChange> {
  const { files, sides, target } = parts;
  const { digest, difference: found } = await compareRows(sides, run.verify ? undefined : knownDigest(target));
  if (found === undefined) return { change: undefined, rowsAdded: 0, rowsRemoved: 0, digest };
  return using(found, async (difference) => {
    const { rowsAdded, rowsRemoved } = difference;
    if (isWorthReplacing(run, { difference, files }))
      return { change: { add: files, deletes: [], remove: "all" }, rowsAdded, rowsRemoved, digest };
    return { change: await mergeSides(run, { target, sides, difference }), rowsAdded, rowsRemoved, digest };
  });
}

interface MergedSides {
  readonly target: SyncTarget;
  readonly sides: Sides;
  readonly difference: RowDifference;
}

export function mergeSides(run: SyncRun, { target, sides, difference }: MergedSides): Promise<TableChange> {
  return mergeRows({
    ...sides,
    schema: target.follow.schema,
    difference,
    smallFileBytes: run.config.smallFileBytes,
    newFile: () => run.newFile(target.location),
    reach: (point) => run.reach(point),
  });
}

/** What is known of the lake's rows without reading them: only where nobody wrote to the table, and its columns stay. */
function knownDigest({ standing, current, follow }: SyncTarget): string | undefined {
  if (follow.changes.length > 0 || standing?.snapshotId !== current?.metadata.currentSnapshotId) return undefined;
  return standing?.digest;
}

/** Of a table's rows: with more of them new, the files that were read are taken as they are. */
const replaceShare = 0.3;

function isWorthReplacing(
  { config }: SyncRun,
  { difference, files }: { difference: RowDifference; files: readonly StagedFile[] },
): boolean {
  const bytes = sumOf(files, ({ sizeBytes }) => sizeBytes);
  return (
    bytes <= config.smallFileBytes || difference.rowsAdded > sumOf(files, ({ rowCount }) => rowCount) * replaceShare
  );
}

/** The table's current files with their deletes. */
export async function liveFiles(
  { objects }: SyncRun,
  { target, current }: { target: SyncTarget; current: CatalogTable },
): Promise<readonly LocalFile[]> {
  const { files } = await planScan(fileIO(objects), {
    metadata: current.metadata,
    snapshot: currentSnapshot(current.metadata),
    filter: undefined,
  });
  return localFiles(objects, { table: target.lakeLabel, files });
}

async function freshFiles({ objects }: SyncRun, files: readonly StagedFile[]): Promise<readonly ReadFile[]> {
  return Promise.all(
    files.map(async ({ location }) => ({ location, path: await objects.localPath(location), deletes: [] })),
  );
}

/** The schema's columns under names of their own. */
export function readColumns({ fields }: Schema): readonly ReadColumn[] {
  return fields.map(({ id, type }) => ({
    fieldId: id,
    name: `c${id}`,
    sqlType: duckdbType(must(typeof type === "string" ? type : undefined, "a column of a primitive type")),
  }));
}
