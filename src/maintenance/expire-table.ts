/**
 * Removes from a table the snapshots that no branch or tag keeps, then deletes the files that only those snapshots
 * reached. It also deletes files that nothing reaches, once they are so old that nobody can be about to commit them.
 * Invariant: files are deleted only after metadata without them was committed. Files that a snapshot, a plan or a
 * running run names are kept.
 */
import { sql } from "kysely";
import { isInLake } from "../catalog/account-lakes.ts";
import type { CatalogTable } from "../catalog/catalog.ts";
import { tableLabel } from "../catalog/table-name.ts";
import { changeTable } from "../writer/change-table.ts";
import { tableFiles } from "../catalog/table-files.ts";
import { expiredSnapshots, reachableFiles, unneededWithout } from "../iceberg/expire-snapshots.ts";
import { notedFiles } from "../sync/run/sweep-runs.ts";
import type { UpkeepRun } from "./upkeep-run.ts";

/**
 * Returns the number of files deleted. A snapshot that somebody has tagged or branched in the meantime is kept. Throws
 * COMMIT_CONFLICT when other writers committed first at every attempt.
 */
export async function expireTable(
  run: UpkeepRun,
  table: CatalogTable,
  snapshotIds: readonly bigint[],
): Promise<number> {
  const { io, objects } = tableFiles(run.catalog, table);
  let files: readonly string[] = [];
  await changeTable(run.catalog, {
    table,
    async updates(present) {
      const { metadata } = present;
      const due = new Set(snapshotsToExpire(run, present));
      const going = snapshotIds.filter((id) => due.has(id));
      const unneeded = await unneededWithout(io, metadata, going);
      files = unneeded.files;
      return going.length === 0
        ? []
        : [
            { action: "remove-snapshots", snapshotIds: going },
            { action: "remove-schemas", schemaIds: unneeded.schemaIds },
          ];
    },
    summary: `snapshots of ${tableLabel(table)} expired`,
    runId: run.run,
  });
  run.reach("expired");
  await objects.delete(files);
  return files.length;
}

export function snapshotsToExpire({ limits }: UpkeepRun, { metadata }: CatalogTable): readonly bigint[] {
  return expiredSnapshots(metadata, limits.now.getTime());
}

/**
 * Files below the table's location that nothing reaches and that are old enough. Outside the lake, no file is ours to
 * delete.
 */
export async function orphansOf(run: UpkeepRun, table: CatalogTable): Promise<readonly string[]> {
  if (!(await isInLake(run, table))) return [];
  const { metadata, metadataLocation: current, location } = table;
  const kept = new Set([
    current,
    ...metadata.metadataLog.map(({ metadataFile }) => metadataFile),
    ...(await reachableFiles(tableFiles(run.catalog, table).io, metadata)),
    ...(await committedMetadata(run, table)),
    ...(await notedFiles(run)),
  ]);
  const before = run.limits.now.getTime() - run.limits.orphanAgeMs;
  const found: string[] = [];
  for await (const file of run.objects.list(`${location}/`, { drafts: true }))
    if (!kept.has(file.location) && file.modifiedAt.getTime() < before) found.push(file.location);
  return found;
}

/** Metadata files of commits whose snapshot still exists, which `--as-of` reads. */
async function committedMetadata({ db }: UpkeepRun, { id, metadata }: CatalogTable): Promise<readonly string[]> {
  const there = metadata.snapshots.map(({ snapshotId }) => snapshotId);
  const rows = await db
    .selectFrom("table_commits")
    .select("metadata_location")
    .where("table_id", "=", id)
    .where("expired", "=", false)
    .where(sql<boolean>`(snapshot_id is null or snapshot_id = any(${there}::bigint[]))`)
    .execute();
  return rows.map(({ metadata_location: file }) => file);
}
