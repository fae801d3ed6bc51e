/** The words of `headgate status`: is my lake fresh? */
import { Command } from "commander";
import { colors } from "../output/terminal.ts";
import type { SourceStatus } from "../../operations/status.ts";
import type { CliParts } from "../cli.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { printRows } from "../output/rows.ts";

const status = async () => (await import("../../operations/status.ts")).status;

export function statusCommand({ connectors }: CliParts): Command {
  return new Command("status")
    .description("say how fresh the lake is, what runs, what is due next and what failed")
    .action(async (_options: object, command: Command) => {
      const result = await invoke({ command, connectors, operation: status, input: {} });
      if (wantsJson(command)) return printJson(result);
      printRows(result.sources.map(row));
      for (const source of result.sources)
        for (const line of troubles(source)) process.stdout.write(`${colors.yellow("!")} ${line}\n`);
    });
}

function row({ source, tables, oldestFreshAt, running, lastRun, next }: SourceStatus): Record<string, unknown> {
  return {
    source,
    tables,
    "all as of": oldestFreshAt === null ? "nothing loaded" : ago(oldestFreshAt),
    now: running === null ? "idle" : `running ${running}`,
    "last run": lastRun === null ? "none" : `${lastRun.state} ${ago(lastRun.endedAt)}`,
    next: next === null ? "not scheduled" : `${next.schedule} at ${next.dueAt.slice(0, 16)}Z`,
  };
}

function troubles({ source, lastRun, failing, late, failed }: SourceStatus): readonly string[] {
  return [
    ...(lastRun?.error === null || lastRun === null
      ? []
      : [`${source}: ${lastRun.error} (headgate run show ${lastRun.run})`]),
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
