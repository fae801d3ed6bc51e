/**
 * Table metadata (spec: "Table Metadata"; JSON form: Appendix C). Versions 1 to 3 are read, the version a table has is written.
 * 64-bit numbers are bigint. Fields this program does not know are kept as they were read.
 */
import { formatJson, parseJson, type Json } from "../base/json.ts";
import { must } from "../base/must.ts";
import { HeadgateError } from "../errors.ts";
import { firstPartitionId, formatPartitionFields, parsePartitionFields, type PartitionSpec } from "./partition-spec.ts";
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
  /** Version 3: ids of rows below it are given away (spec: "Row Lineage"). */
  readonly nextRowId?: bigint | undefined;
  readonly statistics: readonly StatisticsFile[];
  readonly partitionStatistics: readonly StatisticsFile[];
  /** Everything else, by its JSON name: encryption keys, what is yet to come. */
  readonly other: Readonly<Record<string, Json>>;
}

export function currentSchema({ schemas, currentSchemaId }: TableMetadata): Schema {
  return must(
    schemas.find(({ schemaId }) => schemaId === currentSchemaId),
    "the current schema",
  );
}

/**
 * The current schema, and after its columns and after the parts of each those that only older ones have: what partition specs and
 * deletes may still name.
 */
export function schemaOfAllTime(metadata: TableMetadata): Schema {
  const current = currentSchema(metadata);
  const older = metadata.schemas.toReversed();
  const fields = older.reduce((all, schema) => withFieldsOf(all, schema.fields), current.fields);
  return fields === current.fields ? current : { ...current, fields };
}

type Fields = Schema["fields"];

/** The same list where all are there. */
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

/** The version that files of the table are written in. Throws METADATA_INVALID for version 1, which is only read. */
export function writtenVersion({ formatVersion }: TableMetadata): 2 | 3 {
  if (formatVersion !== 1) return formatVersion;
  const message = "tables of format version 1 are only read; upgrade it to version 2 first";
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

/** The schema a snapshot was written with, the current one where it does not say. */
export function schemaOfSnapshot(metadata: TableMetadata, snapshot: Snapshot): Schema {
  return metadata.schemas.find(({ schemaId }) => schemaId === snapshot.schemaId) ?? currentSchema(metadata);
}

type JsonObject = Readonly<Record<string, Json>>;

/** Throws METADATA_INVALID. */
export function parseTableMetadata(text: string): TableMetadata {
  let json: JsonObject;
  try {
    json = parseJson(text) as JsonObject;
  } catch (cause) {
    throw new HeadgateError("METADATA_INVALID", { message: "table metadata is not JSON", cause });
  }
  const version = json["format-version"];
  if (version !== 1 && version !== 2 && version !== 3)
    throw new HeadgateError("METADATA_INVALID", {
      place: "format-version",
      message: `format version ${String(version)} is not read here`,
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
    throw new HeadgateError("METADATA_INVALID", { message: "table metadata has a part of a wrong kind", cause });
  }
}

function parseSchemas(json: JsonObject): Pick<TableMetadata, "schemas" | "currentSchemaId" | "lastColumnId"> {
  const schemas =
    json["schemas"] === undefined ? [parseSchema(required(json, "schema"))] : list(json["schemas"]).map(parseSchema);
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
      : list(json["partition-specs"]).map((spec) => ({
          specId: Number((spec as JsonObject)["spec-id"]),
          fields: parsePartitionFields((spec as JsonObject)["fields"]),
        }));
  const ids = specs.flatMap(({ fields }) => fields.map(({ fieldId }) => fieldId));
  return {
    partitionSpecs: specs,
    defaultSpecId: Number(json["default-spec-id"] ?? 0),
    lastPartitionId: Number(json["last-partition-id"] ?? Math.max(firstPartitionId, ...ids)),
  };
}

function parseOrders(json: JsonObject): Pick<TableMetadata, "sortOrders" | "defaultSortOrderId"> {
  const sortOrders = json["sort-orders"] === undefined ? [unsorted] : list(json["sort-orders"]).map(parseSortOrder);
  return { sortOrders, defaultSortOrderId: Number(json["default-sort-order-id"] ?? 0) };
}

/** −1 and null both stand for "no snapshot". */
function parseSnapshots(
  json: JsonObject,
): Pick<TableMetadata, "snapshots" | "currentSnapshotId" | "snapshotLog" | "refs"> {
  const current = json["current-snapshot-id"];
  const currentSnapshotId =
    current === undefined || current === null || BigInt(current as number) === -1n
      ? undefined
      : BigInt(current as number);
  const main: Record<string, SnapshotReference> =
    currentSnapshotId === undefined ? {} : { main: { snapshotId: currentSnapshotId, type: "branch" } };
  const refs = Object.entries((json["refs"] ?? {}) as JsonObject).map(
    ([name, ref]) => [name, parseReference(ref as JsonObject)] as const,
  );
  return {
    snapshots: list(json["snapshots"] ?? []).map((snapshot) => parseSnapshot(snapshot as JsonObject)),
    currentSnapshotId,
    snapshotLog: list(json["snapshot-log"] ?? []).map((entry) => ({
      snapshotId: big(entry as JsonObject, "snapshot-id"),
      timestampMs: Number((entry as JsonObject)["timestamp-ms"]),
    })),
    refs: { ...main, ...Object.fromEntries(refs) },
  };
}

function parseSnapshot(json: JsonObject): Snapshot {
  return {
    snapshotId: big(json, "snapshot-id"),
    parentSnapshotId: optionalBig(json, "parent-snapshot-id"),
    sequenceNumber: BigInt((json["sequence-number"] ?? 0) as number),
    timestampMs: Number(json["timestamp-ms"]),
    manifestList: json["manifest-list"] as string | undefined,
    manifests: json["manifests"] as readonly string[] | undefined,
    summary: (json["summary"] ?? {}) as Record<string, string>,
    schemaId: json["schema-id"] as number | undefined,
    firstRowId: optionalBig(json, "first-row-id"),
    addedRows: optionalBig(json, "added-rows"),
  };
}

function parseReference(json: JsonObject): SnapshotReference {
  return {
    snapshotId: big(json, "snapshot-id"),
    type: json["type"] === "tag" ? "tag" : "branch",
    minSnapshotsToKeep: json["min-snapshots-to-keep"] as number | undefined,
    maxSnapshotAgeMs: json["max-snapshot-age-ms"] as number | undefined,
    maxRefAgeMs: json["max-ref-age-ms"] as number | undefined,
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
    location: String(required(json, "location")).replace(/\/+$/, ""),
    lastSequenceNumber: BigInt((json["last-sequence-number"] ?? 0) as number),
    lastUpdatedMs: Number(json["last-updated-ms"]),
    properties: (json["properties"] ?? {}) as Record<string, string>,
    metadataLog: list(json["metadata-log"] ?? []).map((entry) => ({
      metadataFile: String((entry as JsonObject)["metadata-file"]),
      timestampMs: Number((entry as JsonObject)["timestamp-ms"]),
    })),
    nextRowId: optionalBig(json, "next-row-id"),
    statistics: list(json["statistics"] ?? []).map(parseStatistics),
    partitionStatistics: list(json["partition-statistics"] ?? []).map(parseStatistics),
    other: Object.fromEntries(Object.entries(json).filter(([key]) => !known.has(key))),
  };
}

function parseStatistics(json: Json): StatisticsFile {
  const object = json as JsonObject;
  return { snapshotId: big(object, "snapshot-id"), path: String(required(object, "statistics-path")), json };
}

function checkReferences(metadata: TableMetadata): void {
  const place = (name: string): HeadgateError =>
    new HeadgateError("METADATA_INVALID", { place: name, message: `${name} names something that is not there` });
  if (!metadata.schemas.some(({ schemaId }) => schemaId === metadata.currentSchemaId)) throw place("current-schema-id");
  if (!metadata.partitionSpecs.some(({ specId }) => specId === metadata.defaultSpecId)) throw place("default-spec-id");
  if (metadata.currentSnapshotId !== undefined && currentSnapshot(metadata) === undefined)
    throw place("current-snapshot-id");
}

/** As JSON text. Throws METADATA_INVALID for version 1, which is only read. */
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

function list(json: Json | undefined): readonly Json[] {
  if (Array.isArray(json)) return json as readonly Json[];
  throw new HeadgateError("METADATA_INVALID", { message: "table metadata has something else where a list should be" });
}

function required(json: JsonObject, key: string): Json {
  const value = json[key];
  if (value === undefined || value === null)
    throw new HeadgateError("METADATA_INVALID", { place: key, message: `table metadata lacks ${key}` });
  return value;
}

function big(json: JsonObject, key: string): bigint {
  return BigInt(required(json, key) as number);
}

function optionalBig(json: JsonObject, key: string): bigint | undefined {
  const value = json[key];
  return value === undefined || value === null ? undefined : BigInt(value as number);
}
