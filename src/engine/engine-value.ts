/** Converts DuckDB's values to the engine's (see EngineValue). */
import {
  DuckDBBlobValue,
  DuckDBGeometryValue,
  DuckDBListValue,
  DuckDBArrayValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBVariantValue,
  type DuckDBType,
  type DuckDBValue,
  type DuckDBValueConverter,
} from "@duckdb/node-api";
import type { EngineValue } from "./engine-protocol.ts";

export const engineValue: DuckDBValueConverter<EngineValue> = (value: DuckDBValue, _type: DuckDBType): EngineValue =>
  toEngineValue(value);

function toEngineValue(value: DuckDBValue): EngineValue {
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (typeof value === "bigint") return safe(value);
  if (value instanceof DuckDBBlobValue || value instanceof DuckDBGeometryValue)
    return Buffer.from(value.bytes).toString("hex");
  if (value instanceof DuckDBVariantValue) return toEngineValue(value.value);
  if (value instanceof DuckDBListValue || value instanceof DuckDBArrayValue) return value.items.map(toEngineValue);
  if (value instanceof DuckDBStructValue)
    return Object.fromEntries(Object.entries(value.entries).map(([name, item]) => [name, toEngineValue(item)]));
  if (value instanceof DuckDBMapValue)
    return value.entries.map((entry) => ({ key: toEngineValue(entry.key), value: toEngineValue(entry.value) }));
  if (value instanceof DuckDBTimestampTZValue) return isoInstant(value);
  if (value instanceof DuckDBTimestampValue || value instanceof DuckDBTimestampNanosecondsValue)
    return value.toString().replace(" ", "T");
  return value.toString();
}

function safe(value: bigint): number | bigint {
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}

function isoInstant(value: DuckDBTimestampTZValue): string {
  const local = new DuckDBTimestampValue(value.micros);
  return local.isFinite ? `${local.toString().replace(" ", "T")}Z` : local.toString();
}
