/** The notation of spelling.py, for values that arrive here as text. */

export function floatBits(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  const bytes = Buffer.alloc(4);
  bytes.writeFloatBE(value);
  return bytes.toString("hex");
}

export function doubleBits(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return bytes.toString("hex");
}

/** DuckDB's text of a float. */
export function numberOf(text: string): number {
  return Number(text.replace(/^(-?)inf(inity)?$/i, "$1Infinity"));
}
