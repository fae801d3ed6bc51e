/**
 * A published data file that no snapshot lists yet, as JSON data. A load plan stores it, and a commit turns it into a
 * manifest entry.
 */
import type { CopiedFile, WrittenFile } from "../engine/copy-data-files.ts";
import type { DataFile } from "../iceberg/data-file.ts";
import { fieldById, type Schema } from "../iceberg/schema.ts";
import { boundFromText } from "../iceberg/single-value.ts";
import { partitionTypes, type Partition, type PartitionSpec } from "../iceberg/partition-spec.ts";
import type { LocatedDraft } from "../objects/object-store.ts";
import { partitionValue } from "./transform-sql.ts";

export interface StagedFile extends CopiedFile {
  readonly location: string;
}

export function stagedFile({ draft, file }: WrittenFile<LocatedDraft>): StagedFile {
  return { ...file, location: draft.location };
}

/** Reads a JSON column that staged files were written to. */
export function storedFiles(column: unknown): readonly StagedFile[] {
  return (column ?? []) as readonly StagedFile[];
}

/**
 * Iceberg's default: only the first hundred columns get bounds, so that the manifests of very wide tables stay small.
 */
const boundedColumns = 100;

/**
 * `spec` and `sortOrderId` describe the layout that the file was written in, with the ids that they have in the table.
 */
export interface WrittenLayout {
  readonly schema: Schema;
  readonly spec: PartitionSpec;
  readonly sortOrderId: number;
}

export function manifestEntry(file: StagedFile, { schema, spec, sortOrderId }: WrittenLayout): DataFile {
  // Row ids need no statistics, because no filter names them.
  const columns = file.columns.filter(({ fieldId }) => fieldById(schema, fieldId) !== undefined);
  const bounds = (side: "lower" | "upper"): ReadonlyMap<number, Uint8Array> =>
    new Map(
      columns.slice(0, boundedColumns).flatMap(({ fieldId, [side]: text }): [number, Uint8Array][] => {
        const type = fieldById(schema, fieldId)?.type;
        const bound = text === undefined || typeof type !== "string" ? undefined : boundFromText(type, { text, side });
        return bound === undefined ? [] : [[fieldId, bound]];
      }),
    );
  return {
    content: "data",
    filePath: file.location,
    fileFormat: "PARQUET",
    specId: spec.specId,
    partition: partitionOf(file, { schema, spec }),
    recordCount: BigInt(file.rowCount),
    fileSizeInBytes: BigInt(file.sizeBytes),
    columnSizes: counts(columns, ({ sizeBytes }) => sizeBytes),
    valueCounts: counts(columns, ({ valueCount }) => valueCount),
    nullValueCounts: counts(columns, ({ nullCount }) => nullCount),
    nanValueCounts: counts(
      columns.filter(({ hasNan }) => hasNan === false),
      () => 0,
    ),
    lowerBounds: bounds("lower"),
    upperBounds: bounds("upper"),
    sortOrderId: sortOrderId === 0 || !file.isSorted ? undefined : sortOrderId,
  };
}

function partitionOf({ partition }: StagedFile, { schema, spec }: Pick<WrittenLayout, "schema" | "spec">): Partition {
  return partitionTypes(spec, schema).map((type, index) => {
    const [field, text = null] = [spec.fields[index], partition[index]];
    return text === null || field === undefined ? null : partitionValue(field.transform, { type, text });
  });
}

function counts(
  columns: StagedFile["columns"],
  count: (column: StagedFile["columns"][number]) => number,
): ReadonlyMap<number, bigint> {
  return new Map(columns.map((column) => [column.fieldId, BigInt(count(column))]));
}
