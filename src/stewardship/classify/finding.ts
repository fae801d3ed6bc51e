/**
 * The classifier's opinion about a column: a class, how sure it is, and why. It is a proposal and decides nothing.
 * Invariant: evidence consists of counts, rates and parts of names. It never contains a value.
 */
import type { PiiClass } from "./pii-class.ts";

export interface Evidence {
  /** The parts of the column's name that speak for the class. */
  readonly name: readonly string[];
  /** How many different values were looked at. */
  readonly values: number;
  /** Shares of these values, from 0 to 1, rounded: `{ "valid checksum": 0.99 }`. */
  readonly rates: Readonly<Record<string, number>>;
  /** In words: the country whose rules the values follow, or that there were no values. */
  readonly notes: readonly string[];
}

export interface Finding {
  readonly class: PiiClass;
  /** From 0 to 1. */
  readonly confidence: number;
  readonly evidence: Evidence;
}

/** The opinion of one class's rules before it gets its class. */
export interface Opinion {
  readonly confidence: number;
  readonly name?: readonly string[];
  readonly rates?: Readonly<Record<string, number>>;
  readonly notes?: readonly string[];
}
