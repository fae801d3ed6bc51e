/**
 * A table in memory for tests of code that reads and writes metadata: partitioned by day, with files that are only
 * described.
 */
import { HeadgateError } from "../errors.ts";
import type { DataFile } from "./data-file.ts";
import type { FileIO } from "./file-io.ts";
import { newTable } from "./new-table.ts";
import { toBytes } from "./single-value.ts";
import type { TableMetadata } from "./table-metadata.ts";

/** Objects in memory, with exactly the operations that the producer needs from a store. */
export function memory(): FileIO & { readonly files: Map<string, Uint8Array> } {
  const files = new Map<string, Uint8Array>();
  return {
    files,
    async read(location) {
      const bytes = files.get(location);
      if (bytes === undefined) throw new HeadgateError("DATA_FILE_MISSING", { place: location });
      return bytes;
    },
    async write(location, bytes) {
      if (files.has(location)) throw new TypeError(`${location} was written twice`);
      files.set(location, bytes);
    },
    async delete(locations) {
      for (const location of locations) files.delete(location);
    },
  };
}

export const table = (): TableMetadata =>
  newTable({
    uuid: "1dc9bfcc-5d5b-4d8c-8b0e-4bb2f8a3c1d0",
    location: "memory://t",
    schema: { schemaId: 0, fields: [{ id: 1, name: "day", required: false, type: "int" }], identifierFieldIds: [] },
    spec: { specId: 0, fields: [{ sourceId: 1, fieldId: 1000, name: "day", transform: { kind: "identity" } }] },
    now: 1_000,
  });

export function dataFile(filePath: string, day: number | null): DataFile {
  const bound = day === null ? new Map<number, Uint8Array>() : new Map([[1, toBytes("int", day)]]);
  return {
    content: "data",
    filePath,
    fileFormat: "PARQUET",
    specId: 0,
    partition: [day],
    recordCount: 10n,
    fileSizeInBytes: 100n,
    columnSizes: new Map([[1, 2n ** 40n]]),
    valueCounts: new Map([[1, 10n]]),
    nullValueCounts: new Map([[1, day === null ? 10n : 0n]]),
    lowerBounds: bound,
    upperBounds: bound,
    splitOffsets: [4n],
    sortOrderId: 0,
  };
}
