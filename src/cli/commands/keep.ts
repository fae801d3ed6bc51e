/** The words of `headgate keep`: what stays of rows that the source changes or deletes. */
import { Command, Option } from "commander";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { sourceTable } from "../source-table.ts";

const tableKeep = async () => (await import("../../operations/keep.ts")).tableKeep;

interface KeepOptions {
  readonly deleted?: "yes" | "no";
  readonly history?: "yes" | "no";
}

export function keepCommand({ connectors }: CliParts): Command {
  return new Command("keep")
    .description("keep rows that the source deletes, or a history of changes; without an option, show what is kept")
    .argument("<source.table>")
    .addOption(new Option("--deleted <answer>", "deleted rows stay, marked in _deleted_at").choices(["yes", "no"]))
    .addOption(new Option("--history <answer>", "changes are kept in <table>__history").choices(["yes", "no"]))
    .action(async (target: string, options: KeepOptions, command: Command) => {
      const input = {
        ...sourceTable(target),
        deleted: options.deleted && options.deleted === "yes",
        history: options.history && options.history === "yes",
      };
      const kept = await invoke({ command, connectors, operation: tableKeep, input });
      if (wantsJson(command)) return printJson(kept);
      const deleted = kept.deleted ? "kept, marked in _deleted_at" : "removed";
      const history = kept.history ? "kept beside it, in a table named __history after it" : "not kept";
      process.stdout.write(`${kept.table}: deleted rows are ${deleted}; changes are ${history}\n`);
    });
}
