/**
 * Snapshot retention (spec: "Snapshot Retention Policy"): which snapshots a table no longer needs, and which files nobody can
 * reach once they are gone. It removes nothing itself: files go after the metadata without them was committed.
 */
import { mapLimit } from "../base/limit.ts";
import type { FileIO } from "./file-io.ts";
import { bareEntries, liveEntries, readManifests } from "./snapshot-manifests.ts";
import { structOf, type Schema } from "./schema.ts";
import { snapshotById, type SnapshotReference, type TableMetadata } from "./table-metadata.ts";
import type { Snapshot } from "./snapshot.ts";
import { allFields } from "./type.ts";

const defaultMaxAgeMs = 5 * 24 * 3_600_000;

/** Ids of snapshots that no branch or tag keeps at `now` (milliseconds). */
export function expiredSnapshots(metadata: TableMetadata, now: number): readonly bigint[] {
  const kept = new Set(
    Object.entries(metadata.refs).flatMap(([name, ref]) =>
      isReferenceKept(name, { ref, metadata, now }) ? snapshotsKept(metadata, { ref, now }) : [],
    ),
  );
  return metadata.snapshots.map(({ snapshotId }) => snapshotId).filter((id) => !kept.has(id));
}

function isReferenceKept(
  name: string,
  { ref, metadata, now }: { ref: SnapshotReference; metadata: TableMetadata; now: number },
): boolean {
  if (name === "main" || ref.maxRefAgeMs === undefined) return true;
  const snapshot = snapshotById(metadata, ref.snapshotId);
  return snapshot !== undefined && now - snapshot.timestampMs <= ref.maxRefAgeMs;
}

function snapshotsKept(
  metadata: TableMetadata,
  { ref, now }: { ref: SnapshotReference; now: number },
): readonly bigint[] {
  if (ref.type === "tag") return [ref.snapshotId];
  const least = ref.minSnapshotsToKeep ?? Number(metadata.properties["history.expire.min-snapshots-to-keep"] ?? 1);
  const maxAgeMs =
    ref.maxSnapshotAgeMs ?? Number(metadata.properties["history.expire.max-snapshot-age-ms"] ?? defaultMaxAgeMs);
  return ancestors(metadata, ref.snapshotId)
    .filter(({ timestampMs }, index) => index < least || now - timestampMs <= maxAgeMs)
    .map(({ snapshotId }) => snapshotId);
}

/**
 * Ids of schemas that neither the table nor any of its snapshots has once these are gone, and that tell no column or name that is
 * not told without them: files that were written with them may stay.
 */
export function unusedSchemas(metadata: TableMetadata, expired: readonly bigint[]): readonly number[] {
  const going = new Set(expired);
  const used = new Set([
    metadata.currentSchemaId,
    ...metadata.snapshots.filter(({ snapshotId }) => !going.has(snapshotId)).map(({ schemaId }) => schemaId),
  ]);
  const told = new Set(metadata.schemas.filter(({ schemaId }) => used.has(schemaId)).flatMap(namesIn));
  return metadata.schemas
    .toReversed()
    .filter((schema) => !used.has(schema.schemaId))
    .filter((schema) => {
      const names = namesIn(schema);
      const isTold = names.every((name) => told.has(name));
      for (const name of names) told.add(name);
      return isTold;
    })
    .map(({ schemaId }) => schemaId)
    .toReversed();
}

function namesIn(schema: Schema): readonly string[] {
  return [...allFields(structOf(schema))].map(({ id, name }) => `${id} ${name}`);
}

/** The snapshot and those before it, newest first. */
export function ancestors(metadata: TableMetadata, snapshotId: bigint): readonly Snapshot[] {
  const byId = new Map(metadata.snapshots.map((snapshot) => [snapshot.snapshotId, snapshot]));
  const line: Snapshot[] = [];
  for (let snapshot = byId.get(snapshotId); snapshot !== undefined;) {
    line.push(snapshot);
    snapshot = snapshot.parentSnapshotId === undefined ? undefined : byId.get(snapshot.parentSnapshotId);
  }
  return line;
}

/** Files reachable only from the snapshots that go: manifest lists, manifests, data, delete and statistics files. */
export async function unreachableFiles(
  io: FileIO,
  metadata: TableMetadata,
  expired: readonly bigint[],
): Promise<readonly string[]> {
  const going = new Set(expired);
  const reach = (goes: boolean): Promise<ReadonlySet<string>> =>
    filesOf(io, metadata, ({ snapshotId }) => going.has(snapshotId) === goes);
  const [gone, kept] = await Promise.all([reach(true), reach(false)]);
  return [...gone].filter((location) => !kept.has(location));
}

/** Every file that a snapshot of the table reaches. */
export function reachableFiles(io: FileIO, metadata: TableMetadata): Promise<ReadonlySet<string>> {
  return filesOf(io, metadata, () => true);
}

/** From a store that is far away, one after the other would take hours. */
const readsAtOnce = 16;

async function filesOf(
  io: FileIO,
  metadata: TableMetadata,
  isWanted: (of: { readonly snapshotId: bigint }) => boolean,
): Promise<ReadonlySet<string>> {
  const snapshots = metadata.snapshots.filter(isWanted);
  const lists = await mapLimit(snapshots, readsAtOnce, (snapshot) => readManifests(io, snapshot));
  const manifests = new Map(lists.flat().map((manifest) => [manifest.manifestPath, manifest]));
  const statistics = [...metadata.statistics, ...metadata.partitionStatistics].filter(isWanted);
  const files = new Set([
    ...statistics.map(({ path }) => path),
    ...snapshots.flatMap(({ manifestList }) => manifestList ?? []),
    ...manifests.keys(),
  ]);
  await mapLimit([...manifests.values()], readsAtOnce, async (manifest) => {
    const entries = await liveEntries(io, metadata, manifest, bareEntries);
    for (const { dataFile } of entries) files.add(dataFile.filePath);
  });
  return files;
}
