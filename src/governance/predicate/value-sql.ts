/**
 * A value in memory as a literal of the engine's SQL. Its cast is evaluated when the statement is planned, and cannot
 * fail for values that `readValue` returned or that a file's bounds can contain.
 */
import { duckdbType, quoteText } from "../../engine/duckdb-type.ts";
import { textOf, type Value } from "../../iceberg/value.ts";

export function valueSql(type: string, value: Value): string {
  if (value instanceof Uint8Array) return `from_hex('${Buffer.from(value).toString("hex")}')`;
  switch (type) {
    case "timestamp":
      return `make_timestamp(${value}::bigint)`;
    case "timestamptz":
      return `make_timestamptz(${value}::bigint)`;
    case "timestamp_ns":
      return `make_timestamp_ns(${value}::bigint)`;
    default:
      return `${quoteText(textOf(type, value))}::${duckdbType(type)}`;
  }
}
