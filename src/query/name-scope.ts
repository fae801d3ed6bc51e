/**
 * Names of WITH clauses while a syntax tree is walked: entered one by one, and left together at the end of the query that made
 * them. Names are compared as DuckDB compares them. Invariant: entering, leaving and looking up cost the same however many there are.
 */
import { foldName } from "./fold-name.ts";

export interface NameScope {
  /** Visible from here on, until the innermost `within` ends. */
  enter(parts: readonly string[]): void;
  has(parts: readonly string[]): boolean;
  within(work: () => void): void;
}

export function nameScope(): NameScope {
  /** How often each name was entered: an inner WITH may repeat an outer one's. */
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

/** Parts stay apart, so that a name with a dot is never taken for two. */
function keyOf(parts: readonly string[]): string {
  return JSON.stringify(parts.map(foldName));
}
