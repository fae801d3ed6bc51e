/**
 * Snapshot retention (spec: "Snapshot Retention Policy"): finds the snapshots that a table no longer needs, and the
 * files and schemas that nothing needs without them. It removes nothing itself: files may be deleted only after
 * metadata without them was committed.
 */
import { mapLimit } from "../base/limit.ts";
import type { FileIO } from "./file-io.ts";
import { bareEntries, liveEntries, readManifests } from "./snapshot-manifests.ts";
import { structOf, type Schema } from "./schema.ts";
import { snapshotById, type SnapshotReference, type TableMetadata } from "./table-metadata.ts";
import type { Snapshot } from "./snapshot.ts";
import { allFields } from "./type.ts";

const defaultMaxAgeMs = 5 * 24 * 3_600_000;

/** Ids of snapshots that no branch or tag keeps at `now` (in milliseconds). */
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

/** Files and schemas that nothing needs without these snapshots. */
export interface Unneeded {
  /** Files that only they reach: manifest lists, manifests, data, delete and statistics files. */
  readonly files: readonly string[];
  readonly schemaIds: readonly number[];
}

export async function unneededWithout(
  io: FileIO,
  metadata: TableMetadata,
  expired: readonly bigint[],
): Promise<Unneeded> {
  const going = new Set(expired);
  const reach = (goes: boolean): Promise<Reached> =>
    reachedFrom(io, metadata, ({ snapshotId }) => going.has(snapshotId) === goes);
  const [gone, kept] = await Promise.all([reach(true), reach(false)]);
  return {
    files: [...gone.files].filter((location) => !kept.files.has(location)),
    schemaIds: unusedSchemas(metadata, { expired, comparedIds: kept.comparedIds }),
  };
}

interface Remaining {
  readonly expired: readonly bigint[];
  /** Ids of columns that equality delete files of the other snapshots compare. */
  readonly comparedIds: ReadonlySet<number>;
}

/**
 * Ids of schemas that neither the table nor any remaining snapshot uses. The newest schema with a dropped column is
 * kept while a partition spec, a sort order or an equality delete file names that column. Data files do not need it,
 * because their columns are found by id.
 */
export function unusedSchemas(metadata: TableMetadata, { expired, comparedIds }: Remaining): readonly number[] {
  const used = usedSchemas(metadata, expired);
  const isUsed = ({ schemaId }: Schema): boolean => used.has(schemaId);
  const told = new Set(metadata.schemas.filter(isUsed).flatMap(fieldIds));
  const untold = namedIds(metadata).union(comparedIds).difference(told);
  const unused: number[] = [];
  for (const schema of metadata.schemas.toReversed().filter((one) => !isUsed(one))) {
    const tells = fieldIds(schema).filter((id) => untold.delete(id));
    if (tells.length === 0) unused.push(schema.schemaId);
  }
  // If the first schema is current again, one of the others must remain to tell readers that files may have other
  // names.
  const isOnlyFirst = metadata.currentSchemaId === 0 && unused.length === metadata.schemas.length - 1;
  return unused.slice(isOnlyFirst ? 1 : 0).toReversed();
}

function usedSchemas(metadata: TableMetadata, expired: readonly bigint[]): ReadonlySet<number> {
  const going = new Set(expired);
  const staying = metadata.snapshots.filter(({ snapshotId }) => !going.has(snapshotId));
  return new Set([metadata.currentSchemaId, ...staying.flatMap(({ schemaId }) => schemaId ?? [])]);
}

/** Source columns of partition specs and sort orders. */
function namedIds({ partitionSpecs, sortOrders }: TableMetadata): ReadonlySet<number> {
  return new Set([...partitionSpecs, ...sortOrders].flatMap(({ fields }) => fields.map(({ sourceId }) => sourceId)));
}

function fieldIds(schema: Schema): readonly number[] {
  return [...allFields(structOf(schema))].map(({ id }) => id);
}

/** The snapshot and its ancestors, newest first. */
export function ancestors(metadata: TableMetadata, snapshotId: bigint): readonly Snapshot[] {
  const byId = new Map(metadata.snapshots.map((snapshot) => [snapshot.snapshotId, snapshot]));
  const line: Snapshot[] = [];
  for (let snapshot = byId.get(snapshotId); snapshot !== undefined;) {
    line.push(snapshot);
    snapshot = snapshot.parentSnapshotId === undefined ? undefined : byId.get(snapshot.parentSnapshotId);
  }
  return line;
}

/** All files that the table's snapshots reach. */
export async function reachableFiles(io: FileIO, metadata: TableMetadata): Promise<ReadonlySet<string>> {
  return (await reachedFrom(io, metadata, () => true)).files;
}

/** Reading one file after the other from a distant store would take hours. */
const readsAtOnce = 16;

interface Reached {
  readonly files: ReadonlySet<string>;
  /** Ids of columns that equality delete files compare. */
  readonly comparedIds: ReadonlySet<number>;
}

async function reachedFrom(
  io: FileIO,
  metadata: TableMetadata,
  isWanted: (of: { readonly snapshotId: bigint }) => boolean,
): Promise<Reached> {
  const snapshots = metadata.snapshots.filter(isWanted);
  const lists = await mapLimit(snapshots, readsAtOnce, (snapshot) => readManifests(io, snapshot));
  const manifests = new Map(lists.flat().map((manifest) => [manifest.manifestPath, manifest]));
  const statistics = [...metadata.statistics, ...metadata.partitionStatistics].filter(isWanted);
  const files = new Set([
    ...statistics.map(({ path }) => path),
    ...snapshots.flatMap(({ manifestList }) => manifestList ?? []),
    ...manifests.keys(),
  ]);
  const comparedIds = new Set<number>();
  await mapLimit([...manifests.values()], readsAtOnce, async (manifest) => {
    const entries = await liveEntries(io, metadata, manifest, bareEntries);
    for (const { dataFile } of entries) {
      files.add(dataFile.filePath);
      for (const id of dataFile.equalityIds ?? []) comparedIds.add(id);
    }
  });
  return { files, comparedIds };
}
