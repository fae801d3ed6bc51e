/** Words that say no. Whatever else a flag says counts as yes, so that a misspelt word hides nothing. */
const no: ReadonlySet<string> = new Set(["false", "f", "no", "n", "off", "0", "none"]);

/** Whether a `pii_flag` says that something is personal data: "true", "TRUE", "1", "yes", and all that is not a no. */
export function isFlagged(flag: string): boolean {
  return !no.has(flag.trim().toLowerCase());
}
