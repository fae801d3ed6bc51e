/** `headgate source define`: columns, types and keys of files of DMS from what a person has written down elsewhere. */
import { Command, Option } from "commander";
import type { DefinedTables } from "../../operations/source-define.ts";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { printRows } from "../output/rows.ts";
import { colors } from "../output/terminal.ts";
import { readGiven } from "../read-given.ts";

export interface DescriptionFiles {
  readonly tableMapping?: string;
  readonly glueTable?: readonly string[];
}

export function sourceDefineCommand({ connectors }: CliParts): Command {
  return new Command("define")
    .description(
      "set the columns, types and keys of files that AWS DMS writes, from the table mapping of the task or from tables of Glue",
    )
    .argument("<source>")
    .addOption(tableMappingOption())
    .addOption(glueTableOption())
    .action(async (name: string, options: DescriptionFiles, command: Command) => {
      const operation = async () => (await import("../../operations/source-define.ts")).sourceDefine;
      const input = { name, ...(await readDescriptions(options)) };
      const result = await invoke({ command, connectors, operation, input });
      if (wantsJson(command)) printJson(result);
      else printDefined(result);
    });
}

export function tableMappingOption(): Option {
  return new Option(
    "--table-mapping <file>",
    "take types, keys and the choice of tables from this table mapping of a DMS task (JSON)",
  );
}

export function glueTableOption(): Option {
  return new Option(
    "--glue-table <file...>",
    "take columns and types from this table of Glue, as `aws glue get-table` or `get-tables` prints it",
  );
}

export async function readDescriptions({
  tableMapping,
  glueTable = [],
}: DescriptionFiles): Promise<{ readonly tableMapping: string | undefined; readonly glueTables: string[] }> {
  return {
    tableMapping: tableMapping === undefined ? undefined : await readGiven(tableMapping, "--table-mapping"),
    glueTables: await Promise.all(glueTable.map((file) => readGiven(file, "--glue-table"))),
  };
}

export function printDefined({ tables, skipped, excluded }: DefinedTables): void {
  printRows(
    tables.map(({ table, columns, key }) => ({
      table,
      columns: columns.map(({ name, type }) => `${name} ${type}`).join(", "),
      key: key?.join(", "),
    })),
    process.stdout,
    { none: "nothing is said of any table" },
  );
  const remark = (text: string): boolean => process.stdout.write(`${colors.yellow("!")} ${text}\n`);
  for (const { table, left } of tables) for (const sentence of left) remark(`${table}: ${sentence}`);
  for (const { table, reason } of skipped) remark(`${table} is left as it was: ${reason}`);
  if (excluded.length > 0)
    remark(`no selection rule chooses these tables, so they are left out: ${excluded.join(", ")}`);
}
