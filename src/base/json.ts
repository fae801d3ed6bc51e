/**
 * JSON that preserves 64-bit integers: a whole number beyond 2^53 is read as a `bigint` and written as plain digits.
 * Numbers within 2^53 stay `number`, so code that needs a `bigint` always converts with `BigInt(value)`.
 */

export type Json =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly Json[]
  | { readonly [key: string]: Json | undefined };

interface WithSource {
  readonly source?: string;
}

declare global {
  interface JSON {
    rawJSON(text: string): unknown;
  }
}

/** Parses JSON text. Throws `SyntaxError` on malformed input. */
export function parseJson(text: string): Json {
  // A reviver makes parsing ten times slower, so it is used only where a number could have 16 digits or more.
  if (!/\d{16}/.test(text)) return JSON.parse(text) as Json;
  return JSON.parse(text, function revive(this: unknown, _key: string, value: unknown, context?: WithSource): unknown {
    if (typeof value !== "number" || Number.isSafeInteger(value)) return value;
    return context?.source !== undefined && /^-?\d+$/.test(context.source) ? BigInt(context.source) : value;
  }) as Json;
}

/** Formats a value as JSON text. A `bigint` becomes a plain number, whatever its size. */
export function formatJson(value: unknown, indent?: number): string {
  try {
    // A replacer makes formatting five times slower. Without one, `stringify` throws a TypeError when it meets a
    // `bigint`.
    return JSON.stringify(value, undefined, indent);
  } catch (failure) {
    if (!(failure instanceof TypeError)) throw failure;
  }
  return JSON.stringify(
    value,
    (_key, item: unknown) => (typeof item === "bigint" ? JSON.rawJSON(item.toString()) : item),
    indent,
  );
}
