/**
 * Tags as people write them: `domain=sales sensitivity=public,internal` for whatever has all of these keys with one of the
 * values of each, and `… or …` for several such alternatives.
 * Invariant: reading a written expression gives the same one.
 */
import { createHash } from "node:crypto";
import { HeadgateError } from "../errors.ts";
import type { Alternatives, TagPolicy, TagTerm } from "./tag-policy.ts";

export interface NamedTerm {
  readonly key: string;
  readonly values: readonly string[];
}

export const tagNamePattern = /^[a-z0-9][a-z0-9_.:@/+-]{0,127}$/;

export const tagNameRule =
  "a name of a tag has lower-case letters, digits and _ . : @ / + -, begins with a letter or a digit, and has at most 128 characters";

/** One `key=value` or `key=value,value` per word. Throws USAGE. */
export function parseTerm(word: string): NamedTerm {
  const [, key = "", list = ""] = /^([^=]*)=(.*)$/s.exec(word) ?? [];
  const values = [...new Set(list.split(",").filter((value) => value !== ""))];
  if (tagNamePattern.test(key) && values.length > 0 && values.every((value) => tagNamePattern.test(value)))
    return { key, values };
  throw new HeadgateError("USAGE", {
    place: word,
    message: `this is not a tag; ${tagNameRule}`,
    remedy: "write key=value, or key=value,value: sensitivity=public,internal",
  });
}

/** Throws USAGE, also for a key that is named twice in an alternative. */
export function parseAlternatives(text: string): readonly (readonly NamedTerm[])[] {
  const words = text.split(/\s+/).filter((word) => word !== "");
  const alternatives: NamedTerm[][] = [[]];
  for (const word of words)
    if (word.toLowerCase() === "or") alternatives.push([]);
    else alternatives.at(-1)?.push(parseTerm(word));
  if (alternatives.some((terms) => terms.length === 0))
    throw new HeadgateError("USAGE", {
      place: text,
      message: "an expression names at least one tag, and at least one on each side of an or",
      remedy: "write for example: domain=sales sensitivity=public,internal or domain=shared",
    });
  for (const terms of alternatives) checkOnce(terms);
  return alternatives;
}

function checkOnce(terms: readonly NamedTerm[]): void {
  const twice = terms.find(({ key }, index) => terms.findIndex((term) => term.key === key) !== index);
  if (twice === undefined) return;
  throw new HeadgateError("USAGE", {
    place: twice.key,
    message: `the key ${twice.key} is named twice`,
    remedy: `write all its values together, as ${twice.key}=one,other: a thing needs one of them`,
  });
}

/** In one order, so that expressions that say the same are equal. */
export function inOrder(alternatives: Alternatives): Alternatives {
  const terms = (alternative: readonly TagTerm[]): readonly TagTerm[] =>
    alternative
      .map(({ keyId, valueIds }) => ({ keyId, valueIds: [...new Set(valueIds)].toSorted() }))
      .toSorted((one, other) => (one.keyId < other.keyId ? -1 : 1));
  const texts = new Map(alternatives.map((alternative) => [JSON.stringify(terms(alternative)), terms(alternative)]));
  return [...texts].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, alternative]) => alternative);
}

/** The id of an expression that is written in a grant follows from what it says. */
export function writtenExpressionId(accountId: string, alternatives: Alternatives): string {
  const hex = createHash("sha256")
    .update(`${accountId} ${JSON.stringify(inOrder(alternatives))}`)
    .digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

type Names = Pick<TagPolicy, "keys" | "values">;

export function alternativesText(tags: Names, alternatives: Alternatives): string {
  const texts = alternatives.map((terms) =>
    terms
      .map((term) => termText(tags, term))
      .toSorted()
      .join(" "),
  );
  return texts.toSorted().join(" or ");
}

export function termText({ keys, values }: Names, { keyId, valueIds }: TagTerm): string {
  const names = valueIds.map((id) => values.get(id)?.name ?? "removed").toSorted();
  return `${keys.get(keyId)?.name ?? "removed"}=${names.join(",")}`;
}
