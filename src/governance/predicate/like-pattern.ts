/** Patterns of LIKE: `%` for any text, `_` for one character, `\` before one of these three for the character itself. */

/** False if a `\` stands before anything else, which the engine could refuse while a statement runs. */
export function isLikePattern(pattern: string): boolean {
  return /^(?:[^\\]|\\[%_\\])*$/su.test(pattern);
}

/** The text with which everything begins that fits the pattern. */
export function prefixOfPattern(pattern: string): string {
  return (/^(?:[^\\%_]|\\[%_\\])*/su.exec(pattern)?.[0] ?? "").replace(/\\(.)/gsu, "$1");
}
