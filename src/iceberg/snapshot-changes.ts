/**
 * Files that each snapshot of a branch has added and removed since a given state (spec: "Manifests", entry status).
 * Reads only the manifests that these snapshots wrote.
 */
import { mapLimit } from "../base/limit.ts";
import { ancestors } from "./expire-snapshots.ts";
import type { FileIO } from "./file-io.ts";
import type { LiveEntry } from "./manifest.ts";
import { readEntries, readManifests } from "./snapshot-manifests.ts";
import type { Snapshot } from "./snapshot.ts";
import type { TableMetadata } from "./table-metadata.ts";

/** Data and delete files that a snapshot added and removed. */
export interface SnapshotChanges {
  readonly snapshot: Snapshot;
  readonly added: readonly LiveEntry[];
  readonly removed: readonly LiveEntry[];
}

interface Between {
  /** Snapshot ids; undefined means before the first snapshot. */
  readonly from: bigint | undefined;
  readonly to: bigint | undefined;
}

/** Number of manifests that are decoded at once. */
const readsAtOnce = 4;

/**
 * Oldest first. Returns undefined if the changes are unknown because `from` is not, or no longer, an ancestor of `to`.
 */
export async function changesBetween(
  io: FileIO,
  metadata: TableMetadata,
  { from, to }: Between,
): Promise<readonly SnapshotChanges[] | undefined> {
  const line = to === undefined ? [] : ancestors(metadata, to);
  const length = line.findIndex(({ snapshotId }) => snapshotId === from);
  const isWhole = from === undefined ? line.at(-1)?.parentSnapshotId === undefined : length >= 0;
  if (!isWhole) return undefined;
  const since = from === undefined ? line : line.slice(0, length);
  const changes: SnapshotChanges[] = [];
  for (const snapshot of since.toReversed()) changes.push(await changesOf(io, metadata, snapshot));
  return changes;
}

async function changesOf(io: FileIO, metadata: TableMetadata, snapshot: Snapshot): Promise<SnapshotChanges> {
  const { snapshotId } = snapshot;
  const written = (await readManifests(io, snapshot)).filter((manifest) => manifest.addedSnapshotId === snapshotId);
  const read = await mapLimit(written, readsAtOnce, (manifest) => readEntries(io, metadata, manifest));
  const own = read.flat().filter((entry) => entry.snapshotId === snapshotId);
  return {
    snapshot,
    added: own.filter(({ status }) => status === "added"),
    removed: own.filter(({ status }) => status === "deleted"),
  };
}
