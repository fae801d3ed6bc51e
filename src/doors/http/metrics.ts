/** Metrics for Prometheus: freshness of each source, runs by state, failing schedules, and the state of the process. */
import { collectDefaultMetrics, Gauge, Registry } from "prom-client";
import type { Figures } from "../../operations/figures.ts";

export interface Metrics {
  readonly contentType: string;
  text(figures: Figures): Promise<string>;
}

export function openMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const gauge = (name: string, help: string, labelNames: string[]): Gauge =>
    new Gauge({ name, help, labelNames, registers: [registry] });
  const tables = gauge("headgate_source_tables", "Tables of the source in the lake", ["source"]);
  const age = gauge("headgate_source_oldest_table_seconds", "Since the source's least fresh table was looked at", [
    "source",
  ]);
  const unread = gauge(
    "headgate_source_oldest_unread_file_seconds",
    "Since the oldest file was written that no run has applied; 0 if none is left",
    ["source"],
  );
  const late = gauge("headgate_source_late_tables", "Tables that are older than they may be", ["source"]);
  const failing = gauge("headgate_source_failing_schedules", "Schedules that failed last time", ["source"]);
  const failed = gauge("headgate_source_failed_tables", "Tables that failed when they were last tried", ["source"]);
  const runs = gauge("headgate_runs", "Runs in the ledger", ["source", "state"]);
  return {
    contentType: registry.contentType,
    async text({ sources, runs: counts }) {
      for (const metric of [tables, age, unread, late, failing, failed, runs]) metric.reset();
      for (const { source, ...found } of sources) {
        tables.set({ source }, found.tables);
        late.set({ source }, found.late.length);
        failing.set({ source }, found.failing.length);
        failed.set({ source }, found.failed.length);
        if (found.oldestFreshAt !== null) age.set({ source }, secondsSince(found.oldestFreshAt));
        if (found.unread !== null && found.unread.error === undefined)
          unread.set({ source }, found.unread.oldestAt === null ? 0 : secondsSince(found.unread.oldestAt));
      }
      for (const { source, state, count } of counts) runs.set({ source, state }, count);
      return registry.metrics();
    },
  };
}

function secondsSince(instant: string): number {
  return (Date.now() - Date.parse(instant)) / 1_000;
}
