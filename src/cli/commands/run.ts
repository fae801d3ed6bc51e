/** `headgate run …`: shows past and current runs, and cancels them. */
import { Command } from "commander";
import { formatJson } from "../../base/json.ts";
import type { PresentedRun } from "../../operations/runs.ts";
import type { RunProgress } from "../../jobs/run-ledger.ts";
import type { Imported } from "../../ingest/import/import-table.ts";
import type { TableUpkeep } from "../../maintenance/maintain-tables.ts";
import type { ReconcileReport } from "../../sync/compare/reconcile-source.ts";
import type { SyncReport } from "../../sync/run/sync-report.ts";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { wholeNumber } from "../whole-number.ts";
import { printRecord } from "../output/record.ts";
import { printRows } from "../output/rows.ts";
import { count } from "../output/table.ts";
import { printImported } from "../output/import-report.ts";
import { printReconcileReport } from "../output/reconcile-report.ts";
import { isChange, printSyncReport } from "../output/sync-report.ts";
import { printUpkeep } from "../output/upkeep-report.ts";

const runs = () => import("../../operations/runs.ts");

export function runCommand(parts: CliParts): Command {
  return new Command("run")
    .description("list, watch or cancel runs")
    .addCommand(listCommand(parts))
    .addCommand(showCommand(parts))
    .addCommand(watchCommand(parts))
    .addCommand(cancelCommand(parts));
}

function listCommand({ connectors }: CliParts): Command {
  return new Command("list")
    .description("list runs, newest first")
    .argument("[source]", "list only the runs of this source; database.table lists the imports of a table")
    .option("--limit <n>", "list at most this many runs", wholeNumber, 20)
    .action(async (source: string | undefined, { limit }: { limit: number }, command: Command) => {
      const input = { source, limit };
      const result = await invoke({ command, connectors, operation: async () => (await runs()).runList, input });
      if (wantsJson(command)) printJson(result);
      else
        printRows(result.runs.map(row), process.stdout, {
          whole: ["run", "state"],
          below: ["error"],
          none: "no run yet",
        });
    });
}

function row(run: PresentedRun): Record<string, unknown> {
  const { tables, rowsRead, rows: rowsImported } = (run.report ?? {}) as Partial<SyncReport & Imported>;
  const changed = run.kind === "sync" ? tables?.filter(({ outcome }) => isChange(outcome)) : undefined;
  return {
    run: run.run,
    source: run.source,
    kind: run.kind,
    state: run.state,
    "began (UTC)": run.startedAt,
    seconds:
      run.endedAt === null ? undefined : Math.round((Date.parse(run.endedAt) - Date.parse(run.startedAt)) / 100) / 10,
    tables: tables?.length,
    changed: changed?.length,
    "rows read": rowsRead ?? rowsImported,
    "begun by": run.schedules ?? "somebody",
    error: errorOf(run.report) ?? failures(tables),
  };
}

function failures(tables: SyncReport["tables"] = []): string | undefined {
  const failed = tables.filter(({ error }) => error !== undefined).length;
  return failed === 0 ? undefined : `${failed} of ${tables.length} tables failed`;
}

function errorOf(report: unknown): string | undefined {
  const { code, message } = (report ?? {}) as { code?: string; message?: string };
  return code === undefined ? undefined : `${code}: ${message ?? ""}`;
}

function showCommand({ connectors }: CliParts): Command {
  return new Command("show")
    .description("show what a run read, changed and wrote, table by table")
    .argument("<run>", "the id of a run, the beginning of the id, or latest")
    .action(async (run: string, _options: object, command: Command) => {
      const result = await invoke({
        command,
        connectors,
        operation: async () => (await runs()).runShow,
        input: { run },
      });
      if (wantsJson(command)) return printJson(result);
      printRun(result);
    });
}

function printRun({ report, progress, schedules, endedAt, personalData, ...facts }: PresentedRun): void {
  printRecord({ ...facts, "begun by": schedules ?? "somebody", endedAt: endedAt ?? "not yet" });
  const { done, rows } = (progress ?? {}) as Partial<RunProgress>;
  if (done !== undefined) printRecord({ progress: `${count(done, "table")} done, ${count(rows ?? 0, "row")}` });
  if (report === null) return;
  if (isImport(report)) return printImported(report);
  if (!hasTables(report)) return printRecord(report as Record<string, unknown>);
  if (facts.kind === "sync") printSyncReport({ ...(report as unknown as SyncReport), personalData });
  else if (facts.kind === "reconcile") printReconcileReport(report as unknown as ReconcileReport);
  else if (facts.kind === "maintain") printUpkeep(report.tables as readonly TableUpkeep[]);
  else printRecord(report as Record<string, unknown>);
}

function isImport(report: unknown): report is Imported {
  return Array.isArray((report as Partial<Imported>).addedColumns);
}

/** Absent if the failure ended the run as a whole. */
function hasTables(report: unknown): report is { readonly tables: readonly unknown[] } {
  return Array.isArray((report as { readonly tables?: unknown }).tables);
}

function watchCommand({ connectors }: CliParts): Command {
  return new Command("watch")
    .description("watch a run until it ends, or all runs until Ctrl-C")
    .argument("[run]", "the id of a run, the beginning of the id, or latest")
    .action(async (run: string | undefined, _options: object, command: Command) => {
      const operation = async () => (await import("../../operations/watch-runs.ts")).runWatch;
      const json = wantsJson(command);
      const onItem = (item: unknown): void => {
        const found = item as PresentedRun;
        process.stdout.write(`${json ? formatJson(found) : progressLine(found)}\n`);
      };
      await invoke({ command, connectors, operation, input: { run }, onItem });
    });
}

function progressLine({ run, source, state, progress, report }: PresentedRun): string {
  const { done = 0, rows = 0, tasks = [] } = (progress ?? {}) as Partial<RunProgress>;
  const { code, message } = (report ?? {}) as { code?: string; message?: string };
  const at = tasks.map((task) => `; ${task.task} at ${count(task.rows, "row")}`).join("");
  const said = state === "running" ? `${count(done, "table")} done, ${count(rows, "row")}${at}` : state;
  return `${run}  ${source}  ${code === undefined ? said : `${said}: ${code} ${message}`}`;
}

function cancelCommand({ connectors }: CliParts): Command {
  return new Command("cancel")
    .description("cancel a run in progress; the lake stays as it was")
    .argument("<run>", "the id of a run, the beginning of the id, or latest")
    .action(async (run: string, _options: object, command: Command) => {
      const operation = async () => (await runs()).runCancel;
      const result = await invoke({ command, connectors, operation, input: { run } });
      if (wantsJson(command)) printJson(result);
      else process.stdout.write(`${result.cancelling} is asked to end\n`);
    });
}
