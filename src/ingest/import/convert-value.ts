/**
 * Values of files as values of the table, in the engine's SQL. A value is converted without loss or not at all: 1.5 is no long,
 * 12.345 no decimal(12,2), 9007199254740993 no double, a time no date. Blank texts are null, but for text.
 */
import { typeSql } from "../../catalog/read-column.ts";
import { duckdbType, isFloat, quoteText } from "../../engine/duckdb-type.ts";
import { decimalOf, isPrimitive, type PrimitiveType, type Type } from "../../iceberg/type.ts";
import { isSameType, wider } from "./found-type.ts";
import { survivesSql } from "./text-type.ts";

export interface SourceValue {
  /** SQL. */
  readonly reference: string;
  readonly type: Type;
  /** As the engine has it; undefined where it is text. */
  readonly engineType: string | undefined;
  /** Whether spaces around it say nothing, and a text of nothing else is null: in CSV. */
  readonly isLoose?: boolean | undefined;
}

export interface Conversion {
  /** The value; the statement fails where there is none. */
  readonly sql: string;
  /** True for a value that cannot be converted; undefined where every one can. */
  readonly misfit: string | undefined;
  /** The value as text, for messages. */
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

/** Where the engine's own cast loses nothing, and knows every value. */
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

/** Null for a text that is no such value. */
function fromText(target: string, text: string): string {
  const cast = `try_cast(${text} as ${duckdbType(target)})`;
  const decimal = decimalOf(target);
  const pattern = decimal === undefined ? patterns[target] : `[+-]?\\d*(\\.\\d{0,${decimal.scale}}0*)?`;
  if (target === "binary") return `encode(${text})`;
  if (target === "float" || target === "double")
    return `case when lower(${text}) in (${specials}) or ${survivesSql(text, target)} then ${cast} end`;
  return pattern === undefined ? cast : `case when regexp_full_match(${text}, '${pattern}') then ${cast} end`;
}

/** Of floats. */
const specials = ["nan", "inf", "-inf", "infinity", "-infinity"].map(quoteText).join(", ");

const patterns: Readonly<Record<string, string>> = {
  int: "[+-]?\\d+(\\.0*)?",
  long: "[+-]?\\d+(\\.0*)?",
  date: `${date}( 00:00:00)?`,
  timestamp: `${date}([ T]${time})?`,
  timestamp_ns: `${date}([ T]${time.replace("{1,6}", "{1,9}")})?`,
  timestamptz: `${date}([ T]${time}${zone}?)?`,
};
