/**
 * Scan planning (spec: "Scan Planning"): the files of a snapshot that may hold rows matching a filter, found from partition
 * summaries, partition values and column statistics, without opening a data file.
 */
import type { DataFile } from "./data-file.ts";
import type { Expression } from "./expression.ts";
import type { FileIO } from "./file-io.ts";
import type { ManifestFile } from "./manifest-list.ts";
import { mayMatch, type FieldMetrics } from "./metrics-evaluator.ts";
import { filePathId } from "./position-deletes.ts";
import { partitionKey, partitionTypes, type PartitionSpec } from "./partition-spec.ts";
import { fieldById, type Schema } from "./schema.ts";
import { fromBytes } from "./single-value.ts";
import type { LiveEntry } from "./manifest.ts";
import { liveEntries, readManifests } from "./snapshot-producer.ts";
import type { Snapshot } from "./snapshot.ts";
import { currentSchema, type TableMetadata } from "./table-metadata.ts";

export interface ScanPlan {
  readonly files: readonly ScanFile[];
  /** Every live delete file of the snapshot. */
  readonly deletes: readonly DataFile[];
  readonly skippedFiles: number;
  readonly skippedManifests: number;
}

export interface ScanFile {
  readonly dataFile: DataFile;
  /** What deletes are compared with. */
  readonly sequenceNumber: bigint;
  /** Delete files that may apply to it. */
  readonly deletes: readonly DataFile[];
}

interface ScanParts {
  readonly metadata: TableMetadata;
  /** Undefined: an empty table. */
  readonly snapshot: Snapshot | undefined;
  readonly filter: Expression | undefined;
}

export async function planScan(io: FileIO, { metadata, snapshot, filter }: ScanParts): Promise<ScanPlan> {
  const manifests = snapshot === undefined ? [] : await readManifests(io, snapshot);
  const schema = currentSchema(metadata);
  const needed = manifests.filter(
    (manifest) => manifest.content === "deletes" || manifestMayMatch(manifest, { metadata, schema, filter }),
  );
  const plans = await Promise.all(
    needed.map(async (manifest) => {
      const entries = await liveEntries(io, metadata, manifest);
      return {
        manifest,
        entries,
        matching: entries.filter(
          ({ dataFile }) =>
            dataFile.content !== "data" ||
            fileMayMatch(dataFile, { spec: specOf(metadata, dataFile.specId), schema, filter }),
        ),
      };
    }),
  );
  const of = (content: ManifestFile["content"]): readonly LiveEntry[] =>
    plans.filter(({ manifest }) => manifest.content === content).flatMap(({ matching }) => matching);
  const deletes = of("deletes");
  return {
    files: of("data").map(({ dataFile, sequenceNumber }) => ({
      dataFile,
      sequenceNumber,
      deletes: deletes
        .filter((entry) => applies(entry, { dataFile, sequenceNumber }))
        .map(({ dataFile: file }) => file),
    })),
    deletes: deletes.map(({ dataFile }) => dataFile),
    skippedFiles: plans.reduce((sum, { entries, matching }) => sum + entries.length - matching.length, 0),
    skippedManifests: manifests.length - needed.length,
  };
}

/**
 * Whether a delete file may name rows of a data file (spec: "Scan Planning"): position deletes of the same or a later commit in
 * the same partition, equality deletes of a later commit in the same partition or in none.
 */
function applies(
  { dataFile: deletes, sequenceNumber }: LiveEntry,
  data: { readonly dataFile: DataFile; readonly sequenceNumber: bigint },
): boolean {
  const isGlobal = deletes.content === "equality-deletes" && deletes.partition.length === 0;
  if (!isGlobal && !isSamePartition(deletes, data.dataFile)) return false;
  if (deletes.content === "equality-deletes") return data.sequenceNumber < sequenceNumber;
  return data.sequenceNumber <= sequenceNumber && mayName(deletes, data.dataFile.filePath);
}

function isSamePartition(left: DataFile, right: DataFile): boolean {
  return left.specId === right.specId && (left.partition.length === 0 || partitionKey(left) === partitionKey(right));
}

function mayName({ referencedDataFile, lowerBounds, upperBounds }: DataFile, path: string): boolean {
  if (referencedDataFile !== undefined) return referencedDataFile === path;
  const [lower, upper, name] = [lowerBounds?.get(filePathId), upperBounds?.get(filePathId), Buffer.from(path)];
  return (lower === undefined || name.compare(lower) >= 0) && (upper === undefined || name.compare(upper) <= 0);
}

function specOf({ partitionSpecs }: TableMetadata, id: number): PartitionSpec | undefined {
  return partitionSpecs.find(({ specId }) => specId === id);
}

/** Uses the summaries of identity partitions only: their values are the source column's own. */
function manifestMayMatch(
  manifest: ManifestFile,
  { metadata, schema, filter }: { metadata: TableMetadata; schema: Schema; filter: Expression | undefined },
): boolean {
  const spec = specOf(metadata, manifest.partitionSpecId);
  if (spec === undefined || manifest.partitions === undefined) return true;
  const types = partitionTypes(spec, schema);
  const known = new Map<number, FieldMetrics>();
  spec.fields.forEach(({ sourceId, transform }, index) => {
    const [summary, type] = [manifest.partitions?.[index], types[index]];
    if (transform.kind !== "identity" || summary === undefined || type === undefined) return;
    known.set(sourceId, {
      lower: summary.lowerBound === undefined ? undefined : fromBytes(type, summary.lowerBound),
      upper: summary.upperBound === undefined ? undefined : fromBytes(type, summary.upperBound),
      hasNulls: summary.containsNull,
      hasNan: summary.containsNan,
    });
  });
  return mayMatch(filter, (fieldId) => known.get(fieldId));
}

export function fileMayMatch(
  file: DataFile,
  { spec, schema, filter }: { spec: PartitionSpec | undefined; schema: Schema; filter: Expression | undefined },
): boolean {
  if (file.recordCount === 0n) return false;
  return mayMatch(
    filter,
    (fieldId) => partitionMetrics(file, { spec, fieldId }) ?? columnMetrics(file, { schema, fieldId }),
  );
}

function partitionMetrics(
  file: DataFile,
  { spec, fieldId }: { spec: PartitionSpec | undefined; fieldId: number },
): FieldMetrics | undefined {
  const index =
    spec?.fields.findIndex(({ sourceId, transform }) => sourceId === fieldId && transform.kind === "identity") ?? -1;
  if (index < 0) return undefined;
  const value = file.partition[index] ?? null;
  return value === null
    ? { hasNulls: true, hasValues: false }
    : { lower: value, upper: value, hasNulls: false, hasNan: typeof value === "number" && Number.isNaN(value) };
}

/** A column the file was written without reads as null, which statistics do not say: so nothing is known. */
function columnMetrics(
  file: DataFile,
  { schema, fieldId }: { schema: Schema; fieldId: number },
): FieldMetrics | undefined {
  const type = fieldById(schema, fieldId)?.type;
  if (typeof type !== "string") return undefined;
  const [lower, upper] = [file.lowerBounds?.get(fieldId), file.upperBounds?.get(fieldId)];
  const [values, nulls] = [file.valueCounts?.get(fieldId), file.nullValueCounts?.get(fieldId)];
  const isFloat = type === "float" || type === "double";
  return {
    lower: lower === undefined ? undefined : fromBytes(type, lower),
    upper: upper === undefined ? undefined : fromBytes(type, upper),
    hasNulls: nulls === undefined ? undefined : nulls > 0n,
    hasValues: values === undefined || nulls === undefined ? undefined : values > nulls,
    hasNan: isFloat ? (file.nanValueCounts?.get(fieldId) ?? 1n) > 0n : false,
  };
}
