/** The words of `headgate table …`: where single tables of a source stand, pause, resume, begin again. */
import { Command } from "commander";
import type { CliParts } from "../cli.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { printRows } from "../output/rows.ts";
import { sourceTable } from "../source-table.ts";

const control = () => import("../../operations/table-control.ts");

export function tableCommand(parts: CliParts): Command {
  return new Command("table")
    .description("see where the tables of a source stand; pause, resume or reset one")
    .addCommand(listCommand(parts))
    .addCommand(pauseCommand(parts, { word: "pause", paused: true, description: "leave a table out of every run" }))
    .addCommand(pauseCommand(parts, { word: "resume", paused: false, description: "take a paused table in again" }))
    .addCommand(resetCommand(parts));
}

function listCommand({ connectors }: CliParts): Command {
  return new Command("list")
    .description("list the tables of a source: active, mode, rows, how fresh, position")
    .argument("<source>")
    .action(async (source: string, _options: object, command: Command) => {
      const operation = async () => (await control()).controlList;
      const result = await invoke({ command, connectors, operation, input: { source } });
      if (wantsJson(command)) return printJson(result);
      printRows(
        result.tables.map(({ keepsDeleted, keepsHistory, freshAt, active, ...rest }) => ({
          table: rest.table,
          active: active ? "yes" : "paused",
          mode: rest.mode,
          keeps: [...(keepsDeleted ? ["deleted"] : []), ...(keepsHistory ? ["history"] : [])].join(", "),
          rows: rest.rows,
          "fresh (UTC)": freshAt,
          position: rest.position,
        })),
      );
    });
}

function pauseCommand(
  { connectors }: CliParts,
  { word, paused, description }: { word: string; paused: boolean; description: string },
): Command {
  return new Command(word)
    .description(description)
    .argument("<source.table>")
    .action(async (target: string, _options: object, command: Command) => {
      const operation = async () => (await control()).tablePause;
      const result = await invoke({ command, connectors, operation, input: { ...sourceTable(target), paused } });
      if (wantsJson(command)) printJson(result);
      else process.stdout.write(`${result.table} is ${paused ? "paused" : "taken in again"}\n`);
    });
}

function resetCommand({ connectors }: CliParts): Command {
  return new Command("reset")
    .description("forget how a table was known to be equal: the next run reads it whole and compares")
    .argument("<source.table>")
    .action(async (target: string, _options: object, command: Command) => {
      const operation = async () => (await control()).tableReset;
      const result = await invoke({ command, connectors, operation, input: sourceTable(target) });
      if (wantsJson(command)) printJson(result);
      else process.stdout.write(`${result.table} is read whole by the next run\n`);
    });
}
