/** `headgate database …`: the databases of the lake. */
import { Command } from "commander";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { printRows } from "../output/rows.ts";

export function databaseCommand(parts: CliParts): Command {
  return new Command("database").description("list the databases of the lake").addCommand(listCommand(parts));
}

function listCommand({ connectors }: CliParts): Command {
  return new Command("list")
    .description("list the databases of the lake")
    .action(async (_options: object, command: Command) => {
      const operation = async () => (await import("../../operations/databases.ts")).databaseList;
      const result = await invoke({ command, connectors, operation, input: {} });
      if (wantsJson(command)) return printJson(result);
      const rows = result.databases.map(({ name, tables, sources }) => ({
        database: name,
        tables,
        "fed by": sources.join(", "),
      }));
      printRows(rows, process.stdout, { none: "no database yet" });
    });
}
