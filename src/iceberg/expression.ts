/**
 * Row filter expressions over field ids (spec: "Scan Planning"; REST specification: `Expression`), used to skip files.
 * As in SQL, a comparison with null is never true. No expression matches every row.
 */
import type { Value } from "./value.ts";

export type Expression = { readonly op: "and" | "or"; readonly terms: readonly Expression[] } | Predicate;

export type Predicate =
  | { readonly op: Comparison; readonly fieldId: number; readonly value: Value }
  | { readonly op: "in"; readonly fieldId: number; readonly values: readonly Value[] }
  /** For texts only. */
  | { readonly op: "starts-with"; readonly fieldId: number; readonly value: string }
  | { readonly op: "is-null" | "not-null"; readonly fieldId: number };

export type Comparison = "eq" | "lt" | "lt-eq" | "gt" | "gt-eq";
