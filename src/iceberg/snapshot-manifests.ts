/**
 * Reads a snapshot's manifests and their entries, with inherited values filled in (spec: "Manifests", "Row Lineage").
 */
import { HeadgateError } from "../errors.ts";
import type { DataFile } from "./data-file.ts";
import type { FileIO } from "./file-io.ts";
import { readManifestList, type ManifestFile } from "./manifest-list.ts";
import { readManifest, readManifestSpecId, type LiveEntry, type ManifestEntry } from "./manifest.ts";
import type { PartitionSpec } from "./partition-spec.ts";
import type { Snapshot } from "./snapshot.ts";
import { schemaOfAllTime, type TableMetadata } from "./table-metadata.ts";

export async function readManifests(io: FileIO, snapshot: Snapshot): Promise<readonly ManifestFile[]> {
  if (snapshot.manifestList !== undefined) return readManifestList(await io.read(snapshot.manifestList));
  return Promise.all((snapshot.manifests ?? []).map((path) => listedAlone(io, { path, snapshot })));
}

/** Version 1 may name manifests in the metadata, so that only what they say themselves is known about them. */
async function listedAlone(
  io: FileIO,
  { path, snapshot }: { path: string; snapshot: Snapshot },
): Promise<ManifestFile> {
  const bytes = await io.read(path);
  return {
    manifestPath: path,
    manifestLength: BigInt(bytes.length),
    partitionSpecId: readManifestSpecId(bytes),
    content: "data",
    sequenceNumber: 0n,
    minSequenceNumber: 0n,
    addedSnapshotId: snapshot.snapshotId,
    addedFilesCount: -1,
    existingFilesCount: -1,
    deletedFilesCount: -1,
    addedRowsCount: -1n,
    existingRowsCount: -1n,
    deletedRowsCount: -1n,
  };
}

interface EntryOptions {
  /**
   * Decides, from everything else that is known about a file, whether its column statistics are needed. By default they
   * always are.
   */
  readonly statistics?: (file: DataFile) => boolean;
}

export const bareEntries: EntryOptions = { statistics: () => false };

/** Entries of files that are part of the table. */
export async function liveEntries(
  io: FileIO,
  metadata: TableMetadata,
  manifest: ManifestFile,
  options: EntryOptions = {},
): Promise<readonly LiveEntry[]> {
  return [...(await eachLiveEntry(io, metadata, manifest, options))];
}

/**
 * Like `liveEntries`, but entries are decoded on demand, so that memory is needed only for those that the caller keeps.
 */
export async function eachLiveEntry(
  io: FileIO,
  metadata: TableMetadata,
  manifest: ManifestFile,
  options: EntryOptions,
): Promise<Iterable<LiveEntry>> {
  const entries = entriesOf(await io.read(manifest.manifestPath), { metadata, manifest, options });
  return entries.filter(({ status }) => status !== "deleted");
}

/** All entries, including those of removed files. */
export async function readEntries(
  io: FileIO,
  metadata: TableMetadata,
  manifest: ManifestFile,
): Promise<readonly LiveEntry[]> {
  return [...entriesOf(await io.read(manifest.manifestPath), { metadata, manifest, options: {} })];
}

interface EntryParts {
  readonly metadata: TableMetadata;
  readonly manifest: ManifestFile;
  readonly options: EntryOptions;
}

function* entriesOf(bytes: Uint8Array, { metadata, manifest, options }: EntryParts): Generator<LiveEntry> {
  const schema = schemaOfAllTime(metadata);
  const spec = specOf(metadata, manifest.partitionSpecId);
  const withRowId = rowIds(manifest);
  for (const entry of readManifest(bytes, { schema, spec, ...options }))
    yield {
      ...entry,
      snapshotId: entry.snapshotId ?? manifest.addedSnapshotId,
      sequenceNumber: entry.sequenceNumber ?? manifest.sequenceNumber,
      fileSequenceNumber: entry.fileSequenceNumber ?? manifest.sequenceNumber,
      dataFile: withRowId(entry.status, entry.dataFile),
    };
}

/** Files without a first row id are numbered consecutively, beginning with the manifest's. */
function rowIds({ firstRowId }: ManifestFile): (status: ManifestEntry["status"], file: DataFile) => DataFile {
  if (firstRowId === undefined) return (_status, file) => file;
  let next = firstRowId;
  return (status, file) => {
    if (status === "deleted" || file.content !== "data" || file.firstRowId !== undefined) return file;
    next += file.recordCount;
    return { ...file, firstRowId: next - file.recordCount };
  };
}

/** Throws METADATA_INVALID. */
export function specOf({ partitionSpecs }: TableMetadata, id: number): PartitionSpec {
  const spec = partitionSpecs.find(({ specId }) => specId === id);
  if (spec === undefined) throw new HeadgateError("METADATA_INVALID", { place: `partition spec ${id}` });
  return spec;
}
