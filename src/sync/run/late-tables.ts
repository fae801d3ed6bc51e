/**
 * Which tables are older than their freshness target. A table is as fresh as the last look at its source that reached
 * the lake.
 */
import { sql, type Kysely } from "kysely";
import type { Tables } from "../../db/tables.ts";

export interface LateTable {
  readonly sourceId: string;
  readonly source: string;
  readonly schema: string;
  readonly name: string;
  /** Null: never loaded. */
  readonly freshAt: Date | null;
  readonly targetSeconds: number;
}

/** Paused tables are never late. A table's setting takes precedence over its source's. */
export async function lateTables(db: Kysely<Tables>, now: Date): Promise<readonly LateTable[]> {
  const { rows } = await sql<{
    source_id: string;
    source: string;
    schema: string;
    name: string;
    fresh_at: Date | null;
    target: number;
  }>`
    select sources.id as source_id, sources.name as source, known.schema, known.name, known.fresh_at, known.target
    from (
      select coalesce(positions.source_id, set.source_id) as source_id,
        coalesce(positions.source_schema, set.source_schema) as schema,
        coalesce(positions.source_name, set.source_name) as name,
        positions.moved_at as fresh_at, coalesce(positions.moved_at, set.set_at) as counted_from,
        coalesce(set.freshness_seconds, owner.freshness_seconds) as target, coalesce(set.active, true) as active
      from positions
      full join table_settings set using (source_id, source_schema, source_name)
      join sources owner on owner.id = source_id
    ) known
    join sources on sources.id = known.source_id
    where known.active and known.target is not null
      and known.counted_from < ${now}::timestamptz - make_interval(secs => known.target)
    order by source, schema, name`.execute(db);
  return rows.map(({ source_id: sourceId, fresh_at: freshAt, target, ...row }) => ({
    ...row,
    sourceId,
    freshAt,
    targetSeconds: target,
  }));
}
