/**
 * The plan of a table's load that is not committed yet: its splits, and the data files of the splits already read. It
 * survives a crash, so the next run reads only what is missing or no longer exact.
 * Invariant: a plan is removed in the commit that adds its files, or after its files were deleted.
 */
import type { Kysely, Selectable, Transaction } from "kysely";
import { formatJson } from "../../base/json.ts";
import type { StagedSplitRow, Tables } from "../../db/tables.ts";
import type { Position, SplitRange, TableName } from "../source.ts";
import type { StagedFile } from "../../writer/staged-file.ts";

export interface PlannedSplit {
  readonly ordinal: number;
  readonly range: SplitRange | undefined;
  /** The cut at which the split was read, or for which it is planned. */
  readonly position: Position;
  /** When that cut was opened. */
  readonly openedAt: Date;
  /** Absent until the split has been read. */
  readonly read?: { readonly rows: number; readonly files: readonly StagedFile[] } | undefined;
}

export interface LoadPlan {
  readonly tableId: string;
  readonly shape: string;
  readonly splits: readonly PlannedSplit[];
}

interface PlanKey {
  readonly sourceId: string;
  readonly table: TableName;
}

/** The plan that an earlier run left behind, if any. */
export async function findPlan(db: Kysely<Tables>, { sourceId, table }: PlanKey): Promise<LoadPlan | undefined> {
  const rows = await db
    .selectFrom("staged_splits")
    .selectAll()
    .where("source_id", "=", sourceId)
    .where("source_schema", "=", table.schema)
    .where("source_name", "=", table.name)
    .orderBy("ordinal")
    .execute();
  const [first] = rows;
  return first && { tableId: first.table_id, shape: first.shape, splits: rows.map(presentSplit) };
}

/** Stores a new plan before anything is read. */
export async function savePlan(
  db: Kysely<Tables>,
  { sourceId, table, plan }: PlanKey & { plan: LoadPlan },
): Promise<void> {
  const rows = plan.splits.map(({ ordinal, range, position, openedAt }) => ({
    source_id: sourceId,
    source_schema: table.schema,
    source_name: table.name,
    table_id: plan.tableId,
    shape: plan.shape,
    position,
    staged_at: openedAt,
    ordinal,
    range: range ?? null,
  }));
  await db.insertInto("staged_splits").values(rows).execute();
}

/** Marks a split as read in the cut at `position`. */
export async function saveRead(
  db: Kysely<Tables>,
  { tableId, split }: { tableId: string; split: Required<PlannedSplit> },
): Promise<void> {
  await db
    .updateTable("staged_splits")
    .set({
      position: split.position,
      staged_at: split.openedAt,
      row_count: BigInt(split.read?.rows ?? 0),
      files: formatJson(split.read?.files ?? []),
    })
    .where("table_id", "=", tableId)
    .where("ordinal", "=", split.ordinal)
    .execute();
}

/** Removes the plans of these tables: in the commit that adds their files, or after the files were deleted. */
export async function forgetPlans(
  db: Kysely<Tables> | Transaction<Tables>,
  tableIds: readonly string[],
): Promise<void> {
  if (tableIds.length > 0) await db.deleteFrom("staged_splits").where("table_id", "in", tableIds).execute();
}

function presentSplit(row: Selectable<StagedSplitRow>): PlannedSplit {
  const files = row.files as StagedFile[] | null;
  return {
    ordinal: row.ordinal,
    range: row.range ?? undefined,
    position: row.position,
    openedAt: row.staged_at,
    read: files === null || row.row_count === null ? undefined : { rows: Number(row.row_count), files },
  };
}
