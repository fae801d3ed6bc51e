/**
 * Removes from the catalog those states of a table that can no longer be read because their snapshots expired. Of
 * consecutive expired states, the first is kept and marked, so that a query for a moment in the gap gets
 * SNAPSHOT_NOT_FOUND and never an older state.
 * Invariant: a state whose snapshot exists is kept, and so is everything that was committed after the table was loaded.
 */
import { sql, type RawBuilder } from "kysely";
import type { CatalogTable } from "../catalog/catalog.ts";
import type { UpkeepRun } from "./upkeep-run.ts";

/** States deleted per transaction. Each transaction takes a few milliseconds and locks only these rows. */
const statesAtOnce = 5_000;

type LoadedTable = Pick<CatalogTable, "id" | "metadata" | "metadataLocation">;

/** Returns how many states could be forgotten once these snapshots have expired. */
export async function countForgettable(
  { db }: Pick<UpkeepRun, "db">,
  table: LoadedTable,
  expiring: readonly bigint[],
): Promise<number> {
  const { rows } = await sql<{ states: bigint }>`
    with ${placedStates(table, expiring)}
    select count(*) as states from placed where is_gone and follows_gone`.execute(db);
  return Number(rows[0]?.states ?? 0);
}

/** Returns how many states were forgotten. `table` must have been loaded just now. */
export async function forgetStates(
  run: Pick<UpkeepRun, "db" | "signal" | "reach">,
  table: LoadedTable,
): Promise<number> {
  let states = 0;
  for (;;) {
    run.signal.throwIfAborted();
    const { numAffectedRows = 0n } = await sql`
      with ${placedStates(table, [])},
      marked as (
        update table_commits state set expired = true from placed
        where state.table_id = ${table.id} and state.sequence = placed.sequence
          and placed.is_gone and not placed.follows_gone and not placed.expired
      )
      delete from table_commits state using (
        select sequence from placed where is_gone and follows_gone order by sequence limit ${statesAtOnce}
      ) gone
      where state.table_id = ${table.id} and state.sequence = gone.sequence`.execute(run.db);
    states += Number(numAffectedRows);
    run.reach("forgetting");
    if (numAffectedRows < statesAtOnce) return states;
  }
}

/** The table's states before the loaded one, each with whether it is gone and whether the state before it is gone. */
function placedStates(
  { id, metadata, metadataLocation }: LoadedTable,
  expiring: readonly bigint[],
): RawBuilder<unknown> {
  const going = new Set(expiring);
  const there = metadata.snapshots.map(({ snapshotId }) => snapshotId).filter((snapshot) => !going.has(snapshot));
  return sql`
    seen as (
      select sequence, expired, expired or (snapshot_id is not null and snapshot_id <> all(${there}::bigint[])) as is_gone
      from table_commits
      where table_id = ${id} and sequence < (
        select min(sequence) from table_commits where table_id = ${id} and metadata_location = ${metadataLocation}
      )
    ),
    placed as (
      select sequence, expired, is_gone, coalesce(lag(is_gone) over (order by sequence), false) as follows_gone from seen
    )`;
}
