/** The files of a planned scan as local paths that the engine can read, each with the deletes that apply to it. */
import { mapLimit } from "../base/limit.ts";
import type { DeletedRows, ReadFile, ValueDeletes } from "../engine/read-data-files.ts";
import type { ReadColumn } from "../engine/read-column.ts";
import { HeadgateError } from "../errors.ts";
import { isDeletionVector, type DataFile } from "../iceberg/data-file.ts";
import type { AppliedDelete } from "../iceberg/delete-index.ts";
import { partitionKey } from "../iceberg/partition-spec.ts";
import type { ScanFile } from "../iceberg/scan.ts";
import { fieldById } from "../iceberg/schema.ts";
import { schemaOfAllTime, type TableMetadata } from "../iceberg/table-metadata.ts";
import { avroAsParquet } from "./avro-data-file.ts";
import { vectorPath } from "./deletion-vectors.ts";
import { readColumn } from "./read-column.ts";
import type { TableFiles } from "./table-files.ts";

export interface LocalFile extends ReadFile {
  readonly dataFile: DataFile;
  readonly deleteFiles: readonly DataFile[];
}

/** A file's rows deleted by position, without the local path of the file itself. */
export interface LocalDeletes extends DeletedRows {
  readonly dataFile: DataFile;
}

interface Wanted {
  /** The table's name, for messages. */
  readonly table: string;
  readonly metadata: TableMetadata;
  readonly files: readonly ScanFile[];
}

const lookupsAtOnce = 16;

/** Throws DATA_FILE_MISSING, FILE_OUTSIDE_TABLE, and METADATA_INVALID for files in unsupported formats. */
export async function localFiles(own: TableFiles, wanted: Wanted): Promise<readonly LocalFile[]> {
  const pathOf = pathFinder(own, wanted.table);
  const columns = columnFinder(wanted.metadata);
  return mapLimit(wanted.files, lookupsAtOnce, async (file): Promise<LocalFile> => {
    const { dataFile, deletes, sequenceNumber: sequence } = file;
    const { firstRowId } = dataFile;
    return {
      dataFile,
      deleteFiles: deletes.map((applied) => applied.file),
      path: await pathOf(dataFile),
      recordCount: Number(dataFile.recordCount),
      ...(await deletedByPosition(own, { file, pathOf })),
      lineage: firstRowId === undefined ? undefined : { firstRowId, sequence },
      byValue: await deletedByValue(file, { pathOf, columns }),
    };
  });
}

/** The rows deleted by position, without fetching the data files. Throws the same errors as `localFiles`. */
export async function localDeletes(own: TableFiles, { table, files }: Wanted): Promise<readonly LocalDeletes[]> {
  const pathOf = pathFinder(own, table);
  return mapLimit(files, lookupsAtOnce, async (file) => ({
    dataFile: file.dataFile,
    ...(await deletedByPosition(own, { file, pathOf })),
  }));
}

type PathFinder = (file: DataFile) => Promise<string>;

async function deletedByPosition(
  own: TableFiles,
  { file: { dataFile, deletes }, pathOf }: { file: ScanFile; pathOf: PathFinder },
): Promise<DeletedRows> {
  const positions = deletes.filter(({ file }) => file.content === "position-deletes");
  const vector = positions.find(({ file }) => isDeletionVector(file));
  const counted = async ({ file }: AppliedDelete) => ({
    path: await pathOf(file),
    recordCount: Number(file.recordCount),
  });
  return {
    location: dataFile.filePath,
    deletes: vector === undefined ? await Promise.all(positions.map(counted)) : [],
    vector: vector && (await ownVector(own, vector.file)),
  };
}

/** The check is made here because the positions may be in the cache already. */
async function ownVector(own: TableFiles, vector: DataFile): Promise<string> {
  await own.check(vector.filePath);
  return vectorPath(own, vector);
}

interface ValueParts {
  readonly pathOf: PathFinder;
  columns(ids: readonly number[]): readonly ReadColumn[];
}

async function deletedByValue(
  { dataFile, deletes, sequenceNumber }: ScanFile,
  { pathOf, columns }: ValueParts,
): Promise<ValueDeletes | undefined> {
  const applied = deletes.filter(({ file }) => file.content === "equality-deletes");
  if (applied.length === 0) return undefined;
  const read = async ({ file, sequenceNumber: sequence }: AppliedDelete) => ({
    path: await pathOf(file),
    recordCount: Number(file.recordCount),
    columns: columns(file.equalityIds ?? []),
    sequence,
    partition: file.partition.length === 0 ? undefined : partitionKey(file),
  });
  return { sequence: sequenceNumber, partition: partitionKey(dataFile), files: await Promise.all(applied.map(read)) };
}

/**
 * Finds columns to compare for deletes by value, including dropped ones. Throws METADATA_INVALID for unknown columns
 * and for parts of columns.
 */
function columnFinder(metadata: TableMetadata): ValueParts["columns"] {
  const schema = schemaOfAllTime(metadata);
  return (ids) =>
    ids.map((id) => {
      const field = schema.fields.find((candidate) => candidate.id === id);
      if (field !== undefined) return readColumn(field);
      const name = fieldById(schema, id)?.name ?? `field ${id}`;
      const message = `rows are deleted by the value of ${name}, which is part of another column; Headgate cannot read such deletes`;
      throw new HeadgateError("METADATA_INVALID", { place: name, message });
    });
}

/** Looks up each file only once. */
function pathFinder(own: TableFiles, table: string): PathFinder {
  const paths = new Map<string, Promise<string>>();
  return (file) => {
    const location = file.filePath;
    const path = paths.get(location) ?? localPath(readablePath(own, table, file), { table, location });
    paths.set(location, path);
    return path;
  };
}

async function readablePath(own: TableFiles, table: string, file: DataFile): Promise<string> {
  const { fileFormat, filePath } = file;
  if (fileFormat === "PARQUET") return own.objects.localPath(filePath);
  if (fileFormat === "AVRO") return own.check(filePath).then(() => avroAsParquet(own, file));
  throw new HeadgateError("METADATA_INVALID", {
    place: `${table}: ${filePath}`,
    message: `the table has files in the ${fileFormat} format, but Headgate reads only Parquet and Avro`,
    remedy:
      "have its writer rewrite them as Parquet, and register the table again; with Spark: `alter table … set tblproperties ('write.format.default'='parquet')`, then `call system.rewrite_data_files(table => '…', options => map('rewrite-all', 'true'))`",
  });
}

async function localPath(
  path: Promise<string>,
  { table, location }: { table: string; location: string },
): Promise<string> {
  try {
    return await path;
  } catch (failure) {
    if (!(failure instanceof HeadgateError) || failure.code !== "DATA_FILE_MISSING") throw failure;
    throw new HeadgateError("DATA_FILE_MISSING", {
      place: `${table}: ${location}`,
      message: `a data file of ${table} is missing`,
      cause: failure,
    });
  }
}
