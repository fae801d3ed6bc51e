/** `headgate reconcile`: proves that source and lake are equal, or names the rows that differ. */
import { Command } from "commander";
import { HeadgateError } from "../../errors.ts";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { noteFailedTables } from "../output/failed-tables.ts";
import { printReconcileReport } from "../output/reconcile-report.ts";

const reconcile = async () => (await import("../../operations/reconcile.ts")).reconcile;

interface ReconcileOptions {
  readonly table?: string[];
  readonly exclude?: string[];
  readonly repair?: boolean;
}

export function reconcileCommand({ connectors }: CliParts): Command {
  return new Command("reconcile")
    .description(
      "compare a source with the lake row by row, at one consistent state; the exit code is 1 if they differ, and 2 if a table could not be compared",
    )
    .argument("<source>")
    .option("--table <pattern...>", "only these tables: exact names or globs, as table or schema.table")
    .option("--exclude <pattern...>", "all tables except these, written the same way")
    .option("--repair", "change the rows that differ in the lake, and no others")
    .action(async (source: string, options: ReconcileOptions, command: Command) => {
      const { table: tables = [], exclude = [], repair = false } = options;
      const input = { source, tables, exclude, repair };
      const report = await invoke({ command, connectors, operation: reconcile, input });
      if (wantsJson(command)) printJson(report);
      else printReconcileReport(report);
      noteFailedTables(report.tables);
      const left = report.tables.filter(({ equal, repaired, error }) => !equal && !repaired && error === undefined);
      if (left.length > 0)
        throw new HeadgateError("TABLES_DIFFER", { place: left.map(({ lakeTable }) => lakeTable).join(", ") });
    });
}
