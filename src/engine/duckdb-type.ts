/** Iceberg's primitive types in DuckDB's words, and names and texts quoted for its SQL. */

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
  // Always null: any type does.
  unknown: "varchar",
};

/** `decimal(12,2)` → `decimal(12,2)`, `long` → `bigint`. Throws TypeError for what the engine has no type for. */
export function duckdbType(icebergType: string): string {
  const name = names[icebergType];
  if (name !== undefined) return name;
  if (icebergType.startsWith("decimal(")) return icebergType;
  if (icebergType.startsWith("fixed[")) return "blob";
  if (/^geo(metry|graphy)(\(|$)/.test(icebergType)) return "geometry";
  throw new TypeError(`no engine type for ${icebergType}`);
}

/** Doubles the quotes of a name: the only way a name enters SQL text. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** For a type as Iceberg or DuckDB writes it. */
export function isFloat(type: string): boolean {
  return type === "float" || type === "double";
}
