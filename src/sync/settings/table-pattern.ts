/**
 * Which tables are meant: an exact name or a glob (`*`, `?`), alone or as `schema.table`. Patterns match names exactly as the
 * database has them, whole and case-sensitive: `customer` never means `customer_address`.
 */
import type { TableName } from "../source.ts";

/** True when `patterns` is empty or one of them matches. */
export function matchesAny(patterns: readonly string[], name: TableName): boolean {
  return patterns.length === 0 || patterns.some((pattern) => matches(pattern, name));
}

function matches(pattern: string, { schema, name }: TableName): boolean {
  const expression = globExpression(pattern);
  return pattern === name || expression.test(name) || expression.test(`${schema}.${name}`);
}

function globExpression(pattern: string): RegExp {
  const escaped = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${escaped}$`, "su");
}
