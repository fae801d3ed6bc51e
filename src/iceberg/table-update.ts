/**
 * Changes to table metadata, one action at a time (REST specification: `TableUpdate`; rules: "Table Metadata"). Pure:
 * new metadata is returned. Schemas, specs and sort orders that exist already are reused.
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

/**
 * Named as in the REST specification. Its other updates (uuid, location, removal of specs, encryption keys) are not
 * needed yet.
 */
export type TableUpdate =
  | { readonly action: "upgrade-format-version"; readonly formatVersion: 2 | 3 }
  /** A schema that exists already is not added again. The schema's id is assigned here. */
  | { readonly action: "add-schema"; readonly schema: Schema; readonly lastColumnId?: number | undefined }
  | { readonly action: "set-current-schema"; readonly schemaId: number }
  | { readonly action: "remove-schemas"; readonly schemaIds: readonly number[] }
  | { readonly action: "add-spec"; readonly spec: PartitionSpec }
  | { readonly action: "set-default-spec"; readonly specId: number }
  | { readonly action: "add-sort-order"; readonly sortOrder: SortOrder }
  | { readonly action: "set-default-sort-order"; readonly sortOrderId: number }
  | { readonly action: "add-snapshot"; readonly snapshot: Snapshot }
  | ({ readonly action: "set-snapshot-ref"; readonly refName: string } & SnapshotReference)
  | { readonly action: "remove-snapshot-ref"; readonly refName: string }
  | { readonly action: "remove-snapshots"; readonly snapshotIds: readonly bigint[] }
  /** Replaces the statistics that the snapshot has. */
  | { readonly action: "set-statistics"; readonly statistics: StatisticsFile }
  | { readonly action: "remove-statistics"; readonly snapshotId: bigint }
  | { readonly action: "set-partition-statistics"; readonly partitionStatistics: StatisticsFile }
  | { readonly action: "remove-partition-statistics"; readonly snapshotId: bigint }
  | { readonly action: "set-properties"; readonly updates: Readonly<Record<string, string>> }
  | { readonly action: "remove-properties"; readonly removals: readonly string[] };

/** Stands for the id of the schema, spec or sort order that was added last, or found to exist already. */
export const lastAdded = -1;

/** Updates that make the schema the current one. */
export function schemaUpdates(schema: Schema, lastColumnId?: number): readonly TableUpdate[] {
  return [
    { action: "add-schema", schema, lastColumnId },
    { action: "set-current-schema", schemaId: lastAdded },
  ];
}

/** Updates that set how new files are partitioned and sorted. */
export function layoutUpdates(spec: PartitionSpec, sortOrder: SortOrder): readonly TableUpdate[] {
  return [
    { action: "add-spec", spec },
    { action: "set-default-spec", specId: lastAdded },
    { action: "add-sort-order", sortOrder },
    { action: "set-default-sort-order", sortOrderId: lastAdded },
  ];
}

/** How many older metadata files a table remembers (`write.metadata.previous-versions-max`). */
const defaultPreviousVersions = 100;

interface CommitParts {
  readonly updates: readonly TableUpdate[];
  /** The file that the metadata was read from; undefined for a new table. */
  readonly previousFile: string | undefined;
  readonly now: number;
}

/** Applies updates in order and maintains the logs. Throws METADATA_INVALID, COMMIT_CONFLICT. */
export function applyUpdates(metadata: TableMetadata, { updates, previousFile, now }: CommitParts): TableMetadata {
  let building: Building = { ...metadata, added: {} };
  for (const update of updates) building = applyUpdate(building, update);
  const { added: _added, ...next } = building;
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

interface Building extends TableMetadata {
  /** Ids of what was added last. */
  readonly added: { readonly schemaId?: number; readonly specId?: number; readonly sortOrderId?: number };
}

function applyUpdate(metadata: Building, update: TableUpdate): Building {
  switch (update.action) {
    case "upgrade-format-version":
      if (update.formatVersion < metadata.formatVersion)
        throw invalid("format-version", "a table cannot go back to an older format version");
      return upgrade(metadata, update.formatVersion);
    case "add-schema":
      return addSchema(metadata, update);
    case "set-current-schema":
      return { ...metadata, currentSchemaId: chosenId(metadata, "schemaId", update.schemaId) };
    case "add-spec":
      return addSpec(metadata, update.spec);
    case "set-default-spec":
      return { ...metadata, defaultSpecId: chosenId(metadata, "specId", update.specId) };
    case "add-sort-order":
      return addSortOrder(metadata, update.sortOrder);
    case "set-default-sort-order":
      return { ...metadata, defaultSortOrderId: chosenId(metadata, "sortOrderId", update.sortOrderId) };
    case "add-snapshot":
      return addSnapshot(metadata, update.snapshot);
    case "set-snapshot-ref":
      return setReference(metadata, update);
    case "remove-snapshot-ref":
      return removeReference(metadata, update.refName);
    case "remove-snapshots":
      return removeSnapshots(metadata, update.snapshotIds);
    case "remove-schemas":
      return removeSchemas(metadata, update.schemaIds);
    case "set-statistics":
      return { ...metadata, statistics: withStatistics(metadata, "statistics", update.statistics) };
    case "remove-statistics":
      return { ...metadata, statistics: metadata.statistics.filter(isOfAnother(update)) };
    case "set-partition-statistics":
      return {
        ...metadata,
        partitionStatistics: withStatistics(metadata, "partitionStatistics", update.partitionStatistics),
      };
    case "remove-partition-statistics":
      return { ...metadata, partitionStatistics: metadata.partitionStatistics.filter(isOfAnother(update)) };
    case "set-properties":
      return { ...metadata, properties: { ...metadata.properties, ...update.updates } };
    case "remove-properties":
      return {
        ...metadata,
        properties: Object.fromEntries(
          Object.entries(metadata.properties).filter(([key]) => !update.removals.includes(key)),
        ),
      };
  }
}

const nouns = { schemaId: "schema", specId: "partition spec", sortOrderId: "sort order" } as const;

/** Throws METADATA_INVALID for an id that does not exist. */
function chosenId(metadata: Building, kind: keyof Building["added"], id: number): number {
  if (id === lastAdded) return must(metadata.added[kind], `an added ${kind}`);
  const known: Readonly<Record<typeof kind, readonly number[]>> = {
    schemaId: metadata.schemas.map(({ schemaId }) => schemaId),
    specId: metadata.partitionSpecs.map(({ specId }) => specId),
    sortOrderId: metadata.sortOrders.map(({ orderId }) => orderId),
  };
  if (known[kind].includes(id)) return id;
  throw invalid(kind, `the table has no ${nouns[kind]} with the id ${id}`);
}

function upgrade(metadata: Building, formatVersion: 2 | 3): Building {
  const nextRowId = formatVersion === 3 ? (metadata.nextRowId ?? 0n) : undefined;
  return { ...metadata, formatVersion, nextRowId };
}

function addSchema(
  metadata: Building,
  { schema, lastColumnId }: { schema: Schema; lastColumnId?: number | undefined },
): Building {
  checkVersion(schema, metadata.formatVersion);
  const same = metadata.schemas.find((candidate) => isSameSchema(candidate, schema));
  const schemaId = same?.schemaId ?? nextId(metadata.schemas.map((candidate) => candidate.schemaId));
  return {
    ...metadata,
    schemas: same === undefined ? [...metadata.schemas, { ...schema, schemaId }] : metadata.schemas,
    lastColumnId: Math.max(metadata.lastColumnId, lastColumnId ?? 0, highestFieldId(schema)),
    added: { ...metadata.added, schemaId },
  };
}

function addSpec(metadata: Building, spec: PartitionSpec): Building {
  const same = metadata.partitionSpecs.find((candidate) => isSameSpec(candidate, spec));
  const specId = same?.specId ?? nextId(metadata.partitionSpecs.map((candidate) => candidate.specId));
  return {
    ...metadata,
    partitionSpecs: same === undefined ? [...metadata.partitionSpecs, { ...spec, specId }] : metadata.partitionSpecs,
    lastPartitionId: Math.max(metadata.lastPartitionId, ...spec.fields.map(({ fieldId }) => fieldId)),
    added: { ...metadata.added, specId },
  };
}

function addSortOrder(metadata: Building, order: SortOrder): Building {
  const fields = JSON.stringify(formatSortOrder({ ...order, orderId: 0 }));
  const same = metadata.sortOrders.find(
    (candidate) => JSON.stringify(formatSortOrder({ ...candidate, orderId: 0 })) === fields,
  );
  const orderId = same?.orderId ?? Math.max(1, nextId(metadata.sortOrders.map((candidate) => candidate.orderId)));
  return {
    ...metadata,
    sortOrders: same === undefined ? [...metadata.sortOrders, { ...order, orderId }] : metadata.sortOrders,
    added: { ...metadata.added, sortOrderId: orderId },
  };
}

function addSnapshot(metadata: Building, snapshot: Snapshot): Building {
  if (snapshotById(metadata, snapshot.snapshotId) !== undefined)
    throw invalid("snapshot-id", "a snapshot with this id already exists");
  if (snapshot.parentSnapshotId !== undefined && snapshot.sequenceNumber <= metadata.lastSequenceNumber) {
    throw new HeadgateError("COMMIT_CONFLICT", {
      message: `the snapshot has the sequence number ${snapshot.sequenceNumber}, which is not above ${metadata.lastSequenceNumber}, the table's last one`,
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

/** Throws COMMIT_CONFLICT if a snapshot assigns row ids that have been assigned already (spec: "Row Lineage"). */
function nextRow({ nextRowId }: TableMetadata, { firstRowId, addedRows }: Snapshot): bigint | undefined {
  if (nextRowId === undefined) return undefined;
  if (firstRowId === undefined || addedRows === undefined)
    throw invalid("first-row-id", "a snapshot in format version 3 needs a first row id");
  if (firstRowId < nextRowId)
    throw new HeadgateError("COMMIT_CONFLICT", {
      message: `the snapshot has the first row id ${firstRowId}, which is below ${nextRowId}, the table's next one`,
    });
  return firstRowId + addedRows;
}

function setReference(
  metadata: Building,
  { action: _action, refName: name, ...ref }: Extract<TableUpdate, { action: "set-snapshot-ref" }>,
): Building {
  if (snapshotById(metadata, ref.snapshotId) === undefined)
    throw invalid(`refs.${name}`, "a reference must name a snapshot of the table");
  if (name === "main" && ref.type === "tag") throw invalid("refs.main", "main must be a branch, not a tag");
  return {
    ...metadata,
    refs: { ...metadata.refs, [name]: ref },
    currentSnapshotId: name === "main" ? ref.snapshotId : metadata.currentSnapshotId,
  };
}

function removeReference(metadata: Building, name: string): Building {
  const refs = Object.fromEntries(Object.entries(metadata.refs).filter(([other]) => other !== name));
  return { ...metadata, refs, currentSnapshotId: name === "main" ? undefined : metadata.currentSnapshotId };
}

function removeSchemas(metadata: Building, schemaIds: readonly number[]): Building {
  if (schemaIds.includes(metadata.currentSchemaId))
    throw invalid("remove-schemas", "the current schema cannot be removed");
  return { ...metadata, schemas: metadata.schemas.filter(({ schemaId }) => !schemaIds.includes(schemaId)) };
}

/**
 * Also removes references to the snapshots and their statistics. The log then begins after the last removed entry
 * (spec: "Snapshot log").
 */
function removeSnapshots(metadata: Building, snapshotIds: readonly bigint[]): Building {
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
