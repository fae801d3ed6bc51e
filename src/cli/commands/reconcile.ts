/** The words of `headgate reconcile`: prove that source and lake are equal, or name what differs. */
import { Command } from "commander";
import { colors } from "../output/terminal.ts";
import { HeadgateError } from "../../errors.ts";
import type { ReconcileReport } from "../../sync/compare/reconcile-source.ts";
import type { TableVerdict } from "../../sync/compare/reconcile-table.ts";
import type { CliParts } from "../cli.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { failedCount, noteFailedTables, printFailedTables } from "../output/failed-tables.ts";
import { printRows } from "../output/rows.ts";

const reconcile = async () => (await import("../../operations/reconcile.ts")).reconcile;

interface ReconcileOptions {
  readonly table?: string[];
  readonly exclude?: string[];
  readonly repair?: boolean;
}

export function reconcileCommand({ connectors }: CliParts): Command {
  return new Command("reconcile")
    .description(
      "compare a source with the lake at one cut, row for row; exit code 1 when they differ, else 2 when a table could not be compared",
    )
    .argument("<source[.table]>")
    .option("--table <pattern...>", "only these: exact names or globs, as table or schema.table")
    .option("--exclude <pattern...>", "all but these, written the same way")
    .option("--repair", "change the rows that differ in the lake, and no others")
    .action(async (target: string, options: ReconcileOptions, command: Command) => {
      const [source = "", ...table] = target.split(".");
      const tables = [...(table.length > 0 ? [table.join(".")] : []), ...(options.table ?? [])];
      const input = { source, tables, exclude: options.exclude ?? [], repair: options.repair ?? false };
      const report = await invoke({ command, connectors, operation: reconcile, input });
      if (wantsJson(command)) printJson(report);
      else printReport(report);
      noteFailedTables(report.tables);
      const left = report.tables.filter(({ equal, repaired, error }) => !equal && !repaired && error === undefined);
      if (left.length > 0)
        throw new HeadgateError("TABLES_DIFFER", { place: left.map(({ lakeTable }) => lakeTable).join(", ") });
    });
}

export function printReport(report: ReconcileReport): void {
  printRows(report.tables.map(row));
  for (const table of report.tables) for (const line of examples(table)) process.stdout.write(`${line}\n`);
  printFailedTables(report.tables);
  const equal = report.tables.filter(({ equal: isEqual }) => isEqual).length;
  const mark = equal === report.tables.length ? colors.green("✓") : colors.yellow("!");
  const repaired = report.tables.filter((table) => table.repaired).length;
  const mended = repaired === 0 ? "" : `, ${repaired} repaired in one commit`;
  process.stdout.write(
    `${mark} ${report.source}: ${equal} of ${report.tables.length} tables equal${mended}${failedCount(report.tables)}; ${report.rowsRead.toLocaleString("en")} rows read in ${report.seconds.toFixed(1)} s\n`,
  );
}

function row(table: TableVerdict): Record<string, unknown> {
  return {
    table: table.lakeTable,
    verdict: verdict(table),
    rows: table.error === undefined ? table.rows : undefined,
    "only in source": isDifferent(table) ? table.rowsOnlyInSource : undefined,
    "only in lake": isDifferent(table) ? table.rowsOnlyInLake : undefined,
    how: table.error?.code ?? table.how,
  };
}

function verdict({ equal, repaired, error }: TableVerdict): string {
  if (error !== undefined) return "failed";
  return equal ? "equal" : repaired ? "repaired" : "different";
}

function isDifferent({ equal, error }: TableVerdict): boolean {
  return !equal && error === undefined;
}

function examples({ lakeTable, examples: { onlyInSource, onlyInLake } }: TableVerdict): string[] {
  const lines = (where: string, rows: readonly object[]): string[] =>
    rows.map((values) => `${colors.dim(`${lakeTable} ${where}`)}  ${JSON.stringify(values)}`);
  return [...lines("only in source", onlyInSource), ...lines("only in lake  ", onlyInLake)];
}
