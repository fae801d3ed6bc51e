/**
 * How a table's changes are found: by comparing the whole table (`diff`, exact, works for every table), by reading only
 * the rows that a growing column shows to be new (`cursor`, for tables configured so), or by reading the files that are
 * new (`files`, for tables that lie in files, and for no others). Pure: returns the choice and its reason.
 */
import type { CaptureModeName, ChosenModeName } from "../../db/tables.ts";
import type { SourceTable } from "../source.ts";

/** The mode that somebody configured. */
export interface ModeSetting {
  readonly mode: ChosenModeName;
  readonly column: string | undefined;
  /** In units of the column: numbers, seconds for times, days for dates. */
  readonly overlap: number | undefined;
  /** The unit of the overlap when it was set; undefined if it was not recorded. */
  readonly unit?: CursorUnit | undefined;
}

export type CursorUnit = keyof typeof usualOverlaps;

export type CaptureMode =
  | { readonly mode: Exclude<CaptureModeName, "cursor">; readonly reason: string }
  | { readonly mode: "cursor"; readonly column: string; readonly overlap: number; readonly reason: string };

/** How far below its highest value a cursor reads again, so that rows that were committed late are not missed. */
const usualOverlaps = { number: 10_000, seconds: 3_600, days: 1 } as const;

export function chooseMode(table: SourceTable, setting: ModeSetting | undefined): CaptureMode {
  if (table.inFiles === true) return { mode: "files", reason: "its rows lie in files, and new files have its changes" };
  if (setting === undefined) return { mode: "diff", reason: offer(table) };
  if (setting.mode === "diff") return { mode: "diff", reason: "chosen" };
  const column = table.columns.find(({ name }) => name === setting.column);
  const obstacle = cursorObstacle(table, setting.column ?? "");
  if (column === undefined || obstacle !== undefined)
    return { mode: "diff", reason: `cursor was chosen, but ${obstacle}` };
  const unit = cursorUnit(column.lakeType);
  if (setting.overlap !== undefined && setting.unit !== undefined && setting.unit !== unit)
    return { mode: "diff", reason: changedUnit(column.name, setting.unit, unit) };
  const overlap = setting.overlap ?? usualOverlap(column.lakeType);
  return { mode: "cursor", column: column.name, overlap, reason: `chosen; deletes are not seen` };
}

function changedUnit(column: string, before: CursorUnit, now: CursorUnit | undefined): string {
  const counted = { number: "numbers", seconds: "seconds", days: "days" };
  return `cursor was chosen with an overlap in ${counted[before]}, and ${column} counts ${counted[now ?? "number"]} now: choose it again`;
}

/** Why a table cannot have the mode, whatever its columns are; undefined if it can. */
export function modeObstacle({ inFiles = false }: SourceTable, mode: CaptureModeName): string | undefined {
  if (inFiles === (mode === "files")) return undefined;
  return inFiles
    ? `the mode of a table that lies in files is always files: its changes are in new files, and the mode ${mode} would ask a database for rows`
    : "only tables that lie in files, as AWS DMS writes them, have the mode files";
}

/** Why a column cannot be a table's cursor; undefined if it can. */
export function cursorObstacle({ columns, key }: SourceTable, name: string): string | undefined {
  const column = columns.find((candidate) => candidate.name === name);
  if (column === undefined) return `there is no column ${name}`;
  if (cursorUnit(column.lakeType) === undefined) return `${name} is neither a number nor a time`;
  return key === undefined ? "the table has no key to find the rows by" : undefined;
}

export function usualOverlap(lakeType: string): number {
  return usualOverlaps[cursorUnit(lakeType) ?? "number"];
}

export function cursorUnit(lakeType: string): CursorUnit | undefined {
  if (["int", "long", "decimal(20,0)"].includes(lakeType)) return "number";
  if (lakeType === "timestamp" || lakeType === "timestamptz") return "seconds";
  return lakeType === "date" ? "days" : undefined;
}

const growingNames = /^(updated|modified|changed|last_?(update|change|modif))/i;

function offer(table: SourceTable): string {
  const candidate = table.columns.find(
    ({ name }) => growingNames.test(name) && cursorObstacle(table, name) === undefined,
  );
  const found = candidate === undefined ? "" : `; a cursor on ${candidate.name} would read less and see no deletes`;
  return `exact for every table${found}`;
}
