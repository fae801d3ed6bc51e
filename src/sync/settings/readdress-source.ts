/**
 * Changes the address of a source: all settings and kept data of its tables stay, but nothing remembered about the old
 * address counts as proof. Each table is compared once; it is not loaded again.
 */
import type { Kysely } from "kysely";
import { formatJson } from "../../base/json.ts";
import type { Tables } from "../../db/tables.ts";
import type { ObjectStore } from "../../objects/object-store.ts";
import type { RegisteredSource } from "./source-registry.ts";
import { storedFiles } from "../../writer/staged-file.ts";

interface Readdressed {
  readonly source: RegisteredSource;
  /** The main schema at the new address. */
  readonly mainSchema: string | undefined;
}

/** Called in the transaction that stores the address, while holding the source's lock. */
export async function readdressTables(db: Kysely<Tables>, { source, mainSchema }: Readdressed): Promise<void> {
  await db
    .updateTable("positions")
    .set({ fingerprint: null, content_digest: null, snapshot_id: null })
    .where("source_id", "=", source.id)
    .execute();
  await db.deleteFrom("staged_splits").where("source_id", "=", source.id).execute();
  const before = await mainSchemaBefore(db, source);
  // A source of files whose address names no schema has an empty main schema.
  if (before === undefined || mainSchema === undefined || mainSchema === "" || before === mainSchema) return;
  await renameSchema(db, { sourceId: source.id, before, now: mainSchema });
}

/** Deletes the files that an unfinished load read at the old address. */
export async function discardPlans(
  { db, objects }: { db: Kysely<Tables>; objects: ObjectStore },
  sourceId: string,
): Promise<void> {
  const rows = await db.selectFrom("staged_splits").select("files").where("source_id", "=", sourceId).execute();
  const files = rows.flatMap((row) => storedFiles(row.files));
  await objects.delete(files.map(({ location }) => location));
  await db.deleteFrom("staged_splits").where("source_id", "=", sourceId).execute();
}

/** The schema whose tables have no prefix in the lake; undefined if none was loaded. */
async function mainSchemaBefore(db: Kysely<Tables>, { id, name }: RegisteredSource): Promise<string | undefined> {
  const row = await db
    .selectFrom("positions")
    .innerJoin("tables", "tables.id", "positions.table_id")
    .innerJoin("databases", "databases.id", "tables.database_id")
    .select("source_schema")
    .where("source_id", "=", id)
    .where("databases.name", "=", name)
    .executeTakeFirst();
  return row?.source_schema;
}

interface Renaming {
  readonly sourceId: string;
  readonly before: string;
  readonly now: string;
}

/** A MariaDB database counts as a schema here; under another name it has the same tables. */
async function renameSchema(db: Kysely<Tables>, renaming: Renaming): Promise<void> {
  const { sourceId, before, now } = renaming;
  for (const table of ["positions", "table_settings", "dropped_tables", "alerts"] as const)
    await db
      .updateTable(table)
      .set({ source_schema: now })
      .where("source_id", "=", sourceId)
      .where("source_schema", "=", before)
      .execute();
  const schedules = await db
    .selectFrom("schedules")
    .select(["id", "tables"])
    .where("source_id", "=", sourceId)
    .execute();
  for (const { id, tables } of schedules)
    await db
      .updateTable("schedules")
      .set({ tables: formatJson((tables as readonly string[]).map((pattern) => renamed(pattern, renaming))) })
      .where("id", "=", id)
      .execute();
}

function renamed(pattern: string, { before, now }: Renaming): string {
  return pattern.startsWith(`${before}.`) ? `${now}${pattern.slice(before.length)}` : pattern;
}
