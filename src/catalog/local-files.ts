/** The files of a planned scan as local paths an engine can read, each with the delete files that apply to it. */
import { mapLimit } from "../base/limit.ts";
import type { ReadFile } from "../engine/read-data-files.ts";
import { HeadgateError } from "../errors.ts";
import type { DataFile } from "../iceberg/data-file.ts";
import type { ScanFile } from "../iceberg/scan.ts";
import type { ObjectStore } from "../objects/object-store.ts";

export interface LocalFile extends ReadFile {
  readonly dataFile: DataFile;
  readonly deleteFiles: readonly DataFile[];
}

const lookupsAtOnce = 16;

/** Throws DATA_FILE_MISSING; METADATA_INVALID for deletes that are not by position, which are not applied yet. */
export async function localFiles(
  objects: ObjectStore,
  { table, files }: { table: string; files: readonly ScanFile[] },
): Promise<readonly LocalFile[]> {
  const paths = new Map<string, Promise<string>>();
  const pathOf = (location: string): Promise<string> => {
    const path = paths.get(location) ?? localPath(objects, { table, location });
    paths.set(location, path);
    return path;
  };
  return mapLimit(files, lookupsAtOnce, async ({ dataFile, deletes }) => {
    checkReadable(table, deletes);
    return {
      dataFile,
      deleteFiles: deletes,
      location: dataFile.filePath,
      path: await pathOf(dataFile.filePath),
      deletes: await Promise.all(deletes.map(({ filePath }) => pathOf(filePath))),
    };
  });
}

function checkReadable(table: string, deletes: readonly DataFile[]): void {
  const unknown = deletes.find(({ content, fileFormat }) => content !== "position-deletes" || fileFormat !== "PARQUET");
  if (unknown === undefined) return;
  throw new HeadgateError("METADATA_INVALID", {
    place: table,
    message: `the table has ${unknown.content} in ${unknown.fileFormat}, which are not read yet`,
  });
}

async function localPath(
  objects: ObjectStore,
  { table, location }: { table: string; location: string },
): Promise<string> {
  try {
    return await objects.localPath(location);
  } catch (failure) {
    if (!(failure instanceof HeadgateError) || failure.code !== "DATA_FILE_MISSING") throw failure;
    throw new HeadgateError("DATA_FILE_MISSING", {
      place: `${table}: ${location}`,
      message: `a data file of ${table} is missing`,
      cause: failure,
    });
  }
}
