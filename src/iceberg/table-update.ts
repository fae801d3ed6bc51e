/**
 * Changes to table metadata, one action at a time (REST specification: `TableUpdate`; rules: "Table Metadata"). Pure: each
 * returns new metadata. Schemas, specs and orders that exist already are used again instead of being added twice.
 */
import { must } from "../base/must.ts";
import { HeadgateError } from "../errors.ts";
import { checkVersion } from "./format-version.ts";
import { isSameSpec, type PartitionSpec } from "./partition-spec.ts";
import { highestFieldId, isSameSchema, type Schema } from "./schema.ts";
import type { Snapshot } from "./snapshot.ts";
import { formatSortOrder, type SortOrder } from "./sort-order.ts";
import type { StatisticsFile } from "./statistics-file.ts";
import { snapshotById, type SnapshotReference, type TableMetadata } from "./table-metadata.ts";

export type TableUpdate =
  | { readonly action: "upgrade-format-version"; readonly formatVersion: 2 | 3 }
  /** The schema becomes current; its id is given here. */
  | { readonly action: "set-schema"; readonly schema: Schema; readonly lastColumnId?: number | undefined }
  | { readonly action: "set-partition-spec"; readonly spec: PartitionSpec }
  | { readonly action: "set-sort-order"; readonly order: SortOrder }
  | { readonly action: "add-snapshot"; readonly snapshot: Snapshot }
  | { readonly action: "set-snapshot-ref"; readonly name: string; readonly ref: SnapshotReference }
  | { readonly action: "remove-snapshot-ref"; readonly name: string }
  | { readonly action: "remove-snapshots"; readonly snapshotIds: readonly bigint[] }
  | { readonly action: "remove-schemas"; readonly schemaIds: readonly number[] }
  /** In place of those that the snapshot has. */
  | { readonly action: "set-statistics"; readonly statistics: StatisticsFile }
  | { readonly action: "remove-statistics"; readonly snapshotId: bigint }
  | { readonly action: "set-partition-statistics"; readonly statistics: StatisticsFile }
  | { readonly action: "remove-partition-statistics"; readonly snapshotId: bigint }
  | { readonly action: "set-properties"; readonly properties: Readonly<Record<string, string>> }
  | { readonly action: "remove-properties"; readonly keys: readonly string[] };

/** Files of older metadata a table remembers (`write.metadata.previous-versions-max`). */
const defaultPreviousVersions = 100;

interface CommitParts {
  readonly updates: readonly TableUpdate[];
  /** The file the metadata was read from; undefined for a new table. */
  readonly previousFile: string | undefined;
  readonly now: number;
}

/** Applies updates in order and writes the logs. Throws METADATA_INVALID, COMMIT_CONFLICT. */
export function applyUpdates(metadata: TableMetadata, { updates, previousFile, now }: CommitParts): TableMetadata {
  let next = metadata;
  for (const update of updates) next = applyUpdate(next, update);
  const lastUpdatedMs = Math.max(now, metadata.lastUpdatedMs);
  const movedMain = next.currentSnapshotId !== undefined && next.currentSnapshotId !== metadata.currentSnapshotId;
  return {
    ...next,
    lastUpdatedMs,
    snapshotLog: movedMain
      ? [
          ...next.snapshotLog,
          { snapshotId: must(next.currentSnapshotId, "a current snapshot"), timestampMs: lastUpdatedMs },
        ]
      : next.snapshotLog,
    metadataLog:
      previousFile === undefined
        ? next.metadataLog
        : trimmedLog(next, { metadataFile: previousFile, timestampMs: metadata.lastUpdatedMs }),
  };
}

function trimmedLog(
  { metadataLog, properties }: TableMetadata,
  entry: TableMetadata["metadataLog"][number],
): TableMetadata["metadataLog"] {
  const most = Number(properties["write.metadata.previous-versions-max"] ?? defaultPreviousVersions);
  return [...metadataLog, entry].slice(-Math.max(1, most));
}

function applyUpdate(metadata: TableMetadata, update: TableUpdate): TableMetadata {
  switch (update.action) {
    case "upgrade-format-version":
      if (update.formatVersion < metadata.formatVersion)
        throw invalid("format-version", "a table cannot go back to an older format version");
      return upgrade(metadata, update.formatVersion);
    case "set-schema":
      return setSchema(metadata, update);
    case "set-partition-spec":
      return setSpec(metadata, update.spec);
    case "set-sort-order":
      return setSortOrder(metadata, update.order);
    case "add-snapshot":
      return addSnapshot(metadata, update.snapshot);
    case "set-snapshot-ref":
      return setReference(metadata, update);
    case "remove-snapshot-ref":
      return removeReference(metadata, update.name);
    case "remove-snapshots":
      return removeSnapshots(metadata, update.snapshotIds);
    case "remove-schemas":
      return removeSchemas(metadata, update.schemaIds);
    case "set-statistics":
      return { ...metadata, statistics: withStatistics(metadata, "statistics", update.statistics) };
    case "remove-statistics":
      return { ...metadata, statistics: metadata.statistics.filter(isOfAnother(update)) };
    case "set-partition-statistics":
      return { ...metadata, partitionStatistics: withStatistics(metadata, "partitionStatistics", update.statistics) };
    case "remove-partition-statistics":
      return { ...metadata, partitionStatistics: metadata.partitionStatistics.filter(isOfAnother(update)) };
    case "set-properties":
      return { ...metadata, properties: { ...metadata.properties, ...update.properties } };
    case "remove-properties":
      return {
        ...metadata,
        properties: Object.fromEntries(
          Object.entries(metadata.properties).filter(([key]) => !update.keys.includes(key)),
        ),
      };
  }
}

function upgrade(metadata: TableMetadata, formatVersion: 2 | 3): TableMetadata {
  const nextRowId = formatVersion === 3 ? (metadata.nextRowId ?? 0n) : undefined;
  return { ...metadata, formatVersion, nextRowId };
}

function setSchema(
  metadata: TableMetadata,
  { schema, lastColumnId }: { schema: Schema; lastColumnId?: number | undefined },
): TableMetadata {
  checkVersion(schema, metadata.formatVersion);
  const same = metadata.schemas.find((candidate) => isSameSchema(candidate, schema));
  const schemaId = same?.schemaId ?? nextId(metadata.schemas.map((candidate) => candidate.schemaId));
  return {
    ...metadata,
    schemas: same === undefined ? [...metadata.schemas, { ...schema, schemaId }] : metadata.schemas,
    currentSchemaId: schemaId,
    lastColumnId: Math.max(metadata.lastColumnId, lastColumnId ?? 0, highestFieldId(schema)),
  };
}

function setSpec(metadata: TableMetadata, spec: PartitionSpec): TableMetadata {
  const same = metadata.partitionSpecs.find((candidate) => isSameSpec(candidate, spec));
  const specId = same?.specId ?? nextId(metadata.partitionSpecs.map((candidate) => candidate.specId));
  return {
    ...metadata,
    partitionSpecs: same === undefined ? [...metadata.partitionSpecs, { ...spec, specId }] : metadata.partitionSpecs,
    defaultSpecId: specId,
    lastPartitionId: Math.max(metadata.lastPartitionId, ...spec.fields.map(({ fieldId }) => fieldId)),
  };
}

function setSortOrder(metadata: TableMetadata, order: SortOrder): TableMetadata {
  const fields = JSON.stringify(formatSortOrder({ ...order, orderId: 0 }));
  const same = metadata.sortOrders.find(
    (candidate) => JSON.stringify(formatSortOrder({ ...candidate, orderId: 0 })) === fields,
  );
  const orderId = same?.orderId ?? Math.max(1, nextId(metadata.sortOrders.map((candidate) => candidate.orderId)));
  return {
    ...metadata,
    sortOrders: same === undefined ? [...metadata.sortOrders, { ...order, orderId }] : metadata.sortOrders,
    defaultSortOrderId: orderId,
  };
}

function addSnapshot(metadata: TableMetadata, snapshot: Snapshot): TableMetadata {
  if (snapshotById(metadata, snapshot.snapshotId) !== undefined)
    throw invalid("snapshot-id", "this snapshot exists already");
  if (snapshot.parentSnapshotId !== undefined && snapshot.sequenceNumber <= metadata.lastSequenceNumber) {
    throw new HeadgateError("COMMIT_CONFLICT", {
      message: `sequence number ${snapshot.sequenceNumber} is not above ${metadata.lastSequenceNumber}`,
    });
  }
  const lastSequenceNumber =
    snapshot.sequenceNumber > metadata.lastSequenceNumber ? snapshot.sequenceNumber : metadata.lastSequenceNumber;
  return {
    ...metadata,
    snapshots: [...metadata.snapshots, snapshot],
    lastSequenceNumber,
    nextRowId: nextRow(metadata, snapshot),
  };
}

/** Throws COMMIT_CONFLICT where a snapshot gives rows ids that are given away (spec: "Row Lineage"). */
function nextRow({ nextRowId }: TableMetadata, { firstRowId, addedRows }: Snapshot): bigint | undefined {
  if (nextRowId === undefined) return undefined;
  if (firstRowId === undefined || addedRows === undefined)
    throw invalid("first-row-id", "a snapshot of version 3 needs it");
  if (firstRowId < nextRowId)
    throw new HeadgateError("COMMIT_CONFLICT", { message: `row id ${firstRowId} is below ${nextRowId}` });
  return firstRowId + addedRows;
}

function setReference(metadata: TableMetadata, { name, ref }: { name: string; ref: SnapshotReference }): TableMetadata {
  if (snapshotById(metadata, ref.snapshotId) === undefined)
    throw invalid(`refs.${name}`, "a reference must name a snapshot of the table");
  if (name === "main" && ref.type === "tag") throw invalid("refs.main", "main is a branch");
  return {
    ...metadata,
    refs: { ...metadata.refs, [name]: ref },
    currentSnapshotId: name === "main" ? ref.snapshotId : metadata.currentSnapshotId,
  };
}

function removeReference(metadata: TableMetadata, name: string): TableMetadata {
  const refs = Object.fromEntries(Object.entries(metadata.refs).filter(([other]) => other !== name));
  return { ...metadata, refs, currentSnapshotId: name === "main" ? undefined : metadata.currentSnapshotId };
}

function removeSchemas(metadata: TableMetadata, schemaIds: readonly number[]): TableMetadata {
  if (schemaIds.includes(metadata.currentSchemaId))
    throw invalid("remove-schemas", "the current schema cannot be removed");
  return { ...metadata, schemas: metadata.schemas.filter(({ schemaId }) => !schemaIds.includes(schemaId)) };
}

/**
 * References to removed snapshots and statistics of them go too, and the log begins after the last removed entry (spec: "Snapshot
 * log").
 */
function removeSnapshots(metadata: TableMetadata, snapshotIds: readonly bigint[]): TableMetadata {
  const removed = new Set(snapshotIds);
  if (metadata.currentSnapshotId !== undefined && removed.has(metadata.currentSnapshotId))
    throw invalid("remove-snapshots", "the current snapshot cannot be removed");
  const lastRemoved = metadata.snapshotLog.findLastIndex(({ snapshotId }) => removed.has(snapshotId));
  return {
    ...metadata,
    snapshots: metadata.snapshots.filter(({ snapshotId }) => !removed.has(snapshotId)),
    statistics: metadata.statistics.filter(({ snapshotId }) => !removed.has(snapshotId)),
    partitionStatistics: metadata.partitionStatistics.filter(({ snapshotId }) => !removed.has(snapshotId)),
    snapshotLog: metadata.snapshotLog.slice(lastRemoved + 1),
    refs: Object.fromEntries(Object.entries(metadata.refs).filter(([, { snapshotId }]) => !removed.has(snapshotId))),
  };
}

function withStatistics(
  metadata: TableMetadata,
  kind: "statistics" | "partitionStatistics",
  file: StatisticsFile,
): readonly StatisticsFile[] {
  if (snapshotById(metadata, file.snapshotId) === undefined)
    throw invalid(file.path, "statistics must name a snapshot of the table");
  return [...metadata[kind].filter(isOfAnother(file)), file];
}

function isOfAnother({ snapshotId }: Pick<StatisticsFile, "snapshotId">): (file: StatisticsFile) => boolean {
  return (file) => file.snapshotId !== snapshotId;
}

function nextId(ids: readonly number[]): number {
  return Math.max(-1, ...ids) + 1;
}

function invalid(place: string, message: string): HeadgateError {
  return new HeadgateError("METADATA_INVALID", { place, message });
}
