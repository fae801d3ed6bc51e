/**
 * Converts literals of a statement into values of a column, exactly as DuckDB compares the two, or not at all: if
 * DuckDB would convert the column, round, or read a text more freely than this code does, there is no value and nothing
 * is pruned.
 */
import type { Value } from "../iceberg/value.ts";
import { kindOf, nodeOf, textOf, type TreeNode } from "./syntax-tree.ts";

/** The value of a constant (or of a text cast to a boolean or a time) for a column of this Iceberg type. */
export function literalFor(expression: TreeNode, type: string): Value | undefined {
  const literal = readLiteral(expression);
  if (literal === undefined) return undefined;
  const decimal = /^decimal\(\s*\d+\s*,\s*(\d+)\s*\)$/.exec(type);
  if (decimal !== null) return decimalValue(literal, Number(decimal[1]));
  return converters[type]?.(literal);
}

interface Literal {
  /** DuckDB's name for the literal's type. */
  readonly type: string;
  readonly value: string | bigint | number;
  /** Digits after the point of a DECIMAL; its value is unscaled. */
  readonly scale: number;
}

const converters: Readonly<Record<string, ((literal: Literal) => Value | undefined) | undefined>> = {
  boolean: ({ type, value }) => (type === "BOOLEAN" ? booleans[String(value)] : undefined),
  int: (literal) => narrowInteger(integerOf(literal)),
  long: (literal) => within(integerOf(literal), { least: -(2n ** 63n), most: 2n ** 63n - 1n }),
  double: doubleOf,
  string: ({ type, value }) => (type === "VARCHAR" && typeof value === "string" ? value : undefined),
  date: dateOf,
  timestamp: (literal) => timestampOf(literal, false),
  timestamptz: (literal) => timestampOf(literal, true),
  timestamp_ns: nanosecondsOf,
};

const booleans: Readonly<Record<string, boolean | undefined>> = { t: true, f: false, true: true, false: false };
const integerTypes: ReadonlySet<string> = new Set(["INTEGER", "BIGINT"]);
const dayForm = /^(\d{4})-(\d{2})-(\d{2})$/;
const timestampForm = /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?(Z|\+00)?$/;

function readLiteral(expression: TreeNode): Literal | undefined {
  if (kindOf(expression) === "CAST") return readCast(expression);
  if (kindOf(expression) !== "CONSTANT") return undefined;
  const constant = nodeOf(expression, "value");
  const type = nodeOf(constant, "type");
  const value = constant?.["value"];
  if (constant?.["is_null"] !== false || typeof value === "object" || typeof value === "boolean" || value === undefined)
    return undefined;
  const scale = nodeOf(type, "type_info")?.["scale"];
  return { type: textOf(type, "id") ?? "", value, scale: typeof scale === "number" ? scale : 0 };
}

/** A text cast to a type that a column can have: `date '2026-05-01'`, `true`. */
function readCast(expression: TreeNode): Literal | undefined {
  const child = nodeOf(expression, "child");
  const text = child === undefined || kindOf(child) !== "CONSTANT" ? undefined : readLiteral(child);
  const type = textOf(nodeOf(expression, "cast_type"), "id") ?? "";
  const known = ["BOOLEAN", "DATE", "TIMESTAMP", "TIMESTAMP_NS", "TIMESTAMP WITH TIME ZONE"].includes(type);
  return text?.type === "VARCHAR" && known && expression["try_cast"] !== true ? { ...text, type } : undefined;
}

function integerOf({ type, value }: Literal): bigint | undefined {
  return integerTypes.has(type) && typeof value !== "string" ? BigInt(value) : undefined;
}

function within(value: bigint | undefined, { least, most }: { least: bigint; most: bigint }): bigint | undefined {
  return value !== undefined && value >= least && value <= most ? value : undefined;
}

function narrowInteger(value: bigint | undefined): number | undefined {
  const narrow = within(value, { least: -(2n ** 31n), most: 2n ** 31n - 1n });
  return narrow === undefined ? undefined : Number(narrow);
}

/** Zero gives no value, because writers disagree on whether −0 lies within bounds. */
function doubleOf(literal: Literal): number | undefined {
  const whole = within(integerOf(literal), { least: -(2n ** 53n), most: 2n ** 53n });
  const value = whole === undefined && literal.type === "DOUBLE" ? Number(literal.value) : Number(whole);
  return Number.isFinite(value) && value !== 0 ? value : undefined;
}

/** The unscaled value at the column's scale, if it is exact. */
function decimalValue(literal: Literal, scale: number): bigint | undefined {
  const { type, value } = literal;
  const unscaled = type === "DECIMAL" && typeof value !== "string" ? BigInt(value) : integerOf(literal);
  if (unscaled === undefined) return undefined;
  const shift = scale - (type === "DECIMAL" ? literal.scale : 0);
  if (shift >= 0) return unscaled * 10n ** BigInt(shift);
  const divisor = 10n ** BigInt(-shift);
  return unscaled % divisor === 0n ? unscaled / divisor : undefined;
}

function dateOf({ type, value }: Literal): number | undefined {
  return type === "DATE" || type === "VARCHAR" ? daysOf(String(value)) : undefined;
}

function daysOf(text: string): number | undefined {
  if (!dayForm.test(text)) return undefined;
  const millis = Date.parse(`${text}T00:00:00Z`);
  return Number.isNaN(millis) || !new Date(millis).toISOString().startsWith(text) ? undefined : millis / 86_400_000;
}

/** A text without an offset is UTC, because sessions run in that zone. Offsets other than zero are left to DuckDB. */
function timestampOf(literal: Literal, zoned: boolean): bigint | undefined {
  const accepted = ["VARCHAR", "DATE", "TIMESTAMP", ...(zoned ? ["TIMESTAMP WITH TIME ZONE"] : [])];
  return accepted.includes(literal.type) ? unitsOf(literal, { zoned, digits: 6 }) : undefined;
}

/** DuckDB converts a timestamp in microseconds, or a date, to the same moment in nanoseconds. */
function nanosecondsOf(literal: Literal): bigint | undefined {
  const isExact = ["TIMESTAMP_NS", "TIMESTAMP", "VARCHAR"].includes(literal.type);
  return isExact || (literal.type === "DATE" && dayForm.test(String(literal.value)))
    ? unitsOf(literal, { zoned: false, digits: 9 })
    : undefined;
}

/** `digits`: 6 for microseconds, 9 for nanoseconds. */
function unitsOf({ type, value }: Literal, { zoned, digits }: { zoned: boolean; digits: number }): bigint | undefined {
  const [, day, hour = "00", minute = "00", second = "00", fraction = "", zone] =
    timestampForm.exec(String(value)) ?? [];
  const days = day === undefined ? undefined : daysOf(day);
  if (days === undefined || fraction.length > digits || (zone !== undefined && !zoned)) return undefined;
  if (type === "DATE" && !dayForm.test(String(value))) return undefined;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  const seconds = days * 86_400 + Number(hour) * 3600 + Number(minute) * 60 + Number(second);
  return BigInt(seconds) * 10n ** BigInt(digits) + BigInt(fraction.padEnd(digits, "0"));
}
