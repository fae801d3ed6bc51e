/**
 * Whether something has a tag, or an expression names it. Such a tag is not removed: without it, a thing might have what
 * it inherits instead, and a grant reach further.
 */
import { HeadgateError } from "../../errors.ts";
import { lineOf } from "../../governance/live-grant.ts";
import type { Policy } from "../../governance/policy.ts";
import type { TagKey, TagValue } from "../../governance/tag-policy.ts";

export interface TagToRemove {
  readonly key: TagKey;
  /** Undefined for the key with all its values. */
  readonly value?: TagValue | undefined;
}

/** Throws TAG_IN_USE. */
export function checkUnused(policy: Policy, { key, value }: TagToRemove): void {
  const label = value === undefined ? `tag ${key.name}` : `tag ${key.name}=${value.name}`;
  const isMeant = (one: { readonly keyId: string; readonly valueId: string }): boolean =>
    one.keyId === key.id && (value === undefined || one.valueId === value.id);
  const things = [...policy.tags.assigned.values()].flat().filter(isMeant).length;
  const naming = [...policy.tags.expressions.values()].filter(
    ({ id, name, alternatives }) =>
      (name !== undefined || isGranted(policy, id)) &&
      alternatives.flat().some(({ keyId, valueIds }) => valueIds.some((valueId) => isMeant({ keyId, valueId }))),
  );
  if (things === 0 && naming.length === 0) return;
  const uses = [
    things === 0 ? "" : `${things} ${things === 1 ? "thing has" : "things have"} it`,
    naming.length === 0 ? "" : `${naming.length} ${naming.length === 1 ? "expression names" : "expressions name"} it`,
  ];
  throw new HeadgateError("TAG_IN_USE", {
    place: label,
    message: uses.filter((use) => use !== "").join(", and "),
  });
}

/** Whether an open grant is on it, or was passed on from one that is. */
function isGranted(policy: Policy, expressionId: string): boolean {
  return [...policy.grants.values()].some((grant) =>
    lineOf(policy, grant).some(({ on }) => on.kind === "expression" && on.id === expressionId),
  );
}
