/**
 * The only place that moves a table's pointer: one catalog transaction replaces the metadata that any number of tables
 * were read with by their next metadata, together with positions and everything else that must change at the same
 * moment.
 * Invariants: all or nothing. If somebody else has moved a pointer, the whole commit fails. An unknown outcome is
 * resolved by the commit's id and never deletes a file.
 */
import { sql, type Kysely, type Transaction } from "kysely";
import type { EventLog } from "../base/event-log.ts";
import { CommitOutcomeUnknown, inTransaction } from "../db/transaction.ts";
import type { PositionRow, RunKind, Tables } from "../db/tables.ts";
import { HeadgateError } from "../errors.ts";
import { checkGrowth } from "../governance/budgets/check-room.ts";
import { checkHome } from "./check-home.ts";
import { isTakenName } from "./is-taken-name.ts";
import { lockName } from "./lock-name.ts";

/** The part of a commit that concerns one table, whose next metadata file is already written. */
export interface TableStep {
  readonly tableId: string;
  /** `database.table`, for messages. */
  readonly label: string;
  /** The pointer that this step is based on; undefined to create the table. */
  readonly from: string | undefined;
  readonly to: string;
  readonly snapshotId: bigint | undefined;
  /** Bytes that the table's snapshots reach after this step, or how many more than before. Undefined: not known. */
  readonly kept?: KeptBytes | undefined;
  /** Given for a table that is to be created. */
  readonly create?: CreatedTable | undefined;
}

export type KeptBytes = { readonly total: bigint } | { readonly added: bigint };

export interface CreatedTable {
  readonly databaseId: string;
  readonly name: string;
  readonly location: string;
  /** The files of another writer, which stay where they are. */
  readonly isForeign?: boolean | undefined;
}

export interface CatalogCommit {
  /** A UUID chosen by the caller. */
  readonly id: string;
  /** A run in state `running`. Its row is locked during the commit. */
  readonly runId: string | undefined;
  readonly summary: string;
  readonly steps: readonly TableStep[];
  readonly positions: readonly Omit<PositionRow, "moved_at">[];
  /** Further work to do in the same transaction. */
  readonly within?: ((transaction: Transaction<Tables>) => Promise<void>) | undefined;
}

/** A catalog, or only a metadata database. */
interface Committing {
  readonly db: Kysely<Tables>;
  readonly log?: EventLog | undefined;
}

/**
 * Throws COMMIT_CONFLICT when a pointer has moved, BUDGET_SPENT when an account would keep more than it may, and
 * COMMIT_UNKNOWN when the outcome could not be determined.
 */
export async function commit({ db, log }: Committing, change: CatalogCommit): Promise<void> {
  try {
    await inTransaction(db, (transaction) => apply(transaction, change));
  } catch (failure) {
    if (!(failure instanceof CommitOutcomeUnknown)) throw failure;
    if (!(await tookPlace(db, change.id)))
      throw new HeadgateError("COMMIT_CONFLICT", {
        place: change.id,
        message: "the connection to the metadata database broke, and the commit did not take place",
        cause: failure,
      });
  }
  const { id, runId: run, summary, steps } = change;
  log?.("commit", { commit: id, run, summary, tables: steps.length });
}

async function apply(transaction: Transaction<Tables>, change: CatalogCommit): Promise<void> {
  await lockName(transaction, change.id);
  const kind = change.runId === undefined ? undefined : await holdRun(transaction, change.runId);
  const { sequence } = await transaction
    .insertInto("commits")
    .values({ id: change.id, run_id: change.runId ?? null, summary: change.summary })
    .returning("sequence")
    .executeTakeFirstOrThrow();
  for (const step of change.steps.toSorted(byTable)) {
    await moveOrCreate(transaction, step);
    await transaction
      .insertInto("table_commits")
      .values({
        commit_id: change.id,
        table_id: step.tableId,
        previous_metadata_location: step.from ?? null,
        metadata_location: step.to,
        snapshot_id: step.snapshotId ?? null,
        sequence,
      })
      .execute();
  }
  await movePositions(transaction, change.positions);
  // Maintenance makes room in the end, so a budget does not stop it.
  if (kind !== "maintain")
    await checkGrowth(
      transaction,
      change.steps.filter(isGrowing).map(({ tableId }) => tableId),
    );
  await change.within?.(transaction);
}

function isGrowing({ kept }: TableStep): boolean {
  return kept === undefined || ("total" in kept ? kept.total > 0n : kept.added > 0n);
}

/** A run that others have given up must not commit any more, and a run that is committing must not be given up. */
async function holdRun(transaction: Transaction<Tables>, runId: string): Promise<RunKind> {
  const run = await transaction
    .selectFrom("runs")
    .select(["state", "kind"])
    .where("id", "=", runId)
    .forShare()
    .executeTakeFirst();
  if (run?.state !== "running")
    throw new HeadgateError("COMMIT_CONFLICT", {
      place: runId,
      message: "this run was considered lost, and another one has taken over its work",
    });
  return run.kind;
}

async function moveOrCreate(
  transaction: Transaction<Tables>,
  { tableId, label, from, to, create, kept }: TableStep,
): Promise<void> {
  if (create !== undefined) {
    await checkHome(transaction, { ...create, label });
    const { numInsertedOrUpdatedRows } = await transaction
      .insertInto("tables")
      .values({
        id: tableId,
        database_id: create.databaseId,
        name: create.name,
        location: create.location,
        metadata_location: to,
        kept_bytes: keptAfter(kept, null),
      })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst()
      .catch((failure: unknown) => {
        throw isTakenName(failure) ? nameOfView(label, failure) : failure;
      });
    if (numInsertedOrUpdatedRows !== 1n)
      throw new HeadgateError("COMMIT_CONFLICT", { place: label, message: "another writer created this table first" });
    return;
  }
  const { numUpdatedRows } = await transaction
    .updateTable("tables")
    .set({
      metadata_location: to,
      kept_bytes: keptAfter(kept, sql<bigint | null>`kept_bytes + ${addedOf(kept)}::bigint`),
    })
    .where("id", "=", tableId)
    .where("metadata_location", "=", from ?? "")
    .executeTakeFirst();
  if (numUpdatedRows !== 1n) throw new HeadgateError("COMMIT_CONFLICT", { place: label });
}

/** An unknown number is measured when somebody needs it (measure-kept.ts). */
function keptAfter<Sum>(kept: TableStep["kept"], sum: Sum): bigint | null | Sum {
  if (kept === undefined) return null;
  return "total" in kept ? kept.total : sum;
}

function addedOf(kept: TableStep["kept"]): bigint {
  return kept !== undefined && "added" in kept ? kept.added : 0n;
}

function nameOfView(label: string, cause: unknown): HeadgateError {
  return new HeadgateError("LAKE_NAME_TAKEN", { place: label, message: `${label} is the name of a view`, cause });
}

/** Moves positions: without a commit of tables if a source proved that nothing changed, or as part of one. */
export async function movePositions(
  db: Kysely<Tables> | Transaction<Tables>,
  positions: CatalogCommit["positions"],
): Promise<void> {
  if (positions.length === 0) return;
  await db
    .insertInto("positions")
    .values(positions.map((position) => ({ ...position, moved_at: new Date() })))
    .onConflict((conflict) =>
      conflict.column("table_id").doUpdateSet((row) => ({
        source_id: row.ref("excluded.source_id"),
        source_schema: row.ref("excluded.source_schema"),
        source_name: row.ref("excluded.source_name"),
        position: row.ref("excluded.position"),
        row_count: row.ref("excluded.row_count"),
        shape: row.ref("excluded.shape"),
        fingerprint: row.ref("excluded.fingerprint"),
        snapshot_id: row.ref("excluded.snapshot_id"),
        content_digest: row.ref("excluded.content_digest"),
        compared_whole: row.ref("excluded.compared_whole"),
        compared_at: row.ref("excluded.compared_at"),
        history_snapshot_id: row.ref("excluded.history_snapshot_id"),
        moved_at: row.ref("excluded.moved_at"),
        full_load_at: row.fn.coalesce(row.ref("excluded.full_load_at"), row.ref("positions.full_load_at")),
      })),
    )
    .execute();
}

/**
 * Whether a commit whose answer was lost took place. Taking the commit's lock first waits for a server that is still
 * working on it, so the answer is final.
 */
async function tookPlace(db: Kysely<Tables>, id: string): Promise<boolean> {
  try {
    return await inTransaction(db, async (transaction) => {
      await lockName(transaction, id);
      return (
        (await transaction.selectFrom("commits").select("id").where("id", "=", id).executeTakeFirst()) !== undefined
      );
    });
  } catch (cause) {
    throw new HeadgateError("COMMIT_UNKNOWN", { place: id, cause });
  }
}

/** All commits lock tables in the same order, so that two of them never wait for each other. */
function byTable(left: TableStep, right: TableStep): number {
  return left.tableId < right.tableId ? -1 : 1;
}
