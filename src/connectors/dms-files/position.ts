/**
 * A table's position in its files, as JSON text: which full load it has, and the last change file that was applied. It
 * always stands at the end of a file, because a file is applied as a whole or not at all.
 */
import { timeOf } from "./layout.ts";
import type { FilePlace, FilePlaces, Position, PositionOrder } from "../../sync/source.ts";

export interface FilesPosition {
  /** The name of the last change file that was applied: `20240131-101500123.csv`. Null if none was. */
  readonly file: string | null;
  /** When the newest file of the full load was written, as an ISO instant. Null if the table had no full load. */
  readonly loadedAt: string | null;
  /** Digest of the files that were written at that instant: stores tell seconds, in which more files can follow. */
  readonly loadedAs: string | null;
  /** Change files up to this one are older than the full load and do not belong to it. Null if all belong to it. */
  readonly loadedAfter: string | null;
  /** Number of change files from `loadedAfter` to `file`; shows files that arrive late or vanish. Null if unknown. */
  readonly files: number | null;
  /** Number of files of the full load; shows those that appear late although they were written before. Null if unknown. */
  readonly loads: number | null;
  /** The columns by which changes were applied. Null: there was no key, so that rows were only inserted. */
  readonly key: readonly string[] | null;
}

export function formatPosition({ file, loadedAt, loadedAs, loadedAfter, files, loads, key }: FilesPosition): Position {
  return JSON.stringify({ file, loadedAt, loadedAs, loadedAfter, files, loads, key });
}

export function parsePosition(position: Position): FilesPosition {
  const parsed = JSON.parse(position) as Partial<FilesPosition>;
  const { file = null, loadedAt = null, loadedAs = null, loadedAfter = null } = parsed;
  const { files = null, loads = null, key = null } = parsed;
  return { file, loadedAt, loadedAs, loadedAfter, files, loads, key };
}

/** The position in the words of the controller table. */
export const filePlaces: FilePlaces = {
  of(position) {
    const { file: lastIncrementalFile, loadedAt: lastFullLoadDate } = parsePosition(position);
    return { lastIncrementalFile, lastFullLoadDate };
  },
  moved: movedPosition,
};

/** The position after a person changed it. Nothing is counted any more, because the person may skip files. */
export function movedPosition(position: Position, change: Partial<FilePlace>): Position {
  const known = parsePosition(position);
  const { lastIncrementalFile: file = known.file, lastFullLoadDate: loadedAt = known.loadedAt } = change;
  const loadedAs = loadedAt === known.loadedAt ? known.loadedAs : null;
  return formatPosition({ ...known, file, loadedAt, loadedAs, files: null, loads: null });
}

export function comparePositions(left: Position, right: Position): PositionOrder {
  const [one, other] = [parsePosition(left), parsePosition(right)];
  if (one.loadedAt !== other.loadedAt) return "unknown";
  const [time, otherTime] = [timeOf(one.file ?? ""), timeOf(other.file ?? "")];
  if (time === otherTime) return "same";
  return time < otherTime ? "before" : "after";
}
