/**
 * Makes what is said of one database or one table as a document says it, in the caller's transaction, and tells each
 * change in words. It does not ask whether the caller may.
 */
import type { Kysely } from "kysely";
import type { Tables } from "../../db/tables.ts";
import { attachTerm, detachTerm, findTerm } from "../../stewardship/glossary.ts";
import { setMark } from "../../stewardship/marks.ts";
import { setParameters, type Author, type ChangedParameter, type Described } from "../../stewardship/parameters.ts";
import type { Said } from "../../stewardship/said-of.ts";
import type { ThingDocument } from "./thing-document.ts";

export interface WantedSaid {
  readonly thing: Described;
  readonly said: Said;
  readonly document: Pick<ThingDocument, "parameters" | "terms" | "mark">;
  /** By field id: the column's name, and what is to be said of it. Columns that are left out get nothing. */
  readonly columns: ReadonlyMap<number, { readonly name: string } & Pick<ThingDocument, "parameters" | "terms">>;
  /** The names of all columns that anything is said of now. */
  nameOf(fieldId: number): string;
  /** The account whose glossary is meant. */
  readonly accountId: string;
  /** The successor's id, if the mark names one. */
  readonly successorId: string | undefined;
}

export interface SaidChanges {
  /** In words: `email: pii_flag none → true`. */
  readonly details: readonly string[];
  readonly parameters: readonly ChangedParameter[];
}

/** Throws TERM_NOT_FOUND, USAGE. */
export async function changeSaid(
  transaction: Kysely<Tables>,
  wanted: WantedSaid,
  author: Author,
): Promise<SaidChanges> {
  const { thing, columns, document } = wanted;
  const levels = [
    { fieldId: undefined, content: document },
    ...[...columns].map(([fieldId, content]) => ({ fieldId, content })),
  ];
  const keys = levels.flatMap(({ fieldId, content }) => wantedParameters({ ...thing, fieldId }, content.parameters));
  const parameters = await setParameters(transaction, [...leftOut(wanted), ...keys], author);
  const terms = await changeTerms(transaction, wanted, author);
  const mark = await changeMark(transaction, wanted, author);
  return { parameters, details: [...parameters.map((one) => parameterText(wanted, one)), ...terms, ...mark] };
}

function wantedParameters(on: Described, parameters: Readonly<Record<string, string>>) {
  return Object.entries(parameters).map(([key, value]) => ({ on, key, value }));
}

/** The parameters that there are and the document does not have. */
function leftOut({ said, document, columns }: WantedSaid) {
  return said.parameters.flatMap(({ on, key }) => {
    const content = on.fieldId === undefined ? document : columns.get(on.fieldId);
    const isKept = content !== undefined && Object.hasOwn(content.parameters, key);
    return isKept ? [] : [{ on, key, value: undefined }];
  });
}

function parameterText(wanted: WantedSaid, { on, key, before, value }: ChangedParameter): string {
  const at = on.fieldId === undefined ? "" : `${wanted.nameOf(on.fieldId)}: `;
  return `${at}${key} ${before ?? "none"} → ${value ?? "none"}`;
}

async function changeTerms(
  transaction: Kysely<Tables>,
  wanted: WantedSaid,
  author: Author,
): Promise<readonly string[]> {
  const { thing, said, document, columns, accountId } = wanted;
  const details: string[] = [];
  const asked = [
    { fieldId: undefined, terms: document.terms },
    ...[...columns].map(([fieldId, { terms }]) => ({ fieldId, terms })),
  ];
  const kept = new Set<string>();
  for (const { fieldId, terms } of asked)
    for (const name of terms) {
      const had = said.attachments.find(({ term, on }) => on.fieldId === fieldId && term.name === name);
      const term = had?.term ?? (await findTerm(transaction, accountId, name));
      kept.add(`${term.id} ${fieldId ?? ""}`);
      if (await attachTerm(transaction, { termId: term.id, on: { ...thing, fieldId } }, author))
        details.push(termText(wanted, fieldId, `term ${term.name} attached`));
    }
  for (const { term, on } of said.attachments) {
    if (kept.has(`${term.id} ${on.fieldId ?? ""}`)) continue;
    if (await detachTerm(transaction, { termId: term.id, on }))
      details.push(termText(wanted, on.fieldId, `term ${term.name} detached`));
  }
  return details;
}

function termText({ nameOf }: WantedSaid, fieldId: number | undefined, text: string): string {
  return fieldId === undefined ? text : `${nameOf(fieldId)}: ${text}`;
}

async function changeMark(
  transaction: Kysely<Tables>,
  { thing, said, document: { mark }, successorId }: WantedSaid,
  author: Author,
): Promise<readonly string[]> {
  if (thing.kind !== "table") return [];
  const wanted = mark && { mark: mark.mark, reason: mark.reason, successorId };
  const isChanged = await setMark(transaction, { tableId: thing.id, mark: wanted }, author);
  return isChanged ? [`mark ${said.mark?.mark ?? "none"} → ${mark?.mark ?? "none"}`] : [];
}
