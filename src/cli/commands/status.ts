/** `headgate status`: is my lake fresh? */
import { Command } from "commander";
import { colors } from "../output/terminal.ts";
import type { LakeStatus, Outlook, SourceStatus } from "../../operations/status.ts";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { zonedTime } from "../output/zoned-time.ts";
import { printRows } from "../output/rows.ts";
import { count } from "../output/table.ts";

const status = async () => (await import("../../operations/status.ts")).status;

export function statusCommand({ connectors }: CliParts): Command {
  return new Command("status")
    .description("show how fresh the lake is, what is running, what is due next and what failed")
    .action(async (_options: object, command: Command) => {
      const result = await invoke({ command, connectors, operation: status, input: {} });
      if (wantsJson(command)) return printJson(result);
      const inFiles = result.sources.some(({ unread }) => unread !== null);
      const rows = result.sources.map((source) => row(source, inFiles));
      printRows(rows, process.stdout, { whole: ["source", "last sync", "next"], none: noSource });
      for (const source of result.sources) printUnread(source);
      for (const source of result.sources)
        for (const line of troubles(source)) process.stdout.write(`${colors.yellow("!")} ${line}\n`);
      printLake(result.lake);
      for (const line of result.budgets) process.stdout.write(`${colors.yellow("!")} ${line}\n`);
    });
}

const noSource = "no source is connected yet: headgate source add <name> <url>";

/** `inFiles`: whether a source has files, so that there is a column about them. */
function row(shown: SourceStatus, inFiles: boolean): Record<string, unknown> {
  const { source, tables, oldestFreshAt, running, lastSync } = shown;
  return {
    source,
    tables,
    "all as of": oldestFreshAt === null ? "nothing loaded" : ago(oldestFreshAt),
    now: running === null ? "idle" : `running ${running}`,
    "last sync": lastSync === null ? "none" : `${lastSync.state} ${ago(lastSync.endedAt)}`,
    ...others(shown),
    ...(inFiles ? { "oldest unread file": oldestUnread(shown) } : {}),
    next: nextOf(shown),
  };
}

function oldestUnread({ unread }: SourceStatus): string | undefined {
  if (unread === null) return undefined;
  if (unread.error !== undefined) return "not known";
  return unread.oldestAt === null ? "none" : ago(unread.oldestAt);
}

/** The tables that lag behind their files, those that lag most first. */
function printUnread({ source, unread }: SourceStatus): void {
  const tables = unread?.tables ?? [];
  if (tables.length === 0) return;
  const shown = tables.map(({ table, files, oldestAt }) => `${table} (${files}, the oldest ${ago(oldestAt)})`);
  process.stdout.write(`${source}: files that are not read yet: ${shortened(shown)}\n`);
}

function nextOf({ next, overdue }: Outlook): string {
  if (next === null) return "not scheduled";
  if (overdue.includes(next.schedule)) return `${next.schedule}: overdue`;
  return `${next.schedule} at ${zonedTime(next.dueAt, next.timeZone)}`;
}

/** Prints nothing for a lake without schedules and runs. */
function printLake(lake: LakeStatus): void {
  const { next, running, lastImport, lastMaintenance } = lake;
  const facts = [
    ...running.map((run) => `running ${run}`),
    ...(lastImport === null ? [] : [`last import ${lastImport.state} ${ago(lastImport.endedAt)}`]),
    ...(lastMaintenance === null ? [] : [`last maintenance ${lastMaintenance.state} ${ago(lastMaintenance.endedAt)}`]),
    ...(next === null ? [] : [`next ${nextOf(lake)}`]),
  ];
  if (facts.length > 0) process.stdout.write(`the whole lake: ${facts.join(", ")}\n`);
  const lines = [
    ...endedTroubles("the whole lake", [lastImport, lastMaintenance]),
    ...scheduleTroubles("the whole lake", lake),
  ];
  for (const line of lines) process.stdout.write(`${colors.yellow("!")} ${line}\n`);
}

/** The last runs of other kinds, if there were any. */
function others({ lastReconcile, lastMaintenance }: SourceStatus): Record<string, unknown> {
  const said = (run: SourceStatus["lastRun"]): string => (run === null ? "none" : `${run.state} ${ago(run.endedAt)}`);
  return { "last reconcile": said(lastReconcile), "last maintenance": said(lastMaintenance) };
}

function troubles(shown: SourceStatus): readonly string[] {
  const { source, late, failed, unread } = shown;
  return [
    ...(unread?.error === undefined ? [] : [`${source}: ${unread.error.message}; ${unread.error.remedy}`]),
    ...endedTroubles(source, [shown.lastSync, shown.lastReconcile, shown.lastMaintenance]),
    ...waiting(shown),
    ...(late.length === 0 ? [] : [`${source}: older than they may be: ${shortened(late)}`]),
    ...failed.slice(0, mostShown).map(({ table, error }) => `${source}: ${table}: ${error.message}; ${error.remedy}`),
    ...(failed.length > mostShown ? [`${source}: ${failed.length - mostShown} more tables failed`] : []),
    ...scheduleTroubles(source, shown),
  ];
}

function waiting({ source, personalData }: SourceStatus): readonly string[] {
  if (personalData === 0) return [];
  return [
    `${source}: ${count(personalData, "column")} may be personal data, and nobody has decided (headgate pii list)`,
  ];
}

function endedTroubles(where: string, ended: readonly SourceStatus["lastRun"][]): readonly string[] {
  return ended.flatMap((run) =>
    run === null || run.error === null ? [] : [`${where}: ${run.error} (headgate run show ${run.run})`],
  );
}

function scheduleTroubles(where: string, { overdue, next, failing }: Outlook): readonly string[] {
  const since = next === null ? "" : `, since ${zonedTime(next.dueAt, next.timeZone)}`;
  const start = "start `headgate up` or `headgate worker`";
  return [
    ...(overdue.length === 0
      ? []
      : [`${where}: overdue: nothing is running schedules (${shortened(overdue)}${since}); ${start}`]),
    ...failing.map((schedule) => `${where}: ${schedule} failed and is tried again`),
  ];
}

const mostShown = 8;

function shortened(names: readonly string[]): string {
  const more = names.length > mostShown ? ` and ${names.length - mostShown} more` : "";
  return names.slice(0, mostShown).join(", ") + more;
}

function ago(instant: string): string {
  const seconds = Math.max(0, Math.round((Date.now() - Date.parse(instant)) / 1_000));
  if (seconds < 120) return `${seconds} s ago`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} min ago`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h ago` : `${Math.round(hours / 24)} days ago`;
}
