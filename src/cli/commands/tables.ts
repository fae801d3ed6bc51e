import { Command } from "commander";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { printRows } from "../output/rows.ts";

const tableList = async () => (await import("../../operations/tables.ts")).tableList;

/** `headgate tables`: the catalog as a list. */
export function tablesCommand({ connectors }: CliParts): Command {
  return new Command("tables")
    .description("list the tables of the lake")
    .argument("[database]", "only this one")
    .action(async (database: string | undefined, _options: object, command: Command) => {
      const result = await invoke({ command, connectors, operation: tableList, input: { database } });
      if (wantsJson(command)) return printJson(result);
      printRows(
        result.tables.map(({ database: inDatabase, name, rows, files, bytes, columns, updatedAt, freshAt }) => ({
          database: inDatabase,
          table: name,
          rows,
          columns,
          files,
          MB: Math.round(bytes / 104_857.6) / 10,
          "fresh (UTC)": freshAt,
          "changed (UTC)": updatedAt,
        })),
        process.stdout,
        { none: database === undefined ? "no table yet" : `no table in ${database}` },
      );
    });
}
