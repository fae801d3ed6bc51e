/** `headgate table mark`: certified or deprecated, and why. */
import { Argument, Command } from "commander";
import { markNames, type MarkName } from "../../db/tables.ts";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { markText } from "../output/said-lines.ts";

interface MarkOptions {
  readonly reason?: string;
  readonly successor?: string;
}

export function markCommand({ connectors }: CliParts): Command {
  return new Command("mark")
    .description("mark a table as certified or deprecated, or take its mark away")
    .argument("<table>", "database.table")
    .addArgument(new Argument("<mark>", "what it is").choices([...markNames, "none"]))
    .option("--reason <text>", "why; shown wherever the table is listed")
    .option("--successor <table>", "for a deprecated table: the one to use instead")
    .action(async (table: string, mark: MarkName | "none", options: MarkOptions, command: Command) => {
      const operation = async () => (await import("../../operations/stewardship/mark-table.ts")).tableMark;
      const { reason, successor } = options;
      const result = await invoke({ command, connectors, operation, input: { table, mark, reason, successor } });
      if (wantsJson(command)) return printJson(result);
      process.stdout.write(`${result.table}: ${markText(result.mark) || "no mark"}\n`);
    });
}
