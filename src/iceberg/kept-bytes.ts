/**
 * The bytes of all data and delete files that a table's snapshots reach, its history included.
 * This does not ask the store: the sizes are those that snapshots and manifests tell, so files that nothing reaches, and
 * metadata, do not count.
 */
import { mapLimit } from "../base/limit.ts";
import { fileKey } from "./data-file.ts";
import type { FileIO } from "./file-io.ts";
import type { Snapshot } from "./snapshot.ts";
import { bareEntries, liveEntries, readManifests } from "./snapshot-manifests.ts";
import type { TableMetadata } from "./table-metadata.ts";

/** Reads manifests only if the counts of the snapshots do not tell it. */
export async function keptBytes(io: FileIO, metadata: TableMetadata): Promise<bigint> {
  return bytesBySummaries(metadata) ?? bytesByManifests(io, metadata);
}

/** The bytes that snapshots of `after` have added, which were not in `before`. */
export function addedBytes(before: TableMetadata, after: TableMetadata): bigint {
  const known = new Set(before.snapshots.map(({ snapshotId }) => snapshotId));
  return totalOf(after.snapshots.filter(({ snapshotId }) => !known.has(snapshotId)).map(added));
}

/**
 * All that the oldest snapshot has, and all that later ones have added. Undefined if that is not the whole: where
 * snapshots in between were removed, nobody knows what the ones on both sides share.
 */
function bytesBySummaries({ snapshots }: TableMetadata): bigint | undefined {
  const known = new Set(snapshots.map(({ snapshotId }) => snapshotId));
  const isFirst = ({ parentSnapshotId: parent }: Snapshot): boolean => parent === undefined || !known.has(parent);
  const [first, ...others] = snapshots.filter(isFirst);
  if (first === undefined) return 0n;
  const before = first.summary["total-files-size"];
  if (others.length > 0 || before === undefined) return undefined;
  return BigInt(before) + totalOf(snapshots.filter((snapshot) => snapshot !== first).map(added));
}

function added({ summary }: Snapshot): bigint {
  return BigInt(summary["added-files-size"] ?? 0);
}

function totalOf(sizes: readonly bigint[]): bigint {
  return sizes.reduce((sum, size) => sum + size, 0n);
}

/** Reading one file after the other from a distant store would take hours. */
const readsAtOnce = 16;

async function bytesByManifests(io: FileIO, metadata: TableMetadata): Promise<bigint> {
  const lists = await mapLimit(metadata.snapshots, readsAtOnce, (snapshot) => readManifests(io, snapshot));
  const manifests = new Map(lists.flat().map((manifest) => [manifest.manifestPath, manifest]));
  const sizes = new Map<string, bigint>();
  await mapLimit([...manifests.values()], readsAtOnce, async (manifest) => {
    for (const { dataFile } of await liveEntries(io, metadata, manifest, bareEntries)) {
      // Several deletion vectors may lie in one file.
      sizes.set(fileKey(dataFile), dataFile.contentSizeInBytes ?? dataFile.fileSizeInBytes);
    }
  });
  return totalOf([...sizes.values()]);
}
