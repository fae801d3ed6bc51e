/**
 * Scan planning (spec: "Scan Planning"): finds the files of a snapshot that may contain rows matching a filter from
 * partition summaries, partition values and column statistics, without opening data files.
 */
import { mapLimit } from "../base/limit.ts";
import { sumOf } from "../base/sum.ts";
import type { DataFile } from "./data-file.ts";
import { deleteIndex, type AppliedDelete } from "./delete-index.ts";
import type { Expression } from "./expression.ts";
import type { FileIO } from "./file-io.ts";
import type { ManifestFile } from "./manifest-list.ts";
import type { LiveEntry } from "./manifest.ts";
import { mayMatch, type FieldMetrics } from "./metrics-evaluator.ts";
import { partitionTypes, type PartitionSpec } from "./partition-spec.ts";
import { project } from "./projection.ts";
import { structOf, type Schema } from "./schema.ts";
import { fromBytes } from "./single-value.ts";
import { eachLiveEntry, liveEntries, readManifests, specOf } from "./snapshot-manifests.ts";
import type { Snapshot } from "./snapshot.ts";
import { schemaOfAllTime, type TableMetadata } from "./table-metadata.ts";
import { allFields, type Type } from "./type.ts";

export interface ScanPlan {
  readonly files: readonly ScanFile[];
  /** Every live delete file, including those that no longer apply to any file. */
  readonly deletes: readonly DataFile[];
  /** Files that are skipped because none of their rows can match. */
  readonly skipped: readonly DataFile[];
  readonly skippedManifests: readonly ManifestFile[];
}

export interface ScanFile {
  /** Without column statistics. */
  readonly dataFile: DataFile;
  /** Sequence number that deletes are compared with. */
  readonly sequenceNumber: bigint;
  /** Delete files that may apply to the file. */
  readonly deletes: readonly AppliedDelete[];
}

interface ScanParts {
  readonly metadata: TableMetadata;
  /** Undefined for an empty table. */
  readonly snapshot: Snapshot | undefined;
  readonly filter: Expression | undefined;
}

/** Manifests decoded at once, with their statistics. Little of each is kept. */
const manifestsAtOnce = 4;

export async function planScan(io: FileIO, { metadata, snapshot, filter }: ScanParts): Promise<ScanPlan> {
  const manifests = snapshot === undefined ? [] : await readManifests(io, snapshot);
  const filtering = filteringOf(metadata, filter);
  const [needed, skippedManifests] = partitioned(
    manifests,
    (manifest) => manifest.content === "deletes" || manifestMayMatch(manifest, filtering(manifest.partitionSpecId)),
  );
  const read = await mapLimit(needed, manifestsAtOnce, (manifest) =>
    readPlanned(io, { metadata, manifest, filtering: filtering(manifest.partitionSpecId) }),
  );
  const deleteEntries = read.flatMap(({ deletes }) => deletes);
  const deletes = deleteIndex(deleteEntries);
  return {
    files: read.flatMap(({ matching }) => matching).map((entry) => ({ ...entry, deletes: deletes.appliedTo(entry) })),
    deletes: deleteEntries.map(({ dataFile }) => dataFile),
    skipped: read.flatMap(({ skipped }) => skipped),
    skippedManifests,
  };
}

interface PlannedManifest {
  readonly matching: readonly Omit<ScanFile, "deletes">[];
  readonly skipped: readonly DataFile[];
  readonly deletes: readonly LiveEntry[];
}

interface ReadingPlanned {
  readonly metadata: TableMetadata;
  readonly manifest: ManifestFile;
  readonly filtering: Filtering;
}

async function readPlanned(io: FileIO, { metadata, manifest, filtering }: ReadingPlanned): Promise<PlannedManifest> {
  if (manifest.content === "deletes")
    return { matching: [], skipped: [], deletes: await liveEntries(io, metadata, manifest) };
  const planned: { matching: Omit<ScanFile, "deletes">[]; skipped: DataFile[] } = { matching: [], skipped: [] };
  const statistics = (file: DataFile): boolean => filtering.filter !== undefined && fileMayMatch(file, filtering);
  for (const { dataFile, sequenceNumber } of await eachLiveEntry(io, metadata, manifest, { statistics }))
    if (fileMayMatch(dataFile, filtering)) planned.matching.push({ dataFile: bare(dataFile), sequenceNumber });
    else planned.skipped.push(bare(dataFile));
  return { ...planned, deletes: [] };
}

/** The file without its statistics, which are no longer needed. */
function bare(file: DataFile): DataFile {
  const nothing = undefined;
  const counts = { columnSizes: nothing, valueCounts: nothing, nullValueCounts: nothing, nanValueCounts: nothing };
  return { ...file, ...counts, lowerBounds: nothing, upperBounds: nothing, splitOffsets: nothing };
}

function filteringOf(metadata: TableMetadata, filter: Expression | undefined): (specId: number) => Filtering {
  const schema = schemaOfAllTime(metadata);
  const types = new Map([...allFields(structOf(schema))].map(({ id, type }) => [id, type]));
  return (specId) => ({ spec: specOf(metadata, specId), schema, types, filter });
}

/**
 * Whether rows of a data file, or rows that a delete file deletes, may match. For a delete file, only its partition can
 * tell.
 */
export function fileFilter(metadata: TableMetadata, filter: Expression | undefined): (file: DataFile) => boolean {
  const filtering = filteringOf(metadata, filter);
  return (file) => fileMayMatch(file.content === "data" ? file : bare(file), filtering(file.specId));
}

/**
 * The number of data files that a plan skips. Manifests that were not opened count with the files they are known to
 * list.
 */
export function skippedFiles({ skipped, skippedManifests }: ScanPlan): number {
  const listed = ({ addedFilesCount, existingFilesCount }: ManifestFile): number =>
    Math.max(0, addedFilesCount) + Math.max(0, existingFilesCount);
  return skipped.length + sumOf(skippedManifests, listed);
}

function partitioned<T>(items: readonly T[], isWanted: (item: T) => boolean): readonly [readonly T[], readonly T[]] {
  const wanted: T[] = [];
  const others: T[] = [];
  for (const item of items) (isWanted(item) ? wanted : others).push(item);
  return [wanted, others];
}

interface Filtering {
  readonly spec: PartitionSpec;
  readonly schema: Schema;
  /** Types of columns, by field id. */
  readonly types: ReadonlyMap<number, Type>;
  readonly filter: Expression | undefined;
}

function manifestMayMatch({ partitions }: ManifestFile, { spec, schema, types, filter }: Filtering): boolean {
  if (partitions === undefined || filter === undefined) return true;
  const ofFields = partitionTypes(spec, schema);
  const metrics = partitions.map((summary, index): FieldMetrics => {
    const bound = (bytes: Uint8Array | undefined) =>
      bytes === undefined ? undefined : fromBytes(ofFields[index] ?? "int", bytes);
    return {
      lower: bound(summary.lowerBound),
      upper: bound(summary.upperBound),
      hasNulls: summary.containsNull,
      hasNan: summary.containsNan,
    };
  });
  return partitionMayMatch(filter, { spec, types, metrics });
}

function fileMayMatch(file: DataFile, { spec, types, filter }: Filtering): boolean {
  if (file.recordCount === 0n) return false;
  if (filter === undefined) return true;
  const metrics = file.partition.map((value): FieldMetrics => {
    if (value === null) return { hasNulls: true, hasValues: false };
    return { lower: value, upper: value, hasNulls: false, hasNan: typeof value === "number" && Number.isNaN(value) };
  });
  return (
    partitionMayMatch(filter, { spec, types, metrics }) &&
    mayMatch(filter, (fieldId) => columnMetrics(file, { fieldId, type: types.get(fieldId) }))
  );
}

/** `metrics` are those of the partition fields, in the spec's order. */
function partitionMayMatch(
  filter: Expression,
  known: Pick<Filtering, "spec" | "types"> & { readonly metrics: readonly FieldMetrics[] },
): boolean {
  const { spec, types, metrics } = known;
  if ("terms" in filter) {
    const mayTerm = (term: Expression): boolean => partitionMayMatch(term, known);
    return filter.op === "and" ? filter.terms.every(mayTerm) : filter.terms.some(mayTerm);
  }
  const type = types.get(filter.fieldId);
  if (typeof type !== "string") return true;
  return spec.fields.every(
    ({ sourceId, transform }, index) =>
      sourceId !== filter.fieldId || mayMatch(project(filter, { transform, type }), () => metrics[index]),
  );
}

/**
 * If a file was written without a column, its rows have null or a default, which the statistics do not show. So nothing
 * is known then.
 */
function columnMetrics(
  file: DataFile,
  { fieldId, type }: { fieldId: number; type: Type | undefined },
): FieldMetrics | undefined {
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
