/**
 * Checks, when a table is registered, that all files that its metadata names belong to it: manifest lists and statistics
 * of every state, and the manifests, data files and delete files of the current one. Files of other states are checked
 * when somebody reads them, as all files are.
 */
import { mapLimit } from "../base/limit.ts";
import { planScan } from "../iceberg/scan.ts";
import { currentSnapshot, type TableMetadata } from "../iceberg/table-metadata.ts";
import type { TableFiles } from "./table-files.ts";

const checksAtOnce = 16;

/** Throws FILE_OUTSIDE_TABLE, DATA_FILE_MISSING, METADATA_INVALID. */
export async function checkNamedFiles(own: TableFiles, metadata: TableMetadata): Promise<void> {
  const { snapshots, statistics, partitionStatistics } = metadata;
  const lists = snapshots.flatMap(({ manifestList, manifests = [] }) => [...manifests, manifestList]);
  const paths = [...lists, ...[...statistics, ...partitionStatistics].map(({ path }) => path)];
  await mapLimit(
    paths.filter((path) => path !== undefined),
    checksAtOnce,
    own.check,
  );
  const { files, deletes } = await planScan(own.io, {
    metadata,
    snapshot: currentSnapshot(metadata),
    filter: undefined,
  });
  const named = [...files.map(({ dataFile }) => dataFile), ...deletes];
  await mapLimit(named, checksAtOnce, ({ filePath }) => own.check(filePath));
}
