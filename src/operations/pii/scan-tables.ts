/** Scans tables on demand or by schedule. One that cannot be read does not keep the others from being scanned. */
import { presentError, type PresentedError } from "../../base/present-error.ts";
import type { Report } from "../../base/progress.ts";
import { isView, type TableEntry } from "../../catalog/catalog.ts";
import { tableLabel } from "../../catalog/table-name.ts";
import { HeadgateError } from "../../errors.ts";
import { scanTable } from "../../stewardship/scan-table.ts";
import type { Context } from "../context.ts";

export interface ScannedTable {
  readonly table: string;
  readonly columns: number;
  readonly proposed: number;
  readonly withdrawn: number;
  readonly error?: PresentedError;
}

interface Scan {
  readonly entries: readonly TableEntry[];
  readonly report: Report;
  readonly signal: AbortSignal;
}

export async function scanTables(
  context: Pick<Context, "catalog" | "loadEngine">,
  { entries, report, signal }: Scan,
): Promise<readonly ScannedTable[]> {
  const scanned: ScannedTable[] = [];
  for (const entry of entries) {
    // A view has no files of its own.
    if (isView(entry)) continue;
    signal.throwIfAborted();
    const result = await scanOne(context, entry, signal);
    const outcome = result.error === undefined ? "scanned" : "failed";
    report({ kind: "done", task: result.table, outcome });
    scanned.push(result);
  }
  return scanned;
}

async function scanOne(
  context: Pick<Context, "catalog" | "loadEngine">,
  entry: TableEntry,
  signal: AbortSignal,
): Promise<ScannedTable> {
  const table = tableLabel(entry);
  try {
    const { columns, changes } = await scanTable(context, {
      table: await context.catalog.load(entry),
      onlyNew: false,
      signal,
    });
    const counted = (...kinds: readonly string[]): number => changes.filter(({ what }) => kinds.includes(what)).length;
    return { table, columns, proposed: counted("propose", "renew"), withdrawn: counted("withdraw") };
  } catch (failure) {
    signal.throwIfAborted();
    const { code } = presentError(failure);
    // The message of an engine may quote a value.
    const error = presentError(new HeadgateError(code, { place: table }));
    return { table, columns: 0, proposed: 0, withdrawn: 0, error };
  }
}
