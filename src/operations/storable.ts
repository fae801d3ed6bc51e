/**
 * Explains a failure of work that tried to store a text which PostgreSQL cannot store: one with U+0000, or with half of a
 * surrogate pair in JSON. Names are looked at elsewhere; this is about what people write, such as reasons.
 */
import { formatJson } from "../base/json.ts";
import { HeadgateError } from "../errors.ts";

/** Throws USAGE for such an input, and otherwise what the work throws. */
export async function storable<T>(place: string, input: unknown, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (failure) {
    if (!isOfEncoding(failure) || !unstorable.test(formatJson(input))) throw failure;
    throw new HeadgateError("USAGE", {
      place,
      message: "a text contains the character U+0000 or half of another character, which cannot be stored",
      remedy: "leave that character out",
      cause: failure,
    });
  }
}

/** As JSON writes them. */
const unstorable = /\\u(0000|d[89a-f]..)/;

/** The states in which PostgreSQL refuses a text: character_not_in_repertoire, untranslatable_character, and JSON that is not well-formed. */
const states: ReadonlySet<unknown> = new Set(["22021", "22P05", "22P02"]);

function isOfEncoding(failure: unknown): boolean {
  for (let one = failure; one instanceof Error; one = one.cause) if ("code" in one && states.has(one.code)) return true;
  return false;
}
