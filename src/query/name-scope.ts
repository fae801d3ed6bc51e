/**
 * Names of WITH clauses that are visible during the walk of a syntax tree: entered one by one, and removed together at
 * the end of the query that defines them. Names are compared as DuckDB compares them.
 * Invariant: the cost of entering, leaving and looking up a name does not depend on how many there are.
 */
import { foldName } from "./fold-name.ts";

export interface NameScope {
  /** Makes the name visible until the innermost `within` ends. */
  enter(parts: readonly string[]): void;
  has(parts: readonly string[]): boolean;
  within(work: () => void): void;
}

export function nameScope(): NameScope {
  /** How often each name was entered, because an inner WITH may repeat the name of an outer one. */
  const counts = new Map<string, number>();
  let entered: string[] = [];
  return {
    enter(parts) {
      const key = keyOf(parts);
      counts.set(key, (counts.get(key) ?? 0) + 1);
      entered.push(key);
    },
    has: (parts) => (counts.get(keyOf(parts)) ?? 0) > 0,
    within(work) {
      const outer = entered;
      entered = [];
      work();
      for (const key of entered) counts.set(key, (counts.get(key) ?? 0) - 1);
      entered = outer;
    },
  };
}

/** Keeps the parts apart, so that a name with a dot is not confused with two parts. */
function keyOf(parts: readonly string[]): string {
  return JSON.stringify(parts.map(foldName));
}
