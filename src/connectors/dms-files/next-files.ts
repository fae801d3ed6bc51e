/**
 * Decides which files bring a table from its position to the state of a listing: nothing, the change files since, or
 * all files. Pure: it knows names, times and sizes, and is told about the full load.
 * Invariant: files that vanished are never taken for deleted rows. Where they are needed, an obstacle says so.
 */
import { sumOf } from "../../base/sum.ts";
import type { ForeignFile } from "../../objects/foreign-files.ts";
import { HeadgateError } from "../../errors.ts";
import { lastRead, versionOf, versionsOf, type LoadState } from "./full-load.ts";
import { baseName, timeOf, type TableFiles } from "./layout.ts";
import { beginning, hadFullLoad, type FilesPosition, type ReadBefore } from "./position.ts";
import { compareGroups, readGroups, type ComparedGroups, type ReadGroup } from "./read-groups.ts";

export interface NextFiles {
  readonly how: "nothing" | "changes" | "whole";
  /** In words for the run report. */
  readonly reason: string;
  /** Something that people should notice even though the table goes on. */
  readonly notice?: string | undefined;
  /** Files of the full load to read; empty unless the whole table is read. */
  readonly loads: readonly ForeignFile[];
  /** Change files to read, in order. */
  readonly changes: readonly ForeignFile[];
  /** The position that the table has afterwards. The digest of a full load that is read is added later. */
  readonly position: FilesPosition;
}

interface Asked {
  /** Undefined for a table that has not been loaded. */
  readonly since: FilesPosition | undefined;
  readonly load: LoadState;
  readonly key: readonly string[] | undefined;
  /** Read everything, whatever the position is. */
  readonly isWhole: boolean;
  /** Somebody asked to load the table from the beginning. */
  readonly isAnew: boolean;
}

/** Throws SOURCE_FILES_VANISHED, SOURCE_FILE_REWRITTEN, SOURCE_FILES_UNSETTLED. */
export function nextFiles(table: TableFiles, asked: Asked): NextFiles {
  const { since, load, key, isWhole, isAnew } = asked;
  if (since === undefined) return whole(table, { key, loadedAfter: null, reason: "new" });
  if (load === "unsettled") return whileLoading(table, asked, since);
  if (load === "new") return reload(table, { since, key });
  if ((isAnew || since.again !== null) && isEmptied(table, since)) return anew(table, { since, key });
  checkPresent(table, since);
  const compared = compareRead(table, since);
  const reason = isWhole ? "asked for" : reasonForWhole({ ...asked, since, compared });
  if (reason !== undefined) {
    checkComplete(table, { since, compared });
    return whole(table, { key, loadedAfter: since.loadedAfter, reason });
  }
  if (compared.rewritten !== undefined && since.files !== null) throw rewritten(table, compared.rewritten);
  return onlyChanges(table, { since, load, key });
}

/** A table that has been loaded stays as it is until its new full load is complete. */
function whileLoading({ name }: TableFiles, { isWhole }: Asked, since: FilesPosition): NextFiles {
  const reason = "a new full load is being written";
  if (!isWhole) return { how: "nothing", reason, loads: [], changes: [], position: since };
  throw new HeadgateError("SOURCE_FILES_UNSETTLED", { place: `${name.schema}.${name.name}`, message: reason });
}

interface Brought {
  readonly since: FilesPosition;
  readonly key: readonly string[] | undefined;
}

function reload(table: TableFiles, { since, key }: Brought): NextFiles {
  const isToldWhere = since.again !== null && since.files === null;
  const loadedAfter = isToldWhere ? since.file : olderThan(table, since);
  const older = readBetween(table, { after: null, until: loadedAfter }).length;
  const begun = newLoads(table, since)[0]?.modifiedAt.toISOString();
  const isFirst = since.loadedAt === null && since.file === null;
  const reason = "files of a new full load";
  const notice = isFirst
    ? undefined
    : `a new full load, written from ${begun} on, has replaced the table; ${older} files of changes are older and were not applied to it`;
  return { ...whole(table, { key, loadedAfter, reason }), notice };
}

/**
 * Nothing of what was read is there any more: DMS empties the folder of a table that is truncated. Files of whole
 * transactions stay, so those that were read are left out.
 */
function anew(table: TableFiles, { since, key }: Brought): NextFiles {
  const loadedAfter = isFolderGone(table, since) ? since.file : null;
  const notice =
    "none of the files that were read before is there, so the table has begun anew with the files that are";
  return { ...whole(table, { key, loadedAfter, reason: "asked for" }), notice };
}

function onlyChanges(table: TableFiles, { since, load, key }: Brought & { readonly load: LoadState }): NextFiles {
  const changes = changesAfter(table, since, since.file);
  const known = knownLoad(table, { since, load });
  const last = lastOf(table, since.loadedAfter);
  if (changes.length === 0) {
    const fileAs = last.fileAs ?? since.fileAs;
    const position = { ...since, ...known, read: since.read === null ? null : last.read, fileAs };
    return { how: "nothing", reason: "no file is new", loads: [], changes, position };
  }
  const files = everRead(table, since) + changesAfter(table, since, whatWasRead(since).file).length;
  const position = { ...since, ...known, ...last, files, moved: null, key: key ?? null };
  return { how: "changes", reason: `${changes.length} new files`, loads: [], changes, position };
}

/** Without its folder, a table is brought on by changes alone only after somebody has set its place. */
function knownLoad(
  table: TableFiles,
  { since, load }: { since: FilesPosition; load: LoadState },
): Partial<FilesPosition> {
  if (isFolderGone(table, since)) return { loads: 0 };
  return load === "known" && table.loads.length === since.loads ? loadOf(table) : {};
}

/** The files that are not applied yet: a new full load, and change files after the position. */
export function unreadFiles(
  table: TableFiles,
  since: FilesPosition | undefined,
  load: LoadState,
): Pick<NextFiles, "loads" | "changes"> {
  if (since === undefined) return { loads: table.loads, changes: table.changes };
  const isAgain = since.again !== null || load === "late";
  const isRead = load !== "new" && !isAgain;
  const after = load === "new" ? olderThan(table, since) : isAgain ? since.loadedAfter : since.file;
  return { loads: isRead ? [] : table.loads, changes: changesAfter(table, since, after) };
}

/** Changes from before the full load are never applied to it, wherever somebody has set the place. */
function changesAfter(
  { changes }: TableFiles,
  { loadedAfter }: FilesPosition,
  file: string | null,
): readonly ForeignFile[] {
  return changes.filter(laterThan(file)).filter(laterThan(loadedAfter));
}

/** Whether files have appeared between those that were read. Which ones they are may not be known. */
export function hasLateFiles(table: TableFiles, since: FilesPosition | undefined): boolean {
  if (since === undefined) return false;
  return compareRead(table, since).late;
}

/** Which files were read, even if somebody has set the place since. */
function whatWasRead(since: FilesPosition): ReadBefore {
  return since.files === null && since.moved !== null ? since.moved : since;
}

function everRead(table: TableFiles, since: FilesPosition): number {
  return whatWasRead(since).files ?? readBefore(table, since).length;
}

function compareRead(table: TableFiles, since: FilesPosition): ComparedGroups {
  const { file, files, read } = whatWasRead(since);
  const before = readBefore(table, { ...since, file });
  const compared = compareGroups(read ?? [], before);
  return { ...compared, late: compared.late || (files !== null && before.length > files) };
}

interface Whole {
  readonly key: readonly string[] | undefined;
  readonly loadedAfter: string | null;
  readonly reason: string;
}

function whole(table: TableFiles, { key, loadedAfter, reason }: Whole): NextFiles {
  const changes = table.changes.filter(laterThan(loadedAfter));
  const last = lastOf(table, loadedAfter);
  const position = {
    ...beginning,
    ...loadOf(table),
    ...last,
    file: last.file ?? loadedAfter,
    files: changes.length,
    loadedAfter,
    key: key ?? null,
  };
  return { how: "whole", reason, loads: table.loads, changes, position };
}

function loadOf({ loads }: TableFiles): Pick<FilesPosition, "loadedAt" | "loadedAs" | "loads"> {
  const loadedAt = loads.at(-1)?.modifiedAt.toISOString() ?? null;
  return { loadedAt, loadedAs: loadedAt === null ? null : versionsOf(loads), loads: loads.length };
}

function lastOf({ changes }: TableFiles, loadedAfter: string | null): Pick<FilesPosition, "file" | "fileAs" | "read"> {
  const own = changes.filter(laterThan(loadedAfter));
  const last = own.at(-1);
  const read = readGroups(own);
  return last === undefined
    ? { file: null, fileAs: null, read }
    : { file: baseName(last.path), fileAs: versionOf(last), read };
}

function newLoads({ loads }: TableFiles, { loadedAt }: FilesPosition): readonly ForeignFile[] {
  return loadedAt === null ? loads : loads.filter(({ modifiedAt }) => modifiedAt > new Date(loadedAt));
}

/**
 * The last change file that was read before, or was written before the new full load began. The first full load of a
 * table may arrive after its changes, so only when they were written tells whether they belong to it.
 */
function olderThan(table: TableFiles, since: FilesPosition): string | null {
  const begun = newLoads(table, since)[0]?.modifiedAt.getTime() ?? 0;
  const known = since.loadedAt === null ? since.loadedAfter : since.file;
  const isLater = laterThan(known);
  const last = table.changes.findLast((file) => !isLater(file) || file.modifiedAt.getTime() < begun);
  return last === undefined ? known : baseName(last.path);
}

interface WholeReason extends Asked {
  readonly since: FilesPosition;
  readonly compared: ComparedGroups;
}

/** Why the changes since the position are not enough; undefined if they are. */
function reasonForWhole({ since, load, key, compared }: WholeReason): string | undefined {
  if (since.key?.join("\n") !== key?.join("\n")) return `rows are now identified by ${key?.join(", ") ?? "nothing"}`;
  if (since.again !== null) return "its full load was asked for again";
  if (load === "late") return "files of the full load have arrived late";
  if (since.files === null && key === undefined) return "the position was set, and there is no key";
  return compared.late ? "files with earlier times have arrived late" : undefined;
}

/** Change files that belong to the full load and are not after the position. */
function readBefore(
  table: TableFiles,
  { file, loadedAfter }: Pick<FilesPosition, "file" | "loadedAfter">,
): readonly ForeignFile[] {
  return readBetween(table, { after: loadedAfter, until: file });
}

function readBetween(
  { changes }: TableFiles,
  { after, until }: { after: string | null; until: string | null },
): readonly ForeignFile[] {
  if (until === null) return [];
  const isLate = laterThan(until);
  return changes.filter(laterThan(after)).filter((file) => !isLate(file));
}

function isEmptied(table: TableFiles, since: FilesPosition): boolean {
  return isFolderGone(table, since) || (table.loads.length === 0 && readBefore(table, since).length === 0);
}

/** Files of whole transactions stay when DMS empties the folder with the full load. */
function isFolderGone({ hasFolder }: TableFiles, since: FilesPosition): boolean {
  return !hasFolder && hadFullLoad(since);
}

/** The files are gone after a truncation, or when the folder was emptied for a reload. */
function checkPresent(table: TableFiles, since: FilesPosition): void {
  if (since.files === null && since.again === null) return;
  if (isFolderGone(table, since) && since.loads !== 0)
    throw vanished(table.name, `the folder ${folderOf(table)}, which had its full load, is no longer there`);
  const isThere =
    since.file === null || since.fileAs === null
      ? since.loadedAt === null || table.loads.length > 0
      : lastRead(table, since) !== undefined;
  if (isThere) return;
  const last = since.file ?? "its full load";
  throw vanished(
    table.name,
    `${last}, the last file that was read, is no longer there: DMS empties a table's folder when the table is truncated or loaded again`,
  );
}

/** Reading everything needs everything: the full load and every change since. */
function checkComplete(
  table: TableFiles,
  { since, compared }: { since: FilesPosition; compared: ComparedGroups },
): void {
  if (isFolderGone(table, since) || (since.loadedAt !== null && table.loads.length < (since.loads ?? 1)))
    throw vanished(table.name, "the table has to be read as a whole, and files of its full load are no longer there");
  const { file, files, read } = whatWasRead(since);
  const wereLost = read !== null && files !== null && sumOf(read, ({ count }) => count) < files;
  const isLost = compared.late && (compared.lost || wereLost);
  if (files !== null && (isLost || readBefore(table, { ...since, file }).length < files))
    throw vanished(
      table.name,
      "the table has to be read as a whole, and change files that were read before are no longer there",
    );
}

function folderOf({ name: { schema, name } }: TableFiles): string {
  return `${schema}/${name}`;
}

function vanished({ schema, name }: TableFiles["name"], message: string): HeadgateError {
  return new HeadgateError("SOURCE_FILES_VANISHED", { place: `${schema}.${name}`, message });
}

function rewritten({ name: { schema, name } }: TableFiles, { to, count }: ReadGroup): HeadgateError {
  const which = count === 1 ? to : `one of the ${count} files up to ${to}`;
  return new HeadgateError("SOURCE_FILE_REWRITTEN", {
    place: `${schema}.${name}`,
    message: `${which} had another size when it was read`,
  });
}

function laterThan(file: string | null): (other: ForeignFile) => boolean {
  if (file === null) return () => true;
  const time = timeOf(file);
  return ({ path }) => timeOf(path) > time;
}
