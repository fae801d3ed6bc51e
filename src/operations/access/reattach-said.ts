/**
 * Says of a table and its columns again what was said of the dropped table of its name: parameters and terms, within the
 * transaction that makes its grants again. Marks and stewards are not made again: they are what people think, and rights.
 * Invariant: whatever is said of the table already stays as it is.
 */
import type { Kysely } from "kysely";
import { z } from "zod";
import type { CatalogTable } from "../../catalog/catalog.ts";
import type { Tables } from "../../db/tables.ts";
import type { ClosedTable } from "../../governance/closed-tables.ts";
import { attachments, attachTerm } from "../../stewardship/glossary.ts";
import { parametersOf, setParameters, type Described } from "../../stewardship/parameters.ts";
import { columnNow } from "./column-now.ts";

export const reattachedText = z.strictObject({
  what: z.string().describe("The key of a parameter, or `term` and the name of a term."),
  column: z.string().nullable().describe("Null for the table itself."),
  isNew: z.boolean(),
});

type ReattachedText = z.infer<typeof reattachedText>;

interface Work {
  readonly transaction: Kysely<Tables>;
  readonly table: CatalogTable;
  readonly closed: ClosedTable;
  readonly by: string | null;
}

export interface SaidAgain {
  readonly made: readonly ReattachedText[];
  readonly skipped: readonly { readonly what: string; readonly why: string }[];
}

export async function reattachSaid(work: Work): Promise<SaidAgain> {
  const outcomes = [...(await parametersAgain(work)), ...(await termsAgain(work))];
  return {
    made: outcomes.flatMap((one) => ("what" in one ? [one] : [])),
    skipped: outcomes.flatMap((one) => ("left" in one ? [{ what: one.left, why: one.why }] : [])),
  };
}

type Outcome = ReattachedText | { readonly left: string; readonly why: string };

interface Place {
  readonly on: Described;
  readonly column: string | null;
}

/** Undefined if the column no longer exists. */
function placeNow({ table, closed }: Work, { fieldId }: Described): Place | undefined {
  if (fieldId === undefined) return { on: { kind: "table", id: table.id }, column: null };
  const field = columnNow(table, closed, fieldId);
  return field && { on: { kind: "table", id: table.id, fieldId: field.id }, column: field.name };
}

async function parametersAgain(work: Work): Promise<readonly Outcome[]> {
  const { transaction, table, closed, by } = work;
  const present = await parametersOf(transaction, [table.id]);
  const outcomes: Outcome[] = [];
  for (const { on: was, key, value, origin } of await parametersOf(transaction, [closed.tableId])) {
    const place = placeNow(work, was);
    if (place === undefined) outcomes.push({ left: key, why: "its column no longer exists" });
    if (place === undefined) continue;
    const { on, column } = place;
    const had = present.find((one) => one.key === key && one.on.fieldId === on.fieldId);
    if (had !== undefined && had.value !== value)
      outcomes.push({ left: labelOf(key, column), why: "something else is said now" });
    else {
      if (had === undefined) await setParameters(transaction, [{ on, key, value }], { by, origin });
      outcomes.push({ what: key, column, isNew: had === undefined });
    }
  }
  return outcomes;
}

async function termsAgain(work: Work): Promise<readonly Outcome[]> {
  const { transaction, closed, by } = work;
  const outcomes: Outcome[] = [];
  for (const { term, on: was, origin } of await attachments(transaction, { ids: [closed.tableId] })) {
    const place = placeNow(work, was);
    const what = `term ${term.name}`;
    if (place === undefined) outcomes.push({ left: what, why: "its column no longer exists" });
    else {
      const isNew = await attachTerm(transaction, { termId: term.id, on: place.on }, { by, origin });
      outcomes.push({ what, column: place.column, isNew });
    }
  }
  return outcomes;
}

function labelOf(what: string, column: string | null): string {
  return column === null ? what : `${what} of the column ${column}`;
}

/** How many texts there are to say again. */
export async function saidBefore(db: Kysely<Tables>, { tableId }: Pick<ClosedTable, "tableId">): Promise<number> {
  const [parameters, terms] = await Promise.all([parametersOf(db, [tableId]), attachments(db, { ids: [tableId] })]);
  return parameters.length + terms.length;
}
