/** Shows the result of an import to people. */
import type { Imported } from "../../ingest/import/import-table.ts";
import { printRecord } from "./record.ts";

export function printImported({ table, commit, files, rows, addedColumns, notes }: Imported): void {
  if (commit === null) return void process.stdout.write(`${table} has every file already\n`);
  printRecord({
    table,
    files,
    rows,
    commit,
    "new columns": addedColumns.length === 0 ? undefined : addedColumns.join(", "),
  });
  for (const note of notes) process.stdout.write(`- ${note}\n`);
}
