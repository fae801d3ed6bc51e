/** `headgate maintain`: keeps tables small and fast. */
import { Command } from "commander";
import type { Maintained } from "../../operations/maintain.ts";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { noteFailedTables } from "../output/failed-tables.ts";
import { printUpkeep } from "../output/upkeep-report.ts";

interface MaintainOptions {
  readonly exclude?: string[];
  readonly plan?: boolean;
}

export function maintainCommand({ connectors }: CliParts): Command {
  return new Command("maintain")
    .description(
      "combine small files, rewrite files with many deleted rows, and remove old snapshots, stray files and old run history; no row changes",
    )
    .argument(
      "[table...]",
      "database.table; without a name, all tables that Headgate made (tables of other writers are maintained only when named)",
    )
    .option("--exclude <pattern...>", "all tables except these: exact names or globs, as table or database.table")
    .option("--plan", "only show what would be done, and why")
    .action(async (tables: readonly string[], options: MaintainOptions, command: Command) => {
      const { exclude = [], plan = false } = options;
      const operation = async () => (await import("../../operations/maintain.ts")).maintain;
      const result = await invoke({ command, connectors, operation, input: { tables: [...tables], exclude, plan } });
      const found = result.runs.flatMap((run) => run.tables);
      if (wantsJson(command)) printJson(result);
      else {
        printUpkeep(found, plan);
        printLedger(result.ledger, plan);
      }
      noteFailedTables(found);
    });
}

function printLedger({ runs, commits, auditEvents }: Maintained["ledger"], isPlan: boolean): void {
  const verb = isPlan ? "would go" : "gone";
  if (runs + commits > 0)
    process.stdout.write(
      `ledger: ${runs.toLocaleString("en")} old runs and ${commits.toLocaleString("en")} commits ${verb}\n`,
    );
  if (auditEvents > 0)
    process.stdout.write(`audit log: ${auditEvents.toLocaleString("en")} events of old months ${verb}\n`);
}
