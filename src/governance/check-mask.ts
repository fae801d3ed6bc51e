/** Which mask fits which type, as the Iceberg REST specification says for its read restrictions. */
import { HeadgateError } from "../errors.ts";
import { decimalOf, fixedLengthOf, formatType, isPrimitive, type NestedField, type Type } from "../iceberg/type.ts";
import { maskActions, type Mask, type MaskAction } from "./mask.ts";
import { readValue } from "./predicate/read-value.ts";

/** Throws FILTER_INVALID if the column's type has no such mask, or cannot hold the mask's fixed value. */
export function checkMask(mask: Mask, { name, type }: NestedField): void {
  const { action, value } = mask;
  const place = `mask of ${name}`;
  if (!fits(action, type)) {
    const others = maskActions.filter((other) => fits(other, type)).join(", ");
    throw new HeadgateError("FILTER_INVALID", {
      place,
      message: `the mask ${action} cannot be used for a column of the type ${formatType(type)}`,
      remedy: `use one of ${others}`,
    });
  }
  if (isUsable(mask, type)) return;
  const isNeeded = action === "fixed-value";
  throw new HeadgateError("FILTER_INVALID", {
    place,
    message: isNeeded
      ? `a column of the type ${formatType(type)} cannot hold ${value === undefined ? "a missing value" : `"${value}"`}`
      : `the mask ${action} takes no value`,
    remedy: isNeeded ? "give the mask a value of the column's type" : "leave the value out, or use fixed-value",
  });
}

/** False where `checkMask` throws, for example because the column had another type in an earlier state. */
export function isUsable({ action, value }: Mask, type: Type): boolean {
  if (!fits(action, type)) return false;
  if (action !== "fixed-value") return value === undefined;
  return value !== undefined && isPrimitive(type) && readValue(type, value) !== undefined;
}

function fits(action: MaskAction, type: Type): boolean {
  return action === "replace-with-null" || (isPrimitive(type) && fitting[action](type));
}

const times: ReadonlySet<string> = new Set(["date", "timestamp", "timestamptz", "timestamp_ns"]);
const hashed: ReadonlySet<string> = new Set(["string", "int", "long", "binary"]);
const plain: ReadonlySet<string> = new Set(
  "boolean int long float double date time timestamp timestamptz timestamp_ns string uuid binary".split(" "),
);

function isPlain(type: string): boolean {
  return plain.has(type) || decimalOf(type) !== undefined || fixedLengthOf(type) !== undefined;
}

const fitting: Readonly<Record<Exclude<MaskAction, "replace-with-null">, (type: string) => boolean>> = {
  "mask-alphanum": (type) => type === "string",
  "mask-to-default": isPlain,
  "show-first-4": (type) => type === "string",
  "show-last-4": (type) => type === "string",
  "truncate-to-year": (type) => times.has(type),
  "truncate-to-month": (type) => times.has(type),
  "sha-256-global": (type) => hashed.has(type),
  "sha-256-query-local": (type) => hashed.has(type),
  "fixed-value": isPlain,
};
