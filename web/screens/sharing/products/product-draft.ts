/** A product as the fields of its form have it, and the part of it that a change sends: only what differs. */
import type { ProductAddInput, ProductSetInput, ProductShowAnswer } from "../../../../src/client/api-client.ts";

export interface ProductDraft {
  readonly name: string;
  readonly description: string;
  /** One in a line, as are owners, stewards and questions. */
  readonly on: string;
  readonly owners: string;
  readonly stewards: string;
  readonly dataOwner: string;
  readonly dataOwnerName: string;
  readonly questions: string;
  readonly terms: string;
  readonly defaultDays: string;
  readonly longestDays: string;
  readonly freshness: string;
}

export function draftOf(product: ProductShowAnswer | undefined): ProductDraft {
  return {
    name: product?.name.split(".").at(-1) ?? "",
    description: product?.description ?? "",
    on: "",
    owners: linesOf(product?.owners),
    stewards: linesOf(product?.stewards),
    dataOwner: product?.dataOwner ?? "",
    dataOwnerName: product?.dataOwnerName ?? "",
    questions: linesOf(product?.questions),
    terms: product?.terms?.text ?? "",
    defaultDays: textOf(product?.defaultDays),
    longestDays: textOf(product?.longestDays),
    freshness: product?.freshness.promised ?? "",
  };
}

export function addInputOf(draft: ProductDraft): ProductAddInput {
  const { owners, stewards, ...settings } = settingsOf(draft);
  return {
    ...settings,
    name: draft.name.trim(),
    on: namesIn(draft.on),
    ...(owners.length === 0 ? {} : { owners }),
    ...(stewards.length === 0 ? {} : { stewards }),
  };
}

/** Undefined if nothing differs. */
export function setInputOf(product: ProductShowAnswer, draft: ProductDraft): ProductSetInput | undefined {
  const [before, after] = [draftOf(product), draft];
  const wanted = { ...settingsOf(after), name: after.name.trim() };
  const changed = Object.entries(wanted).filter(([key]) => isDraftKey(key) && before[key] !== after[key]);
  return changed.length === 0 ? undefined : { product: product.name, ...Object.fromEntries(changed) };
}

function isDraftKey(key: string): key is keyof ProductDraft {
  return key in empty;
}

const empty = draftOf(undefined);

function settingsOf(draft: ProductDraft) {
  const { description, dataOwner, dataOwnerName, terms, freshness } = draft;
  return {
    description: description.trim(),
    dataOwner: dataOwner.trim(),
    dataOwnerName: dataOwnerName.trim(),
    owners: namesIn(draft.owners),
    stewards: namesIn(draft.stewards),
    questions: linesIn(draft.questions),
    terms: terms.trim(),
    defaultDays: daysOf(draft.defaultDays),
    longestDays: daysOf(draft.longestDays),
    freshness: freshness.trim() === "" ? null : freshness.trim(),
  };
}

function linesOf(texts: readonly string[] = []): string {
  return texts.join("\n");
}

function textOf(days: number | null | undefined): string {
  return days === null || days === undefined ? "" : String(days);
}

function daysOf(text: string): number | null {
  return text.trim() === "" ? null : Number(text);
}

function linesIn(text: string): readonly string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

/** Names stand in lines of their own, or with commas between them. */
function namesIn(text: string): readonly string[] {
  return linesIn(text.replaceAll(",", "\n"));
}
