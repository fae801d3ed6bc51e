/** DuckDB's names for Iceberg's primitive types, and quoting of names and texts for its SQL. */

const names: Readonly<Record<string, string>> = {
  boolean: "boolean",
  int: "integer",
  long: "bigint",
  float: "float",
  double: "double",
  date: "date",
  time: "time",
  timestamp: "timestamp",
  timestamptz: "timestamptz",
  timestamp_ns: "timestamp_ns",
  string: "varchar",
  uuid: "uuid",
  binary: "blob",
  variant: "variant",
  // The values are always null, so any type will do.
  unknown: "varchar",
};

/** `decimal(12,2)` → `decimal(12,2)`, `long` → `bigint`. Throws TypeError if the engine has no such type. */
export function duckdbType(icebergType: string): string {
  const name = names[icebergType];
  if (name !== undefined) return name;
  if (icebergType.startsWith("decimal(")) return icebergType;
  if (icebergType.startsWith("fixed[")) return "blob";
  if (/^geo(metry|graphy)(\(|$)/.test(icebergType)) return "geometry";
  throw new TypeError(`no engine type for ${icebergType}`);
}

/** Quotes a name for SQL. Names must not enter SQL text in any other way. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Accepts a type in Iceberg's or in DuckDB's notation. */
export function isFloat(type: string): boolean {
  return type === "float" || type === "double";
}
