/** A row filter as text that `parsePredicate` reads as the same filter, with the names that its columns have now. */
import { isWrittenAsText } from "./parse-operand.ts";
import type { BoundColumn, Operand, Predicate } from "./predicate.ts";

/** `nameOf` is asked for each field id. */
export function predicateText(predicate: Predicate, nameOf: (fieldId: number) => string): string {
  switch (predicate.op) {
    case "and":
    case "or":
      return predicate.terms.map((term) => termText(term, nameOf)).join(` ${predicate.op.toUpperCase()} `);
    case "not":
      return negatedText(predicate.term, nameOf);
    case "constant":
      return String(predicate.value).toUpperCase();
    default:
      return testText(predicate, { nameOf, not: "" });
  }
}

type NameOf = (fieldId: number) => string;
type Test = Extract<Predicate, { readonly column: BoundColumn }>;

function termText(term: Predicate, nameOf: NameOf): string {
  const text = predicateText(term, nameOf);
  return "terms" in term ? `(${text})` : text;
}

/** `country NOT IN ('DE')` and the like, as people write it. */
function negatedText(term: Predicate, nameOf: NameOf): string {
  const hasOwnForm = term.op === "in" || term.op === "between" || term.op === "like" || term.op === "is-null";
  if (hasOwnForm) return testText(term, { nameOf, not: "NOT " });
  return `NOT ${termText(term, nameOf)}`;
}

function testText(test: Test, { nameOf, not }: { nameOf: NameOf; not: string }): string {
  const { column } = test;
  const name = nameText(nameOf(column.fieldId));
  switch (test.op) {
    case "is-null":
      return `${name} IS ${not}NULL`;
    case "in":
      return `${name} ${not}IN ${listText(test.values, column)}`;
    case "between":
      return `${name} ${not}BETWEEN ${operandText(test.least, column)} AND ${operandText(test.most, column)}`;
    case "like":
      return `${name} ${not}LIKE ${operandText(test.pattern, column)}`;
    default:
      return `${name} ${test.op} ${operandText(test.value, column)}`;
  }
}

function listText(values: readonly Operand[] | "groups", column: BoundColumn): string {
  if (values === "groups") return "principal.groups";
  return `(${values.map((value) => operandText(value, column)).join(", ")})`;
}

function operandText(operand: Operand, { type }: BoundColumn): string {
  if ("attribute" in operand) return `principal.${attributeText(operand.attribute)}`;
  return isWrittenAsText(type) ? `'${operand.literal.replaceAll("'", "''")}'` : operand.literal;
}

function attributeText(name: string): string {
  return /^[\p{L}_][\p{L}\p{N}_]*$/u.test(name) ? name : quoted(name);
}

/** Words that a row filter could read as something else are put in quotes. */
function nameText(name: string): string {
  const isPlain = /^[\p{L}_][\p{L}\p{N}_]*$/u.test(name);
  return isPlain && !/^(and|or|not|in|between|like|is|null|true|false|principal)$/i.test(name) ? name : quoted(name);
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
