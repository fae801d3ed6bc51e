/** One line about what schedules did. */
import { colorsOf } from "./terminal.ts";
import type { DueOutcome } from "../../jobs/run-due.ts";
import { escapeControls } from "./display-text.ts";

export function printDueRun(run: DueOutcome, stream: NodeJS.WriteStream = process.stdout): void {
  const colors = colorsOf(stream);
  const mark = { done: colors.green("✓"), "done with failures": colors.yellow("!"), failed: colors.red("✗") }[
    run.outcome
  ];
  const source = run.source ?? "the whole lake";
  stream.write(`${mark} ${run.schedules.join(", ")}: ${source}, ${outcome(run)}\n`);
  for (const { sourceTable, error } of run.failed)
    stream.write(
      `${colors.red("✗")} ${source}: ${escapeControls(`${sourceTable}: ${error.message}; ${error.remedy}`)}\n`,
    );
}

function outcome({ summary, error }: DueOutcome): string {
  if (error === undefined) return summary;
  return `${error.message}${error.place === undefined ? "" : ` (${error.place})`}; ${error.remedy}`;
}
