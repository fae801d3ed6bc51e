/** Shows on a terminal what maintenance did or would do, one line per table. */
import type { TableUpkeep } from "../../maintenance/maintain-tables.ts";
import { printRows } from "./rows.ts";

export function printUpkeep(tables: readonly TableUpkeep[], isPlan = false): void {
  printRows(tables.map((table) => row(table, isPlan)));
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
    [isPlan ? "would forget" : "forgotten"]: table.forgottenStates,
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
