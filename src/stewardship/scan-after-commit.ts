/**
 * Looks at the new columns of tables that have just become visible. The commit is done, so that a failure here is only
 * told, by its code, and the columns are looked at after the next change of the table.
 */
import { presentError } from "../base/present-error.ts";
import type { Report } from "../base/progress.ts";
import type { TableEntry } from "../catalog/catalog.ts";
import { currentSchema } from "../iceberg/table-metadata.ts";
import { scannedFields } from "./proposals.ts";
import { scanTable, type ScanParts } from "./scan-table.ts";

interface Committed {
  readonly tableIds: readonly string[];
  readonly runId?: string | undefined;
  readonly report: Report;
  readonly signal: AbortSignal;
}

/** Never throws. */
export async function scanAfterCommit(parts: ScanParts, committed: Committed): Promise<void> {
  const { tableIds, report, signal } = committed;
  if (tableIds.length === 0) return;
  await told(report, async () => {
    const seen = await scannedFields(parts.catalog.db, tableIds);
    const entries = (await parts.catalog.entries()).filter(({ id }) => tableIds.includes(id));
    for (const entry of entries) {
      if (signal.aborted) return;
      await told(report, () => scanNew(parts, { ...committed, entry, seen: seen.get(entry.id) }));
    }
  });
}

interface NewColumns extends Committed {
  readonly entry: TableEntry;
  /** The columns that were looked at before. */
  readonly seen: ReadonlySet<number> | undefined;
}

async function scanNew(parts: ScanParts, { entry, seen, runId, signal }: NewColumns): Promise<void> {
  const table = await parts.catalog.load(entry);
  const isNew = currentSchema(table.metadata).fields.some(({ id }) => seen?.has(id) !== true);
  if (isNew) await scanTable(parts, { table, onlyNew: true, runId, signal });
}

async function told(report: Report, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (failure) {
    const text = "new columns could not be searched for personal data; try it with: headgate pii scan";
    report({ kind: "warning", code: presentError(failure).code, text });
  }
}
