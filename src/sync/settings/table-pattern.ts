/**
 * Selects tables by an exact name or a glob (`*`, `?`), alone or as `schema.table`. Patterns match whole names exactly
 * as the database has them, case-sensitive: `customer` never matches `customer_address`. A quoted part has no
 * wildcards.
 */
import { formatName, parseParts, type NamePart } from "../../catalog/table-name.ts";
import { HeadgateError } from "../../errors.ts";
import type { TableName } from "../source.ts";

/** `schema.table` as the source has it, quoted so that this text as a pattern matches only this table. */
export function sourceLabel({ schema, name }: TableName): string {
  return formatName([schema, name]);
}

/** True when `patterns` is empty or one of them matches. Throws USAGE. */
export function matchesAny(patterns: readonly string[], name: TableName): boolean {
  return patterns.length === 0 || patterns.some((pattern) => matches(pattern, name));
}

/** Whether a pattern can match only one name. Throws USAGE. */
export function isExact(pattern: string): boolean {
  return patternParts(pattern).every(({ text, isQuoted }) => isQuoted || !/[*?]/.test(text));
}

function matches(pattern: string, { schema, name }: TableName): boolean {
  const parts = patternParts(pattern);
  const names = parts.length === 1 ? [name] : [schema, name];
  return parts.every((part, index) => matchesPart(part, names[index] ?? ""));
}

/** Whether the text can be parsed as a pattern. */
export function isPattern(text: string): boolean {
  try {
    return patternParts(text).length > 0;
  } catch {
    return false;
  }
}

/** One or two parts. Throws USAGE. */
function patternParts(pattern: string): readonly NamePart[] {
  const parts = parseParts(pattern);
  if (parts.length <= 2) return parts;
  throw new HeadgateError("USAGE", {
    place: pattern,
    message: "the name of a source's table has at most two parts",
    remedy: 'write table or schema.table, and put a name that contains a dot in double quotes: "a.b"',
  });
}

function matchesPart({ text, isQuoted }: NamePart, name: string): boolean {
  return text === name || (!isQuoted && globExpression(text).test(name));
}

function globExpression(pattern: string): RegExp {
  const escaped = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${escaped}$`, "su");
}
