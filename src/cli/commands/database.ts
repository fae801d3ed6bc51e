/** `headgate database …`: the databases of the lake. */
import { Command } from "commander";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { printRecord } from "../output/record.ts";
import { printRows } from "../output/rows.ts";
import { saidLines } from "../output/said-lines.ts";
import { databaseDescribeCommand } from "./describe.ts";

export function databaseCommand(parts: CliParts): Command {
  return new Command("database")
    .description("list, show and describe the databases of the lake")
    .addCommand(listCommand(parts))
    .addCommand(showCommand(parts))
    .addCommand(databaseDescribeCommand(parts));
}

function listCommand({ connectors }: CliParts): Command {
  return new Command("list")
    .description("list the databases of the lake")
    .action(async (_options: object, command: Command) => {
      const operation = async () => (await import("../../operations/databases.ts")).databaseList;
      const result = await invoke({ command, connectors, operation, input: {} });
      if (wantsJson(command)) return printJson(result);
      const isDescribed = result.databases.some(({ description }) => description !== undefined);
      const isLinked = result.databases.some(({ links }) => links !== undefined);
      const rows = result.databases.map(({ name, tables, links, sources, description }) => ({
        database: name,
        tables,
        ...(isLinked ? { links: links ?? 0 } : {}),
        "fed by": sources.join(", "),
        ...(isDescribed ? { description } : {}),
      }));
      printRows(rows, process.stdout, { none: "no database yet" });
    });
}

function showCommand({ connectors }: CliParts): Command {
  return new Command("show")
    .description("show a database: what is said of it, who answers for it, and what feeds it")
    .argument("<database>")
    .action(async (database: string, _options: object, command: Command) => {
      const operation = async () => (await import("../../operations/databases.ts")).databaseShow;
      const result = await invoke({ command, connectors, operation, input: { database } });
      if (wantsJson(command)) return printJson(result);
      const { name, tables, links, sources, ...said } = result;
      printRecord({
        name,
        tables,
        links,
        "fed by": sources.join(", ") || undefined,
        ...saidLines({ ...said, mark: undefined }),
      });
    });
}
