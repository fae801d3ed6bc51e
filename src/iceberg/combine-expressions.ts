/** Combines filters, some of which may be unknown; undefined lets everything through. */
import type { Expression } from "./expression.ts";

/** All terms must hold. Unknown terms are ignored, so the others still filter. */
export function allOf(terms: readonly (Expression | undefined)[]): Expression | undefined {
  const known = terms.filter((term) => term !== undefined);
  return known.length > 1 ? { op: "and", terms: known } : known[0];
}

/** Any term may hold. Unknown if one of the terms is unknown. */
export function anyOf(terms: readonly (Expression | undefined)[]): Expression | undefined {
  const known = terms.filter((term) => term !== undefined);
  if (known.length < terms.length) return undefined;
  return known.length > 1 ? { op: "or", terms: known } : known[0];
}
