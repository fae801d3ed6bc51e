/** Classifies texts, in the engine's SQL: their shape follows from how every one of them is written. */
import { bit, type Shape } from "./shape.ts";

const integer = "-?(0|[1-9]\\d*)";
const number = `${integer}(\\.\\d+)?`;
/** One digit before the point, as programs write floats; 10E4 does not match. */
const float = "-?([1-9](\\.\\d+)?|0(\\.0+)?)[eE][+-]?\\d+";
const date = "\\d{4}-\\d{2}-\\d{2}";
const instant = `${date}[ T]\\d{2}:\\d{2}(:[0-5]\\d(\\.\\d{1,6})?)?`;
const zone = "(Z|[+-]\\d{2}(:?\\d{2})?)";
/** A double preserves every number with this many digits. */
const sureDigits = 15;

/** Aggregates over texts, for `shapeOfRow`; texts of CSV may have spaces around them. */
export function textShapeSql(reference: string): readonly string[] {
  const text = `trim(${reference})`;
  const point = `strpos(${text}, '.')`;
  const whole = `case when ${point} = 0 then length(${text}) else ${point} - 1 end - starts_with(${text}, '-')::int`;
  const scale = `case when ${point} = 0 then 0 else length(${text}) - ${point} end`;
  return [`bit_or(${valueBitSql(text)})`, `max(${whole})`, `max(${scale})`];
}

/** Number of result columns that make up a shape. */
export const shapeWidth = 3;

export function shapeOfRow([bits, integerDigits, scale]: readonly unknown[]): Shape {
  return { bits: Number(bits ?? 0), integerDigits: Number(integerDigits ?? 0), scale: Number(scale ?? 0) };
}

/** The most common kinds are tested first, because testing stops at the first match. */
function valueBitSql(text: string): string {
  const is = (pattern: string): string => `regexp_full_match(${text}, '${pattern}')`;
  const cast = (type: "date" | "timestamp" | "timestamptz"): string =>
    `case when try_cast(${text} as ${type}) is null then ${bit.text} else ${bit[type]} end`;
  const isKept = survivesSql(text, "double");
  return `case
    when ${text} is null then null
    when ${text} = '' then ${bit.blank}
    when not ${is("[-+0-9].*")} then case when lower(${text}) in ('true', 'false') then ${bit.boolean} else ${bit.text} end
    when ${is(integer)} then case
      when ${text} = '-0' then ${bit.negativeZero}
      when length(${text}) <= ${sureDigits} then ${bit.integer}
      when try_cast(${text} as bigint) is null then ${bit.huge}
      when ${isKept} then ${bit.integer} else ${bit.large} end
    when ${is(number)} then case
      when ${is("-0\\.0+")} then ${bit.negativeZero}
      when length(${text}) <= ${sureDigits} or ${isKept} then ${bit.fraction} else ${bit.precise} end
    when ${is(float)} and ${isKept} then case
      when ${is("[^.+]*[eE]\\d+")} then ${bit.code} else ${bit.exponent} end
    when ${is("[+-]?\\d+(\\.\\d+)?([eE][+-]?\\d+)?")} then ${bit.digits}
    when ${is(date)} then ${cast("date")}
    when ${is(instant)} then ${cast("timestamp")}
    when ${is(instant + zone)} then ${cast("timestamptz")}
    else ${bit.text} end`;
}

/** Whether the float preserves the digits of the text: its shortest text has the same digits. */
export function survivesSql(text: string, type: "float" | "double"): string {
  return `coalesce(${digitsSql(text)} = ${digitsSql(`try_cast(${text} as ${type})::varchar`)}, false)`;
}

/** The significant digits: `-0.0120e5` → `12`. */
function digitsSql(text: string): string {
  return `rtrim(ltrim(replace(split_part(lower(${text}), 'e', 1), '.', ''), '+-0'), '0')`;
}
