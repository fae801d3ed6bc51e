/**
 * Opens a run for its tables: names its files, keeps its counters, and limits how much it does at once. It does not
 * read tables.
 */
import { semaphore } from "../../base/semaphore.ts";
import { reach } from "../../writer/crash-points.ts";
import type { RunRequest } from "./run-request.ts";
import type { SyncContext } from "./sync-context.ts";
import type { SyncRun } from "./sync-run.ts";

export type RunParts = SyncContext & RunRequest & { readonly run: string; readonly counters: Counters };

/** Counters of a run over all its tables. */
export interface Counters {
  rowsRead: number;
  splitsKept: number;
  files: number;
}

export function openCounters(): Counters {
  return { rowsRead: 0, splitsKept: 0, files: 0 };
}

/** Memory that the engine needs to write one data file: one row group, raw and encoded. */
const fileMemoryMb = 96;

function filesAtOnce({ engineMemoryMb, engineThreads }: SyncContext["config"]): number {
  return Math.max(1, Math.min(engineThreads, Math.floor(engineMemoryMb / fileMemoryMb)));
}

export function openRun(parts: RunParts, width: number): SyncRun {
  const { counters, run, objects, config } = parts;
  return {
    ...parts,
    width,
    newFile: async (table, extension: string = "parquet") => {
      const location = `${table}/data/${run}-${counters.files++}.${extension}`;
      return { ...(await objects.draft(location)), location };
    },
    reach: (point) => reach(point, config),
    writing: { slots: semaphore(filesAtOnce(config)), batches: 0 },
    countRows: (rows) => void (counters.rowsRead += rows),
    countKept: () => void counters.splitsKept++,
    rowsRead: () => counters.rowsRead,
    splitsKept: () => counters.splitsKept,
  };
}
