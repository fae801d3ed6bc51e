/**
 * Shows the report of a sync run on a terminal: a line per table, then remarks and failures, then a line for the whole
 * run.
 */
import type { SyncReport, TableReport } from "../../sync/run/sync-report.ts";
import { earlierGrantsLine } from "./earlier-grants.ts";
import { printPersonalData } from "./personal-data.ts";
import { failedCount, printFailedTables } from "./failed-tables.ts";
import { printRows } from "./rows.ts";
import { count } from "./table.ts";
import { colors } from "./terminal.ts";

export function printSyncReport(report: SyncReport): void {
  printRows(report.tables.map(row));
  for (const table of report.tables)
    for (const line of remarks(table)) process.stdout.write(`${colors.yellow("!")} ${table.lakeTable}: ${line}\n`);
  printFailedTables(report.tables);
  for (const warning of report.warnings) process.stdout.write(`${colors.yellow("!")} ${warning}\n`);
  printPersonalData(report.personalData);
  const changed = report.tables.filter(({ outcome }) => isChange(outcome)).length;
  const kept = report.splitsKept > 0 ? `, ${report.splitsKept} splits kept from an interrupted run` : "";
  const outcome =
    report.commit === null ? "nothing changed: no commit, no file" : `${changedText(changed)} in one commit`;
  const failed = failedCount(report.tables);
  const mark = failed === "" ? colors.green("✓") : colors.yellow("!");
  process.stdout.write(
    `${mark} ${report.source}: ${outcome}${failed}; ${report.rowsRead.toLocaleString("en")} rows read in ${report.seconds.toFixed(1)} s${kept}\n`,
  );
}

/** A commit without changed rows begins a history, for example. */
function changedText(tables: number): string {
  return tables === 0 ? "settings changed, no rows," : `${count(tables, "table")} changed`;
}

const untouched: ReadonlySet<TableReport["outcome"]> = new Set(["unchanged", "gone", "waiting", "paused", "failed"]);

export function isChange(outcome: TableReport["outcome"]): boolean {
  return !untouched.has(outcome);
}

function isLookedAt({ outcome }: TableReport): boolean {
  return outcome === "unchanged" || isChange(outcome);
}

function row(table: TableReport): Record<string, unknown> {
  return {
    table: table.lakeTable || table.sourceTable,
    mode: isLookedAt(table) ? table.mode : undefined,
    outcome: table.outcome,
    rows: table.outcome === "failed" ? undefined : table.rows,
    "+ rows": table.rowsAdded,
    "− rows": table.rowsRemoved,
    updated: table.rowsUpdated,
    files: table.outcome === "failed" ? undefined : table.files,
    MB: table.outcome === "failed" ? undefined : Math.round(table.bytes / 104_857.6) / 10,
    why: [table.error?.code ?? table.reason, ...table.schemaChanges].join("; "),
  };
}

function remarks(table: TableReport): string[] {
  return [
    ...table.inexact.map(({ column, what, count: times }) => `${column}: ${times.toLocaleString("en")} × ${what}`),
    ...table.cautions,
    ...(table.earlierGrants === undefined ? [] : [earlierGrantsLine(table.lakeTable, table.earlierGrants)]),
  ];
}
