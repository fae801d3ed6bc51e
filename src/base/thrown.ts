/** Reads details from a thrown value, which can be of any type. */

/** The value's message, or the value itself as text. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** The code of an error from the system, a driver or Headgate itself: `ENOENT`, `40001`, `SOURCE_LOST`. */
export function codeOf(thrown: unknown): string | undefined {
  if (typeof thrown !== "object" || thrown === null || !("code" in thrown)) return undefined;
  return typeof thrown.code === "string" ? thrown.code : undefined;
}
