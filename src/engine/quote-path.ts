/**
 * A local path as SQL text that names this one file. The engine takes `*`, `?` and `[` in paths for patterns, by which
 * a folder `a*` would also stand for the files of `ab`.
 * Invariant: a path that cannot be written exactly, as one with both a backslash and a pattern, matches no file at all.
 */
import { quoteText } from "./duckdb-type.ts";

export function quotePath(path: string): string {
  return quoteText(/[*?[]/.test(path) ? path.replaceAll(/[*?[\\]/g, "[$&]") : path);
}
