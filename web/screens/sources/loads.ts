/**
 * Loads that were begun in this tab. They go on while other pages are looked at, and end with the tab, which therefore
 * asks before it is closed. The progress of all runs, also of others, comes from the ledger.
 */
import { useSyncExternalStore } from "react";
import type { SyncInput } from "../../../src/client/api-client.ts";
import { api, cache, noticeEnd } from "../../api/client.ts";

export interface Load {
  readonly isRunning: boolean;
  /** The tables that were asked for, as `schema.name` in the source; empty for all. */
  readonly tables: readonly string[];
  /** Why it failed as a whole. */
  readonly failure: unknown;
}

const loads = new Map<string, Load>();
const hearers = new Set<() => void>();

export function startLoad(input: SyncInput): void {
  const { source, tables = [] } = input;
  note(source, { isRunning: true, tables, failure: undefined });
  void api
    .sync(input)
    .then(
      () => note(source, { isRunning: false, tables, failure: undefined }),
      (failure: unknown) => {
        note(source, { isRunning: false, tables, failure });
        noticeEnd(failure);
      },
    )
    .then(() => Promise.all(changedByRuns.map((key) => cache.invalidateQueries({ queryKey: [key] }))));
}

const changedByRuns = ["status", "runs", "tables", "table", "sources", "schedules", "databases"];

export function useLoad(source: string): Load | undefined {
  return useSyncExternalStore(
    (hear) => {
      hearers.add(hear);
      return () => hearers.delete(hear);
    },
    () => loads.get(source),
  );
}

function note(source: string, load: Load): void {
  loads.set(source, load);
  const isBusy = [...loads.values()].some(({ isRunning }) => isRunning);
  if (isBusy) addEventListener("beforeunload", ask);
  else removeEventListener("beforeunload", ask);
  for (const hear of hearers) hear();
}

function ask(event: BeforeUnloadEvent): void {
  event.preventDefault();
}
