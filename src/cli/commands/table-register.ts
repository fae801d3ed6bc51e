/** `headgate table register` and `unregister`: Iceberg tables that other engines write. */
import { Command } from "commander";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { earlierGrantsLine } from "../output/earlier-grants.ts";
import { printRecord } from "../output/record.ts";

const register = () => import("../../operations/register.ts");

export function registerCommand({ connectors }: CliParts): Command {
  return new Command("register")
    .description("add an Iceberg table of another writer to the catalog, or point to its newer metadata")
    .argument("<table>", "the name that it gets in the lake: database.table")
    .argument("<location>", "the location of the table or of a metadata file, below one of HEADGATE_TABLE_ROOTS")
    .option(
      "--files-at <location...>",
      "more locations with files of the table, for a table whose files are not all below its own location",
    )
    .action(async (table: string, location: string, { filesAt }: { filesAt?: string[] }, command: Command) => {
      const operation = async () => (await register()).tableRegister;
      const result = await invoke({ command, connectors, operation, input: { table, location, filesAt } });
      if (wantsJson(command)) return printJson(result);
      const { metadataLocation, formatVersion, snapshots, isNew } = result;
      printRecord({ table: result.table, metadata: metadataLocation, format: `Iceberg v${formatVersion}`, snapshots });
      process.stdout.write(isNew ? "registered\n" : "moved on to this metadata\n");
      if (result.earlierGrants > 0) process.stdout.write(`${earlierGrantsLine(result.table, result.earlierGrants)}\n`);
    });
}

export function unregisterCommand({ connectors }: CliParts): Command {
  return new Command("unregister")
    .description("remove a registered table from the catalog; its files stay, its grants and data filters end")
    .argument("<table>", "database.table")
    .action(async (table: string, _options: object, command: Command) => {
      const operation = async () => (await register()).tableUnregister;
      const result = await invoke({ command, connectors, operation, input: { table } });
      if (wantsJson(command)) printJson(result);
      else process.stdout.write(`${result.unregistered} is forgotten\n`);
    });
}
