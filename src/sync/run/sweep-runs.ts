/**
 * Removes what dead runs left behind: data files that no snapshot lists, manifests and metadata of unfinished commits,
 * and drafts. Every file name contains the id of the run that wrote it, so nobody else's files are touched.
 * Invariant: a run is fenced off before its files are deleted, and files that it committed, or recorded for the next
 * run, stay.
 */
import { noteLost, noteSwept } from "../../jobs/run-ledger.ts";
import { lakeOf } from "../../catalog/account-lakes.ts";
import { historyId } from "../history/change-history.ts";
import { reach } from "../../writer/crash-points.ts";
import { unfedTables } from "../settings/tables-of-source.ts";
import { forgetPlans } from "../load/load-plan.ts";
import type { SourceObject } from "../source.ts";
import { storedFiles } from "../../writer/staged-file.ts";
import type { SyncContext } from "./sync-context.ts";

/**
 * Called while holding the source's lock, so that none of its runs is in progress; null means tables that no source
 * feeds. Returns the number of files deleted.
 */
export async function sweepRuns(context: SyncContext, sourceId: string | null): Promise<number> {
  const runs = await context.db
    .selectFrom("runs")
    .select(["id"])
    .where("source_id", "is not distinct from", sourceId)
    // Imports have their own locks and sweepers.
    .where("kind", "<>", "import")
    .where("state", "<>", "done")
    .where("swept", "=", false)
    .execute();
  if (runs.length === 0) return 0;
  const ids = runs.map(({ id }) => id);
  await noteLost(context.db, ids);
  const [committed, noted] = await Promise.all([committedRuns(context, ids), notedFiles(context)]);
  let swept = 0;
  for (const location of await tableLocations(context, sourceId)) {
    for await (const file of context.objects.list(`${location}/`, { drafts: true })) {
      const run = ids.find((id) => file.location.includes(id));
      if (run === undefined || noted.has(file.location) || (committed.has(run) && !file.isDraft)) continue;
      await context.objects.delete([file.location]);
      swept++;
      reach("sweeping", context.config);
    }
  }
  await noteSwept(context.db, ids);
  return swept;
}

/** Removes what the current run wrote for a table that failed, except the files recorded for the next run. */
export async function sweepTable(
  context: Pick<SyncContext, "db" | "objects"> & { readonly run: string },
  { location, history }: { readonly location: string; readonly history?: { readonly location: string } | undefined },
): Promise<void> {
  const noted = await notedFiles(context);
  for (const place of [location, ...(history === undefined ? [] : [history.location])])
    for await (const file of context.objects.list(`${place}/`, { drafts: true }))
      if (file.location.includes(context.run) && !noted.has(file.location))
        await context.objects.delete([file.location]);
}

/** Removes the plans of tables that the source no longer has, and the files that were read for them. */
export async function sweepPlans(
  { db, objects }: SyncContext,
  { sourceId, discovered }: { sourceId: string; discovered: readonly SourceObject[] },
): Promise<void> {
  const rows = await db.selectFrom("staged_splits").selectAll().where("source_id", "=", sourceId).execute();
  const isGone = (row: (typeof rows)[number]): boolean =>
    !discovered.some(({ name }) => name.schema === row.source_schema && name.name === row.source_name);
  const gone = rows.filter(isGone);
  await objects.delete(gone.flatMap(({ files }) => storedFiles(files).map(({ location }) => location)));
  await forgetPlans(db, [...new Set(gone.map(({ table_id: id }) => id))]);
}

async function committedRuns({ db }: SyncContext, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await db.selectFrom("commits").select("run_id").where("run_id", "in", ids).execute();
  return new Set(rows.flatMap(({ run_id: id }) => (id === null ? [] : [id])));
}

/** Files of splits that were read and wait for the next run. */
export async function notedFiles({ db }: Pick<SyncContext, "db">): Promise<ReadonlySet<string>> {
  const rows = await db.selectFrom("staged_splits").select("files").execute();
  return new Set(rows.flatMap(({ files }) => storedFiles(files).map(({ location }) => location)));
}

/** Where the tables of a source lie, and those of its first loads that are not finished. */
export async function tableLocations(context: SyncContext, sourceId: string | null): Promise<ReadonlySet<string>> {
  if (sourceId === null) return new Set((await unfedTables(context)).map(({ location }) => location));
  const { db } = context;
  const lake = await lakeOf(context, await accountOf(db, sourceId));
  const made = await db
    .selectFrom("positions")
    .innerJoin("tables", "tables.id", "positions.table_id")
    .select(["tables.id", "tables.location"])
    .where("positions.source_id", "=", sourceId)
    .execute();
  const planned = await db
    .selectFrom("staged_splits")
    .select("table_id")
    .distinct()
    .where("source_id", "=", sourceId)
    .execute();
  const histories = [...made.map(({ id }) => id), ...planned.map(({ table_id: id }) => id)].map(historyId);
  return new Set([
    ...made.map(({ location }) => location),
    ...[...planned.map(({ table_id: id }) => id), ...histories].map((id) => `${lake}/${id}`),
  ]);
}

async function accountOf(db: SyncContext["db"], sourceId: string): Promise<string | undefined> {
  const source = db.selectFrom("sources").select("account_id").where("id", "=", sourceId);
  return (await source.executeTakeFirst())?.account_id;
}
