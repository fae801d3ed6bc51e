/**
 * Looks at columns of a table for personal data, and stores what it proposes.
 * Invariant: it changes no row and no right, and neither an error nor the log contains a value of a row.
 */
import type { Catalog, CatalogTable } from "../catalog/catalog.ts";
import { inTransaction } from "../db/transaction.ts";
import type { Engine } from "../engine/engine.ts";
import { currentSchema } from "../iceberg/table-metadata.ts";
import { forgetRejections } from "./judge-proposals.ts";
import { scannedFields, storeScan, type Change, type Looked } from "./proposals.ts";
import { sampleTable } from "./sample-table.ts";
import { valueKind } from "./value-kind.ts";

export interface ScanParts {
  readonly catalog: Catalog;
  /** An engine that may read the files of the lake. */
  loadEngine(): Promise<Engine>;
}

interface Scanning {
  readonly table: CatalogTable;
  /** Leave alone the columns that were looked at before. */
  readonly onlyNew: boolean;
  readonly runId?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Scanned {
  /** How many columns were looked at. */
  readonly columns: number;
  readonly changes: readonly Change[];
}

/** Throws what reading a table throws. */
export async function scanTable(parts: ScanParts, { table, onlyNew, runId, signal }: Scanning): Promise<Scanned> {
  const { db } = parts.catalog;
  const seen = onlyNew ? (await scannedFields(db, [table.id])).get(table.id) : undefined;
  const isWanted = (fieldId: number): boolean => seen?.has(fieldId) !== true;
  const { fields } = currentSchema(table.metadata);
  if (!fields.some(({ id }) => isWanted(id))) return { columns: 0, changes: [] };
  const looked = await lookAt(parts, { table, isWanted, signal });
  const changes = await inTransaction(db, async (transaction) => {
    const made = await storeScan(transaction, { tableId: table.id, looked, runId });
    const renewed = made.filter(({ what }) => what === "renew").map(({ fieldId }) => fieldId);
    await forgetRejections(transaction, { tableId: table.id, fieldIds: renewed });
    return made;
  });
  return { columns: looked.length, changes };
}

interface Looking {
  readonly table: CatalogTable;
  isWanted(fieldId: number): boolean;
  readonly signal: AbortSignal | undefined;
}

async function lookAt({ catalog, loadEngine }: ScanParts, looking: Looking): Promise<readonly Looked[]> {
  const { table } = looking;
  const columns = await sampleTable(catalog, { ...looking, engine: await loadEngine() });
  // The rules need libraries that most commands never need.
  const { classifyTable } = await import("./classify/classify.ts");
  const sampled = new Set(columns.map(({ fieldId }) => fieldId));
  const others = currentSchema(table.metadata).fields.filter(({ id }) => !sampled.has(id));
  const classified = classifyTable(
    { table: table.name, columns },
    others.map(({ name }) => name),
  );
  return columns.map((column, at) => ({
    fieldId: column.fieldId,
    findings: (classified[at]?.findings ?? []).map((finding) => ({ ...finding, kind: valueKind(column, finding) })),
  }));
}
