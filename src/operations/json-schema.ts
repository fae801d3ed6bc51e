/** Schemas of operations as JSON Schema, for the API's document and the generated client. */
import { z } from "zod";

export type JsonSchema = Readonly<Record<string, unknown>>;

/** Of what is sent: what has a default may be left out. */
export function inputSchema(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, { io: "input" });
}

/** Of what is answered. Values of rows have no schema of their own: they are whatever JSON can say. */
export function answerSchema(schema: z.ZodType): JsonSchema {
  const { $schema: _draft, ...rest } = z.toJSONSchema(schema, { io: "output", unrepresentable: "any" });
  return rest;
}
