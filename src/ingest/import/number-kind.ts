/** Classifies a JSON number by its digits, with the same rules as text-type.ts applies to CSV in the engine's SQL. */
import { bit, emptyShape, type Shape } from "./shape.ts";

/** Adds a number, in JSON notation, to the shape. */
export function noteNumber(shape: Shape, text: string): void {
  shape.bits |= numberBit(text) | bit.jsonNumber;
  const sign = text.startsWith("-") ? 1 : 0;
  const point = text.indexOf(".");
  shape.integerDigits = Math.max(shape.integerDigits, (point < 0 ? text.length : point) - sign);
  if (point >= 0) shape.scale = Math.max(shape.scale, text.length - point - 1);
}

/** The shape of a single number. */
export function numberShape(text: string): Shape {
  const shape = emptyShape();
  noteNumber(shape, text);
  return shape;
}

/** A double preserves every number with this many digits. */
const sureDigits = 15;

function numberBit(text: string): number {
  if (/^-0(\.0+)?$/.test(text)) return bit.negativeZero;
  if (/^-?\d+$/.test(text)) return integerBit(text);
  if (/^-?\d+\.\d+$/.test(text)) return text.length <= sureDigits || survives(text) ? bit.fraction : bit.precise;
  return isSpecial(text) || survives(text) ? bit.exponent : bit.digits;
}

function integerBit(text: string): number {
  if (text.length <= sureDigits) return bit.integer;
  if (text.length > 20 || BigInt.asIntN(64, BigInt(text)) !== BigInt(text)) return bit.huge;
  return survives(text) ? bit.integer : bit.large;
}

function isSpecial(text: string): boolean {
  return /^(NaN|-?Infinity)$/.test(text);
}

/** Whether the shortest text of the double has the same digits. */
function survives(text: string): boolean {
  return digitsOf(text) === digitsOf(String(Number(text)));
}

/** The significant digits: `-0.0120e5` → `12`. */
function digitsOf(text: string): string {
  return text
    .replace(/[eE].*$/, "")
    .replace(/[-.]/g, "")
    .replace(/^0+/, "")
    .replace(/0+$/, "");
}
