/**
 * Replaces the questions about the reader in a row filter by the reader's facts.
 * Invariant: a fact that is missing, or that the column's type cannot hold, makes its comparison null: no row passes
 * it, whether or not it stands under NOT.
 */
import { isLikePattern } from "./like-pattern.ts";
import type { BoundColumn, Operand, Predicate, ReaderFacts } from "./predicate.ts";
import { readValue } from "./read-value.ts";

export function fillIn(predicate: Predicate, facts: ReaderFacts): Predicate {
  switch (predicate.op) {
    case "and":
    case "or":
      return { op: predicate.op, terms: predicate.terms.map((term) => fillIn(term, facts)) };
    case "not":
      return { op: "not", term: fillIn(predicate.term, facts) };
    case "constant":
    case "is-null":
      return predicate;
    case "in":
      return fillList(predicate, facts);
    case "between":
      return fillBounds(predicate, facts);
    case "like": {
      const pattern = known(predicate.pattern, predicate.column, facts);
      return pattern === undefined || !isLikePattern(pattern.literal) ? unknown : { ...predicate, pattern };
    }
    default: {
      const value = known(predicate.value, predicate.column, facts);
      return value === undefined ? unknown : { ...predicate, value };
    }
  }
}

/** As a comparison with null: neither true nor false. */
const unknown: Predicate = { op: "constant", value: null };

interface Known {
  readonly literal: string;
}

/** Undefined for null. */
function known(operand: Operand, { type }: BoundColumn, { attributes }: ReaderFacts): Known | undefined {
  if ("literal" in operand) return operand;
  const fact = Object.hasOwn(attributes, operand.attribute) ? attributes[operand.attribute] : undefined;
  return fact === undefined || readValue(type, fact) === undefined ? undefined : { literal: fact };
}

function fillList(list: Extract<Predicate, { op: "in" }>, facts: ReaderFacts): Predicate {
  const { column } = list;
  const wanted = list.values === "groups" ? facts.groups.map((literal) => ({ literal })) : list.values;
  const values = wanted.map((operand) => known(operand, column, facts)).filter((operand) => operand !== undefined);
  const found: Predicate = values.length === 0 ? { op: "constant", value: false } : { op: "in", column, values };
  return values.length === wanted.length ? found : { op: "or", terms: [found, unknown] };
}

/** A row outside the bound that is known fails for certain, so that NOT lets it pass, as in SQL. */
function fillBounds(bounds: Extract<Predicate, { op: "between" }>, facts: ReaderFacts): Predicate {
  const { column } = bounds;
  const least = known(bounds.least, column, facts);
  const most = known(bounds.most, column, facts);
  if (least !== undefined && most !== undefined) return { op: "between", column, least, most };
  const above: Predicate = least === undefined ? unknown : { op: ">=", column, value: least };
  const below: Predicate = most === undefined ? unknown : { op: "<=", column, value: most };
  return { op: "and", terms: [above, below] };
}
