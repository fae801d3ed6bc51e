import { Command } from "commander";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { printRows } from "../output/rows.ts";

const tableHistory = async () => (await import("../../operations/tables.ts")).tableHistory;

/** `headgate history`: the states a table went through, each of which can be read again. */
export function historyCommand({ connectors }: CliParts): Command {
  return new Command("history")
    .description("list the states of a table, newest first")
    .argument("<table>", "table, or database.table")
    .action(async (table: string, _options: object, command: Command) => {
      const history = await invoke({ command, connectors, operation: tableHistory, input: { table } });
      if (wantsJson(command)) return printJson(history);
      printRows(
        history.snapshots.map(({ snapshotId, committedAt, operation, rows, addedFiles, removedFiles, run }) => ({
          committed: committedAt,
          snapshot: snapshotId,
          operation,
          rows,
          "+ files": addedFiles,
          "− files": removedFiles,
          run,
        })),
        process.stdout,
        { whole: ["snapshot", "run"] },
      );
    });
}
