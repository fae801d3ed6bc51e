/**
 * The metadata of a large table on disk, made by src/iceberg alone: one snapshot per minute, some of which add a day's
 * data files (named only, they do not exist) with the statistics of a dozen columns. A partition is a day.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { DataFile } from "../../src/iceberg/data-file.ts";
import type { FileIO } from "../../src/iceberg/file-io.ts";
import { writeMetadata } from "../../src/iceberg/metadata-file.ts";
import { newTable } from "../../src/iceberg/new-table.ts";
import type { PartitionSpec } from "../../src/iceberg/partition-spec.ts";
import type { Schema } from "../../src/iceberg/schema.ts";
import { produceSnapshot } from "../../src/iceberg/snapshot-producer.ts";
import { type TableMetadata } from "../../src/iceberg/table-metadata.ts";
import { applyUpdates } from "../../src/iceberg/table-update.ts";
import { manifestEntry } from "../../src/writer/staged-file.ts";
import type { Question } from "./question.ts";

export const diskIO: FileIO = {
  read: (location) => readFile(fileURLToPath(location)),
  write: (location, bytes) => writeFile(fileURLToPath(location), bytes),
};

const columns = {
  id: "long",
  day: "date",
  customer: "int",
  region: "string",
  status: "string",
  amount: "decimal(12,2)",
  price: "double",
  quantity: "int",
  note: "string",
  created: "timestamptz",
  updated: "timestamptz",
  flagged: "boolean",
};

export const schema: Schema = {
  schemaId: 0,
  fields: Object.entries(columns).map(([name, type], index) => ({ id: index + 1, name, required: false, type })),
  identifierFieldIds: [],
};

const spec: PartitionSpec = {
  specId: 0,
  fields: [{ fieldId: 1000, sourceId: 2, name: "day", transform: { kind: "identity" } }],
};

const filesOfDay = 100;
const rowsOfFile = 100_000;
const firstDay = Date.UTC(2020, 0, 1);
const dayMs = 24 * 3_600_000;
const firstSnapshot = Date.UTC(2026, 0, 1);

function isoDay(day: number): string {
  return new Date(firstDay + day * dayMs).toISOString().slice(0, 10);
}

export interface LargeTable {
  readonly metadataFile: string;
  readonly files: number;
}

/** A day in the middle; a hundredth of the ids; as many snapshots as five days leave. */
export function largeTableQuestion({ metadataFile, files }: LargeTable): Omit<Question, "operation" | "runs"> {
  const middle = Math.floor(files / 2);
  return {
    metadataFile,
    day: isoDay(Math.floor(middle / filesOfDay)),
    from: middle * rowsOfFile,
    to: (middle + Math.ceil(files / 100)) * rowsOfFile - 1,
    maxAgeMs: 5 * dayMs,
  };
}

/** Returns the location of the metadata file. `location`: a `file:` URL. */
export async function makeLargeTable(
  location: string,
  { snapshots, files }: { snapshots: number; files: number },
): Promise<string> {
  await mkdir(fileURLToPath(`${location}/metadata`), { recursive: true });
  const days = files / filesOfDay;
  let metadata = newTable({ uuid: crypto.randomUUID(), location, schema, spec, now: firstSnapshot });
  for (let minute = 0; minute < snapshots; minute++) {
    const isLoad = minute % Math.floor(snapshots / days) === 0;
    const add = isLoad ? dayOfFiles(metadata, Math.floor((minute * days) / snapshots)) : [];
    metadata = await appended(metadata, { add, now: firstSnapshot + minute * 60_000 });
  }
  return writeMetadata(diskIO, metadata, { version: snapshots, uuid: crypto.randomUUID() });
}

async function appended(
  metadata: TableMetadata,
  { add, now }: { add: readonly DataFile[]; now: number },
): Promise<TableMetadata> {
  const { updates } = await produceSnapshot(diskIO, metadata, { add, remove: new Set(), now });
  return applyUpdates(metadata, { updates, previousFile: `${metadata.location}/metadata/${now}.metadata.json`, now });
}

function dayOfFiles({ location }: TableMetadata, day: number): readonly DataFile[] {
  return Array.from({ length: filesOfDay }, (_, index) =>
    dataFile(location, { day, number: day * filesOfDay + index }),
  );
}

export function dataFile(location: string, { day, number }: { day: number; number: number }): DataFile {
  const bounds = boundsOf({ day, number });
  const file = {
    location: `${location}/data/day=${isoDay(day)}/${crypto.randomUUID()}.parquet`,
    rowCount: rowsOfFile,
    sizeBytes: 5_000_000 + ((number * 7_919) % 1_000_000),
    columns: schema.fields.map(({ id, name }, index) => ({
      fieldId: id,
      sizeBytes: 100_000 + ((number * (index + 31)) % 300_000),
      valueCount: rowsOfFile,
      nullCount: name === "note" ? number % 1_000 : 0,
      hasNan: name === "price" ? false : undefined,
      lower: bounds[index]?.[0],
      upper: bounds[index]?.[1],
    })),
    partition: [isoDay(day)],
    isSorted: false,
  };
  return manifestEntry(file, { schema, spec, sortOrderId: 0 });
}

/** As the engine writes them, in the schema's order. */
function boundsOf({ day, number }: { day: number; number: number }): readonly (readonly [string, string])[] {
  const vary = (step: number, most: number): number => (number * step) % most;
  const instant = (hour: number): string => `${isoDay(day)} ${String(hour).padStart(2, "0")}:00:00+00`;
  return [
    [String(number * rowsOfFile), String((number + 1) * rowsOfFile - 1)],
    [isoDay(day), isoDay(day)],
    [String(vary(13, 500)), String(90_000 + vary(17, 9_000))],
    ["africa", "west"],
    ["cancelled", "shipped"],
    [`${vary(3, 90)}.01`, `${90_000 + vary(7, 9_000)}.99`],
    [`${vary(5, 70)}.25`, `${9_000 + vary(11, 900)}.75`],
    ["1", String(50 + vary(19, 50))],
    [`a note ${vary(23, 999)}`, `zebra ${vary(29, 999)}`],
    [instant(0), instant(23)],
    [instant(1), instant(23)],
    ["false", "true"],
  ];
}
