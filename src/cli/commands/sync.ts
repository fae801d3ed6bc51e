/** `headgate sync`: loads tables of a source and reports the outcome of each. */
import { Command } from "commander";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { noteFailedTables } from "../output/failed-tables.ts";
import { printSyncReport } from "../output/sync-report.ts";

const sync = async () => (await import("../../operations/sync.ts")).sync;

interface SyncOptions {
  readonly table?: string[];
  readonly exclude?: string[];
  readonly full?: boolean;
}

export function syncCommand({ connectors }: CliParts): Command {
  return new Command("sync")
    .description("update the tables of a source, all from one consistent state of it")
    .argument("<source>")
    .option("--table <pattern...>", "only these tables: exact names or globs, as table or schema.table")
    .option("--exclude <pattern...>", "all tables except these, written the same way")
    .option("--full", "load the tables from the beginning, even if less would do")
    .action(async (source: string, options: SyncOptions, command: Command) => {
      const { table = [], exclude = [], full = false } = options;
      const input = { source, tables: table, exclude, full };
      const report = await invoke({ command, connectors, operation: sync, input });
      if (wantsJson(command)) printJson(report);
      else printSyncReport(report);
      noteFailedTables(report.tables);
    });
}
