/** The words of `headgate diff`: the rows that changed between two states of a table. */
import { Command, Option } from "commander";
import type { CliParts } from "../cli-parts.ts";
import { invoke, wantsJson } from "../invoke.ts";
import { openResultWriter, resultFormats, writeItem, type ResultFormat } from "../output/result-writer.ts";

interface DiffOptions {
  readonly from: string;
  readonly to?: string;
  readonly format?: ResultFormat;
  readonly limit?: string;
}

export function diffCommand({ connectors }: CliParts): Command {
  return new Command("diff")
    .description("show the rows that went (-) and came (+) between two states of a table")
    .argument("<table>", "table, or database.table")
    .requiredOption("--from <moment>", "a time, a snapshot or run id, a tag or branch, first, before-last")
    .option("--to <moment>", "the same (default: now)")
    .addOption(new Option("--format <format>", "how to write the rows").choices([...resultFormats]))
    .option("--limit <rows>", "stop after this many rows")
    .action(async (table: string, options: DiffOptions, command: Command) => {
      const { from, to, format = wantsJson(command) ? "json" : "table", limit } = options;
      const operation = async () => (await import("../../operations/diff.ts")).tableDiff;
      const input = { table, from, to, limit: limit === undefined ? undefined : Number(limit) };
      const started = performance.now();
      const writer = openResultWriter({ stream: process.stdout, format });
      const onItem = (item: unknown): Promise<void> => writeItem(writer, item);
      await invoke({ command, connectors, operation, input, onItem });
      writer.end({ seconds: (performance.now() - started) / 1000 });
    });
}
