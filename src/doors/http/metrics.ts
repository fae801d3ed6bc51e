/** What Prometheus is told: how fresh each source is, runs by state, schedules that fail; asked of the metadata when it looks. */
import { collectDefaultMetrics, Gauge, Registry } from "prom-client";
import { silent } from "../../base/progress.ts";
import { localPrincipal } from "../../identity/principal.ts";
import type { Context } from "../../operations/context.ts";
import { status } from "../../operations/status.ts";
import type { Call } from "../../operations/operation.ts";

const call: Call = {
  principal: localPrincipal,
  report: silent,
  emit: async () => {},
  signal: new AbortController().signal,
};

export interface Metrics {
  readonly contentType: string;
  text(): Promise<string>;
}

export function openMetrics(context: Context): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const gauge = (name: string, help: string, labelNames: string[]): Gauge =>
    new Gauge({ name, help, labelNames, registers: [registry] });
  const tables = gauge("headgate_source_tables", "Tables of the source in the lake", ["source"]);
  const age = gauge("headgate_source_oldest_table_seconds", "Since the source's least fresh table was looked at", [
    "source",
  ]);
  const late = gauge("headgate_source_late_tables", "Tables that are older than they may be", ["source"]);
  const failing = gauge("headgate_source_failing_schedules", "Schedules that failed last time", ["source"]);
  const failed = gauge("headgate_source_failed_tables", "Tables that failed when they were last tried", ["source"]);
  const runs = gauge("headgate_runs", "Runs in the ledger", ["source", "state"]);
  return {
    contentType: registry.contentType,
    async text() {
      for (const metric of [tables, age, late, failing, failed, runs]) metric.reset();
      const { sources } = await status.run(context, {}, call);
      for (const { source, ...found } of sources) {
        tables.set({ source }, found.tables);
        late.set({ source }, found.late.length);
        failing.set({ source }, found.failing.length);
        failed.set({ source }, found.failed.length);
        if (found.oldestFreshAt !== null) age.set({ source }, (Date.now() - Date.parse(found.oldestFreshAt)) / 1_000);
      }
      for (const { source_name: source, state, count } of await countRuns(context))
        runs.set({ source, state }, Number(count));
      return registry.metrics();
    },
  };
}

function countRuns({ db }: Context) {
  return db
    .selectFrom("runs")
    .select(({ fn }) => ["source_name", "state", fn.countAll<bigint>().as("count")])
    .groupBy(["source_name", "state"])
    .execute();
}
