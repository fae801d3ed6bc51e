/**
 * Remembers a large table's rows by spans of its key: for each span, the hash of the bytes that the source sent when it
 * was read.
 * Invariant: the hashes belong to one snapshot of the lake table and one shape, whose rows are the ones that were sent.
 * Nobody has to invalidate them when the table changes, because they are not found for another snapshot.
 */
import type { Kysely, Transaction } from "kysely";
import type { Tables } from "../../db/tables.ts";
import type { HashedSpan, KeySpans } from "../source.ts";
import type { CutRun } from "../run/sync-run.ts";
import type { SyncTarget } from "../run/sync-target.ts";

/** In order, each span beginning where the previous one ends; together they cover the table. */
export interface KnownSpans {
  readonly column: string;
  readonly spans: readonly HashedSpan[];
}

/** Smaller tables are quick to read, so nothing is remembered about them. */
const leastRows = 100_000;

/** About how many rows have to be read for each span that differs. */
const spanRows = 20_000;
const mostSpans = 2_000;

/** The number of rows that a span should have; undefined for a table for which spans are not worthwhile. */
export function rowsOfSpan({ table, standing, mode }: SyncTarget): number | undefined {
  const rows = Math.max(table.estimatedRows ?? 0, standing?.rows ?? 0);
  return rows < leastRows || mode.mode === "cursor" ? undefined : Math.max(spanRows, Math.ceil(rows / mostSpans));
}

/** The spans to read a range by; undefined when they will not be remembered. */
export async function spansToRead(
  { cut }: CutRun,
  target: SyncTarget,
  range: string | undefined,
): Promise<KeySpans | undefined> {
  const rows = rowsOfSpan(target);
  return rows === undefined ? undefined : cut.hashed?.spans(target.table, range, rows);
}

/** A span as it is stored: its first key, its number of rows and its hash. */
type StoredSpan = readonly [from: string | null, rows: number, hash: string];

export async function findKnownSpans(
  db: Kysely<Tables>,
  { tableId, shape, current }: SyncTarget,
): Promise<KnownSpans | undefined> {
  const row = await db
    .selectFrom("hashed_spans")
    .select(["key_column", "spans"])
    .where("table_id", "=", tableId)
    .where("snapshot_id", "=", current?.metadata.currentSnapshotId ?? 0n)
    .where("shape", "=", shape)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const stored = JSON.parse(row.spans) as readonly StoredSpan[];
  const starts = stored.map(([from]) => (from === null ? undefined : BigInt(from)));
  const spans = stored.map(([, rows, hash], index) => ({ from: starts[index], to: starts[index + 1], rows, hash }));
  return { column: row.key_column, spans };
}

/** Called in the transaction that makes the snapshot visible, or for a snapshot that was found to be equal. */
export async function saveKnownSpans(
  db: Kysely<Tables> | Transaction<Tables>,
  { target, known }: { readonly target: SyncTarget; readonly known: KnownSpans | undefined },
  snapshotId: bigint | null,
): Promise<void> {
  if (known === undefined || snapshotId === null) return;
  const stored = known.spans.map(({ from, rows, hash }): StoredSpan => [from?.toString() ?? null, rows, hash]);
  const row = { snapshot_id: snapshotId, shape: target.shape, key_column: known.column, spans: JSON.stringify(stored) };
  await db
    .insertInto("hashed_spans")
    .values({ table_id: target.tableId, ...row })
    .onConflict((conflict) => conflict.column("table_id").doUpdateSet(row))
    .execute();
}
