/**
 * Row filter expressions over field ids (spec: "Scan Planning"; REST specification: `Expression`), for leaving files out. A
 * comparison with null is never true, as in SQL. No expression at all lets everything through.
 */
import type { Value } from "./value.ts";

export type Expression = { readonly op: "and" | "or"; readonly terms: readonly Expression[] } | Predicate;

export type Predicate =
  | { readonly op: Comparison; readonly fieldId: number; readonly value: Value }
  | { readonly op: "in"; readonly fieldId: number; readonly values: readonly Value[] }
  /** Texts only. */
  | { readonly op: "starts-with"; readonly fieldId: number; readonly value: string }
  | { readonly op: "is-null" | "not-null"; readonly fieldId: number };

export type Comparison = "eq" | "lt" | "lt-eq" | "gt" | "gt-eq";
