/**
 * The comments that a source has on a table and its columns. They describe what people have not described themselves,
 * and stay visible beside what people wrote; neither ever overwrites the other.
 */
import { createHash } from "node:crypto";
import { sql, type Kysely } from "kysely";
import type { Tables } from "../db/tables.ts";

export interface SourceComments {
  readonly table: string | undefined;
  /** By field id. */
  readonly columns: ReadonlyMap<number, string>;
}

export interface SeenComments extends SourceComments {
  readonly tableId: string;
  /** `digestOfSeen` of what the source said. */
  readonly seen: string;
}

/** A digest of what a source says, with the columns that it says it of, so that an idle run has nothing to look up. */
export function digestOfSeen(seen: unknown): string {
  return createHash("sha256").update(JSON.stringify(seen)).digest("base64url").slice(0, 22);
}

/** The digests as they were stored last, by table. */
export async function seenComments(
  db: Kysely<Tables>,
  tableIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await db
    .selectFrom("source_comments")
    .select(["table_id", "seen"])
    .where(sql<boolean>`table_id = any(${tableIds}::uuid[])`)
    .execute();
  return new Map(rows.map(({ table_id: id, seen }) => [id, seen]));
}

/** A table that has been dropped meanwhile is left out. */
export async function storeComments(db: Kysely<Tables>, { tableId, table, columns, seen }: SeenComments) {
  const texts = JSON.stringify(Object.fromEntries(columns));
  await sql`
    insert into source_comments (table_id, table_comment, columns, seen)
      select id, ${table ?? null}, ${texts}::jsonb, ${seen} from tables where id = ${tableId}
      on conflict (table_id) do update
        set table_comment = excluded.table_comment, columns = excluded.columns, seen = excluded.seen`.execute(db);
}

export async function commentsOf(
  db: Kysely<Tables>,
  tableIds: readonly string[],
): Promise<ReadonlyMap<string, SourceComments>> {
  if (tableIds.length === 0) return new Map();
  const rows = await db
    .selectFrom("source_comments")
    .selectAll()
    .where(sql<boolean>`table_id = any(${tableIds}::uuid[])`)
    .execute();
  return new Map(
    rows.map(({ table_id: id, table_comment: table, columns }) => [
      id,
      {
        table: table ?? undefined,
        columns: new Map(Object.entries(columns).map(([fieldId, text]) => [Number(fieldId), text])),
      },
    ]),
  );
}
