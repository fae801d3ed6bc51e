/**
 * Tag keys, values and expressions as people name them, in one account.
 * Invariant: somebody who may not know of a tag gets the same answer as if there were none of the name.
 */
import { closest } from "../../base/closest.ts";
import { HeadgateError } from "../../errors.ts";
import { isOwner, type Asking } from "../../governance/asking.ts";
import { decideFor } from "../../governance/decide.ts";
import type { Securable, SecurableTag } from "../../governance/securable.ts";
import {
  valuesOf,
  type Alternatives,
  type TagExpression,
  type TagKey,
  type TagValue,
} from "../../governance/tag-policy.ts";
import { parseAlternatives, type NamedTerm } from "../../governance/tag-text.ts";
import { knowsAll } from "../scope.ts";

export function securableKey({ id, accountId }: TagKey): SecurableTag & { readonly kind: "tag" } {
  return { kind: "tag", id, accountId };
}

export function securableValue(key: TagKey, { id }: Pick<TagValue, "id">): SecurableTag {
  return { kind: "tag-value", id, keyId: key.id, accountId: key.accountId };
}

export function securableExpression({ id, accountId, alternatives }: TagExpression): SecurableTag {
  return { kind: "expression", id, accountId, alternatives };
}

/** Whoever may know one of its values knows the key. */
export function mayKnowKey(asking: Asking, key: TagKey): boolean {
  if (mayKnow(asking, securableKey(key))) return true;
  return valuesOf(asking.policy.tags, key.id).some((value) => mayKnow(asking, securableValue(key, value)));
}

export function mayKnowValue(asking: Asking, key: TagKey, value: Pick<TagValue, "id">): boolean {
  return mayKnow(asking, securableValue(key, value));
}

export function mayKnow(asking: Asking, place: Securable): boolean {
  return isOwner(asking) || knowsAll(asking) || decideFor(asking, "watch", place).allowed;
}

/** Throws TAG_NOT_FOUND. */
export function findKey(asking: Asking, accountId: string | undefined, name: string): TagKey {
  const known = [...asking.policy.tags.keys.values()].filter(
    (key) => key.accountId === accountId && mayKnowKey(asking, key),
  );
  return named(known, { name, label: `tag ${name}`, what: "key" });
}

/** Throws TAG_NOT_FOUND. */
export function findValue(asking: Asking, key: TagKey, name: string): TagValue {
  const known = valuesOf(asking.policy.tags, key.id).filter((value) => mayKnowValue(asking, key, value));
  return named(known, { name, label: `tag ${key.name}=${name}`, what: "value" });
}

interface Missing {
  readonly name: string;
  readonly label: string;
  readonly what: "key" | "value";
}

function named<T extends { readonly name: string }>(known: readonly T[], { name, label, what }: Missing): T {
  const found = known.find((one) => one.name === name);
  if (found !== undefined) return found;
  const names = known.map((one) => one.name);
  const meant = closest(name, names);
  throw new HeadgateError("TAG_NOT_FOUND", {
    place: label,
    message: `there is no such ${what}${meant === undefined ? "" : `; did you mean ${meant}?`}`,
  });
}

/** Throws TAG_NOT_FOUND. */
export function findTerm(asking: Asking, accountId: string | undefined, { key: name, values }: NamedTerm) {
  const key = findKey(asking, accountId, name);
  return { key, values: values.map((value) => findValue(asking, key, value)) };
}

/** Throws TAG_NOT_FOUND, USAGE. */
export function findAlternatives(asking: Asking, accountId: string | undefined, text: string): Alternatives {
  return parseAlternatives(text).map((terms) =>
    terms.map((term) => {
      const { key, values } = findTerm(asking, accountId, term);
      return { keyId: key.id, valueIds: values.map(({ id }) => id) };
    }),
  );
}

/** Throws EXPRESSION_NOT_FOUND. */
export function findExpression(asking: Asking, accountId: string | undefined, name: string): TagExpression {
  const known = [...asking.policy.tags.expressions.values()].filter(
    (one) => one.accountId === accountId && one.name !== undefined && mayKnow(asking, securableExpression(one)),
  );
  const found = known.find((one) => one.name === name);
  if (found !== undefined) return found;
  const meant = closest(
    name,
    known.map((one) => one.name ?? ""),
  );
  throw new HeadgateError("EXPRESSION_NOT_FOUND", {
    place: name,
    message: `there is no tag expression ${name}${meant === undefined ? "" : `; did you mean ${meant}?`}`,
  });
}
