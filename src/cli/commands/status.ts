/** The words of `headgate status`: is my lake fresh? */
import { Command } from "commander";
import { colors } from "../output/terminal.ts";
import type { SourceStatus } from "../../operations/status.ts";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { zonedTime } from "../output/zoned-time.ts";
import { printRows } from "../output/rows.ts";

const status = async () => (await import("../../operations/status.ts")).status;

export function statusCommand({ connectors }: CliParts): Command {
  return new Command("status")
    .description("say how fresh the lake is, what runs, what is due next and what failed")
    .action(async (_options: object, command: Command) => {
      const result = await invoke({ command, connectors, operation: status, input: {} });
      if (wantsJson(command)) return printJson(result);
      printRows(result.sources.map(row), process.stdout, { whole: ["source", "last sync", "next"], none: noSource });
      for (const source of result.sources)
        for (const line of troubles(source)) process.stdout.write(`${colors.yellow("!")} ${line}\n`);
    });
}

const noSource = "no source is connected yet: headgate source add <name> <url>";

function row(shown: SourceStatus): Record<string, unknown> {
  const { source, tables, oldestFreshAt, running, lastSync, next, overdue } = shown;
  return {
    source,
    tables,
    "all as of": oldestFreshAt === null ? "nothing loaded" : ago(oldestFreshAt),
    now: running === null ? "idle" : `running ${running}`,
    "last sync": lastSync === null ? "none" : `${lastSync.state} ${ago(lastSync.endedAt)}`,
    ...others(shown),
    next:
      next === null
        ? "not scheduled"
        : overdue.includes(next.schedule)
          ? `${next.schedule}: overdue`
          : `${next.schedule} at ${zonedTime(next.dueAt, next.timeZone)}`,
  };
}

/** Runs of other kinds, where there were any. */
function others({ lastReconcile, lastMaintenance }: SourceStatus): Record<string, unknown> {
  const said = (run: SourceStatus["lastRun"]): string => (run === null ? "none" : `${run.state} ${ago(run.endedAt)}`);
  return { "last reconcile": said(lastReconcile), "last maintenance": said(lastMaintenance) };
}

function troubles(shown: SourceStatus): readonly string[] {
  const { source, failing, late, overdue, next, failed } = shown;
  const ended = [shown.lastSync, shown.lastReconcile, shown.lastMaintenance];
  return [
    ...ended.flatMap((run) =>
      run === null || run.error === null ? [] : [`${source}: ${run.error} (headgate run show ${run.run})`],
    ),
    ...(overdue.length === 0
      ? []
      : [
          `${source}: overdue: nothing is running schedules (${shortened(overdue)}${next === null ? "" : `, since ${zonedTime(next.dueAt, next.timeZone)}`}); start \`headgate up\` or \`headgate worker\``,
        ]),
    ...(late.length === 0 ? [] : [`${source}: older than they may be: ${shortened(late)}`]),
    ...failed.slice(0, mostShown).map(({ table, error }) => `${source}: ${table}: ${error.message}; ${error.remedy}`),
    ...(failed.length > mostShown ? [`${source}: ${failed.length - mostShown} more tables failed`] : []),
    ...failing.map((schedule) => `${source}: ${schedule} failed and is tried again`),
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
