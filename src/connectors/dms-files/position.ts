/**
 * A table's position in its files, as JSON text: which full load it has, and the last change file that was applied. It
 * always stands at the end of a file, because a file is applied as a whole or not at all.
 */
import { timeOf } from "./layout.ts";
import type { Position, PositionOrder } from "../../sync/source.ts";

export interface FilesPosition {
  /** The name of the last change file that was applied: `20240131-101500123.csv`. Null if none was. */
  readonly file: string | null;
  /** When the newest file of the full load was written, as an ISO instant. Null if the table had no full load. */
  readonly loadedAt: string | null;
  /** Change files up to this one are older than the full load and do not belong to it. Null if all belong to it. */
  readonly loadedAfter: string | null;
  /** Number of change files from `loadedAfter` to `file`; shows files that arrive late or vanish. Null if unknown. */
  readonly files: number | null;
  /** The columns by which changes were applied. Null: there was no key, so that rows were only inserted. */
  readonly key: readonly string[] | null;
}

export function formatPosition({ file, loadedAt, loadedAfter, files, key }: FilesPosition): Position {
  return JSON.stringify({ file, loadedAt, loadedAfter, files, key });
}

export function parsePosition(position: Position): FilesPosition {
  const {
    file = null,
    loadedAt = null,
    loadedAfter = null,
    files = null,
    key = null,
  } = JSON.parse(position) as Partial<FilesPosition>;
  return { file, loadedAt, loadedAfter, files, key };
}

/** What a person may set about a position, in the words of the controller table. */
export interface ControlledPosition {
  /** A file's name or path. Change files after it are applied again. Null: all of them. */
  readonly lastIncrementalFile?: string | null | undefined;
  /** An instant. Files of the full load that were written after it are loaded again. Null: all of them. */
  readonly lastFullLoadDate?: string | null | undefined;
}

/** The position after a person changed it. Nothing is counted any more, because the person may skip files. */
export function movedPosition(position: Position, change: ControlledPosition): Position {
  const known = parsePosition(position);
  const { lastIncrementalFile: file = known.file, lastFullLoadDate: loadedAt = known.loadedAt } = change;
  return formatPosition({ ...known, file, loadedAt, files: null });
}

export function comparePositions(left: Position, right: Position): PositionOrder {
  const [one, other] = [parsePosition(left), parsePosition(right)];
  if (one.loadedAt !== other.loadedAt) return "unknown";
  const [time, otherTime] = [timeOf(one.file ?? ""), timeOf(other.file ?? "")];
  if (time === otherTime) return "same";
  return time < otherTime ? "before" : "after";
}
