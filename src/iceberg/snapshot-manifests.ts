/** A snapshot's manifests and what they list, with what entries inherit filled in (spec: "Manifests", "Row Lineage"). Reads only. */
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

/** Version 1 may name manifests in the metadata: nothing is known of them but what they say themselves. */
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
  /** False: counts and bounds of columns are not needed. */
  readonly statistics: boolean;
}

const whole: EntryOptions = { statistics: true };

/** Entries of files that are part of the table. */
export async function liveEntries(
  io: FileIO,
  metadata: TableMetadata,
  manifest: ManifestFile,
  options = whole,
): Promise<readonly LiveEntry[]> {
  return (await readEntries(io, metadata, manifest, options)).filter(({ status }) => status !== "deleted");
}

/** Those of removed files too. */
export async function readEntries(
  io: FileIO,
  metadata: TableMetadata,
  manifest: ManifestFile,
  { statistics } = whole,
): Promise<readonly LiveEntry[]> {
  const entries = readManifest(await io.read(manifest.manifestPath), {
    schema: schemaOfAllTime(metadata),
    spec: specOf(metadata, manifest.partitionSpecId),
    statistics,
  });
  const withRowId = rowIds(manifest);
  return entries.map(({ status, snapshotId, sequenceNumber, fileSequenceNumber, dataFile }) => ({
    status,
    snapshotId: snapshotId ?? manifest.addedSnapshotId,
    sequenceNumber: sequenceNumber ?? manifest.sequenceNumber,
    fileSequenceNumber: fileSequenceNumber ?? manifest.sequenceNumber,
    dataFile: withRowId(status, dataFile),
  }));
}

/** Files without a first row id follow each other from the manifest's on. */
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
