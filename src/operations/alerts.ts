/**
 * Tells somebody when tables are older than they may be, and when they are fresh again: once each, however many processes look,
 * and again until it was told where a channel fails. What is late is the metadata's; see sync/late-tables.ts.
 */
import { setTimeout as delay } from "node:timers/promises";
import { sql, type Kysely, type Transaction } from "kysely";
import { formatSeconds } from "../base/duration.ts";
import { presentError, type PresentedError } from "../base/present-error.ts";
import type { Tables } from "../db/tables.ts";
import { inTransaction } from "../db/transaction.ts";
import { lateTables, type LateTable } from "../sync/late-tables.ts";
import type { AlertChannel } from "./alert-channels.ts";

export interface Alert {
  readonly state: "late" | "fresh again";
  readonly source: string;
  /** `schema.name` in the source. */
  readonly table: string;
  readonly freshAt: string | null;
  /** How old it may be: `30m`. */
  readonly target: string;
}

interface WatchParts {
  readonly db: Kysely<Tables>;
  readonly channels: readonly AlertChannel[];
  /** Hears of channels that fail. */
  onTrouble(error: PresentedError): void;
}

const lookEveryMs = 5_000;

/** Without channels nothing is watched. */
export function watchFreshness({ db, channels, onTrouble }: WatchParts): AsyncDisposable {
  const stop = new AbortController();
  const { signal } = stop;
  const looking = (async () => {
    while (channels.length > 0 && !signal.aborted) {
      await tellAlerts(db, { channels, now: new Date() }).catch((failure: unknown) => onTrouble(presentError(failure)));
      await delay(lookEveryMs, undefined, { signal }).catch(() => undefined);
    }
  })();
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await looking;
    },
  };
}

/** Any number: the same for every process on a metadata database. */
const alertLock = 7_420_001;

/** Returns what was told. Throws ALERT_NOT_SENT; it is then tried again. */
export function tellAlerts(
  db: Kysely<Tables>,
  { channels, now }: { channels: readonly AlertChannel[]; now: Date },
): Promise<readonly Alert[]> {
  return inTransaction(db, async (transaction) => {
    const { rows } = await sql<{ mine: boolean }>`select pg_try_advisory_xact_lock(${alertLock}) as mine`.execute(
      transaction,
    );
    if (rows[0]?.mine !== true) return [];
    await noteAlerts(transaction, { late: await lateTables(transaction, now), now });
    const alerts = await untold(transaction);
    if (alerts.length === 0) return [];
    for (const channel of channels) await channel.send(alerts);
    await transaction.deleteFrom("alerts").where("over_at", "is not", null).execute();
    await transaction.updateTable("alerts").set({ told_at: now }).where("told_at", "is", null).execute();
    return alerts;
  });
}

async function noteAlerts(
  transaction: Transaction<Tables>,
  { late, now }: { late: readonly LateTable[]; now: Date },
): Promise<void> {
  const open = await transaction.selectFrom("alerts").selectAll().execute();
  for (const { source_id: sourceId, source_schema: schema, source_name: name, told_at: told } of open) {
    if (late.some((table) => table.sourceId === sourceId && table.schema === schema && table.name === name)) continue;
    const isIt = sql<boolean>`(source_id, source_schema, source_name) = (${sourceId}, ${schema}, ${name})`;
    // Nobody needs to hear that what was never told is over.
    if (told === null) await transaction.deleteFrom("alerts").where(isIt).execute();
    else await transaction.updateTable("alerts").set({ over_at: now }).where(isIt).execute();
  }
  for (const { sourceId, schema, name, freshAt, targetSeconds } of late)
    await transaction
      .insertInto("alerts")
      .values({
        source_id: sourceId,
        source_schema: schema,
        source_name: name,
        fresh_at: freshAt,
        target_seconds: targetSeconds,
        noticed_at: now,
      })
      .onConflict((conflict) =>
        conflict.columns(["source_id", "source_schema", "source_name"]).doUpdateSet({ over_at: null }),
      )
      .execute();
}

async function untold(transaction: Transaction<Tables>): Promise<readonly Alert[]> {
  const rows = await transaction
    .selectFrom("alerts")
    .innerJoin("sources", "sources.id", "alerts.source_id")
    .selectAll("alerts")
    .select("sources.name as source")
    .where((alert) => alert.or([alert("told_at", "is", null), alert("over_at", "is not", null)]))
    .orderBy("sources.name")
    .orderBy("source_schema")
    .orderBy("source_name")
    .execute();
  return rows.map((row) => ({
    state: row.over_at === null ? "late" : "fresh again",
    source: row.source,
    table: `${row.source_schema}.${row.source_name}`,
    freshAt: row.fresh_at?.toISOString() ?? null,
    target: formatSeconds(row.target_seconds),
  }));
}
