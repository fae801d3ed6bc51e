/**
 * Removes tables from the lake for good: their rows in the catalog, their positions, their settings and their files. A
 * table that no source feeds and that lies outside the lake is only forgotten, because its files belong to somebody
 * else. Their grants and data filters end with them.
 * Invariant: files are deleted after the catalog has forgotten the tables, so that no reader finds a table without its
 * files.
 */
import { isExact, matchesAny, sourceLabel } from "./table-pattern.ts";
import type { Kysely, Transaction } from "kysely";
import { isInLake } from "../../catalog/account-lakes.ts";
import type { CatalogTable, TableEntry } from "../../catalog/catalog.ts";
import { tableLabel } from "../../catalog/table-name.ts";
import type { Tables } from "../../db/tables.ts";
import { inPolicyChange } from "../../db/policy-change.ts";
import { closeTable, rulesOf } from "../../governance/closed-tables.ts";
import { historyOfProperty } from "../../catalog/history-of-property.ts";
import { historyId } from "../history/change-history.ts";
import type { SyncContext } from "../run/sync-context.ts";
import { changeSettings, forgetSettings } from "./table-settings.ts";
import type { TableName } from "../source.ts";

type DropContext = Pick<SyncContext, "db" | "catalog" | "objects" | "config">;

/** The parts that a drop removes, and those it leaves behind. */
export interface DropPlan {
  /** `database.table`. */
  readonly table: string;
  /** Null if its metadata cannot be read. */
  readonly rows: number | null;
  /** The source that feeds it, and the table there, which is not loaded again until somebody names it. */
  readonly source: string | null;
  readonly sourceTable: string | null;
  /** The history table, which is dropped too. */
  readonly history: string | null;
  /** Whether it has settings of its own: layout, capture mode, or what is kept. */
  readonly isSet: boolean;
  /** The file in which it was declared. */
  readonly declaredIn: string | null;
  /** Schedules that name the table; they leave it out from then on. */
  readonly schedules: readonly string[];
  /** Tags and branches, whose states are dropped too. */
  readonly references: readonly string[];
  /** How many grants on it and its history end, and how many data filters. */
  readonly grants: number;
  readonly filters: number;
  /** Those who lose these grants, as people write them. */
  readonly losesAccess: readonly string[];
  readonly filesStay: boolean;
  readonly location: string;
  readonly metadataLocation: string;
}

interface Feed {
  readonly sourceId: string;
  readonly source: string;
  readonly table: TableName;
}

/** Plans the drop of `entry` and finds what depends on it. */
export async function planDrop(
  context: DropContext,
  { entry, keepFiles }: { entry: TableEntry; keepFiles: boolean },
): Promise<DropPlan> {
  const { db, catalog, config } = context;
  const feed = await feedOf(db, entry.id);
  const history = (await catalog.entries()).find(({ id }) => id === historyId(entry.id));
  const metadata = (await readable(context, entry))?.metadata;
  const { holders, ...rules } = await rulesOf(db, [entry.id, ...(history === undefined ? [] : [history.id])]);
  const counts = metadata?.snapshots.find(({ snapshotId }) => snapshotId === metadata.currentSnapshotId)?.summary;
  return {
    table: tableLabel(entry),
    rows: metadata === undefined ? null : Number(counts?.["total-records"] ?? 0),
    source: feed?.source ?? null,
    sourceTable: feed === undefined ? null : sourceLabel(feed.table),
    history: history === undefined ? null : tableLabel(history),
    ...(await settingOf(db, feed)),
    schedules: await schedulesNaming(db, feed),
    references: Object.keys(metadata?.refs ?? {}).filter((name) => name !== "main"),
    ...rules,
    losesAccess: holders,
    filesStay: keepFiles || !(await isInLake({ db, config }, entry)),
    location: entry.location,
    metadataLocation: entry.metadataLocation,
  };
}

export interface TableToDrop {
  readonly entry: TableEntry;
  readonly keepFiles: boolean;
  /** The principal who drops it; null for the owner of the data directory. */
  readonly by: string | null;
}

/** Called while holding the lock of the source that feeds the table. Returns the number of files deleted. */
export async function dropTable(context: DropContext, { entry, keepFiles, by }: TableToDrop): Promise<number> {
  const { db, catalog, objects, config } = context;
  const feed = await feedOf(db, entry.id);
  const history = (await catalog.entries()).find(({ id }) => id === historyId(entry.id));
  const going = [entry, ...(history === undefined ? [] : [history])];
  const owner = await ownerOfHistory(context, entry);
  const closing = await Promise.all(
    going.map(async (one) => ({ ...one, metadata: (await readable(context, one))?.metadata })),
  );
  await inPolicyChange(db, async (transaction) => {
    if (feed !== undefined) await forgetFeed(transaction, feed);
    if (owner !== undefined) await changeSettings(transaction, { ...owner, change: { history: false } });
    for (const table of closing) {
      await closeTable(transaction, table, { by, reason: "the table was dropped" });
      await forgetTable(transaction, table.id);
    }
  });
  let files = 0;
  for (const one of going) {
    if (keepFiles || !(await isInLake({ db, config }, one))) continue;
    for await (const file of objects.list(`${one.location}/`, { drafts: true })) {
      await objects.delete([file.location]);
      files++;
    }
  }
  return files;
}

/** Undefined when its metadata is damaged or missing: such a table can be dropped too. */
function readable({ catalog }: DropContext, entry: TableEntry): Promise<CatalogTable | undefined> {
  return catalog.load(entry).catch(() => undefined);
}

async function feedOf(db: Kysely<Tables>, tableId: string): Promise<Feed | undefined> {
  const row = await db
    .selectFrom("positions")
    .innerJoin("sources", "sources.id", "positions.source_id")
    .select(["sources.id", "sources.name", "source_schema", "source_name"])
    .where("table_id", "=", tableId)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return { sourceId: row.id, source: row.name, table: { schema: row.source_schema, name: row.source_name } };
}

/** The id of the source that feeds a table or, for a history table, feeds the table it belongs to. */
export async function sourceOfTable(context: DropContext, entry: TableEntry): Promise<string | undefined> {
  const feed = (await feedOf(context.db, entry.id)) ?? (await ownerOfHistory(context, entry));
  return feed?.sourceId;
}

/** For a history table: the table whose changes it records. */
async function ownerOfHistory(context: DropContext, entry: TableEntry): Promise<Feed | undefined> {
  const owner = (await readable(context, entry))?.metadata.properties[historyOfProperty];
  return owner === undefined ? undefined : feedOf(context.db, owner);
}

async function settingOf(db: Kysely<Tables>, feed: Feed | undefined): Promise<Pick<DropPlan, "isSet" | "declaredIn">> {
  if (feed === undefined) return { isSet: false, declaredIn: null };
  const row = await db
    .selectFrom("table_settings")
    .select("origin")
    .where("source_id", "=", feed.sourceId)
    .where("source_schema", "=", feed.table.schema)
    .where("source_name", "=", feed.table.name)
    .executeTakeFirst();
  return { isSet: row !== undefined, declaredIn: row?.origin ?? null };
}

async function schedulesNaming(db: Kysely<Tables>, feed: Feed | undefined): Promise<readonly string[]> {
  if (feed === undefined) return [];
  const rows = await db
    .selectFrom("schedules")
    .select(["name", "tables"])
    .where("source_id", "=", feed.sourceId)
    .orderBy("name")
    .execute();
  const isNamed = (tables: unknown): boolean =>
    (tables as readonly string[]).some((pattern) => isExact(pattern) && matchesAny([pattern], feed.table));
  return rows.filter(({ tables }) => isNamed(tables)).map((row) => row.name);
}

async function forgetFeed(transaction: Transaction<Tables>, { sourceId, table }: Feed): Promise<void> {
  const place = { source_id: sourceId, source_schema: table.schema, source_name: table.name };
  for (const from of ["positions", "staged_splits", "alerts"] as const)
    await transaction
      .deleteFrom(from)
      .where("source_id", "=", sourceId)
      .where("source_schema", "=", table.schema)
      .where("source_name", "=", table.name)
      .execute();
  await forgetSettings(transaction, { sourceId, table });
  await transaction
    .insertInto("dropped_tables")
    .values(place)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

async function forgetTable(transaction: Transaction<Tables>, id: string): Promise<void> {
  await transaction.deleteFrom("table_commits").where("table_id", "=", id).execute();
  await transaction.deleteFrom("tables").where("id", "=", id).execute();
}
