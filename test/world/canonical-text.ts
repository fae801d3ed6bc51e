/**
 * One notation for values that two programs write differently: floats by their bits, times with six digits, booleans,
 * bytes.
 */

/** For an Iceberg primitive type: from any program's text to the common notation. */
export function canonicalText(type: string): (text: string) => string {
  if (type === "double") return (text) => doubleBits(numberOf(text));
  if (type === "float") return (text) => doubleBits(Math.fround(numberOf(text)));
  // MariaDB pads a year with zeros.
  if (type === "int") return (text) => text.replace(/^0+(?=\d)/, "");
  if (type === "boolean") return (text) => (["t", "true", "1"].includes(text.toLowerCase()) ? "true" : "false");
  if (type === "timestamp" || type === "time") return sixDigits;
  if (type === "timestamptz") return (text) => sixDigits(text.replace(/ UTC$|[+-]00(:?00)?$|Z$/, ""));
  if (type === "binary" || type.startsWith("fixed")) return (text) => text.replace(/^\\x/, "").toLowerCase();
  if (type.startsWith("decimal")) return plainDecimal;
  return (text) => text;
}

/**
 * `1.5E-10` and `0E-10` as `0.00000000015` and `0.0000000000`, and DuckDB's `.5` for decimals with only a fraction as
 * `0.5`.
 */
function plainDecimal(text: string): string {
  const match = /^(-?)(\d+)(?:\.(\d+))?E-(\d+)$/i.exec(text);
  if (match === null) return text.replace(/^(-?)\./, "$10.");
  const [, sign = "", whole = "", fraction = "", exponent = ""] = match;
  const scale = fraction.length + Number(exponent);
  const digits = (whole + fraction).padStart(scale + 1, "0");
  return `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

function numberOf(text: string): number {
  return Number(text.replace(/^(-?)inf(inity)?$/i, "$1Infinity"));
}

function sixDigits(text: string): string {
  const [whole = "", fraction = ""] = text.replace("T", " ").split(".");
  const seconds = /:\d\d:\d\d$/.test(whole) ? whole : `${whole}:00`;
  return `${seconds}.${fraction.padEnd(6, "0")}`;
}

function doubleBits(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return bytes.toString("hex");
}
