/** The words of `headgate maintain`: keep tables small and fast. */
import { Command } from "commander";
import type { TableUpkeep } from "../../sync/maintenance/maintain-tables.ts";
import type { CliParts } from "../cli.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { printRows } from "../output/rows.ts";

export function maintainCommand({ connectors }: CliParts): Command {
  return new Command("maintain")
    .description("gather small files, write worn ones anew, let old snapshots and stray files go; no row changes")
    .argument("[database.table...]", "all tables of all sources without any; registered ones when named")
    .option("--plan", "only say what would be done, and why")
    .action(async (tables: readonly string[], { plan = false }: { plan?: boolean }, command: Command) => {
      const operation = async () => (await import("../../operations/maintain.ts")).maintain;
      const result = await invoke({ command, connectors, operation, input: { tables: [...tables], plan } });
      const found = result.runs.flatMap((run) => run.tables);
      if (wantsJson(command)) printJson(result);
      else printRows(found.map((table) => row(table, plan)));
      if (found.some(({ error }) => error !== undefined)) process.exitCode = 1;
    });
}

function row(table: TableUpkeep, isPlan: boolean): Record<string, unknown> {
  const bytes = table.rewrites.reduce((sum, rewrite) => sum + rewrite.bytes, 0);
  return {
    table: table.table,
    files: table.files,
    "delete files": table.deleteFiles,
    snapshots: table.snapshots,
    [isPlan ? "would rewrite" : "rewritten"]: table.rewrites.reduce((sum, rewrite) => sum + rewrite.files, 0),
    MB: Math.round(bytes / 104_857.6) / 10,
    [isPlan ? "would expire" : "expired"]: table.expiredSnapshots,
    strays: table.orphans,
    why: table.error === undefined ? reasons(table) : `${table.error.code}: ${table.error.message}`,
  };
}

function reasons({ rewrites, postponedBytes }: TableUpkeep): string {
  const [first, ...more] = rewrites.map(({ why }) => why);
  const others = more.length === 0 ? "" : ` and ${more.length} more`;
  const later = postponedBytes === 0 ? "" : `; ${Math.round(postponedBytes / 1_048_576)} MB the next time`;
  return first === undefined ? "" : `${first}${others}${later}`;
}
