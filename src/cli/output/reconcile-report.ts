/**
 * Shows the report of a reconcile run on a terminal: a verdict per table, examples of rows that differ, then a line for
 * the whole run.
 */
import type { ReconcileReport } from "../../sync/compare/reconcile-source.ts";
import type { TableVerdict } from "../../sync/compare/reconcile-table.ts";
import { failedCount, printFailedTables } from "./failed-tables.ts";
import { printRows } from "./rows.ts";
import { colors } from "./terminal.ts";

export function printReconcileReport(report: ReconcileReport): void {
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

function examples({ lakeTable, examples: rows = { onlyInSource: [], onlyInLake: [] } }: TableVerdict): string[] {
  const lines = (where: string, found: readonly object[]): string[] =>
    found.map((values) => `${colors.dim(`${lakeTable} ${where}`)}  ${JSON.stringify(values)}`);
  return [...lines("only in source", rows.onlyInSource), ...lines("only in lake  ", rows.onlyInLake)];
}
