import { Command } from "commander";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { printRecord } from "../output/record.ts";
import { printRows } from "../output/rows.ts";

const tableDescribe = async () => (await import("../../operations/tables.ts")).tableDescribe;

/** `headgate describe`: one table, its columns and where it comes from. */
export function describeCommand({ connectors }: CliParts): Command {
  return new Command("describe")
    .description("describe one table: columns, partitioning, where it comes from")
    .argument("<table>", "table, or database.table")
    .action(async (table: string, _options: object, command: Command) => {
      const described = await invoke({ command, connectors, operation: tableDescribe, input: { table } });
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
