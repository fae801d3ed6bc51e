/**
 * Decides which files bring a table from its position to the state of a listing: nothing, the change files since, or
 * all files. Pure: it knows names, times and counts, not contents.
 * Invariant: files that vanished are never taken for deleted rows. Where they are needed, an obstacle says so.
 */
import { createHash } from "node:crypto";
import type { ForeignFile } from "../../objects/foreign-files.ts";
import { HeadgateError } from "../../errors.ts";
import { baseName, timeOf, type TableFiles } from "./layout.ts";
import type { FilesPosition } from "./position.ts";

export interface NextFiles {
  readonly how: "nothing" | "changes" | "whole";
  /** In words for the run report. */
  readonly reason: string;
  /** Files of the full load to read; empty unless the whole table is read. */
  readonly loads: readonly ForeignFile[];
  /** Change files to read, in order. */
  readonly changes: readonly ForeignFile[];
  /** The position that the table has afterwards. */
  readonly position: FilesPosition;
}

interface Asked {
  /** Undefined for a table that has not been loaded. */
  readonly since: FilesPosition | undefined;
  readonly key: readonly string[] | undefined;
  /** Read everything, whatever the position is. */
  readonly isWhole: boolean;
  /** A new full load with a file that was written later is still being written. */
  readonly settledAt?: Date | undefined;
}

/** Throws SOURCE_FILES_VANISHED. */
export function nextFiles(table: TableFiles, { since, key, isWhole, settledAt }: Asked): NextFiles {
  if (since === undefined) return whole(table, { key, loadedAfter: null, reason: "new" });
  if (since.files !== null) checkPresent(table, since);
  const { loads, changes } = unreadFiles(table, since);
  if (!isWhole && settledAt !== undefined && loads.some(({ modifiedAt }) => modifiedAt > settledAt))
    return { how: "nothing", reason: "a new full load is being written", loads: [], changes: [], position: since };
  if (loads.length > 0) {
    return whole(table, { key, loadedAfter: begunAfter(table, { since, loads }), reason: "files of a new full load" });
  }
  const reason = isWhole ? "asked for" : reasonForWhole(table, since, key);
  if (reason !== undefined) {
    checkComplete(table, since);
    return whole(table, { key, loadedAfter: since.loadedAfter, reason });
  }
  if (changes.length === 0) return { how: "nothing", reason: "no file is new", loads: [], changes, position: since };
  const position = { ...since, ...lastOf(table, since.loadedAfter), key: key ?? null };
  return { how: "changes", reason: `${changes.length} new files`, loads: [], changes, position };
}

/** The files that are not applied yet: a new full load, and change files after the position. */
export function unreadFiles(table: TableFiles, since: FilesPosition | undefined): Pick<NextFiles, "loads" | "changes"> {
  if (since === undefined) return { loads: table.loads, changes: table.changes };
  const loads = newLoads(table, since);
  const after = loads.length === 0 ? since.file : begunAfter(table, { since, loads });
  return { loads, changes: table.changes.filter(({ path }) => isAfter(path, after)) };
}

interface NewLoads {
  readonly since: FilesPosition;
  readonly loads: readonly ForeignFile[];
}

/** The last change file that does not belong to the new full load; a full load that is read again keeps its own. */
function begunAfter(table: TableFiles, { since, loads }: NewLoads): string | null {
  return since.files === null ? since.loadedAfter : olderThan(table, { since, loads });
}

function newLoads({ loads }: TableFiles, { loadedAt, loadedAs }: FilesPosition): readonly ForeignFile[] {
  if (loadedAt === null) return loads;
  const newest = writtenFrom(loads, loadedAt);
  const isKnown = loadedAs === null || newest.length === 0 || digestOf(newest, loadedAt) === loadedAs;
  return isKnown ? newest.filter(({ modifiedAt }) => isLater(modifiedAt, loadedAt)) : newest;
}

function writtenFrom(loads: readonly ForeignFile[], instant: string): readonly ForeignFile[] {
  return loads.filter(({ modifiedAt }) => modifiedAt.getTime() >= new Date(instant).getTime());
}

/** Digest of the files that were written at the instant. */
function digestOf(files: readonly ForeignFile[], instant: string): string {
  const hash = createHash("sha256");
  for (const { path, version, modifiedAt } of files)
    if (!isLater(modifiedAt, instant)) hash.update(`${path} ${version}\n`);
  return hash.digest("hex").slice(0, 16);
}

/** The oldest file that is not applied yet. */
export function oldestUnread(table: TableFiles, since: FilesPosition | undefined): ForeignFile | undefined {
  const { loads, changes } = unreadFiles(table, since);
  return changes[0] ?? loads[0];
}

interface Whole {
  readonly key: readonly string[] | undefined;
  readonly loadedAfter: string | null;
  readonly reason: string;
}

function whole(table: TableFiles, { key, loadedAfter, reason }: Whole): NextFiles {
  const changes = table.changes.filter(({ path }) => isAfter(path, loadedAfter));
  const loadedAt = table.loads.at(-1)?.modifiedAt.toISOString() ?? null;
  const last = lastOf(table, loadedAfter);
  const loadedAs = loadedAt === null ? null : digestOf(writtenFrom(table.loads, loadedAt), loadedAt);
  const position = {
    ...last,
    file: last.file ?? loadedAfter,
    loadedAt,
    loadedAs,
    loadedAfter,
    loads: table.loads.length,
    key: key ?? null,
  };
  return { how: "whole", reason, loads: table.loads, changes, position };
}

function lastOf({ changes }: TableFiles, loadedAfter: string | null): Pick<FilesPosition, "file" | "files"> {
  const own = changes.filter(({ path }) => isAfter(path, loadedAfter));
  const last = own.at(-1);
  return { file: last === undefined ? null : baseName(last.path), files: own.length };
}

/** The last change file that was read before, or was written before the new full load began. */
function olderThan({ changes }: TableFiles, { since, loads }: NewLoads): string | null {
  const begun = loads[0]?.modifiedAt.getTime() ?? 0;
  const older = changes.filter(({ path, modifiedAt }) => !isAfter(path, since.file) || modifiedAt.getTime() < begun);
  const last = older.at(-1);
  return last === undefined ? since.file : baseName(last.path);
}

/** Why the changes since the position are not enough; undefined if they are. */
function reasonForWhole(
  table: TableFiles,
  since: FilesPosition,
  key: readonly string[] | undefined,
): string | undefined {
  if (since.key?.join("\n") !== key?.join("\n")) return `rows are now identified by ${key?.join(", ") ?? "nothing"}`;
  if (since.files === null) return key === undefined ? "the position was set, and there is no key" : undefined;
  if (since.loads !== null && table.loads.length > since.loads) return "files of the full load have arrived late";
  return readBefore(table, since) > since.files ? "files with earlier times have arrived late" : undefined;
}

function readBefore({ changes }: TableFiles, { file, loadedAfter }: FilesPosition): number {
  return changes.filter(({ path }) => isAfter(path, loadedAfter) && !isAfter(path, file)).length;
}

/** The files are gone after a truncation, or when the folder was emptied for a reload. */
function checkPresent({ name, loads, changes }: TableFiles, { file, loadedAt }: FilesPosition): void {
  const isThere =
    file === null ? loadedAt === null || loads.length > 0 : changes.some(({ path }) => timeOf(path) === timeOf(file));
  if (isThere || loads.some(({ modifiedAt }) => loadedAt === null || isLater(modifiedAt, loadedAt))) return;
  const last = file ?? "its full load";
  throw vanished(
    name,
    `${last}, the last file that was read, is no longer there: DMS empties a table's folder when the table is truncated or loaded again`,
  );
}

/** Reading everything needs everything: the full load and every change since. */
function checkComplete(table: TableFiles, since: FilesPosition): void {
  if (since.loadedAt !== null && table.loads.length === 0)
    throw vanished(
      table.name,
      "the table has to be read as a whole, and the files of its full load are no longer there",
    );
  if (since.files !== null && readBefore(table, since) < since.files)
    throw vanished(
      table.name,
      "the table has to be read as a whole, and change files that were read before are no longer there",
    );
}

function vanished({ schema, name }: TableFiles["name"], message: string): HeadgateError {
  return new HeadgateError("SOURCE_FILES_VANISHED", { place: `${schema}.${name}`, message });
}

function isAfter(path: string, file: string | null): boolean {
  return file === null || timeOf(path) > timeOf(file);
}

function isLater(at: Date, instant: string): boolean {
  return at.getTime() > new Date(instant).getTime();
}
