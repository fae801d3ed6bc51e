/** Changes that make the glossary of the account in which the caller acts as declared. */
import { HeadgateError } from "../../errors.ts";
import { attachments, putTerm, removeTerm, termsOf } from "../../stewardship/glossary.ts";
import type { AccessChange } from "../access/access-change.ts";
import { checkMay, ofAnother, type AccessWork } from "../access/access-work.ts";
import { placed } from "../placed.ts";
import { labelOfThings } from "../stewardship/attached-labels.ts";
import type { DeclaredGlossary } from "./declared-descriptions.ts";
import type { PlaceOf } from "./read-declaration.ts";
import { changed } from "./step.ts";

/** Throws NOT_ALLOWED, and DECLARATION_INVALID for a term that a command has made. */
export async function changeGlossary(
  work: AccessWork,
  glossary: DeclaredGlossary,
  placeOf: PlaceOf,
): Promise<readonly AccessChange[]> {
  const changes: AccessChange[] = [];
  for (const [name, definition] of Object.entries(glossary))
    changes.push(...(await placed(placeOf(["glossary", name]), () => makeTerm(work, { name, definition }))));
  return changes;
}

interface WantedTerm {
  readonly name: string;
  readonly definition: string;
}

async function makeTerm(work: AccessWork, { name, definition }: WantedTerm): Promise<readonly AccessChange[]> {
  const { transaction, origin, by } = work;
  const accountId = accountOf(work);
  const had = (await termsOf(transaction, accountId)).find((term) => term.name.toLowerCase() === name.toLowerCase());
  if (had !== undefined && had.origin !== origin) throw ofAnother(`the term ${had.name}`, had.origin);
  const made = await putTerm(transaction, { accountId, name, definition }, { by, origin });
  if (made === "unchanged") return [];
  checkMay(work, "annotate", { kind: "account", id: accountId });
  const details = changed("definition", had?.definition ?? "", definition);
  return [termChange(name, made === "added" ? "add" : "change", { details })];
}

/** After everything that is declared is said, so that only what nothing declared refers to is removed. */
export async function removeTerms(
  work: AccessWork,
  glossary: DeclaredGlossary,
  at: string,
): Promise<readonly AccessChange[]> {
  const { transaction, origin, asking, lookup } = work;
  if (asking.accountId === undefined) return [];
  const declared = new Set(Object.keys(glossary).map((name) => name.toLowerCase()));
  const going = (await termsOf(transaction, asking.accountId)).filter(
    (term) => term.origin === origin && !declared.has(term.name.toLowerCase()),
  );
  const changes: AccessChange[] = [];
  for (const { id, name } of going) {
    const labelOf = await labelOfThings(lookup, asking);
    const attached = await attachments(transaction, { termId: id });
    const labels = await Promise.all(attached.map(({ on }) => labelOf(on)));
    await placed(at, async () => checkMay(work, "annotate", { kind: "account", id: accountOf(work) }));
    await removeTerm(transaction, id);
    const falls = labels.filter((label) => label !== undefined).map((label) => `the term on ${label}`);
    changes.push(termChange(name, "remove", { falls }));
  }
  return changes;
}

function accountOf({ asking: { accountId } }: AccessWork): string {
  if (accountId === undefined) throw new HeadgateError("ACCOUNT_NOT_FOUND", { place: "the account of the glossary" });
  return accountId;
}

function termChange(
  name: string,
  change: AccessChange["change"],
  { details = [], falls = [] }: Partial<Pick<AccessChange, "details" | "falls">>,
): AccessChange {
  return { what: "term", name, change, details, falls, about: [] };
}
