/** Summarises the partitions in a manifest, field by field (spec: "Manifest Lists", `field_summary`). */
import type { PartitionFieldSummary } from "./manifest-list.ts";
import { partitionTypes, type Partition, type PartitionSpec } from "./partition-spec.ts";
import type { Schema } from "./schema.ts";
import { toBytes } from "./single-value.ts";
import type { PrimitiveType } from "./type.ts";
import { compareValues, type Value } from "./value.ts";

export function partitionSummaries(
  partitions: readonly Partition[],
  { spec, schema }: { spec: PartitionSpec; schema: Schema },
): readonly PartitionFieldSummary[] {
  return partitionTypes(spec, schema).map((type, field) =>
    summary(
      type,
      partitions.map((partition) => partition[field] ?? null),
    ),
  );
}

function summary(type: PrimitiveType, values: readonly (Value | null)[]): PartitionFieldSummary {
  const isNan = (value: Value | null): boolean => typeof value === "number" && Number.isNaN(value);
  const bounded = values
    .filter((value) => value !== null)
    .filter((value) => !isNan(value))
    .toSorted(compareValues);
  const [lowest, highest] = [bounded[0], bounded.at(-1)];
  return {
    containsNull: values.includes(null),
    containsNan: values.some(isNan),
    lowerBound: lowest === undefined ? undefined : toBytes(type, lowest),
    upperBound: highest === undefined ? undefined : toBytes(type, highest),
  };
}
