/**
 * Describes the values in a text or JSON column: kinds of values, digits of numbers, parts. Merged shapes of several
 * files lead to one type. The shape keeps what decided the type, which the type itself does not.
 * Invariant: every value seen can be stored in the type of the shape and read back with the digits as written.
 */
import { decimalOf, isPrimitive, type Type } from "../../iceberg/type.ts";
import { listOf, structOf } from "./found-type.ts";

/** Kinds of values; each is a bit of what a column contains. */
export const bit = {
  boolean: 1 << 0,
  /** A whole number that a double holds exactly. */
  integer: 1 << 1,
  /** A whole number of 64 bits that a double would change. */
  large: 1 << 2,
  /** A whole number of more than 64 bits. */
  huge: 1 << 3,
  /** A number with a point that a double reproduces as written. */
  fraction: 1 << 4,
  /** A number with a point that a double would change. */
  precise: 1 << 5,
  /** A number with an exponent, as programs write floats; also JSON's NaN and infinities. */
  exponent: 1 << 6,
  /** As likely a code as a number: `1E5`. */
  code: 1 << 7,
  /** Zero with a minus sign, which only floats have. */
  negativeZero: 1 << 8,
  /** 007, +40, 10E4, 1e400: digits that a number would not reproduce. */
  digits: 1 << 9,
  date: 1 << 10,
  timestamp: 1 << 11,
  timestamptz: 1 << 12,
  text: 1 << 13,
  /** A blank text, which is null in CSV unless the column is a text column. */
  blank: 1 << 14,
  list: 1 << 15,
  object: 1 << 16,
  /** A JSON number, which is a number however many digits it has. */
  jsonNumber: 1 << 17,
} as const;

export type Kind = keyof typeof bit;

export interface Shape {
  bits: number;
  /** The most digits before the point, among numbers without an exponent. */
  integerDigits: number;
  /** The most digits after the point. */
  scale: number;
  element?: Shape | undefined;
  fields?: Map<string, Shape> | undefined;
}

export function emptyShape(): Shape {
  return { bits: 0, integerDigits: 0, scale: 0 };
}

/** Joins two shapes into one that describes both. */
export function mergedShape(left: Shape, right: Shape): Shape {
  const names = new Set([...(left.fields?.keys() ?? []), ...(right.fields?.keys() ?? [])]);
  const fields = [...names].map((name) => [name, either(left.fields?.get(name), right.fields?.get(name))] as const);
  const shared = { ...(fields.length > 0 && { fields: new Map(fields) }) };
  const hasElement = left.element !== undefined || right.element !== undefined;
  return {
    bits: left.bits | right.bits,
    integerDigits: Math.max(left.integerDigits, right.integerDigits),
    scale: Math.max(left.scale, right.scale),
    ...(hasElement && { element: either(left.element, right.element) }),
    ...shared,
  };
}

function either(left: Shape | undefined, right: Shape | undefined): Shape {
  if (left !== undefined && right !== undefined) return mergedShape(left, right);
  return left ?? right ?? emptyShape();
}

/** Whether the shape has no other kinds than these. */
function only({ bits }: Shape, kinds: readonly Kind[]): boolean {
  return (bits & ~kinds.reduce((sum, kind) => sum | bit[kind], bit.jsonNumber)) === 0;
}

export function has({ bits }: Shape, ...kinds: readonly Kind[]): boolean {
  return kinds.some((kind) => (bits & bit[kind]) !== 0);
}

/** The type that holds every value; text if no other does. */
export function typeOfShape(shape: Shape): Type {
  const { bits, element, fields } = shape;
  if (bits === 0) return "unknown";
  if (bits === bit.list) return listOf(typeOfShape(element ?? emptyShape()));
  if (bits === bit.object) return typeOfObject(fields);
  if (bits === bit.blank) return "string";
  const filled = { ...shape, bits: bits & ~bit.blank };
  if (only(filled, ["boolean"])) return "boolean";
  if (only(filled, ["date"])) return "date";
  if (only(filled, ["date", "timestamp"])) return "timestamp";
  if (only(filled, ["timestamptz"])) return "timestamptz";
  return typeOfNumbers(filled) ?? "string";
}

function typeOfObject(fields: Shape["fields"]): Type {
  if (fields === undefined || fields.size === 0) return "string";
  return structOf([...fields].map(([name, shape]) => ({ name, type: typeOfShape(shape) })));
}

const floats: readonly Kind[] = ["integer", "fraction", "exponent", "code", "negativeZero"];
const decimals: readonly Kind[] = ["integer", "large", "huge", "fraction", "precise"];

function typeOfNumbers(shape: Shape): Type | undefined {
  if (only(shape, ["integer", "large"])) return "long";
  const isFloat = has(shape, "fraction", "exponent") || !has(shape, "code");
  if (only(shape, floats)) return isFloat ? "double" : "string";
  const isNumber = has(shape, "fraction", "precise", "jsonNumber");
  const precision = shape.integerDigits + shape.scale;
  return only(shape, decimals) && isNumber && precision <= 38 ? `decimal(${precision},${shape.scale})` : undefined;
}

/** Whether a column of this type, or a part of it, accepts every value as written. */
export function takesShape(type: Type, shape: Shape): boolean {
  if (shape.bits === 0 || type === "string") return true;
  if (isPrimitive(type)) return takesValues(type, shape);
  if (type.type === "list") return shape.bits === bit.list && takesShape(type.element, shape.element ?? emptyShape());
  if (type.type === "map" || shape.bits !== bit.object) return false;
  const types = new Map(type.fields.map((field) => [field.name, field.type]));
  return [...(shape.fields ?? [])].every(([name, part]) => takesShape(types.get(name) ?? "unknown", part));
}

function takesValues(type: string, shape: Shape): boolean {
  if (type === "boolean") return only(shape, ["boolean"]);
  if (type === "int" || type === "long") return only(shape, ["integer", "large"]);
  if (type === "double") return only(shape, floats);
  const decimal = decimalOf(type);
  if (decimal === undefined) return false;
  const { precision, scale } = decimal;
  return only(shape, decimals) && shape.scale <= scale && shape.integerDigits <= precision - scale;
}

/** Why the type was chosen, if that may surprise. */
export function reasonFor(shape: Shape): string | undefined {
  const type = typeOfShape(shape);
  if (type === "double" && has(shape, "negativeZero") && !has(shape, "fraction", "exponent"))
    return "has a zero with a sign, which only a float keeps";
  if (String(type).startsWith("decimal("))
    return "has numbers with more digits than a double gives back: decimal keeps them";
  if (type !== "string" || has(shape, "date", "timestamp", "timestamptz")) return undefined;
  const isMixed = has(shape, "object", "list") || (shape.bits & bit.jsonNumber && has(shape, "text", "boolean"));
  if (isMixed) return shape.bits === bit.object ? undefined : "has values of several kinds";
  if (has(shape, "text", "boolean", "blank") || shape.bits === 0) return undefined;
  if (has(shape, "code")) return "has values such as 1E5, which may be codes: as text they stay apart";
  return "has numbers with leading zeros, plus signs, exponents or very many digits, which a number type would not keep";
}
