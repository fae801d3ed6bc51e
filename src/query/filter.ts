/** Joining filters of which some may be unknown: undefined lets everything through. */
import type { Expression } from "../iceberg/expression.ts";

/** All of them; an unknown one takes nothing from the others. */
export function allOf(terms: readonly (Expression | undefined)[]): Expression | undefined {
  const known = terms.filter((term) => term !== undefined);
  return known.length > 1 ? { op: "and", terms: known } : known[0];
}

/** Any of them; unknown as soon as one of them is. */
export function anyOf(terms: readonly (Expression | undefined)[]): Expression | undefined {
  const known = terms.filter((term) => term !== undefined);
  if (known.length < terms.length) return undefined;
  return known.length > 1 ? { op: "or", terms: known } : known[0];
}
