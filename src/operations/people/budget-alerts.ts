/**
 * Alerts about budgets of accounts that are nearly or wholly used: noticed once per channel, and over when the account is
 * within its budget again, on the next day at the latest for statements and engine time.
 */
import { sql, type Transaction } from "kysely";
import type { Tables } from "../../db/tables.ts";
import { budgetUse, type MeasuredUse } from "../../governance/budgets/budget.ts";
import type { BudgetAlert } from "../alert.ts";

interface Noting {
  readonly channel: string;
  readonly now: Date;
}

/** An alert that was never sent needs no end. A budget that was low before it was spent is both. */
export async function noteBudgetAlerts(transaction: Transaction<Tables>, { channel, now }: Noting): Promise<void> {
  const troubled = (await budgetUse(transaction, now)).flatMap(levelsOf);
  const keys = troubled.map(({ accountId, measure, level }) => `${accountId} ${measure} ${level}`);
  const isOver = sql<boolean>`channel = ${channel}
    and not account_id::text || ' ' || measure || ' ' || level = any(${keys}::text[])`;
  await transaction.deleteFrom("budget_alerts").where(isOver).where("told_at", "is", null).execute();
  const ended = transaction.updateTable("budget_alerts").set({ over_at: now });
  await ended.where(isOver).where("over_at", "is", null).execute();
  for (const { accountId, level, ...use } of troubled)
    await transaction
      .insertInto("budget_alerts")
      .values({ channel, account_id: accountId, level, ...use, noticed_at: now, told_at: null, over_at: null })
      .onConflict((conflict) =>
        conflict.columns(["channel", "account_id", "measure", "level"]).doUpdateSet({ over_at: null }),
      )
      .execute();
}

function levelsOf({ level, ...use }: MeasuredUse) {
  if (level === "fine") return [];
  const low = { ...use, level: "low" as const };
  return level === "low" ? [low] : [low, { ...use, level }];
}

/** A budget that is both low and spent is told as spent. */
export async function untoldBudgetAlerts(
  transaction: Transaction<Tables>,
  channel: string,
): Promise<readonly BudgetAlert[]> {
  const rows = await transaction
    .selectFrom("budget_alerts")
    .selectAll()
    .where("channel", "=", channel)
    .where((alert) => alert.or([alert("told_at", "is", null), alert("over_at", "is not", null)]))
    .orderBy("account")
    .orderBy("measure")
    .orderBy("level", "desc")
    .execute();
  const all = rows.map((row): BudgetAlert => ({
    state: row.over_at === null ? `budget ${row.level}` : "budget left again",
    account: row.account,
    measure: row.measure,
    used: Number(row.used),
    most: Number(row.most),
  }));
  const first = new Map<string, BudgetAlert>();
  for (const alert of all) {
    const key = `${alert.account} ${alert.measure}`;
    if (!first.has(key)) first.set(key, alert);
  }
  return [...first.values()];
}

export async function markBudgetsTold(transaction: Transaction<Tables>, { channel, now }: Noting): Promise<void> {
  const own = sql<boolean>`channel = ${channel}`;
  await transaction.deleteFrom("budget_alerts").where(own).where("over_at", "is not", null).execute();
  await transaction
    .updateTable("budget_alerts")
    .set({ told_at: now })
    .where(own)
    .where("told_at", "is", null)
    .execute();
}
