/** The words of the terminal about views. */
import type { CreatedView } from "../../operations/views/view-create.ts";
import type { DroppedView } from "../../operations/views/view-change.ts";
import type { ShownView } from "../../operations/views/views.ts";
import { printRows } from "./rows.ts";
import { count } from "./table.ts";

export function ownerWords(owner: string): string {
  return `it shows what ${owner} may see`;
}

export function createdLine({ view, isNew, version, owner }: CreatedView): string {
  return `${view} ${isNew ? "is made" : `has its version ${version}`}; ${ownerWords(owner)}\n`;
}

export function whatEndsWith({ view, grants, filters, losesAccess, breaks }: DroppedView): readonly string[] {
  const losers = losesAccess.length === 0 ? "" : `; these lose what the grants gave them: ${losesAccess.join(", ")}`;
  return [
    `${view} is removed with all its versions`,
    ...(grants + filters === 0 ? [] : [`${count(grants, "grant")} and ${count(filters, "data filter")} end${losers}`]),
    ...(breaks.length === 0 ? [] : [`views that nobody can read without it: ${breaks.join(", ")}`]),
  ];
}

/** Undefined for somebody who may not know it. */
export function printLineage(lineage: ShownView["lineage"]): void {
  if (lineage === undefined) {
    process.stdout.write("only those who may change the view may know where its columns come from\n");
    return;
  }
  printRows(lineage.columns.map(({ column, from }) => ({ column, "comes from": from.map(nameOf).join(", ") })));
  if (lineage.influences.length > 0)
    process.stdout.write(`which rows there are is decided by ${lineage.influences.map(nameOf).join(", ")}\n`);
}

type NamedColumn = NonNullable<ShownView["lineage"]>["influences"][number];

function nameOf({ table, column, fieldId }: NamedColumn): string {
  return `${table}.${column ?? `(dropped column ${fieldId})`}`;
}
