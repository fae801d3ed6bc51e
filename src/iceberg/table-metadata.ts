/**
 * Table metadata (spec: "Table Metadata"; JSON form: Appendix C). Versions 1 to 3 can be read; tables are written in
 * the version they have, except version 1. 64-bit numbers are bigint. Unknown fields are kept as they were read.
 */
import { formatJson, parseJson, type Json } from "../base/json.ts";
import { must } from "../base/must.ts";
import { HeadgateError } from "../errors.ts";
import { firstPartitionId, formatPartitionFields, parsePartitionFields, type PartitionSpec } from "./partition-spec.ts";
import {
  listOf,
  longOf,
  objectOf,
  optionalLongOf,
  optionalListOf,
  optionalNumberOf,
  optionalTextOf,
  requiredOf,
  textMapOf,
  textsOf,
  type JsonObject,
} from "./json-members.ts";
import { formatSchema, highestFieldId, parseSchema, type Schema } from "./schema.ts";
import type { Snapshot } from "./snapshot.ts";
import { formatSortOrder, parseSortOrder, unsorted, type SortOrder } from "./sort-order.ts";
import type { StatisticsFile } from "./statistics-file.ts";
import type { NestedField } from "./type.ts";

export interface SnapshotReference {
  readonly snapshotId: bigint;
  readonly type: "branch" | "tag";
  readonly minSnapshotsToKeep?: number | undefined;
  readonly maxSnapshotAgeMs?: number | undefined;
  readonly maxRefAgeMs?: number | undefined;
}

export interface TableMetadata {
  readonly formatVersion: 1 | 2 | 3;
  readonly tableUuid: string;
  readonly location: string;
  readonly lastSequenceNumber: bigint;
  readonly lastUpdatedMs: number;
  readonly lastColumnId: number;
  readonly schemas: readonly Schema[];
  readonly currentSchemaId: number;
  readonly partitionSpecs: readonly PartitionSpec[];
  readonly defaultSpecId: number;
  readonly lastPartitionId: number;
  readonly sortOrders: readonly SortOrder[];
  readonly defaultSortOrderId: number;
  readonly properties: Readonly<Record<string, string>>;
  readonly currentSnapshotId?: bigint | undefined;
  readonly snapshots: readonly Snapshot[];
  readonly snapshotLog: readonly { readonly snapshotId: bigint; readonly timestampMs: number }[];
  readonly metadataLog: readonly { readonly metadataFile: string; readonly timestampMs: number }[];
  readonly refs: Readonly<Record<string, SnapshotReference>>;
  /** Version 3: the next row id to assign (spec: "Row Lineage"). */
  readonly nextRowId?: bigint | undefined;
  readonly statistics: readonly StatisticsFile[];
  readonly partitionStatistics: readonly StatisticsFile[];
  /** All other members by their JSON names: encryption keys and future additions. */
  readonly other: JsonObject;
}

export function currentSchema({ schemas, currentSchemaId }: TableMetadata): Schema {
  return must(
    schemas.find(({ schemaId }) => schemaId === currentSchemaId),
    "the current schema",
  );
}

/**
 * The current schema, with the columns, and the parts of columns, that only older schemas have at the end. Partition
 * specs and deletes may still name those.
 */
export function schemaOfAllTime(metadata: TableMetadata): Schema {
  const current = currentSchema(metadata);
  const older = metadata.schemas.toReversed();
  const fields = older.reduce((all, schema) => withFieldsOf(all, schema.fields), current.fields);
  return fields === current.fields ? current : { ...current, fields };
}

type Fields = Schema["fields"];

/** Returns the same list if nothing is missing. */
function withFieldsOf(fields: Fields, older: Fields): Fields {
  const before = new Map(older.map((field) => [field.id, field]));
  const merged = fields.map((field) => withPartsOf(field, before.get(field.id)));
  for (const { id } of fields) before.delete(id);
  const isSame = before.size === 0 && merged.every((field, index) => field === fields[index]);
  return isSame ? fields : [...merged, ...before.values()];
}

function withPartsOf(field: NestedField, before: NestedField | undefined): NestedField {
  const [type, older] = [field.type, before?.type];
  if (typeof type === "string" || type.type !== "struct") return field;
  if (older === undefined || typeof older === "string" || older.type !== "struct") return field;
  const fields = withFieldsOf(type.fields, older.fields);
  return fields === type.fields ? field : { ...field, type: { ...type, fields } };
}

/**
 * The version in which the table's files are written. Throws METADATA_INVALID for version 1, which can only be read.
 */
export function writtenVersion({ formatVersion }: TableMetadata): 2 | 3 {
  if (formatVersion !== 1) return formatVersion;
  const message = "the table has format version 1, which can only be read; upgrade it to version 2 first";
  throw new HeadgateError("METADATA_INVALID", { place: "format-version", message });
}

export function defaultSpec({ partitionSpecs, defaultSpecId }: TableMetadata): PartitionSpec {
  return must(
    partitionSpecs.find(({ specId }) => specId === defaultSpecId),
    "the default partition spec",
  );
}

export function currentSnapshot(metadata: TableMetadata): Snapshot | undefined {
  return metadata.currentSnapshotId === undefined ? undefined : snapshotById(metadata, metadata.currentSnapshotId);
}

export function snapshotById({ snapshots }: TableMetadata, id: bigint): Snapshot | undefined {
  return snapshots.find(({ snapshotId }) => snapshotId === id);
}

/** The schema that a snapshot was written with, or the current one if the snapshot does not name it. */
export function schemaOfSnapshot(metadata: TableMetadata, snapshot: Snapshot): Schema {
  return metadata.schemas.find(({ schemaId }) => schemaId === snapshot.schemaId) ?? currentSchema(metadata);
}

/** Throws METADATA_INVALID. */
export function parseTableMetadata(text: string): TableMetadata {
  const json = objectOf(jsonOf(text), "table metadata");
  const version = json["format-version"];
  if (version !== 1 && version !== 2 && version !== 3)
    throw new HeadgateError("METADATA_INVALID", {
      place: "format-version",
      message: `Headgate does not support format version ${String(version)}`,
    });
  try {
    const metadata = {
      formatVersion: version,
      ...parseSchemas(json),
      ...parseSpecs(json),
      ...parseOrders(json),
      ...parseSnapshots(json),
      ...parseRest(json),
    } as const;
    checkReferences(metadata);
    return metadata;
  } catch (cause) {
    if (cause instanceof HeadgateError) throw cause;
    throw new HeadgateError("METADATA_INVALID", { message: "a part of the table metadata has the wrong type", cause });
  }
}

function jsonOf(text: string): Json {
  try {
    return parseJson(text);
  } catch (cause) {
    throw new HeadgateError("METADATA_INVALID", { message: "the table metadata is not JSON", cause });
  }
}

function parseSchemas(json: JsonObject): Pick<TableMetadata, "schemas" | "currentSchemaId" | "lastColumnId"> {
  const schemas =
    json["schemas"] === undefined
      ? [parseSchema(requiredOf(json, "schema"))]
      : listOf(json["schemas"], "schemas").map(parseSchema);
  const currentSchemaId = Number(json["current-schema-id"] ?? schemas[0]?.schemaId ?? 0);
  return {
    schemas,
    currentSchemaId,
    lastColumnId: Number(json["last-column-id"] ?? Math.max(...schemas.map(highestFieldId))),
  };
}

function parseSpecs(json: JsonObject): Pick<TableMetadata, "partitionSpecs" | "defaultSpecId" | "lastPartitionId"> {
  const specs =
    json["partition-specs"] === undefined
      ? [{ specId: 0, fields: parsePartitionFields(json["partition-spec"] ?? []) }]
      : listOf(json["partition-specs"], "partition-specs").map(parseSpec);
  const ids = specs.flatMap(({ fields }) => fields.map(({ fieldId }) => fieldId));
  return {
    partitionSpecs: specs,
    defaultSpecId: Number(json["default-spec-id"] ?? 0),
    lastPartitionId: Number(json["last-partition-id"] ?? Math.max(firstPartitionId, ...ids)),
  };
}

function parseSpec(json: Json): PartitionSpec {
  const object = objectOf(json, "partition-specs");
  return { specId: Number(object["spec-id"]), fields: parsePartitionFields(object["fields"]) };
}

function parseOrders(json: JsonObject): Pick<TableMetadata, "sortOrders" | "defaultSortOrderId"> {
  const sortOrders =
    json["sort-orders"] === undefined ? [unsorted] : listOf(json["sort-orders"], "sort-orders").map(parseSortOrder);
  return { sortOrders, defaultSortOrderId: Number(json["default-sort-order-id"] ?? 0) };
}

/** −1 and null both mean "no snapshot". */
function parseSnapshots(
  json: JsonObject,
): Pick<TableMetadata, "snapshots" | "currentSnapshotId" | "snapshotLog" | "refs"> {
  const current = optionalLongOf(json, "current-snapshot-id");
  const currentSnapshotId = current === -1n ? undefined : current;
  const main: Record<string, SnapshotReference> =
    currentSnapshotId === undefined ? {} : { main: { snapshotId: currentSnapshotId, type: "branch" } };
  const refs = Object.entries(objectOf(json["refs"] ?? {}, "refs")).map(
    ([name, ref]) => [name, parseReference(objectOf(ref, `refs: ${name}`))] as const,
  );
  return {
    snapshots: optionalListOf(json["snapshots"], "snapshots").map((item) => parseSnapshot(objectOf(item, "snapshots"))),
    currentSnapshotId,
    snapshotLog: optionalListOf(json["snapshot-log"], "snapshot-log").map((item) => {
      const entry = objectOf(item, "snapshot-log");
      return { snapshotId: longOf(entry, "snapshot-id"), timestampMs: Number(entry["timestamp-ms"]) };
    }),
    refs: { ...main, ...Object.fromEntries(refs) },
  };
}

function parseSnapshot(json: JsonObject): Snapshot {
  return {
    snapshotId: longOf(json, "snapshot-id"),
    parentSnapshotId: optionalLongOf(json, "parent-snapshot-id"),
    sequenceNumber: optionalLongOf(json, "sequence-number") ?? 0n,
    timestampMs: Number(json["timestamp-ms"]),
    manifestList: optionalTextOf(json, "manifest-list"),
    manifests: json["manifests"] === undefined ? undefined : textsOf(json["manifests"], "manifests"),
    summary: textMapOf(json, "summary"),
    schemaId: optionalNumberOf(json, "schema-id"),
    firstRowId: optionalLongOf(json, "first-row-id"),
    addedRows: optionalLongOf(json, "added-rows"),
  };
}

function parseReference(json: JsonObject): SnapshotReference {
  return {
    snapshotId: longOf(json, "snapshot-id"),
    type: json["type"] === "tag" ? "tag" : "branch",
    minSnapshotsToKeep: optionalNumberOf(json, "min-snapshots-to-keep"),
    maxSnapshotAgeMs: optionalNumberOf(json, "max-snapshot-age-ms"),
    maxRefAgeMs: optionalNumberOf(json, "max-ref-age-ms"),
  };
}

const known = new Set(
  `format-version table-uuid location last-sequence-number last-updated-ms last-column-id schemas schema current-schema-id partition-specs
   partition-spec default-spec-id last-partition-id sort-orders default-sort-order-id properties current-snapshot-id snapshots snapshot-log
   metadata-log refs next-row-id statistics partition-statistics`.split(/\s+/),
);

function parseRest(
  json: JsonObject,
): Pick<
  TableMetadata,
  | "tableUuid"
  | "location"
  | "lastSequenceNumber"
  | "lastUpdatedMs"
  | "properties"
  | "metadataLog"
  | "nextRowId"
  | "statistics"
  | "partitionStatistics"
  | "other"
> {
  return {
    tableUuid: String(json["table-uuid"] ?? ""),
    location: String(requiredOf(json, "location")).replace(/\/+$/, ""),
    lastSequenceNumber: optionalLongOf(json, "last-sequence-number") ?? 0n,
    lastUpdatedMs: Number(json["last-updated-ms"]),
    properties: textMapOf(json, "properties"),
    metadataLog: optionalListOf(json["metadata-log"], "metadata-log").map((item) => {
      const entry = objectOf(item, "metadata-log");
      return { metadataFile: String(entry["metadata-file"]), timestampMs: Number(entry["timestamp-ms"]) };
    }),
    nextRowId: optionalLongOf(json, "next-row-id"),
    statistics: optionalListOf(json["statistics"], "statistics").map(parseStatistics),
    partitionStatistics: optionalListOf(json["partition-statistics"], "partition-statistics").map(parseStatistics),
    other: Object.fromEntries(Object.entries(json).filter(([key]) => !known.has(key))),
  };
}

function parseStatistics(json: Json): StatisticsFile {
  const object = objectOf(json, "statistics");
  return { snapshotId: longOf(object, "snapshot-id"), path: String(requiredOf(object, "statistics-path")), json };
}

function checkReferences(metadata: TableMetadata): void {
  const place = (name: string): HeadgateError =>
    new HeadgateError("METADATA_INVALID", {
      place: name,
      message: `${name} names something that the table metadata does not have`,
    });
  if (!metadata.schemas.some(({ schemaId }) => schemaId === metadata.currentSchemaId)) throw place("current-schema-id");
  if (!metadata.partitionSpecs.some(({ specId }) => specId === metadata.defaultSpecId)) throw place("default-spec-id");
  if (metadata.currentSnapshotId !== undefined && currentSnapshot(metadata) === undefined)
    throw place("current-snapshot-id");
}

/** Formats as JSON text. Throws METADATA_INVALID for version 1, which can only be read. */
export function formatTableMetadata(metadata: TableMetadata): string {
  return formatJson({
    "format-version": writtenVersion(metadata),
    "table-uuid": metadata.tableUuid,
    location: metadata.location,
    "last-sequence-number": metadata.lastSequenceNumber,
    "last-updated-ms": metadata.lastUpdatedMs,
    "last-column-id": metadata.lastColumnId,
    "current-schema-id": metadata.currentSchemaId,
    schemas: metadata.schemas.map(formatSchema),
    "default-spec-id": metadata.defaultSpecId,
    "partition-specs": metadata.partitionSpecs.map(({ specId, fields }) => ({
      "spec-id": specId,
      fields: formatPartitionFields(fields),
    })),
    "last-partition-id": metadata.lastPartitionId,
    "default-sort-order-id": metadata.defaultSortOrderId,
    "sort-orders": metadata.sortOrders.map(formatSortOrder),
    properties: metadata.properties,
    "current-snapshot-id": metadata.currentSnapshotId ?? -1,
    refs: Object.fromEntries(Object.entries(metadata.refs).map(([name, ref]) => [name, formatReference(ref)])),
    snapshots: metadata.snapshots.map(formatSnapshot),
    "snapshot-log": metadata.snapshotLog.map(({ snapshotId, timestampMs }) => ({
      "timestamp-ms": timestampMs,
      "snapshot-id": snapshotId,
    })),
    "metadata-log": metadata.metadataLog.map(({ metadataFile, timestampMs }) => ({
      "timestamp-ms": timestampMs,
      "metadata-file": metadataFile,
    })),
    "next-row-id": metadata.nextRowId,
    ...(metadata.statistics.length > 0 ? { statistics: metadata.statistics.map(({ json }) => json) } : {}),
    ...(metadata.partitionStatistics.length > 0
      ? { "partition-statistics": metadata.partitionStatistics.map(({ json }) => json) }
      : {}),
    ...metadata.other,
  });
}

function formatSnapshot(snapshot: Snapshot): Json {
  return {
    "snapshot-id": snapshot.snapshotId,
    "parent-snapshot-id": snapshot.parentSnapshotId,
    "sequence-number": snapshot.sequenceNumber,
    "timestamp-ms": snapshot.timestampMs,
    "manifest-list": snapshot.manifestList,
    summary: snapshot.summary,
    "schema-id": snapshot.schemaId,
    "first-row-id": snapshot.firstRowId,
    "added-rows": snapshot.addedRows,
  };
}

function formatReference(ref: SnapshotReference): Json {
  return {
    "snapshot-id": ref.snapshotId,
    type: ref.type,
    "min-snapshots-to-keep": ref.minSnapshotsToKeep,
    "max-snapshot-age-ms": ref.maxSnapshotAgeMs,
    "max-ref-age-ms": ref.maxRefAgeMs,
  };
}
