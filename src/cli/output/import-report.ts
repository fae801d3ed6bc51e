/** Shows the result of an import to people. */
import type { ImportAnswer } from "../../operations/import.ts";
import { earlierGrantsLine } from "./earlier-grants.ts";
import { printRecord } from "./record.ts";

type Imported = NonNullable<ImportAnswer["imported"]>;

export function printImported({ table, commit, files, rows, addedColumns, notes, earlierGrants }: Imported): void {
  if (commit === null) return void process.stdout.write(`${table} has every file already\n`);
  printRecord({
    table,
    files,
    rows,
    commit,
    "new columns": addedColumns.length === 0 ? undefined : addedColumns.join(", "),
  });
  for (const note of notes) process.stdout.write(`- ${note}\n`);
  if (earlierGrants !== undefined) process.stdout.write(`- ${earlierGrantsLine(table, earlierGrants)}\n`);
}
