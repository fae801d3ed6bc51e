/**
 * Remembers a large table's rows by spans of its key: the hash of the bytes that the source sent for them when they were read.
 * Invariant: it is known of one snapshot of the lake table and of one shape, whose rows are those that were sent. Whatever else becomes
 * of the table, nobody has to forget it: it is not found for another snapshot.
 */
import type { Kysely, Transaction } from "kysely";
import type { Tables } from "../../db/tables.ts";
import type { HashedSpan, KeySpans } from "../source.ts";
import type { SyncRun } from "../run/sync-run.ts";
import type { SyncTarget } from "../run/sync-target.ts";

/** Together they are the table, in order: each ends where the next one begins. */
export interface KnownSpans {
  readonly column: string;
  readonly spans: readonly HashedSpan[];
}

/** Nothing is remembered of smaller tables: they are read whole in no time. */
const leastRows = 100_000;

/** About as many rows are read where one differs. */
const spanRows = 20_000;
const mostSpans = 2_000;

/** How many rows a span should have; undefined for a table that is not worth it. */
export function rowsOfSpan({ table, standing, mode }: SyncTarget): number | undefined {
  const rows = Math.max(table.estimatedRows ?? 0, standing?.rows ?? 0);
  return rows < leastRows || mode.mode === "cursor" ? undefined : Math.max(spanRows, Math.ceil(rows / mostSpans));
}

/** The spans to read a range by; undefined where they are not to be remembered. */
export async function spansToRead(
  { cut }: SyncRun,
  target: SyncTarget,
  range: string | undefined,
): Promise<KeySpans | undefined> {
  const rows = rowsOfSpan(target);
  return rows === undefined ? undefined : cut.hashed?.spans(target.table, range, rows);
}

/** A span as it is stored: where it begins, its rows and its hash. */
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

/** In the transaction that makes the snapshot visible, or of a snapshot that was found to be equal. */
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
