/**
 * Finds the files of a location that can be imported, by their endings, and the values in their paths. Does not look
 * into the files.
 */
import { codeOf } from "../../base/thrown.ts";
import { basename } from "node:path";
import { HeadgateError } from "../../errors.ts";
import { canonicalLocation } from "../../objects/by-root.ts";
import type { ObjectStore } from "../../objects/object-store.ts";

export type FileFormat = "parquet" | "csv" | "json";

export interface ImportFile {
  readonly location: string;
  readonly size: number;
  /** For a file on disk; objects in a store have no stable time. */
  readonly modifiedAt: Date | null;
  readonly format: FileFormat;
  readonly isGzip: boolean;
  /** From the folders `name=value` in its path, in order. */
  readonly partition: readonly (readonly [name: string, value: string | null])[];
}

export interface FoundFiles {
  readonly files: readonly ImportFile[];
  /** Number of files with another ending, or with a name that begins with a dot or an underscore. */
  readonly passedOver: number;
}

/** The location as it is stored: below one of the roots, without a trailing slash. Throws IMPORT_LOCATION_INVALID. */
export function importLocation(given: string, roots: readonly string[]): string {
  const location = canonicalLocation(given).replace(/\/+$/, "");
  const isBelow = roots.some((root) => location === root || location.startsWith(`${root}/`));
  if (isBelow && !location.split("/").includes("..")) return location;
  const message =
    roots.length === 0
      ? "no roots are set in HEADGATE_TABLE_ROOTS"
      : `the location is not below any of the roots in HEADGATE_TABLE_ROOTS: ${roots.join(", ")}`;
  throw new HeadgateError("IMPORT_LOCATION_INVALID", { place: given, message });
}

/** Sorted by location. Throws IMPORT_LOCATION_INVALID if there are no files. */
export async function listImportFiles(objects: ObjectStore, location: string): Promise<FoundFiles> {
  const files: ImportFile[] = [];
  let passedOver = 0;
  for await (const { location: at, size, modifiedAt } of listBelow(objects, location)) {
    const format = formatOf(at);
    if (format === undefined) passedOver++;
    else
      files.push({
        location: at,
        size,
        modifiedAt: at.startsWith("file://") ? modifiedAt : null,
        ...format,
        partition: partitionOf(at.slice(location.length)),
      });
  }
  if (files.length === 0) throw new HeadgateError("IMPORT_LOCATION_INVALID", { place: location });
  return { files: files.toSorted((left, right) => (left.location < right.location ? -1 : 1)), passedOver };
}

async function* listBelow(objects: ObjectStore, location: string): ReturnType<ObjectStore["list"]> {
  try {
    yield* objects.list(`${location}/`);
  } catch (cause) {
    if (codeOf(cause) !== "ENOTDIR") throw cause;
    throw new HeadgateError("IMPORT_LOCATION_INVALID", {
      place: location,
      message: "this location is not a directory",
      cause,
    });
  }
}

function formatOf(location: string): Pick<ImportFile, "format" | "isGzip"> | undefined {
  const name = basename(location).toLowerCase();
  const match = /^[^._].*\.(?:(parquet)|(csv)(\.gz)?|(?:json|ndjson|jsonl)(\.gz)?)$/.exec(name);
  if (match === null) return undefined;
  const [, parquet, csv, csvGzip, jsonGzip] = match;
  const format = parquet !== undefined ? "parquet" : csv !== undefined ? "csv" : "json";
  return { format, isGzip: (csvGzip ?? jsonGzip) !== undefined };
}

/** The name that writers use for null. */
const hiveNull = "__HIVE_DEFAULT_PARTITION__";

function partitionOf(path: string): ImportFile["partition"] {
  return path
    .split("/")
    .slice(0, -1)
    .flatMap((folder): [string, string | null][] => {
      const at = folder.indexOf("=");
      if (at < 1) return [];
      const value = decoded(folder.slice(at + 1));
      return [[decoded(folder.slice(0, at)), value === hiveNull ? null : value]];
    });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
