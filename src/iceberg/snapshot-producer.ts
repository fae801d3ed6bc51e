/**
 * Makes the next snapshot of a table (spec: "Snapshots", "Manifests"): it adds data and delete files, removes whole
 * files, writes the manifests and the manifest list, and returns the metadata updates. It commits nothing.
 * Invariant: a manifest that loses no file is kept as it is until there are many small ones. Entries that are carried
 * into a new manifest keep their sequence numbers.
 */
import { randomUUID } from "node:crypto";
import { mapLimit } from "../base/limit.ts";
import { must } from "../base/must.ts";
import { HeadgateError } from "../errors.ts";
import { fileKey, type DataFile } from "./data-file.ts";
import type { FileIO } from "./file-io.ts";
import { writeManifestList, type ManifestFile } from "./manifest-list.ts";
import { manifestBins } from "./manifest-merge.ts";
import { writeManifest, type LiveEntry, type ManifestContent, type ManifestEntry } from "./manifest.ts";
import { partitionSummaries } from "./partition-summary.ts";
import { liveEntries, readEntries, readManifests, specOf } from "./snapshot-manifests.ts";
import { newSnapshotId, snapshotSummary, type Snapshot, type SnapshotOperation } from "./snapshot.ts";
import {
  currentSnapshot,
  schemaOfAllTime,
  snapshotById,
  writtenVersion,
  type TableMetadata,
} from "./table-metadata.ts";
import type { TableUpdate } from "./table-update.ts";

export interface SnapshotChange {
  /** Data files, and delete files that apply to data of this snapshot and older ones. */
  readonly add: readonly DataFile[];
  /**
   * Sequence number of the added data files; equality deletes of later commits apply to them. A rewrite sets that of
   * the snapshot whose rows the files contain. Undefined for the new snapshot's own number.
   */
  readonly dataSequenceNumber?: bigint | undefined;
  /** Data and delete files to remove as a whole: all of them, or those with these keys (`fileKey`). */
  readonly remove: "all" | ReadonlySet<string>;
  /** The branch to move; a new one begins at the current snapshot. Default: `main`. */
  readonly branch?: string | undefined;
  /**
   * Part of the names of the new files, which must be used for only one snapshot of a table. Default: a random UUID.
   */
  readonly uuid?: string | undefined;
  /** `replace` if the rows stay as they are. By default, it follows from what is added and removed. */
  readonly operation?: SnapshotOperation | undefined;
  /** Added to the summary, beside the counts. */
  readonly summary?: Readonly<Record<string, string>> | undefined;
  /** Milliseconds since 1970-01-01. */
  readonly now: number;
}

export interface ProducedSnapshot {
  readonly snapshot: Snapshot;
  readonly updates: readonly TableUpdate[];
}

/** Throws DATA_FILE_MISSING if a file to remove is not in the branch, and METADATA_INVALID if `branch` names a tag. */
export async function produceSnapshot(
  io: FileIO,
  metadata: TableMetadata,
  change: SnapshotChange,
): Promise<ProducedSnapshot> {
  const { branch = "main" } = change;
  const parent = headOf(metadata, branch);
  const snapshotId = newSnapshotId();
  const sequenceNumber = metadata.lastSequenceNumber + 1n;
  const writing: Writing = { io, metadata, snapshotId, sequenceNumber, uuid: change.uuid ?? randomUUID(), written: [] };
  const before = parent === undefined ? [] : await readManifests(io, parent);
  const { kept, removed } = await removeFiles(writing, before, change.remove);
  const added = await addFiles(writing, change);
  const { manifests, ...rows } = withRowIds(metadata, await mergeManifests(writing, [...added, ...kept]));
  await deleteMerged(writing, manifests);
  const manifestList = `${metadata.location}/metadata/snap-${snapshotId}-1-${writing.uuid}.avro`;
  await io.write(
    manifestList,
    writeManifestList({
      formatVersion: writtenVersion(metadata),
      snapshotId,
      parentSnapshotId: parent?.snapshotId,
      sequenceNumber,
      firstRowId: rows.firstRowId,
      manifests,
    }),
  );
  const snapshot: Snapshot = {
    snapshotId,
    parentSnapshotId: parent?.snapshotId,
    sequenceNumber,
    timestampMs: Math.max(change.now, metadata.lastUpdatedMs),
    manifestList,
    summary: snapshotSummary({
      operation: change.operation ?? operationOf(change.add, removed),
      added: change.add,
      removed,
      parent: parent?.summary,
      extra: change.summary ?? {},
    }),
    schemaId: metadata.currentSchemaId,
    ...rows,
  };
  return {
    snapshot,
    updates: [
      { action: "add-snapshot", snapshot },
      { action: "set-snapshot-ref", refName: branch, ...metadata.refs[branch], snapshotId, type: "branch" },
    ],
  };
}

function headOf(metadata: TableMetadata, branch: string): Snapshot | undefined {
  const ref = metadata.refs[branch];
  if (ref?.type === "tag")
    throw new HeadgateError("METADATA_INVALID", { place: branch, message: `${branch} is a tag, and tags do not move` });
  return ref === undefined ? currentSnapshot(metadata) : snapshotById(metadata, ref.snapshotId);
}

interface NumberedManifests {
  readonly manifests: readonly ManifestFile[];
  readonly firstRowId?: bigint | undefined;
  readonly addedRows?: bigint | undefined;
}

/** In version 3, new data manifests get row ids, one for each row they list. */
function withRowIds({ nextRowId }: TableMetadata, manifests: readonly ManifestFile[]): NumberedManifests {
  if (nextRowId === undefined) return { manifests };
  let next = nextRowId;
  const numbered = manifests.map((manifest) => {
    if (manifest.content === "deletes" || manifest.firstRowId !== undefined) return manifest;
    next += manifest.addedRowsCount + manifest.existingRowsCount;
    return { ...manifest, firstRowId: next - manifest.addedRowsCount - manifest.existingRowsCount };
  });
  return { manifests: numbered, firstRowId: nextRowId, addedRows: next - nextRowId };
}

function operationOf(added: readonly DataFile[], removed: readonly DataFile[]): SnapshotOperation {
  const isData = ({ content }: DataFile): boolean => content === "data";
  if (removed.length === 0 && added.every(isData)) return "append";
  return added.some(isData) ? "overwrite" : "delete";
}

interface Writing {
  readonly io: FileIO;
  readonly metadata: TableMetadata;
  readonly snapshotId: bigint;
  readonly sequenceNumber: bigint;
  readonly uuid: string;
  /** Locations of the manifests written so far. */
  readonly written: string[];
}

/** Writes one manifest for each combination of content and partition spec. */
async function addFiles(
  writing: Writing,
  { add, dataSequenceNumber }: SnapshotChange,
): Promise<readonly ManifestFile[]> {
  const groups = Map.groupBy(add, (file) => `${manifestContent(file)} ${file.specId}`);
  return Promise.all(
    [...groups.values()].map(([first, ...others]) => {
      const entries = [must(first, "a file in its group"), ...others].map((dataFile): ManifestEntry => ({
        status: "added",
        snapshotId: writing.snapshotId,
        sequenceNumber: dataFile.content === "data" ? dataSequenceNumber : undefined,
        dataFile,
      }));
      return writeEntries(writing, entries);
    }),
  );
}

function manifestContent({ content }: DataFile): ManifestContent {
  return content === "data" ? "data" : "deletes";
}

async function removeFiles(
  writing: Writing,
  manifests: readonly ManifestFile[],
  remove: SnapshotChange["remove"],
): Promise<{ kept: readonly ManifestFile[]; removed: readonly DataFile[] }> {
  if (remove !== "all" && remove.size === 0) return { kept: manifests, removed: [] };
  const kept: ManifestFile[] = [];
  const removed: DataFile[] = [];
  for (const manifest of manifests) {
    const live = await liveEntries(writing.io, writing.metadata, manifest);
    const leaving = remove === "all" ? live : live.filter(({ dataFile }) => remove.has(fileKey(dataFile)));
    if (leaving.length === 0) {
      if (live.length > 0) kept.push(manifest);
      continue;
    }
    removed.push(...leaving.map(({ dataFile }) => dataFile));
    kept.push(await rewriteWithout(writing, { live, leaving: new Set(leaving) }));
  }
  if (remove !== "all" && removed.length < remove.size) {
    const found = new Set(removed.map(fileKey));
    throw new HeadgateError("DATA_FILE_MISSING", {
      place: [...remove].find((key) => !found.has(key)),
      message: "the file that should be removed is not in the table",
    });
  }
  return { kept, removed };
}

async function rewriteWithout(
  writing: Writing,
  { live, leaving }: { live: readonly LiveEntry[]; leaving: ReadonlySet<ManifestEntry> },
): Promise<ManifestFile> {
  const entries = live.map((entry): ManifestEntry =>
    leaving.has(entry)
      ? { ...entry, status: "deleted", snapshotId: writing.snapshotId }
      : { ...entry, status: "existing" },
  );
  return writeEntries(writing, entries);
}

async function mergeManifests(writing: Writing, manifests: readonly ManifestFile[]): Promise<readonly ManifestFile[]> {
  const bins = manifestBins(manifests, writing.metadata);
  return (await mapLimit(bins, mergesAtOnce, (bin) => mergeBin(writing, bin))).flat();
}

/** The manifests being merged are in memory as a whole. */
const mergesAtOnce = 2;
const readsAtOnce = 8;

async function mergeBin(writing: Writing, bin: readonly ManifestFile[]): Promise<readonly ManifestFile[]> {
  if (bin.length === 1) return bin;
  const entries = await mapLimit(bin, readsAtOnce, (manifest) => carriedEntries(writing, manifest));
  return entries.flat().length === 0 ? [] : [await writeEntries(writing, entries.flat())];
}

/** Deletes manifests of this snapshot that were merged into another one, because no manifest list names them. */
async function deleteMerged({ io, written }: Writing, manifests: readonly ManifestFile[]): Promise<void> {
  const listed = new Set(manifests.map(({ manifestPath }) => manifestPath));
  const merged = written.filter((location) => !listed.has(location));
  if (merged.length > 0) await io.delete?.(merged);
}

/** Entries that this snapshot added or deleted keep their status; entries deleted by older snapshots are dropped. */
async function carriedEntries(writing: Writing, manifest: ManifestFile): Promise<readonly ManifestEntry[]> {
  const entries = await readEntries(writing.io, writing.metadata, manifest);
  return entries
    .filter(({ status, snapshotId }) => status !== "deleted" || snapshotId === writing.snapshotId)
    .map((entry) => (entry.snapshotId === writing.snapshotId ? entry : { ...entry, status: "existing" }));
}

/** The entries must have the same content and partition spec. */
async function writeEntries(writing: Writing, entries: readonly ManifestEntry[]): Promise<ManifestFile> {
  const { metadata, snapshotId, sequenceNumber } = writing;
  const { dataFile: any } = must(entries[0], "a manifest with an entry");
  const [specId, content] = [any.specId, manifestContent(any)];
  const [schema, spec] = [schemaOfAllTime(metadata), specOf(metadata, specId)];
  const manifestPath = `${metadata.location}/metadata/${writing.uuid}-m${writing.written.length}.avro`;
  writing.written.push(manifestPath);
  const bytes = writeManifest({ formatVersion: writtenVersion(metadata), schema, spec, content, entries });
  await writing.io.write(manifestPath, bytes);
  const of = (status: ManifestEntry["status"]): readonly ManifestEntry[] =>
    entries.filter((entry) => entry.status === status);
  const rows = (status: ManifestEntry["status"]): bigint =>
    of(status).reduce((sum, { dataFile }) => sum + dataFile.recordCount, 0n);
  const live = entries.filter(({ status }) => status !== "deleted");
  return {
    manifestPath,
    manifestLength: BigInt(bytes.length),
    partitionSpecId: specId,
    content,
    sequenceNumber,
    minSequenceNumber: live.reduce(
      (least, entry) => smaller(least, entry.sequenceNumber ?? sequenceNumber),
      sequenceNumber,
    ),
    addedSnapshotId: snapshotId,
    addedFilesCount: of("added").length,
    existingFilesCount: of("existing").length,
    deletedFilesCount: of("deleted").length,
    addedRowsCount: rows("added"),
    existingRowsCount: rows("existing"),
    deletedRowsCount: rows("deleted"),
    partitions: partitionSummaries(
      entries.map(({ dataFile }) => dataFile.partition),
      { spec, schema },
    ),
  };
}

function smaller(left: bigint, right: bigint): bigint {
  return left < right ? left : right;
}
