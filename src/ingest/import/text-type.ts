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

/** What single values are, each a bit of what a column has. `large` are integers that a double would not give back. */
const bit = {
  boolean: 1,
  long: 2,
  large: 4,
  double: 8,
  digits: 16,
  date: 32,
  timestamp: 64,
  timestamptz: 128,
  other: 256,
  blank: 512,
};

/** An aggregate over `reference` whose value is a TextKind; blanks tell nothing. */
export function textKindSql(reference: string): string {
  const seen = `bit_or(${valueBitSql(`trim(${reference})`)})`;
  const only = (...kinds: (keyof typeof bit)[]): string =>
    `(${seen} & ~${kinds.reduce((sum, kind) => sum + bit[kind], bit.blank)}) = 0`;
  return `case
    when ${seen} is null then 'unknown'
    when ${seen} = ${bit.blank} then 'string'
    when ${only("boolean")} then 'boolean'
    when ${only("long", "large")} then 'long'
    when ${only("long", "double")} then 'double'
    when ${only("long", "large", "double", "digits")} then 'digits'
    when ${only("date")} then 'date'
    when ${only("date", "timestamp")} then 'timestamp'
    when ${only("timestamptz")} then 'timestamptz'
    else 'string' end`;
}

/** What most values are is asked first: each is looked at until it is known. */
function valueBitSql(text: string): string {
  const is = (pattern: string): string => `regexp_full_match(${text}, '${pattern}')`;
  const cast = (type: "date" | "timestamp" | "timestamptz"): string =>
    `case when try_cast(${text} as ${type}) is null then ${bit.other} else ${bit[type]} end`;
  const digits = `length(regexp_replace(regexp_replace(${text}, '[eE].*', ''), '[^0-9]', '', 'g'))`;
  return `case
    when ${text} is null then null
    when ${text} = '' then ${bit.blank}
    when not ${is("[-+0-9].*")} then case when lower(${text}) in ('true', 'false') then ${bit.boolean} else ${bit.other} end
    when ${is(integer)} then case
      when length(${text}) <= ${doubleDigits} then ${bit.long}
      when try_cast(${text} as bigint) is null then ${bit.digits} else ${bit.large} end
    when ${is(number)} then case when ${digits} <= ${doubleDigits} then ${bit.double} else ${bit.digits} end
    when ${is("[+-]?\\d+(\\.\\d+)?")} then ${bit.digits}
    when ${is(date)} then ${cast("date")}
    when ${is(instant)} then ${cast("timestamp")}
    when ${is(instant + zone)} then ${cast("timestamptz")}
    else ${bit.other} end`;
}

export function typeOfKind(kind: TextKind): Type {
  return kind === "digits" ? "string" : kind;
}
