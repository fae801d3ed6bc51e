/** Partition specs (spec: "Partitioning"; JSON form: Appendix C, "Partition Specs"). */
import type { Json } from "../base/json.ts";
import { listOf, objectOf, type JsonObject } from "./json-members.ts";
import { fieldById, type Schema } from "./schema.ts";
import { formatTransform, parseTransform, transformedType, type Transform } from "./transform.ts";
import type { PrimitiveType } from "./type.ts";
import type { Value } from "./value.ts";

export interface PartitionField {
  /** At least 1000, and never reused. */
  readonly fieldId: number;
  readonly sourceId: number;
  readonly name: string;
  readonly transform: Transform;
}

export interface PartitionSpec {
  readonly specId: number;
  readonly fields: readonly PartitionField[];
}

/** One value for each field of the spec, in the spec's order. */
export type Partition = readonly (Value | null)[];

export const unpartitioned: PartitionSpec = { specId: 0, fields: [] };

/** Partition field ids begin above this number. */
export const firstPartitionId = 999;

export function parsePartitionFields(json: Json | undefined): readonly PartitionField[] {
  return listOf(json, "partition-specs").map((item, index) => parseField(objectOf(item, "partition-specs"), index));
}

function parseField(field: JsonObject, index: number): PartitionField {
  return {
    fieldId: Number(field["field-id"] ?? firstPartitionId + 1 + index),
    sourceId: Number(field["source-id"]),
    name: String(field["name"]),
    transform: parseTransform(String(field["transform"])),
  };
}

export function formatPartitionFields(fields: readonly PartitionField[]): Json {
  return fields.map(({ fieldId, sourceId, name, transform }) => ({
    "source-id": sourceId,
    "field-id": fieldId,
    name,
    transform: formatTransform(transform),
  }));
}

/** The type of each partition value. Without the source column, it is the type for an int column. */
export function partitionTypes(spec: PartitionSpec, schema: Schema): readonly PrimitiveType[] {
  return spec.fields.map(({ sourceId, transform }) => {
    const source = fieldById(schema, sourceId);
    return source === undefined || typeof source.type !== "string"
      ? transformedType(transform, "int")
      : transformedType(transform, source.type);
  });
}

/** Equal for files of one partition, and only for those. */
export function partitionKey({ specId, partition }: { specId: number; partition: Partition }): string {
  const values = partition.map((value) =>
    value === null ? null : value instanceof Uint8Array ? Buffer.from(value).toString("hex") : String(value),
  );
  return JSON.stringify([specId, values]);
}

/** Whether two specs partition in the same way, whatever their ids. */
export function isSameSpec(left: PartitionSpec, right: PartitionSpec): boolean {
  return JSON.stringify(formatPartitionFields(left.fields)) === JSON.stringify(formatPartitionFields(right.fields));
}
