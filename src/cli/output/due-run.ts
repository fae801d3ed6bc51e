/** One line about what schedules did. */
import { colorsOf } from "./terminal.ts";
import { failedTables, type DueRun } from "../../operations/run-due.ts";
import { escapeControls } from "./display-text.ts";

export function printDueRun(run: DueRun, stream: NodeJS.WriteStream = process.stdout): void {
  const colors = colorsOf(stream);
  const mark = { done: colors.green("✓"), "done with failures": colors.yellow("!"), failed: colors.red("✗") }[
    run.outcome
  ];
  stream.write(`${mark} ${run.schedules.join(", ")}: ${run.source}, ${outcome(run)}\n`);
  for (const { sourceTable, error } of failedTables(run))
    stream.write(
      `${colors.red("✗")} ${run.source}: ${escapeControls(`${sourceTable}: ${error.message}; ${error.remedy}`)}\n`,
    );
}

function outcome({ sync, reconcile, upkeep, ledger, error }: DueRun): string {
  if (error !== undefined)
    return `${error.message}${error.place === undefined ? "" : ` (${error.place})`}; ${error.remedy}`;
  const changed = sync?.tables.filter((table) => ["created", "merged", "reloaded"].includes(table.outcome)).length ?? 0;
  const differ = reconcile?.tables.filter((table) => !table.equal && table.error === undefined).length ?? 0;
  return [
    ...(sync === undefined ? [] : [`${changed} of ${sync.tables.length} tables changed, ${sync.rowsRead} rows read`]),
    ...(reconcile === undefined ? [] : [`${differ} of ${reconcile.tables.length} tables differed`]),
    ...(upkeep === undefined ? [] : [`${upkeep.tables.length} tables kept up`]),
    ...(ledger === undefined || ledger.runs === 0 ? [] : [`${ledger.runs} old runs let go`]),
  ].join("; ");
}
