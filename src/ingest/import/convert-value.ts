/**
 * Converts values of files to values of the table, in the engine's SQL. A value is converted without loss or not at
 * all: 1.5 does not fit long, 12.345 does not fit decimal(12,2), 9007199254740993 does not fit double, and a time does
 * not fit date. Blank texts become null, except in text columns.
 */
import { typeSql } from "../../catalog/read-column.ts";
import { duckdbType, isFloat, quoteText } from "../../engine/duckdb-type.ts";
import { decimalOf, isPrimitive, type PrimitiveType, type Type } from "../../iceberg/type.ts";
import { isSameType, wider } from "./found-type.ts";
import { survivesSql } from "./text-type.ts";

export interface SourceValue {
  /** SQL expression for the value. */
  readonly reference: string;
  readonly type: Type;
  /** The engine's type; undefined for text. */
  readonly engineType: string | undefined;
  /** Whether surrounding spaces are ignored and a blank text is null, as in CSV. */
  readonly isLoose?: boolean | undefined;
}

export interface Conversion {
  /** SQL expression for the converted value; the statement fails if the value cannot be converted. */
  readonly sql: string;
  /** SQL condition that is true for a value that cannot be converted; undefined if every value can be. */
  readonly misfit: string | undefined;
  /** SQL expression for the value as text, for messages. */
  readonly shown: string;
}

export function conversion(source: SourceValue, target: Type): Conversion {
  const { reference } = source;
  const shown = `(${reference})::varchar`;
  if (!isPrimitive(target)) return { sql: `cast(${reference} as ${typeSql(target)})`, misfit: undefined, shown };
  if (target === "string") return { sql: textSql(source), misfit: undefined, shown };
  if (isDirect(source, target)) return { sql: `cast(${reference} as ${duckdbType(target)})`, misfit: undefined, shown };
  const given = `(${reference})::varchar`;
  const text = source.isLoose === false ? given : `nullif(trim(${given}), '')`;
  const converted = fromText(target, text);
  return {
    sql: `case when ${text} is null then null else coalesce(${converted}, error(${text})) end`,
    misfit: `(${text} is not null and ${converted} is null)`,
    shown,
  };
}

function textSql({ reference, type, engineType }: SourceValue): string {
  return isPrimitive(type) || engineType === undefined ? `(${reference})::varchar` : `to_json(${reference})::varchar`;
}

/** Whether the engine's own cast is lossless and accepts every value. */
function isDirect({ type, engineType }: SourceValue, target: PrimitiveType): boolean {
  return (
    engineType !== undefined &&
    (!isFloat(target) || /^(int|float|double)$/.test(String(type))) &&
    (engineType === "TIMESTAMP_NS") === (target === "timestamp_ns") &&
    type !== "unknown" &&
    isSameType(wider(type, target), target)
  );
}

const date = "\\d{4}-\\d{2}-\\d{2}";
const time = "\\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,6}0*)?)?";
const zone = "(Z|[+-]\\d{2}(:?\\d{2})?)";

/** Null for a text that is not a value of the type. */
function fromText(target: string, text: string): string {
  const cast = `try_cast(${text} as ${duckdbType(target)})`;
  const decimal = decimalOf(target);
  const pattern = decimal === undefined ? patterns[target] : `[+-]?\\d*(\\.\\d{0,${decimal.scale}}0*)?`;
  if (target === "binary") return `encode(${text})`;
  if (target === "float" || target === "double")
    return `case when lower(${text}) in (${specials}) or ${survivesSql(text, target)} then ${cast} end`;
  return pattern === undefined ? cast : `case when regexp_full_match(${text}, '${pattern}') then ${cast} end`;
}

/** Special values of floats. */
const specials = ["nan", "inf", "-inf", "infinity", "-infinity"].map(quoteText).join(", ");

const patterns: Readonly<Record<string, string>> = {
  int: "[+-]?\\d+(\\.0*)?",
  long: "[+-]?\\d+(\\.0*)?",
  date: `${date}( 00:00:00)?`,
  timestamp: `${date}([ T]${time})?`,
  timestamp_ns: `${date}([ T]${time.replace("{1,6}", "{1,9}")})?`,
  timestamptz: `${date}([ T]${time}${zone}?)?`,
};
