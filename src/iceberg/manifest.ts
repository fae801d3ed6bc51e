/**
 * Manifests (spec: "Manifests"): Avro files that list data or delete files with their statistics. Format versions 2 and
 * 3 can be written.
 */
import { formatJson } from "../base/json.ts";
import { must } from "../base/must.ts";
import { readAvroFile, readAvroRecords, writeAvroFile } from "./avro-file.ts";
import {
  avroField,
  avroIntMap,
  avroList,
  avroName,
  avroPrimitive,
  type AvroSchema,
  type FieldNames,
} from "./avro-schema.ts";
import type { DataFile, FileContent } from "./data-file.ts";
import { formatPartitionFields, partitionTypes, type Partition, type PartitionSpec } from "./partition-spec.ts";
import { formatSchema, type Schema } from "./schema.ts";
import { bigEndian, fromBigEndian } from "../base/big-endian.ts";
import { fromBytes, toBytes } from "./single-value.ts";
import { decimalBytes, decimalOf, type PrimitiveType } from "./type.ts";
import { bytesValue, longValue, textValue, type Value } from "./value.ts";

export type EntryStatus = "existing" | "added" | "deleted";

/**
 * A file with its history. Sequence numbers and the snapshot id are absent only if they are inherited (spec: "Sequence
 * Number Inheritance").
 */
export interface ManifestEntry {
  readonly status: EntryStatus;
  readonly snapshotId?: bigint | undefined;
  readonly sequenceNumber?: bigint | undefined;
  readonly fileSequenceNumber?: bigint | undefined;
  readonly dataFile: DataFile;
}

/** An entry for a file that is part of the table, with its inherited values filled in. */
export interface LiveEntry extends ManifestEntry {
  readonly snapshotId: bigint;
  readonly sequenceNumber: bigint;
  readonly fileSequenceNumber: bigint;
}

export type ManifestContent = "data" | "deletes";

const statuses: readonly EntryStatus[] = ["existing", "added", "deleted"];
const contents: readonly FileContent[] = ["data", "position-deletes", "equality-deletes"];

interface ManifestParts {
  readonly formatVersion: 2 | 3;
  readonly schema: Schema;
  readonly spec: PartitionSpec;
  readonly content: ManifestContent;
  readonly entries: readonly ManifestEntry[];
}

export function writeManifest({ formatVersion, schema, spec, content, entries }: ManifestParts): Uint8Array {
  const types = partitionTypes(spec, schema);
  return writeAvroFile({
    schema: entrySchema(spec, { types, formatVersion }),
    metadata: {
      schema: formatJson(formatSchema(schema)),
      "schema-id": String(schema.schemaId),
      "partition-spec": formatJson(formatPartitionFields(spec.fields)),
      "partition-spec-id": String(spec.specId),
      "format-version": String(formatVersion),
      content,
    },
    records: entries.map((entry) => entryRecord(entry, { spec, types })),
  });
}

interface ReadingManifest {
  /** The schema and the partition spec that the manifest list names for the manifest. */
  readonly schema: Schema;
  readonly spec: PartitionSpec;
  /**
   * Decides, from everything else that is known about a file, whether to read its column statistics and split offsets,
   * which take the most time. By default they are always read.
   */
  readonly statistics?: ((file: DataFile) => boolean) | undefined;
}

const noIds: ReadonlySet<number> = new Set();
const statisticsIds: ReadonlySet<number> = new Set([108, 109, 110, 137, 125, 128, 132]);

/** Each entry is decoded on demand. Throws METADATA_INVALID. */
export function* readManifest(
  bytes: Uint8Array,
  { schema, spec, statistics }: ReadingManifest,
): Generator<ManifestEntry> {
  const shape = { spec, types: partitionTypes(spec, schema) };
  const without = statistics === undefined ? noIds : statisticsIds;
  for (const { value, whole } of readAvroRecords(bytes, { names: canonicalNames(spec), without })) {
    const entry = entryFromRecord(value as EntryRecord, shape);
    yield statistics?.(entry.dataFile) === true ? entryFromRecord(whole() as EntryRecord, shape) : entry;
  }
}

interface EntryShape {
  readonly types: readonly PrimitiveType[];
  readonly formatVersion: 2 | 3;
}

/** The id of the partition spec that the manifest says it was written with. */
export function readManifestSpecId(bytes: Uint8Array): number {
  return Number(readAvroFile(bytes, { names: ownNames }).metadata.get("partition-spec-id") ?? 0);
}

function fileSchema(spec: PartitionSpec, { types, formatVersion }: EntryShape): AvroSchema {
  const partition: AvroSchema = {
    type: "record",
    name: "r102",
    fields: spec.fields.map(({ name, fieldId }, index) =>
      avroField({
        name: avroName(name),
        id: fieldId,
        type: avroPrimitive(types[index] ?? "int", `p${fieldId}`),
        required: false,
      }),
    ),
  };
  return {
    type: "record",
    name: "r2",
    fields: [
      avroField({ name: "content", id: 134, type: "int", required: true }),
      avroField({ name: "file_path", id: 100, type: "string", required: true }),
      avroField({ name: "file_format", id: 101, type: "string", required: true }),
      avroField({ name: "partition", id: 102, type: partition, required: true }),
      avroField({ name: "record_count", id: 103, type: "long", required: true }),
      avroField({ name: "file_size_in_bytes", id: 104, type: "long", required: true }),
      avroField({ name: "column_sizes", id: 108, type: avroIntMap({ key: 117, value: 118 }, "long"), required: false }),
      avroField({ name: "value_counts", id: 109, type: avroIntMap({ key: 119, value: 120 }, "long"), required: false }),
      avroField({
        name: "null_value_counts",
        id: 110,
        type: avroIntMap({ key: 121, value: 122 }, "long"),
        required: false,
      }),
      avroField({
        name: "nan_value_counts",
        id: 137,
        type: avroIntMap({ key: 138, value: 139 }, "long"),
        required: false,
      }),
      avroField({
        name: "lower_bounds",
        id: 125,
        type: avroIntMap({ key: 126, value: 127 }, "bytes"),
        required: false,
      }),
      avroField({
        name: "upper_bounds",
        id: 128,
        type: avroIntMap({ key: 129, value: 130 }, "bytes"),
        required: false,
      }),
      avroField({ name: "split_offsets", id: 132, type: avroList(133, "long"), required: false }),
      avroField({ name: "equality_ids", id: 135, type: avroList(136, "int"), required: false }),
      avroField({ name: "sort_order_id", id: 140, type: "int", required: false }),
      avroField({ name: "referenced_data_file", id: 143, type: "string", required: false }),
      ...(formatVersion === 3 ? fieldsOfVersion3 : []),
    ],
  };
}

const fieldsOfVersion3: readonly AvroSchema[] = [
  avroField({ name: "first_row_id", id: 142, type: "long", required: false }),
  avroField({ name: "content_offset", id: 144, type: "long", required: false }),
  avroField({ name: "content_size_in_bytes", id: 145, type: "long", required: false }),
];

function entrySchema(spec: PartitionSpec, shape: EntryShape): AvroSchema {
  return {
    type: "record",
    name: "manifest_entry",
    fields: [
      avroField({ name: "status", id: 0, type: "int", required: true }),
      avroField({ name: "snapshot_id", id: 1, type: "long", required: false }),
      avroField({ name: "sequence_number", id: 3, type: "long", required: false }),
      avroField({ name: "file_sequence_number", id: 4, type: "long", required: false }),
      avroField({ name: "data_file", id: 2, type: fileSchema(spec, shape), required: true }),
    ],
  };
}

const namesOf = new WeakMap<PartitionSpec, FieldNames>();

/** Fields are read by id, under the names of our own schema and `p<id>` for partition fields. */
function canonicalNames(spec: PartitionSpec): FieldNames {
  const known = namesOf.get(spec) ?? new Map([...ownNames, ...spec.fields.map(partitionName)]);
  namesOf.set(spec, known);
  return known;
}

function partitionName({ fieldId }: PartitionSpec["fields"][number]): readonly [number, string] {
  return [fieldId, `p${fieldId}`];
}

const ownNames = fieldNames(entrySchema({ specId: 0, fields: [] }, { types: [], formatVersion: 3 }));

function fieldNames(root: AvroSchema): FieldNames {
  const names = new Map<number, string>();
  const collect = (schema: AvroSchema): void => {
    if (typeof schema !== "object" || Array.isArray(schema)) return;
    const {
      fields,
      type,
      "field-id": id,
      name,
    } = schema as { fields?: AvroSchema[]; type?: AvroSchema; "field-id"?: number; name?: string };
    if (id !== undefined && name !== undefined) names.set(id, name);
    for (const field of fields ?? []) collect(field);
    if (typeof type === "object") collect(type);
  };
  collect(root);
  return names;
}

interface PartitionShape {
  readonly spec: PartitionSpec;
  readonly types: readonly PrimitiveType[];
}

interface KeyValue<T> {
  readonly key: number;
  readonly value: T;
}

interface FileRecord {
  readonly content?: number;
  readonly file_path: string;
  readonly file_format: string;
  readonly partition: Readonly<Record<string, Value | null>>;
  readonly record_count: bigint;
  readonly file_size_in_bytes: bigint;
  readonly column_sizes?: readonly KeyValue<bigint>[] | null;
  readonly value_counts?: readonly KeyValue<bigint>[] | null;
  readonly null_value_counts?: readonly KeyValue<bigint>[] | null;
  readonly nan_value_counts?: readonly KeyValue<bigint>[] | null;
  readonly lower_bounds?: readonly KeyValue<Uint8Array>[] | null;
  readonly upper_bounds?: readonly KeyValue<Uint8Array>[] | null;
  readonly split_offsets?: readonly bigint[] | null;
  readonly equality_ids?: readonly number[] | null;
  readonly sort_order_id?: number | null;
  readonly referenced_data_file?: string | null;
  readonly first_row_id?: bigint | null;
  readonly content_offset?: bigint | null;
  readonly content_size_in_bytes?: bigint | null;
}

interface EntryRecord {
  readonly status: number;
  readonly snapshot_id?: bigint | null;
  readonly sequence_number?: bigint | null;
  readonly file_sequence_number?: bigint | null;
  readonly data_file: FileRecord;
}

function entryRecord(
  { status, snapshotId, sequenceNumber, fileSequenceNumber, dataFile }: ManifestEntry,
  shape: PartitionShape,
): EntryRecord {
  return {
    status: statuses.indexOf(status),
    snapshot_id: snapshotId ?? null,
    sequence_number: sequenceNumber ?? null,
    file_sequence_number: fileSequenceNumber ?? null,
    data_file: fileRecord(dataFile, shape),
  };
}

function fileRecord(file: DataFile, { spec, types }: PartitionShape): FileRecord {
  return {
    content: contents.indexOf(file.content),
    file_path: file.filePath,
    file_format: file.fileFormat,
    partition: Object.fromEntries(
      spec.fields.map(({ name }, index) => [
        avroName(name),
        toAvroValue(types[index] ?? "int", file.partition[index] ?? null),
      ]),
    ),
    record_count: file.recordCount,
    file_size_in_bytes: file.fileSizeInBytes,
    column_sizes: keyValues(file.columnSizes),
    value_counts: keyValues(file.valueCounts),
    null_value_counts: keyValues(file.nullValueCounts),
    nan_value_counts: keyValues(file.nanValueCounts),
    lower_bounds: keyValues(file.lowerBounds),
    upper_bounds: keyValues(file.upperBounds),
    split_offsets: file.splitOffsets ?? null,
    equality_ids: file.equalityIds ?? null,
    sort_order_id: file.sortOrderId ?? null,
    referenced_data_file: file.referencedDataFile ?? null,
    first_row_id: file.firstRowId ?? null,
    content_offset: file.contentOffset ?? null,
    content_size_in_bytes: file.contentSizeInBytes ?? null,
  };
}

function entryFromRecord(record: EntryRecord, shape: PartitionShape): ManifestEntry {
  return {
    status: must(statuses[record.status], "an entry status from 0 to 2"),
    snapshotId: record.snapshot_id ?? undefined,
    sequenceNumber: record.sequence_number ?? undefined,
    fileSequenceNumber: record.file_sequence_number ?? undefined,
    dataFile: fileFromRecord(record.data_file, shape),
  };
}

function fileFromRecord(record: FileRecord, { spec, types }: PartitionShape): DataFile {
  const partition: Partition = spec.fields.map(({ fieldId }, index) =>
    fromAvroValue(types[index] ?? "int", record.partition[`p${fieldId}`] ?? null),
  );
  return {
    content: must(contents[record.content ?? 0], "a file content from 0 to 2"),
    filePath: record.file_path,
    fileFormat: record.file_format.toUpperCase(),
    specId: spec.specId,
    partition,
    recordCount: record.record_count,
    fileSizeInBytes: record.file_size_in_bytes,
    columnSizes: intMap(record.column_sizes),
    valueCounts: intMap(record.value_counts),
    nullValueCounts: intMap(record.null_value_counts),
    nanValueCounts: intMap(record.nan_value_counts),
    lowerBounds: intMap(record.lower_bounds),
    upperBounds: intMap(record.upper_bounds),
    splitOffsets: record.split_offsets ?? undefined,
    equalityIds: record.equality_ids ?? undefined,
    sortOrderId: record.sort_order_id ?? undefined,
    referencedDataFile: record.referenced_data_file ?? undefined,
    firstRowId: record.first_row_id ?? undefined,
    contentOffset: record.content_offset ?? undefined,
    contentSizeInBytes: record.content_size_in_bytes ?? undefined,
  };
}

function keyValues<T>(map: ReadonlyMap<number, T> | undefined): readonly KeyValue<T>[] | null {
  return map === undefined || map.size === 0
    ? null
    : [...map].map(([key, value]) => ({ key, value: value instanceof Uint8Array ? (Buffer.from(value) as T) : value }));
}

function intMap<T>(list: readonly KeyValue<T>[] | null | undefined): ReadonlyMap<number, T> | undefined {
  return list === null || list === undefined ? undefined : new Map(list.map(({ key, value }) => [key, value]));
}

function toAvroValue(type: PrimitiveType, value: Value | null): Value | null {
  if (value === null) return null;
  const decimal = decimalOf(type);
  if (decimal !== undefined) return padded(bigEndian(longValue(value)), decimalBytes(decimal.precision));
  if (type === "uuid") return Buffer.from(textValue(value).replaceAll("-", ""), "hex");
  return value instanceof Uint8Array ? Buffer.from(value) : value;
}

function fromAvroValue(type: PrimitiveType, value: Value | null): Value | null {
  if (value === null) return null;
  if (decimalOf(type) !== undefined) return fromBigEndian(bytesValue(value));
  if (type === "uuid")
    return Buffer.from(bytesValue(value))
      .toString("hex")
      .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  if (type === "long" && typeof value === "number") return BigInt(value);
  // The column was a date when the file was written (spec: "Schema Evolution").
  if ((type === "timestamp" || type === "timestamp_ns") && typeof value === "number")
    return fromBytes(type, toBytes("date", value));
  return value;
}

/** Extends two's complement to the given length. */
function padded(bytes: Uint8Array, length: number): Buffer {
  const sign = ((bytes[0] ?? 0) & 0x80) === 0 ? 0 : 0xff;
  return Buffer.concat([Buffer.alloc(Math.max(0, length - bytes.length), sign), bytes]);
}
