/**
 * Iceberg types (spec: "Schemas and Data Types"). Primitive types are their names in metadata JSON (`long`,
 * `decimal(9,2)`, `fixed[16]`); nested types are objects. Types are immutable and are compared by their JSON.
 */
import { HeadgateError } from "../errors.ts";

export type PrimitiveType = string;

export interface StructType {
  readonly type: "struct";
  readonly fields: readonly NestedField[];
}

export interface ListType {
  readonly type: "list";
  readonly elementId: number;
  readonly element: Type;
  readonly elementRequired: boolean;
}

export interface MapType {
  readonly type: "map";
  readonly keyId: number;
  readonly key: Type;
  readonly valueId: number;
  readonly value: Type;
  readonly valueRequired: boolean;
}

export type Type = PrimitiveType | StructType | ListType | MapType;

export interface NestedField {
  readonly id: number;
  readonly name: string;
  readonly required: boolean;
  readonly type: Type;
  readonly doc?: string | undefined;
  /** Format version 3; kept as it was read. */
  readonly initialDefault?: unknown;
  readonly writeDefault?: unknown;
}

const plainPrimitives = new Set(
  "boolean int long float double date time timestamp timestamptz timestamp_ns timestamptz_ns string uuid binary unknown variant geometry geography".split(
    " ",
  ),
);

/** Checks a primitive type's name and returns its canonical spelling. Throws METADATA_INVALID. */
export function parsePrimitive(text: string): PrimitiveType {
  const compact = text.replace(/\s+/g, "");
  if (plainPrimitives.has(compact) || (isGeometry(compact) && compact.endsWith(")"))) return compact;
  const decimal = decimalOf(compact);
  if (decimal !== undefined && decimal.precision >= 1 && decimal.precision <= 38 && decimal.scale <= decimal.precision)
    return compact;
  if (/^fixed\[[1-9]\d*\]$/.test(compact)) return compact;
  throw new HeadgateError("METADATA_INVALID", { place: `type ${text}`, message: `"${text}" is not an Iceberg type` });
}

export function isPrimitive(type: Type): type is PrimitiveType {
  return typeof type === "string";
}

/** Precision and scale of `decimal(p,s)`; undefined for every other type. */
export function decimalOf(type: Type): { readonly precision: number; readonly scale: number } | undefined {
  const match = typeof type === "string" ? /^decimal\((\d+),(\d+)\)$/.exec(type) : null;
  return match === null ? undefined : { precision: Number(match[1]), scale: Number(match[2]) };
}

/** A timestamp in nanoseconds, with or without a time zone. */
export function isNanoseconds(type: Type): boolean {
  return type === "timestamp_ns" || type === "timestamptz_ns";
}

/** `geometry`, `geometry(srid:3857)`. */
export function isGeometry(type: Type): boolean {
  return typeof type === "string" && /^(geometry|geography)(\(|$)/.test(type);
}

/** Length of `fixed[n]`; undefined for every other type. */
export function fixedLengthOf(type: Type): number | undefined {
  const match = typeof type === "string" ? /^fixed\[(\d+)\]$/.exec(type) : null;
  return match === null ? undefined : Number(match[1]);
}

/** Number of bytes that a decimal of this precision needs (spec: "Avro", "Parquet"). */
export function decimalBytes(precision: number): number {
  return Math.ceil((precision * Math.log2(10) + 1) / 8);
}

/** For messages: a primitive's name, `struct`, `list` or `map`. */
export function formatType(type: Type): string {
  return typeof type === "string" ? type : type.type;
}

/** Every field of a struct at any depth, including list elements and map keys and values. */
export function* allFields(struct: StructType): Generator<NestedField> {
  for (const field of struct.fields) {
    yield field;
    yield* fieldsWithin(field.type);
  }
}

function* fieldsWithin(type: Type): Generator<NestedField> {
  if (typeof type === "string") return;
  yield* allFields({ type: "struct", fields: partsOf(type) });
}

/** The fields of a struct, the element of a list, or the key and the value of a map. */
export function partsOf(type: Exclude<Type, PrimitiveType>): readonly NestedField[] {
  if (type.type === "struct") return type.fields;
  if (type.type === "list")
    return [{ id: type.elementId, name: "element", required: type.elementRequired, type: type.element }];
  return [
    { id: type.keyId, name: "key", required: true, type: type.key },
    { id: type.valueId, name: "value", required: type.valueRequired, type: type.value },
  ];
}
