/**
 * Whether the full load that is there is the one that a position has. It is the same one if its names, times and
 * versions are the same, or, after its files were copied or encrypted anew, if its contents are.
 * Invariant: nothing is opened while names, times and versions are the same.
 */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mapLimit } from "../../base/limit.ts";
import { HeadgateError } from "../../errors.ts";
import type { ForeignFile } from "../../objects/foreign-files.ts";
import { fileInvalid } from "./file-invalid.ts";
import { timeOf, type TableFiles } from "./layout.ts";
import type { Looking } from "./looked-at.ts";
import type { FilesPosition } from "./position.ts";

/**
 * `late`: the known full load has more files than before. `unsettled`: some of its files are still being written.
 */
export type LoadState = "known" | "late" | "new" | "unsettled";

/** Throws SOURCE_FILES_COPIED, and what opening a file throws. */
export async function loadState(
  looking: Looking,
  table: TableFiles,
  since: FilesPosition | undefined,
): Promise<LoadState> {
  const { loads, isLoading } = table;
  if (isLoading) return "unsettled";
  if (since === undefined || since.loadedAt === null) return loads.length === 0 ? "known" : "new";
  const { loadedAt, loadedAs, loadedIs } = since;
  const newer = loads.filter(({ modifiedAt }) => modifiedAt > new Date(loadedAt));
  if (loadedAs === null || loadedIs === null) return newer.length === 0 ? "known" : "new";
  if (loads.length === 0 || versionsOf(loads) === loadedAs) return "known";
  if (newer.length === 0) return withoutNewer(looking, table, since);
  if (newer.length < loads.length && versionsOf(loads.filter((load) => !newer.includes(load))) === loadedAs)
    return "late";
  return copiedOrNew(looking, table, since);
}

/** Its files are others than before, and none of them was written later. */
async function withoutNewer(looking: Looking, { loads }: TableFiles, since: FilesPosition): Promise<LoadState> {
  const before = since.loads ?? loads.length;
  if (loads.length !== before) return loads.length > before ? "late" : "known";
  return (await contentOf(looking, loads)) === since.loadedIs ? "known" : "late";
}

/** Where the last change file that was read is gone, DMS has emptied the folder to load the table again. */
async function copiedOrNew(looking: Looking, table: TableFiles, since: FilesPosition): Promise<LoadState> {
  const last = lastRead(table, since);
  if (since.fileAs !== null && last === undefined) return "new";
  if ((await contentOf(looking, table.loads)) === since.loadedIs) return "known";
  if (last === undefined || since.fileAs === null || versionOf(last) === since.fileAs) return "new";
  throw copied(table, last);
}

/** The last change file that was read, if it is still there. */
export function lastRead({ changes }: TableFiles, { file }: FilesPosition): ForeignFile | undefined {
  return file === null ? undefined : changes.findLast(({ path }) => timeOf(path) === timeOf(file));
}

/** All times are those of the copy, so that they do not say which changes are older than the full load. */
function copied({ name: { schema, name } }: TableFiles, { path }: ForeignFile): HeadgateError {
  return new HeadgateError("SOURCE_FILES_COPIED", {
    place: `${schema}.${name}`,
    message: `${path} was written again after it was read, and the full load is not the one that was read`,
  });
}

/** Digest of names, sizes, times and versions. */
export function versionsOf(loads: readonly ForeignFile[]): string {
  return digestOf(loads.toSorted(byPath).map((load) => `${load.path} ${versionOf(load)}`));
}

/** Digest of one file's version. */
export function versionOf({ size, version, modifiedAt }: ForeignFile): string {
  return digestOf([`${size} ${version} ${modifiedAt.getTime()}`]);
}

const readAtOnce = 4;

/** Digest of names and contents. The files are read once for each listing. */
export function contentOf(looking: Looking, loads: readonly ForeignFile[]): Promise<string> {
  const key = versionsOf(loads);
  const known = looking.contents.get(key);
  if (known !== undefined) return known;
  const reading = readContents(looking, loads);
  looking.contents.set(key, reading);
  reading.catch(() => looking.contents.delete(key));
  return reading;
}

async function readContents({ files }: Looking, loads: readonly ForeignFile[]): Promise<string> {
  const contents = await mapLimit(loads.toSorted(byPath), readAtOnce, async (load) => {
    const path = await files.localPath(load);
    const hash = createHash("sha256");
    const chunks: AsyncIterable<Buffer> = createReadStream(path, { highWaterMark: 1024 * 1024 });
    try {
      for await (const bytes of chunks) hash.update(bytes);
    } catch (failure) {
      throw fileInvalid(failure, new Map([[path, load.path]]));
    }
    return `${load.path} ${load.size} ${hash.digest("hex")}`;
  });
  return digestOf(contents);
}

function digestOf(lines: readonly string[]): string {
  return createHash("sha256").update(lines.join("\n")).digest("hex").slice(0, 16);
}

function byPath({ path: left }: ForeignFile, { path: right }: ForeignFile): number {
  return left < right ? -1 : 1;
}
