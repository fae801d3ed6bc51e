/**
 * Sends an alert when a table becomes older than its freshness target, and when it is fresh again: once per channel,
 * however many processes are watching. If a channel fails, the alert is sent again until it is accepted, so an alert
 * arrives twice only if the response was lost. Which tables are late is read from the metadata; see
 * sync/run/late-tables.ts.
 */
import { setTimeout as delay } from "node:timers/promises";
import { sql, type Kysely, type Transaction } from "kysely";
import { formatSeconds } from "../base/duration.ts";
import { presentError, type PresentedError } from "../base/present-error.ts";
import { withLockIfFree } from "../db/session-lock.ts";
import type { Tables } from "../db/tables.ts";
import { inTransaction } from "../db/transaction.ts";
import { lateTables, type LateTable } from "../sync/run/late-tables.ts";
import type { AlertChannel } from "./alert-channels.ts";
import type { TableAlert } from "./alert.ts";
import { markBudgetsTold, noteBudgetAlerts, untoldBudgetAlerts } from "./people/budget-alerts.ts";
import { markViewsTold, noteViewAlerts, untoldViewAlerts, type TroubledView } from "./views/view-alerts.ts";

interface WatchParts {
  readonly db: Kysely<Tables>;
  readonly channels: readonly AlertChannel[];
  /** Finds the views that nobody can read. */
  troubledViews(): Promise<readonly TroubledView[]>;
  /** Called when a channel fails. */
  onTrouble(error: PresentedError): void;
}

const lookEveryMs = 5_000;
const troubleMs = 15_000;
/** Whether a view can be read is found out from everything that it reads. */
const viewsEveryMs = 60_000;

/** Without channels nothing is watched. A channel that fails does not delay the others. */
export function watchFreshness({ db, channels, troubledViews, onTrouble }: WatchParts): AsyncDisposable {
  const stop = new AbortController();
  const { signal } = stop;
  const viewsOf = occasionally(troubledViews);
  const look = (channel: AlertChannel): Promise<number> =>
    tellAlerts(db, { channel, now: new Date(), troubled: viewsOf }).then(
      () => lookEveryMs,
      (failure: unknown) => {
        onTrouble(presentError(failure));
        return troubleMs;
      },
    );
  const looking = channels.map(async (channel) => {
    while (!signal.aborted) await delay(await look(channel), undefined, { signal }).catch(() => undefined);
  });
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await Promise.all(looking);
    },
  };
}

interface Telling {
  readonly channel: AlertChannel;
  readonly now: Date;
}

/** The last finding, which is looked for again after a while. */
function occasionally(find: WatchParts["troubledViews"]): WatchParts["troubledViews"] {
  let found: { readonly at: number; readonly views: Promise<readonly TroubledView[]> } | undefined;
  return () => {
    if (found === undefined || Date.now() - found.at >= viewsEveryMs) {
      const views = find();
      found = { at: Date.now(), views };
      views.catch(() => (found = undefined));
    }
    return found.views;
  };
}

/**
 * Does nothing while another process is sending to the channel. Throws ALERT_NOT_SENT; the alerts are then sent again
 * later.
 */
async function tellAlerts(
  db: Kysely<Tables>,
  { channel, now, troubled: find }: Telling & { readonly troubled: WatchParts["troubledViews"] },
): Promise<void> {
  await withLockIfFree(db, `alerts by ${channel.name}`, async () => {
    const troubled = await find();
    const alerts = await inTransaction(db, async (transaction) => {
      await noteAlerts(transaction, { channel, late: await lateTables(transaction, now), now });
      await noteViewAlerts(transaction, { channel: channel.name, troubled, now });
      await noteBudgetAlerts(transaction, { channel: channel.name, now });
      return [
        ...(await untold(transaction, channel)),
        ...(await untoldViewAlerts(transaction, channel.name)),
        ...(await untoldBudgetAlerts(transaction, channel.name)),
      ];
    });
    if (alerts.length === 0) return;
    await channel.send(alerts);
    await inTransaction(db, (transaction) => markTold(transaction, { channel, now }));
  });
}

/** While the lock is held, nobody else changes the channel's entries. */
async function markTold(transaction: Transaction<Tables>, { channel: { name }, now }: Telling): Promise<void> {
  await markViewsTold(transaction, { channel: name, now });
  await markBudgetsTold(transaction, { channel: name, now });
  await transaction.deleteFrom("alerts").where("channel", "=", name).where("over_at", "is not", null).execute();
  await transaction
    .updateTable("alerts")
    .set({ told_at: now })
    .where("channel", "=", name)
    .where("told_at", "is", null)
    .execute();
}

async function noteAlerts(
  transaction: Transaction<Tables>,
  { channel: { name: channel }, late, now }: Telling & { readonly late: readonly LateTable[] },
): Promise<void> {
  const open = await transaction.selectFrom("alerts").selectAll().where("channel", "=", channel).execute();
  for (const { source_id: sourceId, source_schema: schema, source_name: name, told_at: told } of open) {
    if (late.some((table) => table.sourceId === sourceId && table.schema === schema && table.name === name)) continue;
    const isIt = sql<boolean>`(channel, source_id, source_schema, source_name) = (${channel}, ${sourceId}, ${schema}, ${name})`;
    // If the alert was never sent, its end need not be sent either.
    if (told === null) await transaction.deleteFrom("alerts").where(isIt).execute();
    else await transaction.updateTable("alerts").set({ over_at: now }).where(isIt).execute();
  }
  for (const { sourceId, schema, name, freshAt, targetSeconds } of late)
    await transaction
      .insertInto("alerts")
      .values({
        channel,
        source_id: sourceId,
        source_schema: schema,
        source_name: name,
        fresh_at: freshAt,
        target_seconds: targetSeconds,
        noticed_at: now,
      })
      .onConflict((conflict) =>
        conflict.columns(["channel", "source_id", "source_schema", "source_name"]).doUpdateSet({ over_at: null }),
      )
      .execute();
}

async function untold(transaction: Transaction<Tables>, { name }: AlertChannel): Promise<readonly TableAlert[]> {
  const rows = await transaction
    .selectFrom("alerts")
    .innerJoin("sources", "sources.id", "alerts.source_id")
    .leftJoin("table_failures", (join) =>
      join
        .onRef("table_failures.source_id", "=", "alerts.source_id")
        .onRef("table_failures.source_schema", "=", "alerts.source_schema")
        .onRef("table_failures.source_name", "=", "alerts.source_name"),
    )
    .selectAll("alerts")
    .select(["sources.name as source", "table_failures.error"])
    .where("channel", "=", name)
    .where((alert) => alert.or([alert("told_at", "is", null), alert("over_at", "is not", null)]))
    .orderBy("sources.name")
    .orderBy("alerts.source_schema")
    .orderBy("alerts.source_name")
    .execute();
  return rows.map((row) => ({
    state: row.over_at === null ? "late" : "fresh again",
    source: row.source,
    table: `${row.source_schema}.${row.source_name}`,
    freshAt: row.fresh_at?.toISOString() ?? null,
    target: formatSeconds(row.target_seconds),
    error: row.error === null || row.over_at !== null ? undefined : `${row.error.code}: ${row.error.message}`,
  }));
}
