/**
 * Inspects files: the columns and types of each, and how to read it. It looks at all rows, so that there are no
 * surprises later.
 */
import { mapLimit } from "../../base/limit.ts";
import type { Report } from "../../base/progress.ts";
import { open, stat } from "node:fs/promises";
import type { Engine } from "../../engine/engine.ts";
import { withMoreMemory } from "../../engine/with-more-memory.ts";
import { HeadgateError } from "../../errors.ts";
import type { ObjectStore } from "../../objects/object-store.ts";
import type { CsvOptions } from "./file-relation.ts";
import type { ImportFile } from "./import-file.ts";
import { inspectCsv } from "./inspect-csv.ts";
import { inspectJson } from "./inspect-json.ts";
import { inspectParquet } from "./inspect-parquet.ts";
import type { LocalFile, FoundFile } from "./found-file.ts";

interface Inspection {
  readonly files: readonly ImportFile[];
  /** Whether the first line of CSV contains the column names. */
  readonly hasHeader: boolean;
  readonly csv: CsvOptions;
  readonly report: Report;
  readonly signal: AbortSignal;
}

/** Number of files that are inspected together. */
const batchFiles = 256;

/** In the order of the files. Throws IMPORT_FILE_INVALID, IMPORT_FILE_CHANGED. */
export async function inspectFiles(
  { objects, engine }: { objects: ObjectStore; engine: Engine },
  { files, hasHeader, csv, report, signal }: Inspection,
): Promise<readonly FoundFile[]> {
  const found = new Map<string, FoundFile>();
  for (let from = 0; from < files.length; from += batchFiles) {
    signal.throwIfAborted();
    const local = await mapLimit(await localFiles(objects, files.slice(from, from + batchFiles)), 8, asCompressed);
    const of = (format: ImportFile["format"]): readonly LocalFile[] => local.filter((file) => file.format === format);
    const inspected = await withMoreMemory(engine, async () => [
      ...(await inspectParquet(engine, of("parquet"))),
      ...(await inspectCsv(engine, { files: of("csv"), hasHeader, csv })),
      ...(await inspectJson(of("json"), signal)),
    ]);
    for (const file of inspected) found.set(file.location, file);
    report({ kind: "rows", task: "files looked at", rows: found.size, total: files.length });
  }
  return files.flatMap(({ location }) => found.get(location) ?? []);
}

/** Some files are compressed without saying so in their name, or the other way round. */
async function asCompressed(file: LocalFile): Promise<LocalFile> {
  if (file.format === "parquet") return file;
  const opened = await open(file.path);
  try {
    const { buffer, bytesRead } = await opened.read(Buffer.alloc(2), 0, 2, 0);
    return { ...file, isGzip: bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b };
  } finally {
    await opened.close();
  }
}

/** Throws IMPORT_FILE_CHANGED if a file is no longer as it was listed. */
export async function localFiles(objects: ObjectStore, files: readonly ImportFile[]): Promise<readonly LocalFile[]> {
  return mapLimit(files, 8, async (file) => {
    const path = await pathOf(objects, file);
    const { size, mtime } = await stat(path);
    const isSame = size === file.size && (file.modifiedAt === null || mtime.getTime() === file.modifiedAt.getTime());
    if (isSame) return { ...file, path };
    throw new HeadgateError("IMPORT_FILE_CHANGED", {
      place: file.location,
      message: "the file changed while it was being read",
    });
  });
}

async function pathOf(objects: ObjectStore, { location: place }: ImportFile): Promise<string> {
  try {
    return await objects.localPath(place);
  } catch (cause) {
    if (!(cause instanceof HeadgateError) || cause.code !== "DATA_FILE_MISSING") throw cause;
    throw new HeadgateError("IMPORT_FILE_CHANGED", {
      place,
      message: "the file was listed but cannot be opened",
      cause,
    });
  }
}
