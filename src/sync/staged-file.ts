/** A published data file that no snapshot lists yet, as JSON data: what a load plan keeps and a commit turns into a manifest entry. */
import type { DataFile as WrittenFile } from "../engine/write-data-file.ts";
import type { DataFile } from "../iceberg/data-file.ts";
import { filePathId } from "../iceberg/position-deletes.ts";
import { fieldById, type Schema } from "../iceberg/schema.ts";
import { boundFromText } from "../iceberg/single-value.ts";
import type { StagedDeletes } from "./table-change.ts";

export interface StagedFile {
  readonly location: string;
  readonly rowCount: number;
  readonly sizeBytes: number;
  readonly columns: WrittenFile["columns"];
}

/** Iceberg's default: bounds for the first hundred columns, so that manifests of very wide tables stay small. */
const boundedColumns = 100;

export function manifestEntry(file: StagedFile, schema: Schema): DataFile {
  const columns = file.columns;
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
    specId: 0,
    partition: [],
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
  };
}

/** A position delete file's entry. Its bounds are whole, so that readers can tell which files it does not name. */
export function deletesEntry({ location, rowCount, sizeBytes, firstFile, lastFile }: StagedDeletes): DataFile {
  return {
    content: "position-deletes",
    filePath: location,
    fileFormat: "PARQUET",
    specId: 0,
    partition: [],
    recordCount: BigInt(rowCount),
    fileSizeInBytes: BigInt(sizeBytes),
    lowerBounds: new Map([[filePathId, Buffer.from(firstFile)]]),
    upperBounds: new Map([[filePathId, Buffer.from(lastFile)]]),
    referencedDataFile: firstFile === lastFile ? firstFile : undefined,
  };
}

function counts(
  columns: StagedFile["columns"],
  count: (column: StagedFile["columns"][number]) => number,
): ReadonlyMap<number, bigint> {
  return new Map(columns.map((column) => [column.fieldId, BigInt(count(column))]));
}
