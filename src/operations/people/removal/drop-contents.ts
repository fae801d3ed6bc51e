/**
 * Removes what an account has from the metadata: tables, views, sources, databases and settings, after its runs have
 * ended. The places of the files are noted in the same step, and delete-leftovers.ts deletes them afterwards.
 * Invariant: no table is forgotten before its place is noted, so that a removal that stops anywhere leaves no file that
 * nobody knows of.
 */
import { sql, type Kysely } from "kysely";
import type { Report } from "../../../base/progress.ts";
import { isBelow, isInLake } from "../../../catalog/account-lakes.ts";
import { selectEntries, type TableEntry } from "../../../catalog/catalog.ts";
import { withLock } from "../../../db/session-lock.ts";
import { inPolicyChange } from "../../../db/policy-change.ts";
import type { Tables } from "../../../db/tables.ts";
import { runLockName } from "../../../jobs/run-lock.ts";
import { noSource } from "../../../maintenance/maintain-tables.ts";
import { lockSource } from "../../../sync/run/lock-source.ts";
import { tableLocations } from "../../../sync/run/sweep-runs.ts";
import { dropTable } from "../../../sync/settings/drop-tables.ts";
import { reach } from "../../../writer/crash-points.ts";
import type { Context } from "../../context.ts";

export interface Dropping {
  readonly id: string;
  readonly by: string | null;
  readonly report: Report;
}

/** It can be done again: a table that was dropped already is not there any more. */
export async function dropContents(context: Context, dropping: Dropping): Promise<void> {
  const { id } = dropping;
  await waitForRuns(context, dropping);
  const sources = await context.db.selectFrom("sources").select("id").where("account_id", "=", id).execute();
  for (const source of sources)
    await lockSource(context.db, { sourceId: source.id, report: dropping.report }, () =>
      dropSource(context, dropping, source.id),
    );
  await lockSource(context.db, { sourceId: noSource.name, report: dropping.report }, async () => {
    for (const entry of await entriesOf(context, id)) await drop(context, dropping, entry);
  });
  await inPolicyChange(context.db, (transaction) => forgetRest(transaction, id));
}

/** They were asked to end. A run whose process has died has given its lock back. */
async function waitForRuns({ db }: Context, { id, report }: Dropping): Promise<void> {
  const running = await db
    .selectFrom("runs")
    .select(["kind", "source_id as sourceId", "source_name as sourceName"])
    .where("account_id", "=", id)
    .where("state", "=", "running")
    .execute();
  const onWait = (): void => report({ kind: "note", text: "waiting for a run of the account to end" });
  for (const run of running) await withLock(db, { name: runLockName(run), onWait }, async () => {});
}

async function dropSource(context: Context, dropping: Dropping, sourceId: string): Promise<void> {
  for (const location of await tableLocations(context, sourceId)) await note(context, dropping.id, location);
  const fed = await context.db.selectFrom("positions").select("table_id").where("source_id", "=", sourceId).execute();
  const ids = new Set(fed.map(({ table_id: id }) => id));
  for (const entry of await entriesOf(context, dropping.id))
    if (ids.has(entry.id)) await drop(context, dropping, entry);
  await context.db.deleteFrom("sources").where("id", "=", sourceId).execute();
}

async function entriesOf({ db }: Context, accountId: string): Promise<readonly TableEntry[]> {
  return (await selectEntries(db, { accountId })).filter((entry) => entry.accountId === accountId);
}

/** Tables of other writers are only forgotten. */
async function drop(context: Context, { id, by }: Dropping, entry: TableEntry): Promise<void> {
  if (await isInLake(context, entry)) await note(context, id, entry.location);
  reach("removal-noted", context.config);
  await dropTable(context, { entry, keepFiles: true, by });
  reach("removal-dropped", context.config);
}

/** Only below the lake of the account or the common one. */
async function note({ db, config }: Context, accountId: string, location: string): Promise<void> {
  const lake = await db
    .selectFrom("account_lakes")
    .select("location")
    .where("account_id", "=", accountId)
    .executeTakeFirst();
  const roots = [config.lakeLocation, ...(lake === undefined ? [] : [lake.location])];
  if (!roots.some((root) => isBelow(location, root))) return;
  await db
    .insertInto("account_leftovers")
    .values({ account_id: accountId, location })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** The rest, when all tables are dropped. */
export async function forgetRest(transaction: Kysely<Tables>, id: string): Promise<void> {
  const { rows } = await sql<{ id: string }>`
    select id from databases where account_id = ${id}
    union all select views.id from views join databases on databases.id = database_id where account_id = ${id}
    union all select id from products where account_id = ${id}
    union all select table_id from closed_tables where account_id = ${id}`.execute(transaction);
  const ids = rows.map((thing) => thing.id);
  await sql`delete from parameters where thing_id = any(${ids}::uuid[])`.execute(transaction);
  await sql`delete from term_attachments where thing_id = any(${ids}::uuid[])`.execute(transaction);
  const databases = transaction.selectFrom("databases").select("id").where("account_id", "=", id);
  await transaction.deleteFrom("views").where("database_id", "in", databases).execute();
  await transaction.deleteFrom("databases").where("account_id", "=", id).execute();
  for (const table of [
    "terms",
    "kept_things",
    "closed_tables",
    "account_budgets",
    "account_usage",
    "budget_alerts",
  ] as const)
    await transaction.deleteFrom(table).where("account_id", "=", id).execute();
}
