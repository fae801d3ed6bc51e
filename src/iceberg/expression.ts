/**
 * Filter expressions over field ids (spec: "Scan Planning"; REST specification: `Expression`). Null semantics are SQL's: a
 * comparison with null is never true, so a file without non-null values cannot match one.
 */
import type { Value } from "./value.ts";

export type ComparisonOperator = "eq" | "not-eq" | "lt" | "lt-eq" | "gt" | "gt-eq";

export type Expression =
  | { readonly kind: "true" }
  | { readonly kind: "false" }
  | { readonly kind: "and"; readonly operands: readonly Expression[] }
  | { readonly kind: "or"; readonly operands: readonly Expression[] }
  | { readonly kind: "comparison"; readonly operator: ComparisonOperator; readonly fieldId: number; readonly value: Value }
  | { readonly kind: "in"; readonly fieldId: number; readonly values: readonly Value[] }
  | { readonly kind: "is-null" | "not-null"; readonly fieldId: number }
  /** Texts only. */
  | { readonly kind: "starts-with"; readonly fieldId: number; readonly prefix: string };

export const alwaysTrue: Expression = { kind: "true" };

export function and(operands: readonly Expression[]): Expression {
  const needed = operands.filter(({ kind }) => kind !== "true");
  if (needed.some(({ kind }) => kind === "false")) return { kind: "false" };
  return needed.length === 0 ? alwaysTrue : needed.length === 1 ? (needed[0] as Expression) : { kind: "and", operands: needed };
}

export function or(operands: readonly Expression[]): Expression {
  if (operands.some(({ kind }) => kind === "true")) return alwaysTrue;
  const possible = operands.filter(({ kind }) => kind !== "false");
  return possible.length === 0 ? { kind: "false" } : possible.length === 1 ? (possible[0] as Expression) : { kind: "or", operands: possible };
}
