/** What texts are, in the engine's SQL: the type that all values of a column have, found by how they are written. */
import type { Type } from "../../iceberg/type.ts";

/** Of a column of texts. `digits` are numbers that a number type would not give back as they are: 007, +40, too many digits. */
export type TextKind =
  | "unknown"
  | "boolean"
  | "long"
  | "double"
  | "date"
  | "timestamp"
  | "timestamptz"
  | "digits"
  | "string";

const integer = "-?(0|[1-9]\\d*)";
const number = `${integer}(\\.\\d+)?([eE][+-]?\\d+)?`;
const date = "\\d{4}-\\d{2}-\\d{2}";
const instant = `${date}[ T]\\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,6})?)?`;
const zone = "(Z|[+-]\\d{2}(:?\\d{2})?)";
/** A double gives back what has no more digits. */
const doubleDigits = 17;

/** An aggregate over `reference` whose value is a TextKind; blanks tell nothing. */
export function textKindSql(reference: string): string {
  const text = `nullif(trim(${reference}), '')`;
  const all = (condition: string): string =>
    `coalesce(bool_and(${condition}) filter (where ${text} is not null), false)`;
  const is = (pattern: string): string => `regexp_full_match(${text}, '${pattern}')`;
  const casts = (type: string): string => `try_cast(${text} as ${type}) is not null`;
  const fewDigits = `length(regexp_replace(regexp_replace(${text}, '[eE].*', ''), '[^0-9]', '', 'g')) <= ${doubleDigits}`;
  return `case
    when count(${text}) = 0 then case when count(${reference}) = 0 then 'unknown' else 'string' end
    when ${all(`lower(${text}) in ('true', 'false')`)} then 'boolean'
    when ${all(`${is(integer)} and ${casts("bigint")}`)} then 'long'
    when ${all(`${is(number)} and ${fewDigits}`)} then 'double'
    when ${all(is("[+-]?\\d+(\\.\\d+)?"))} then 'digits'
    when ${all(`${is(date)} and ${casts("date")}`)} then 'date'
    when ${all(`${is(`${date}|${instant}`)} and ${casts("timestamp")}`)} then 'timestamp'
    when ${all(`${is(instant + zone)} and ${casts("timestamptz")}`)} then 'timestamptz'
    else 'string' end`;
}

export function typeOfKind(kind: TextKind): Type {
  return kind === "digits" ? "string" : kind;
}
