/** `headgate schedule …`: when tables are brought up to date. */
import { Command, Option } from "commander";
import type { PresentedSchedule } from "../../operations/schedules.ts";
import { HeadgateError } from "../../errors.ts";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { momentWord } from "../moment-word.ts";
import { colors } from "../output/terminal.ts";
import { zonedTime } from "../output/zoned-time.ts";
import { printRows } from "../output/rows.ts";
import { actions, scheduledActions, type ScheduledAction } from "../../operations/scheduled/actions.ts";
import { printDueRun } from "../output/due-run.ts";
import { noteFailedTables } from "../output/failed-tables.ts";

const schedules = () => import("../../operations/schedules.ts");

export function scheduleCommand(parts: CliParts): Command {
  return new Command("schedule")
    .description("update tables at given times")
    .addCommand(setCommand(parts))
    .addCommand(listCommand(parts))
    .addCommand(pauseCommand(parts, { word: "pause", paused: true, description: "stop a schedule" }))
    .addCommand(
      pauseCommand(parts, { word: "resume", paused: false, description: "resume a schedule at its next due time" }),
    )
    .addCommand(removeCommand(parts))
    .addCommand(runDueCommand(parts));
}

interface SetOptions {
  readonly source?: string;
  readonly table?: string[];
  readonly cron: string;
  readonly timeZone: string;
  readonly holiday?: string[];
  readonly action: ScheduledAction;
  readonly timeout?: string;
}

function setCommand({ connectors }: CliParts): Command {
  return new Command("set")
    .description("create a schedule, or change the one with this name")
    .argument("<schedule>")
    .option(
      "--source <source>",
      "the source whose tables are meant; without one the whole lake, if the action allows that",
    )
    .option("--table <pattern...>", "only these tables: exact names or globs (default: all tables)")
    .requiredOption("--cron <fields>", "minute hour day month weekday: '*/15 8-18 * * mon-fri'")
    .option("--time-zone <name>", "the time zone of the cron fields and holidays: Europe/Bucharest", "UTC")
    .option("--holiday <date...>", "dates on which it is not due: 2026-12-25")
    .addOption(
      new Option("--action <action>", scheduledActions.map((action) => `${action} ${actions[action]}`).join("; "))
        .choices(scheduledActions)
        .default("sync"),
    )
    .option("--timeout <seconds>", "end a run that takes longer (default: 21600)")
    .action(async (name: string, options: SetOptions, command: Command) => {
      const { source, cron, timeZone, action } = options;
      const timeout = options.timeout === undefined ? {} : { timeoutSeconds: seconds(options.timeout) };
      const input = {
        name,
        source,
        cron,
        timeZone,
        action,
        tables: options.table ?? [],
        holidays: options.holiday ?? [],
      };
      const operation = async () => (await schedules()).scheduleSet;
      const result = await invoke({
        command,
        connectors,
        operation,
        input: { timeoutSeconds: 21_600, ...input, ...timeout },
      });
      show(command, result);
      if (!wantsJson(command)) for (const note of result.notes) process.stdout.write(`${colors.yellow("!")} ${note}\n`);
    });
}

function seconds(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text))
    throw new HeadgateError("USAGE", { place: "--timeout", message: `"${text}" is not a number of seconds` });
  return Number(text);
}

function show(command: Command, schedule: PresentedSchedule): void {
  if (wantsJson(command)) return printJson(schedule);
  const due = schedule.active ? `due next at ${dueTime(schedule)}` : "paused";
  process.stdout.write(`${schedule.name}: ${schedule.action} of ${schedule.source ?? "the whole lake"}, ${due}\n`);
}

function listCommand({ connectors }: CliParts): Command {
  return new Command("list")
    .description("list the schedules and when each is due")
    .action(async (_options: object, command: Command) => {
      const operation = async () => (await schedules()).scheduleList;
      const result = await invoke({ command, connectors, operation, input: {} });
      if (wantsJson(command)) return printJson(result);
      printRows(result.schedules.map(row), process.stdout, { whole: ["cron", "due"], none: "no schedule yet" });
      const overdue = result.schedules.filter((schedule) => schedule.overdue).map(({ name }) => name);
      if (overdue.length > 0)
        process.stdout.write(
          `${colors.yellow("!")} overdue: nothing is running schedules (${overdue.join(", ")}); start \`headgate up\` or \`headgate worker\`\n`,
        );
    });
}

function dueTime({ dueAt, timeZone, overdue }: PresentedSchedule): string {
  if (dueAt === null) return "no time";
  return `${overdue ? "overdue since " : ""}${zonedTime(dueAt, timeZone)}`;
}

function row(schedule: PresentedSchedule): Record<string, unknown> {
  return {
    schedule: schedule.name,
    source: schedule.source ?? "the whole lake",
    tables: schedule.tables.length === 0 ? "all" : schedule.tables.join(", "),
    action: schedule.action,
    cron: schedule.cron,
    due: schedule.active ? dueTime(schedule) : "paused",
    done: schedule.doneAt === null ? undefined : zonedTime(schedule.doneAt, schedule.timeZone),
    failures: schedule.failures,
  };
}

function pauseCommand(
  { connectors }: CliParts,
  { word, paused, description }: { word: string; paused: boolean; description: string },
): Command {
  return new Command(word)
    .description(description)
    .argument("<schedule>")
    .action(async (name: string, _options: object, command: Command) => {
      const operation = async () => (await schedules()).schedulePause;
      show(command, await invoke({ command, connectors, operation, input: { name, paused } }));
    });
}

function removeCommand({ connectors }: CliParts): Command {
  return new Command("remove")
    .description("remove a schedule; its tables stay as they are")
    .argument("<schedule>")
    .action(async (name: string, _options: object, command: Command) => {
      const operation = async () => (await schedules()).scheduleRemove;
      const result = await invoke({ command, connectors, operation, input: { name } });
      if (wantsJson(command)) printJson(result);
      else process.stdout.write(`${result.removed} is removed\n`);
    });
}

function runDueCommand({ connectors }: CliParts): Command {
  return new Command("run-due")
    .description("do what is due now, once, and return; `headgate up` and `headgate worker` do so continuously")
    .option("--at <time>", "as if it were this time: 2026-11-23T08:15:00Z")
    .action(async ({ at }: { at?: string }, command: Command) => {
      const operation = async () => (await schedules()).scheduleRunDue;
      const input = { at: at === undefined ? undefined : momentWord(at, "--at") };
      const result = await invoke({ command, connectors, operation, input });
      if (wantsJson(command)) printJson(result);
      else if (result.runs.length === 0) process.stdout.write("nothing is due\n");
      else for (const run of result.runs) printDueRun(run);
      if (result.runs.some(({ outcome }) => outcome === "failed")) process.exitCode = 1;
      else for (const run of result.runs) noteFailedTables(run.failed);
    });
}
