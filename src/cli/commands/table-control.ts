/**
 * `headgate table pause`, `resume` and `reset`: whether runs load a table, and whether they trust its earlier state.
 */
import { Command } from "commander";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";

const control = () => import("../../operations/table-control.ts");

export function pauseCommand(parts: CliParts): Command {
  return pausing(parts, { word: "pause", paused: true, description: "leave a table out of all runs" });
}

export function resumeCommand(parts: CliParts): Command {
  return pausing(parts, { word: "resume", paused: false, description: "include a paused table in runs again" });
}

function pausing(
  { connectors }: CliParts,
  { word, paused, description }: { word: string; paused: boolean; description: string },
): Command {
  return new Command(word)
    .description(description)
    .argument("<table>", "database.table")
    .action(async (table: string, _options: object, command: Command) => {
      const operation = async () => (await control()).tablePause;
      const result = await invoke({ command, connectors, operation, input: { table, paused } });
      if (wantsJson(command)) printJson(result);
      else process.stdout.write(`${result.table} is ${paused ? "paused" : "included again"}\n`);
    });
}

export function resetCommand({ connectors }: CliParts): Command {
  return new Command("reset")
    .description("forget what is known about a table, so that the next run reads and compares all of its rows")
    .argument("<table>", "database.table")
    .action(async (table: string, _options: object, command: Command) => {
      const operation = async () => (await control()).tableReset;
      const result = await invoke({ command, connectors, operation, input: { table } });
      if (wantsJson(command)) printJson(result);
      else process.stdout.write(`${result.table} is read whole by the next run\n`);
    });
}
