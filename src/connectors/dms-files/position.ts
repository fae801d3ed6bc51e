/**
 * A table's position in its files, as JSON text: which full load it has, and the last change file that was applied. It
 * always stands at the end of a file, because a file is applied as a whole or not at all.
 */
import { timeOf } from "./layout.ts";
import type { ReadGroup } from "./read-groups.ts";
import type { FilePlace, FilePlaces, Position, PositionOrder } from "../../sync/source.ts";

export interface FilesPosition {
  /** The name of the last change file that was applied: `20240131-101500123.csv`. Null if none was. */
  readonly file: string | null;
  /** Digest of that file's version, which shows that the files were copied. Null if unknown. */
  readonly fileAs: string | null;
  /** When the newest file of the full load was written, as an ISO instant. Null if the table had no full load. */
  readonly loadedAt: string | null;
  /** Digest of the names, times and versions of the full load's files: while it holds, nothing is opened. */
  readonly loadedAs: string | null;
  /** Digest of their names and contents, which does not change when they are copied. */
  readonly loadedIs: string | null;
  /** Change files up to this one are older than the full load and do not belong to it. Null if all belong to it. */
  readonly loadedAfter: string | null;
  /** Number of change files from `loadedAfter` to `file` that were read, ever. Null if unknown. */
  readonly files: number | null;
  /** Those of them that were there last. Null if unknown. */
  readonly read: readonly ReadGroup[] | null;
  /** The files that had been read before somebody set the place, as long as no run has read anything since. */
  readonly moved: ReadBefore | null;
  /** Number of files of the full load. Null if unknown. */
  readonly loads: number | null;
  /** Somebody set the time of the full load back to this one, which asks for it to be read again. */
  readonly again: { readonly from: string | null } | null;
  /** The columns by which changes were applied. Null: there was no key, so that rows were only inserted. */
  readonly key: readonly string[] | null;
}

/** The members of a position that say which change files were read. */
export type ReadBefore = Pick<FilesPosition, "file" | "files" | "read">;

/** The position of a table that has nothing yet. */
export const beginning: FilesPosition = {
  file: null,
  fileAs: null,
  loadedAt: null,
  loadedAs: null,
  loadedIs: null,
  loadedAfter: null,
  files: null,
  read: null,
  moved: null,
  loads: null,
  again: null,
  key: null,
};

export function formatPosition({ read, ...position }: FilesPosition): Position {
  const groups = read?.map(({ to, bytes, count, names }) => (count === 1 ? [to, bytes] : [to, bytes, count, names]));
  return JSON.stringify({ ...position, read: groups ?? null });
}

/** The count and the names are left out for a single file. */
type WrittenGroup = readonly [to: string, bytes: number, count?: number, names?: string];

type WrittenPosition = Partial<Omit<FilesPosition, "read">> & { readonly read?: readonly WrittenGroup[] | null };

export function parsePosition(position: Position): FilesPosition {
  const { read, ...known } = JSON.parse(position) as WrittenPosition;
  const groups = read?.map(([to, bytes, count = 1, names = ""]) => ({ to, bytes, count, names }));
  return { ...beginning, ...known, read: groups ?? null };
}

/** Whether the table had files of a full load. Somebody may have set a date for one that there never was. */
export function hadFullLoad({ loadedAt, loadedAs, loads }: FilesPosition): boolean {
  return loadedAt !== null && (loads !== 0 || loadedAs !== null);
}

/** The position in the words of the controller table. */
export const filePlaces: FilePlaces = {
  of(position) {
    const { file: lastIncrementalFile, loadedAt, again } = parsePosition(position);
    return { lastIncrementalFile, lastFullLoadDate: again === null ? loadedAt : again.from };
  },
  moved: movedPosition,
};

/**
 * The position after a person changed it. Setting the time of the full load back asks for it again; setting it forward
 * says that everything until then has been loaded. The person may skip files, so another last file does not say what
 * was read.
 */
export function movedPosition(position: Position, change: Partial<FilePlace>): Position {
  const known = parsePosition(position);
  const { lastIncrementalFile: file = known.file, lastFullLoadDate } = change;
  const read = file === known.file ? {} : { files: null, read: null, fileAs: null, moved: movedFrom(known) };
  return formatPosition({ ...known, file, ...read, ...movedLoad(known, lastFullLoadDate) });
}

function movedFrom({ file, files, read, moved }: FilesPosition): ReadBefore | null {
  return files === null ? moved : { file, files, read };
}

function movedLoad({ loadedAt, again, loads }: FilesPosition, date: string | null | undefined): Partial<FilesPosition> {
  if (date === undefined || (again === null && date === loadedAt)) return {};
  if (date === null || (loadedAt !== null && new Date(date) < new Date(loadedAt))) return { again: { from: date } };
  return date === loadedAt
    ? { again: null }
    : { again: null, loadedAt: date, loadedAs: null, loadedIs: null, loads: loads === 0 ? 0 : null };
}

export function comparePositions(left: Position, right: Position): PositionOrder {
  const [one, other] = [parsePosition(left), parsePosition(right)];
  if (one.loadedAt !== other.loadedAt || one.again !== null || other.again !== null) return "unknown";
  const [time, otherTime] = [timeOf(one.file ?? ""), timeOf(other.file ?? "")];
  if (time === otherTime) return "same";
  return time < otherTime ? "before" : "after";
}
