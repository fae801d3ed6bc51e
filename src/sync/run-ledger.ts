/** The ledger of sync runs: what ran, when, and its report. A run that ends without an entry was killed. */
import type { Kysely } from "kysely";
import { formatJson } from "../base/json.ts";
import type { Tables } from "../db/tables.ts";

export async function beginRun(
  db: Kysely<Tables>,
  run: { id: string; sourceId: string; sourceName: string },
): Promise<void> {
  await db
    .insertInto("runs")
    .values({ id: run.id, source_id: run.sourceId, source_name: run.sourceName, state: "running" })
    .execute();
}

export async function endRun(
  db: Kysely<Tables>,
  run: { id: string; state: "done" | "failed"; report: unknown },
): Promise<void> {
  await db
    .updateTable("runs")
    .set({ state: run.state, ended_at: new Date(), report: formatJson(run.report) })
    .where("id", "=", run.id)
    .execute();
}
