/** Tables that failed while others succeeded: why, and what to do about it. */
import type { PresentedError } from "../../base/present-error.ts";
import { escapeControls } from "./display-text.ts";
import { colors } from "./terminal.ts";

interface Failable {
  /** `database.table` in the lake. */
  readonly lakeTable: string;
  readonly error?: PresentedError | undefined;
}

/** The exit code of a command that did its work except for some tables. */
const doneWithFailures = 2;

/** Does nothing if no table failed; otherwise sets exit code 2. */
export function noteFailedTables(tables: readonly Pick<Failable, "error">[]): void {
  if (tables.some(({ error }) => error !== undefined)) process.exitCode = doneWithFailures;
}

export function printFailedTables(tables: readonly Failable[]): void {
  for (const { lakeTable, error } of tables) {
    if (error === undefined) continue;
    const { code, message, remedy } = error;
    process.stdout.write(
      `${colors.red("✗")} ${escapeControls(lakeTable)}: ${escapeControls(message)} ${colors.dim(code)}\n${colors.dim("  remedy  ")}${escapeControls(remedy)}\n`,
    );
  }
}

/** For the last line; empty if no table failed. */
export function failedCount(tables: readonly Failable[]): string {
  const failed = tables.filter(({ error }) => error !== undefined).length;
  if (failed === 0) return "";
  return failed === 1 ? "; 1 table failed" : `; ${failed} tables failed`;
}
