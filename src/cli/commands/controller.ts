/**
 * `headgate source controller` and `headgate table controller`: tables in the words of the controller table that people
 * keep beside DMS.
 */
import { Command, Option } from "commander";
import type { ControlledTable, Controls } from "../../operations/controller/controlled-table.ts";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { printRecord } from "../output/record.ts";
import { printRows } from "../output/rows.ts";
import { readGiven } from "../read-given.ts";

interface ControlOptions {
  readonly activeFlag?: "true" | "false";
  readonly primaryKey?: string;
  readonly partitionKey?: string;
  readonly lastFullLoadDate?: string;
  readonly lastIncrementalFile?: string;
}

export function tableControllerCommand({ connectors }: CliParts): Command {
  return new Command("controller")
    .description(
      "show a table in the words of a DMS controller table, and set what is given; null removes it, and an earlier LastFullLoadDate or LastIncrementalFile reads again from there",
    )
    .argument("<table>", "database.table in the lake; also one that no run has loaded yet")
    .addOption(new Option("--active-flag <flag>", "false leaves the table out of every run").choices(["true", "false"]))
    .option(
      "--primary-key <columns>",
      "the columns that identify a row, with commas between them; null: rows are only added",
    )
    .option("--partition-key <columns>", "divide its files by columns or by transforms of them: city,day(created_at)")
    .option("--last-full-load-date <time>", "load files of a full load again that were written later, in UTC")
    .option("--last-incremental-file <file>", "read the files of changes after this one again: its name or path")
    .action(async (table: string, options: ControlOptions, command: Command) => {
      const operation = async () => (await import("../../operations/controller/table-controller.ts")).tableController;
      const result = await invoke({ command, connectors, operation, input: { table, ...controlsOf(options) } });
      if (wantsJson(command)) printJson(result);
      else printRecord(shown(result));
    });
}

function controlsOf(options: ControlOptions): Controls {
  const { activeFlag, primaryKey, partitionKey, lastFullLoadDate, lastIncrementalFile } = options;
  return {
    ActiveFlag: activeFlag === undefined ? undefined : activeFlag === "true",
    PrimaryKey: primaryKey,
    PartitionKey: partitionKey,
    LastFullLoadDate: lastFullLoadDate,
    LastIncrementalFile: lastIncrementalFile,
  };
}

const operations = () => import("../../operations/controller/source-controller.ts");

export function sourceControllerCommand(parts: CliParts): Command {
  return new Command("controller")
    .description("list the tables of a source in the words of a DMS controller table, or read an existing one in")
    .argument("<source>")
    .option(
      "--read <file>",
      "set ActiveFlag, PrimaryKey and PartitionKey as this export of a DynamoDB table says: JSON lines, or the answer of a scan",
    )
    .action(async (name: string, { read }: { read?: string }, command: Command) => {
      if (read !== undefined) return readIn(parts, { name, file: read, command });
      const operation = async () => (await operations()).sourceController;
      const result = await invoke({ command, connectors: parts.connectors, operation, input: { name } });
      if (wantsJson(command)) printJson(result);
      else printTables(result.tables);
    });
}

async function readIn(
  { connectors }: CliParts,
  { name, file, command }: { name: string; file: string; command: Command },
): Promise<void> {
  const input = { name, export: await readGiven(file, "--read") };
  const operation = async () => (await operations()).sourceControl;
  const result = await invoke({ command, connectors, operation, input });
  if (wantsJson(command)) return printJson(result);
  printTables(result.tables);
  for (const { table, reason } of result.skipped) process.stdout.write(`${table} is left as it was: ${reason}\n`);
}

function printTables(tables: readonly ControlledTable[]): void {
  printRows(tables.map(shown), process.stdout, { none: "no table" });
}

function shown({ sourceTable: _inSource, ...table }: ControlledTable): Record<string, unknown> {
  return Object.fromEntries(Object.entries(table).map(([name, value]) => [name, String(value)]));
}
