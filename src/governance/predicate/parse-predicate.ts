/**
 * Reads a row filter from text: comparisons of columns with constants, IN, BETWEEN, LIKE, IS NULL, NOT, AND and OR.
 * Names become field ids and every constant is checked against its column's type, so that the filter cannot fail later.
 * It does not know the reader: `principal.country` stays a question until `fillIn`.
 */
import type { NestedField } from "../../iceberg/type.ts";
import type { FilterToken } from "./filter-tokens.ts";
import { findColumn, type NamedColumn } from "./find-column.ts";
import { invalidFilter } from "./invalid-filter.ts";
import { parseOperand, parsePattern, skipGroups } from "./parse-operand.ts";
import type { Comparator, Operand, Predicate } from "./predicate.ts";
import { isComparable } from "./read-value.ts";
import { isName, isText, tokenStream, unexpected, type TokenStream } from "./token-stream.ts";

const longestText = 2_048;
/** Parentheses and NOT within each other. */
const deepest = 100;

/** Throws FILTER_INVALID with the place and what to write instead. */
export function parsePredicate(text: string, fields: readonly NestedField[]): Predicate {
  if (text.length > longestText) throw tooLong(text);
  const stream = tokenStream(text);
  const predicate = parseOr({ stream, fields, depth: 0 });
  const rest = stream.next();
  if (rest.kind !== "end") throw unexpected(rest, "AND, OR or the end");
  return predicate;
}

function tooLong({ length }: string) {
  const [is, most] = [length, longestText].map((count) => count.toLocaleString("en"));
  return invalidFilter({
    column: longestText + 1,
    message: `the row filter has ${is} characters, and it may have ${most}`,
    remedy: "shorten it, or divide it into several filters, whose rows add up",
  });
}

interface Reading {
  readonly stream: TokenStream;
  readonly fields: readonly NestedField[];
  readonly depth: number;
}

function parseOr(reading: Reading): Predicate {
  return parseTerms("or", reading, parseAnd);
}

function parseAnd(reading: Reading): Predicate {
  return parseTerms("and", reading, parseNot);
}

function parseTerms(op: "and" | "or", reading: Reading, parse: (reading: Reading) => Predicate): Predicate {
  const first = parse(reading);
  const terms = [first];
  while (reading.stream.skip(op)) terms.push(parse(reading));
  return terms.length === 1 ? first : { op, terms };
}

function parseNot(reading: Reading): Predicate {
  const { stream } = reading;
  if (stream.skip("not")) return { op: "not", term: parseNot(deeper(reading)) };
  if (!stream.skip("(")) return parseTest(reading);
  const inner = parseOr(deeper(reading));
  stream.expect(")");
  return inner;
}

function deeper(reading: Reading): Reading {
  if (reading.depth < deepest) return { ...reading, depth: reading.depth + 1 };
  throw invalidFilter({
    column: reading.stream.peek().column,
    message: `the row filter has more than ${deepest} parentheses and NOTs within each other`,
    remedy: "leave out those that change nothing",
  });
}

/** A column and what is asked of it. */
function parseTest(reading: Reading): Predicate {
  const { stream } = reading;
  const column = parseColumn(reading);
  if (stream.skip("is")) {
    const isNegated = stream.skip("not");
    stream.expect("null");
    return negatedIf(isNegated, { op: "is-null", column: column.bound });
  }
  checkComparable(column);
  const isNegated = stream.skip("not");
  if (stream.skip("in")) return negatedIf(isNegated, parseIn(stream, column));
  if (stream.skip("between")) return negatedIf(isNegated, parseBetween(stream, column));
  if (stream.skip("like")) return negatedIf(isNegated, parseLike(stream, column));
  if (isNegated) throw unexpected(stream.peek(), "IN, BETWEEN or LIKE");
  return { op: parseComparator(stream, column), column: column.bound, value: parseOperand(stream, column) };
}

function negatedIf(isNegated: boolean, term: Predicate): Predicate {
  return isNegated ? { op: "not", term } : term;
}

function parseColumn({ stream, fields }: Reading): NamedColumn {
  const token = stream.next();
  const following = stream.peek();
  const isAttribute = isText(token, "principal") && isText(following, ".");
  if (isAttribute || isConstant(token)) throw valueFirst(token);
  if (!isName(token)) throw unexpected(token, "the name of a column");
  if (isText(following, "(")) throw functionRefused(token);
  if (isText(following, ".")) throw partRefused(token);
  return findColumn(fields, token);
}

function isConstant(token: FilterToken): boolean {
  return token.kind === "text" || token.kind === "number" || isText(token, "true") || isText(token, "false");
}

function valueFirst({ column, text }: FilterToken) {
  return invalidFilter({
    column,
    message: `a condition begins with a column, and ${text} is a value`,
    remedy: "write the column first: country = 'DE', country = principal.country",
  });
}

function functionRefused({ column, value }: FilterToken) {
  return invalidFilter({
    column,
    message: `the function ${value} is not allowed in a row filter, which calls nothing`,
    remedy: "compare the column itself with a value",
  });
}

function partRefused({ column, value }: FilterToken) {
  return invalidFilter({
    column,
    message: `a row filter compares whole columns, not a part of ${value}`,
    remedy: 'use a column with a simple type; put a name that contains a dot in double quotes: "a.b"',
  });
}

function checkComparable({ name, bound: { type }, token: { column } }: NamedColumn): void {
  if (isComparable(type)) return;
  throw invalidFilter({
    column,
    message: `the column ${name} has the type ${type}, whose values cannot be compared in a row filter`,
    remedy: "ask only whether it IS NULL, or use another column",
  });
}

const comparators: Readonly<Record<string, Comparator | undefined>> = {
  "=": "=",
  "<>": "<>",
  "!=": "<>",
  "<": "<",
  "<=": "<=",
  ">": ">",
  ">=": ">=",
};

function parseComparator(stream: TokenStream, { name, bound: { type } }: NamedColumn): Comparator {
  const token = stream.next();
  const op = token.kind === "symbol" ? comparators[token.text] : undefined;
  if (op !== undefined) return op;
  if (type !== "boolean") throw unexpected(token, "a comparison such as =, IN, BETWEEN, LIKE or IS NULL");
  throw invalidFilter({
    column: token.column,
    message: `the condition says nothing about the column ${name}`,
    remedy: `write ${name} = true`,
  });
}

function parseIn(stream: TokenStream, column: NamedColumn): Predicate {
  if (skipGroups(stream, column)) return { op: "in", column: column.bound, values: "groups" };
  stream.expect("(");
  const values: Operand[] = [parseOperand(stream, column)];
  while (stream.skip(",")) values.push(parseOperand(stream, column));
  stream.expect(")");
  return { op: "in", column: column.bound, values };
}

function parseBetween(stream: TokenStream, column: NamedColumn): Predicate {
  const least = parseOperand(stream, column);
  stream.expect("and");
  return { op: "between", column: column.bound, least, most: parseOperand(stream, column) };
}

function parseLike(stream: TokenStream, column: NamedColumn): Predicate {
  const { name, bound, token } = column;
  if (bound.type === "string") return { op: "like", column: bound, pattern: parsePattern(stream, column) };
  throw invalidFilter({
    column: token.column,
    message: `LIKE compares texts, and the column ${name} has the type ${bound.type}`,
    remedy: "use =, < or > instead, or another column",
  });
}
