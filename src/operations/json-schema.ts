/** Converts schemas of operations to JSON Schema, for the API's document and the generated client. */
import { z } from "zod";

export type JsonSchema = Readonly<Record<string, unknown>>;

/** For input: members with a default may be left out. */
export function inputSchema(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, { io: "input" });
}

/** For answers. Values of rows have no schema of their own; any JSON value is possible. */
export function answerSchema(schema: z.ZodType): JsonSchema {
  const { $schema: _draft, ...rest } = z.toJSONSchema(schema, { io: "output", unrepresentable: "any" });
  return rest;
}
