/** `headgate table …`: the tables of the lake and their settings. */
import { Command } from "commander";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { printRecord } from "../output/record.ts";
import { printRows } from "../output/rows.ts";
import { tableControllerCommand } from "./controller.ts";
import { pauseCommand, resetCommand, resumeCommand } from "./table-control.ts";
import { dropCommand } from "./table-drop.ts";
import { registerCommand, unregisterCommand } from "./table-register.ts";
import { setCommand } from "./table-set.ts";
import { branchCommand, diffCommand, historyCommand, rollbackCommand, tagCommand } from "./table-states.ts";

const tables = () => import("../../operations/tables.ts");

export function tableCommand(parts: CliParts): Command {
  return new Command("table")
    .description(
      "look at tables and their earlier states; change settings, pause, reset or drop tables; register tables of other writers",
    )
    .addCommand(listCommand(parts))
    .addCommand(showCommand(parts))
    .addCommand(historyCommand(parts))
    .addCommand(diffCommand(parts))
    .addCommand(tagCommand(parts))
    .addCommand(branchCommand(parts))
    .addCommand(rollbackCommand(parts))
    .addCommand(setCommand(parts))
    .addCommand(tableControllerCommand(parts))
    .addCommand(pauseCommand(parts))
    .addCommand(resumeCommand(parts))
    .addCommand(resetCommand(parts))
    .addCommand(dropCommand(parts))
    .addCommand(registerCommand(parts))
    .addCommand(unregisterCommand(parts));
}

function listCommand({ connectors }: CliParts): Command {
  return new Command("list")
    .description("list the tables of the lake")
    .argument("[database]", "only this one")
    .action(async (database: string | undefined, _options: object, command: Command) => {
      const result = await invoke({
        command,
        connectors,
        operation: async () => (await tables()).tableList,
        input: { database },
      });
      if (wantsJson(command)) return printJson(result);
      printRows(
        result.tables.map(({ database: inDatabase, name, rows, files, bytes, columns, updatedAt, freshAt }) => ({
          database: inDatabase,
          table: name,
          rows,
          columns,
          files,
          MB: bytes === undefined ? undefined : Math.round(bytes / 104_857.6) / 10,
          "fresh (UTC)": freshAt,
          "changed (UTC)": updatedAt,
        })),
        process.stdout,
        { none: database === undefined ? "no table yet" : `no table in ${database}` },
      );
    });
}

function showCommand({ connectors }: CliParts): Command {
  return new Command("show")
    .description("show a table: its columns, its partitions, and its source")
    .argument("<table>", "database.table")
    .action(async (table: string, _options: object, command: Command) => {
      const described = await invoke({
        command,
        connectors,
        operation: async () => (await tables()).tableShow,
        input: { table },
      });
      if (wantsJson(command)) return printJson(described);
      const { columns, properties: _properties, ...rest } = described;
      printRecord(rest);
      printRows(
        columns.map(({ id, name, type, required, doc }) => ({
          id,
          column: name,
          type,
          null: required ? "no" : "yes",
          "in the source": doc,
        })),
      );
    });
}
