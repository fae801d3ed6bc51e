/**
 * Handles a table that fails while the others continue: decides which failures concern one table only and which make
 * the whole run impossible. Retries are decided in in-run.ts.
 */
import { presentError } from "../../base/present-error.ts";
import { mapLimit } from "../../base/limit.ts";
import type { ErrorCode } from "../../errors.ts";
import type { TableName } from "../source.ts";
import type { FailedTable } from "./failed-table.ts";
import type { SyncRun } from "./sync-run.ts";
import { sweepTable } from "./sweep-runs.ts";

/** The outcome for one table: the result of the work, or why it failed. */
export type Attempt<T> = { readonly done: T } | { readonly failed: FailedTable };

/** Failures after which no other table could be loaded either, or after which the run is no longer wanted. */
const endsTheRun: ReadonlySet<string> = new Set<ErrorCode>([
  "CANCELLED",
  "RUN_TIMED_OUT",
  "RUN_LOST",
  "DISK_FULL",
  "DATA_DIRECTORY_UNWRITABLE",
  "METADATA_UNREACHABLE",
  "METADATA_NEWER",
  "STORE_UNREACHABLE",
  "STORE_BUCKET_MISSING",
  "STORE_REFUSED",
  "STORE_LOGIN_REFUSED",
  "STORE_REGION_WRONG",
  "STORE_CLOCK_DIFFERS",
  "STORE_NOT_ENCRYPTED",
  "SOURCE_UNREACHABLE",
  "SOURCE_LOGIN_REFUSED",
  "SOURCE_DATABASE_UNKNOWN",
  "SOURCE_TOO_OLD",
  "SOURCE_TLS_FAILED",
  "SOURCE_LOST",
  "SOURCE_PROTOCOL",
  "SOURCE_PASSWORD_EXPOSED",
  "SOURCE_POOL_UNFIT",
  "COMMIT_CONFLICT",
  "COMMIT_UNKNOWN",
]);

/**
 * Does the work for each table. One that fails is reported and leaves nothing behind; the others continue. Throws if
 * the run has to end.
 */
export function eachTable<Target extends Named & Swept, T>(
  run: SyncRun,
  targets: readonly Target[],
  work: (target: Target) => Promise<T>,
): Promise<readonly Attempt<T>[]> {
  return mapLimit(targets, run.width, async (target): Promise<Attempt<T>> => {
    try {
      return { done: await work(target) };
    } catch (failure) {
      const failed = failedTable(run, target, failure);
      await sweepTable(run, target);
      return { failed };
    }
  });
}

type Swept = Parameters<typeof sweepTable>[1];

interface Named {
  readonly sourceLabel: string;
  readonly lakeLabel: string;
  readonly table: { readonly name: TableName };
}

/** Reports the failure. Throws it if it does not concern this table only. */
export function failedTable(
  { signal, report }: Pick<SyncRun, "signal" | "report">,
  { sourceLabel, lakeLabel, table: { name } }: Named,
  failure: unknown,
): FailedTable {
  signal.throwIfAborted();
  const error = presentError(failure);
  if (endsTheRun.has(error.code)) throw failure;
  const { code, message } = error;
  report({ kind: "done", task: lakeLabel, outcome: "failed", error: { code, message } });
  return { name, sourceTable: sourceLabel, lakeTable: lakeLabel, error };
}
