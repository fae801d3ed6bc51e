/** Checks what somebody sent against the schema of the operation. */
import type { z } from "zod";
import { HeadgateError } from "../errors.ts";

export type CheckedInput<T> =
  | { readonly isFit: true; readonly input: T }
  | { readonly isFit: false; readonly mistake: HeadgateError };

/**
 * Returns the input, or USAGE with the place of the first mistake: the part of the input, or the operation `name` if
 * there is none.
 */
export function checkInput<T>(name: string, schema: z.ZodType<T>, body: unknown): CheckedInput<T> {
  const parsed = schema.safeParse(body ?? {});
  if (parsed.success) return { isFit: true, input: parsed.data };
  const [issue] = parsed.error.issues;
  const place = issue?.path.join(".") || name;
  return { isFit: false, mistake: new HeadgateError("USAGE", { place, message: issue && messageOf(issue) }) };
}

/** For a key of a record, the outer issue says only that it is wrong, and the inner ones why. */
function messageOf(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_key") return issue.issues.map(({ message }) => message).join("; ");
  return issue.message.replace(
    /^Invalid input: expected (.+), received undefined$/,
    "this is missing; it should be of the type $1",
  );
}

/** Throws USAGE with the place of the first mistake. */
export function parseInput<T>(name: string, schema: z.ZodType<T>, body: unknown): T {
  const checked = checkInput(name, schema, body);
  if (!checked.isFit) throw checked.mistake;
  return checked.input;
}
