import type { z } from "zod";
import { HeadgateError } from "../errors.ts";

/** What was asked, as `schema` has it. Throws USAGE with the place of the first mistake; `name` is what was asked. */
export function parseInput<T>(name: string, schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body ?? {});
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new HeadgateError("USAGE", { place: [name, ...(issue?.path ?? [])].join("."), message: issue?.message });
}
