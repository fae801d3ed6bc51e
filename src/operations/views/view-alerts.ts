/**
 * Alerts about views that nobody can read, because something that they read is gone or their owner may no longer read
 * it: noticed once per channel, and over when they can be read again.
 */
import { sql, type Transaction } from "kysely";
import { isView } from "../../catalog/catalog.ts";
import { tableLabel } from "../../catalog/table-name.ts";
import type { Tables } from "../../db/tables.ts";
import type { ViewAlert } from "../alert.ts";
import type { Context } from "../context.ts";
import { ownerLabel } from "./view-owner.ts";
import { viewState } from "./view-state.ts";

export interface TroubledView {
  readonly id: string;
  readonly name: string;
  readonly owner: string;
  readonly why: string;
}

export async function troubledViews({
  catalog,
  policies,
}: Pick<Context, "catalog" | "policies">): Promise<readonly TroubledView[]> {
  const views = (await catalog.everything().entries()).filter(isView);
  if (views.length === 0) return [];
  const [policy, now] = [await policies.current(), Date.now()];
  const found: TroubledView[] = [];
  for (const view of views) {
    const { why } = await viewState(catalog, { policy, now }, view);
    if (why === undefined) continue;
    found.push({ id: view.id, name: tableLabel(view), owner: ownerLabel(policy, view.view.ownerId), why });
  }
  return found;
}

interface Noting {
  readonly channel: string;
  readonly troubled: readonly TroubledView[];
  readonly now: Date;
}

/** An alert that was never sent needs no end. */
export async function noteViewAlerts(
  transaction: Transaction<Tables>,
  { channel, troubled, now }: Noting,
): Promise<void> {
  const ids = troubled.map(({ id }) => id);
  const isOver = sql<boolean>`channel = ${channel} and not view_id = any(${ids}::uuid[])`;
  await transaction.deleteFrom("view_alerts").where(isOver).where("told_at", "is", null).execute();
  await transaction
    .updateTable("view_alerts")
    .set({ over_at: now })
    .where(isOver)
    .where("over_at", "is", null)
    .execute();
  for (const { id, name, owner, why } of troubled)
    await transaction
      .insertInto("view_alerts")
      .values({ channel, view_id: id, name, owner, why, noticed_at: now, told_at: null, over_at: null })
      .onConflict((conflict) => conflict.columns(["channel", "view_id"]).doUpdateSet({ over_at: null }))
      .execute();
}

export async function untoldViewAlerts(
  transaction: Transaction<Tables>,
  channel: string,
): Promise<readonly ViewAlert[]> {
  const rows = await transaction
    .selectFrom("view_alerts")
    .selectAll()
    .where("channel", "=", channel)
    .where((alert) => alert.or([alert("told_at", "is", null), alert("over_at", "is not", null)]))
    .orderBy("name")
    .execute();
  return rows.map(({ name: view, owner, why, over_at: over }) => ({
    state: over === null ? "view unreadable" : "view readable again",
    view,
    owner,
    why,
  }));
}

export async function markViewsTold(
  transaction: Transaction<Tables>,
  { channel, now }: Pick<Noting, "channel" | "now">,
): Promise<void> {
  await transaction.deleteFrom("view_alerts").where("channel", "=", channel).where("over_at", "is not", null).execute();
  await transaction
    .updateTable("view_alerts")
    .set({ told_at: now })
    .where("channel", "=", channel)
    .where("told_at", "is", null)
    .execute();
}
