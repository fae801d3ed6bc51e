/** Reads a value in a row filter: a constant that its column's type can hold, or `principal.<attribute>`. */
import type { FilterToken } from "./filter-tokens.ts";
import type { NamedColumn } from "./find-column.ts";
import { invalidFilter } from "./invalid-filter.ts";
import { isLikePattern } from "./like-pattern.ts";
import type { Operand } from "./predicate.ts";
import { readValue } from "./read-value.ts";
import { isName, isText, unexpected, type TokenStream } from "./token-stream.ts";

/** Throws FILTER_INVALID. */
export function parseOperand(stream: TokenStream, column: NamedColumn): Operand {
  const token = stream.next();
  if (isText(token, "principal") && isText(stream.peek(), ".")) return oneFact(parseAttribute(stream), token, column);
  return { literal: constantOf(isTypeName(token, stream.peek()) ? stream.next() : token, column) };
}

/** A pattern of LIKE. */
export function parsePattern(stream: TokenStream, column: NamedColumn): Operand {
  const token = stream.peek();
  const operand = parseOperand(stream, column);
  if ("attribute" in operand || isLikePattern(operand.literal)) return operand;
  throw invalidFilter({
    column: token.column,
    message: "in this pattern a backslash stands before a character that it does not change",
    remedy: String.raw`write a backslash only before %, _ or \, and \\ for a backslash itself`,
  });
}

/** After IN: whether `principal.groups` follows, which is then taken. Throws FILTER_INVALID for another list. */
export function skipGroups(stream: TokenStream, { name, bound: { type } }: NamedColumn): boolean {
  const token = stream.peek();
  if (!isText(token, "principal")) return false;
  stream.next();
  const { attribute } = parseAttribute(stream);
  const { column } = token;
  if (attribute !== "groups")
    throw invalidFilter({
      column,
      message: "only principal.groups is a list",
      remedy: `write ${name} = principal.<attribute>, or ${name} IN principal.groups`,
    });
  if (type === "string") return true;
  throw invalidFilter({
    column,
    message: `the names of groups are texts, and the column ${name} has the type ${type}`,
    remedy: "compare principal.groups with a column of texts",
  });
}

function oneFact(operand: Attribute, { column }: FilterToken, { name }: NamedColumn): Attribute {
  if (operand.attribute !== "groups") return operand;
  throw invalidFilter({
    column,
    message: "principal.groups is a list",
    remedy: `write ${name} IN principal.groups`,
  });
}

type Attribute = Extract<Operand, { readonly attribute: string }>;

function parseAttribute(stream: TokenStream): Attribute {
  stream.expect(".");
  const token = stream.next();
  if (token.kind !== "word" && token.kind !== "quoted") throw unexpected(token, "the name of an attribute");
  return { attribute: token.value };
}

/** `date '2026-05-01'`, as in SQL. */
function isTypeName(token: FilterToken, following: FilterToken): boolean {
  return following.kind === "text" && (isText(token, "date") || isText(token, "timestamp"));
}

function constantOf(token: FilterToken, column: NamedColumn): string {
  if (isText(token, "null")) throw comparedWithNull(token, column);
  if (isName(token)) throw notConstant(token);
  const isConstant =
    token.kind === "text" || token.kind === "number" || isText(token, "true") || isText(token, "false");
  if (!isConstant) throw unexpected(token, "a value");
  const { type } = column.bound;
  // A number or a boolean is never silently taken as a text, nor a boolean written as a text.
  const isWritten = (token.kind === "text") === isWrittenAsText(type);
  if (isWritten && readValue(type, token.value) !== undefined) return token.value;
  throw misfit(token, column);
}

/** Types whose constants stand in quotes. */
export function isWrittenAsText(type: string): boolean {
  return !/^(boolean|int|long|float|double|decimal\(.*\))$/.test(type);
}

function comparedWithNull({ column }: FilterToken, { name }: NamedColumn) {
  return invalidFilter({
    column,
    message: "a comparison with NULL is never true",
    remedy: `write ${name} IS NULL or ${name} IS NOT NULL`,
  });
}

function notConstant({ value, column }: FilterToken) {
  return invalidFilter({
    column,
    message: `${value} is not a value: a row filter compares a column with a constant or with principal.<attribute>, and calls no functions`,
    remedy: "put texts and times in single quotes",
  });
}

function misfit({ text, column }: FilterToken, { name, bound: { type } }: NamedColumn) {
  return invalidFilter({
    column,
    message: `the column ${name} has the type ${type}, which cannot hold ${text}`,
    remedy: `write ${examples[type] ?? "a number with no more digits than the type has"}`,
  });
}

const examples: Readonly<Record<string, string | undefined>> = {
  boolean: "true or false, without quotes",
  int: "a whole number from -2147483648 to 2147483647, without quotes",
  long: "a whole number of 64 bits, without quotes",
  float: "a number without quotes",
  double: "a number without quotes",
  string: "a text in single quotes",
  uuid: "a UUID in single quotes",
  date: "a date such as '2026-05-01'",
  time: "a time such as '12:30:00'",
  timestamp: "a time such as '2026-05-01 12:30:00'",
  timestamptz: "a time such as '2026-05-01 12:30:00+02:00'",
  timestamp_ns: "a time such as '2026-05-01 12:30:00.123456789', from 1677 to 2262",
};
