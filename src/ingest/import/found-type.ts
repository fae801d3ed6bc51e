/**
 * Types found in files, as Iceberg types without ids: their names in the engine, and the narrowest type that holds the
 * values of two types. `unknown` is the type of a column without values.
 */
import { decimalOf, isPrimitive, type NestedField, type Type } from "../../iceberg/type.ts";

const engineTypes: Readonly<Record<string, string>> = {
  BOOLEAN: "boolean",
  TINYINT: "int",
  SMALLINT: "int",
  INTEGER: "int",
  UTINYINT: "int",
  USMALLINT: "int",
  BIGINT: "long",
  UINTEGER: "long",
  UBIGINT: "decimal(20,0)",
  FLOAT: "float",
  DOUBLE: "double",
  VARCHAR: "string",
  BLOB: "binary",
  DATE: "date",
  TIME: "time",
  UUID: "uuid",
  TIMESTAMP: "timestamp",
  TIMESTAMP_S: "timestamp",
  TIMESTAMP_MS: "timestamp",
  TIMESTAMP_NS: "timestamp_ns",
  "TIMESTAMP WITH TIME ZONE": "timestamptz",
  VARIANT: "variant",
  GEOMETRY: "geometry",
  "GEOMETRY('OGC:CRS84')": "geometry",
  '"NULL"': "unknown",
};

/** Converts a type as DuckDB describes it; a type that the lake does not have becomes text. */
export function typeOfEngine(text: string): Type {
  if (/\[\d*\]$/.test(text)) return listOf(typeOfPart(text.replace(/\[\d*\]$/, "")));
  const inner = /^(?:STRUCT|MAP)\((.*)\)$/s.exec(text)?.[1];
  if (inner === undefined)
    return engineTypes[text] ?? (text.startsWith("DECIMAL(") ? text.toLowerCase().replace(" ", "") : "string");
  const parts = splitParts(inner);
  if (text.startsWith("MAP(")) return mapOf(typeOfPart(parts[0] ?? ""), typeOfPart(parts[1] ?? ""));
  return structOf(parts.map(namedPart).map(({ name, type }) => ({ name, type: typeOfPart(type) })));
}

/** DuckDB 1.5.5 cannot write a variant inside another value. */
function typeOfPart(text: string): Type {
  const type = typeOfEngine(text);
  return type === "variant" ? "string" : type;
}

/** Splits at commas outside quotes and brackets. */
function splitParts(text: string): readonly string[] {
  const parts = [""];
  let depth = 0;
  let isQuoted = false;
  for (const character of text) {
    if (character === '"') isQuoted = !isQuoted;
    if (!isQuoted && character === "(") depth++;
    if (!isQuoted && character === ")") depth--;
    if (!isQuoted && depth === 0 && character === ",") parts.push("");
    else parts[parts.length - 1] += character;
  }
  return parts.map((part) => part.trim());
}

function namedPart(part: string): { readonly name: string; readonly type: string } {
  const [, quoted, plain, type = ""] = /^(?:"((?:[^"]|"")*)"|(\S+)) (.*)$/s.exec(part) ?? [];
  return { name: quoted?.replaceAll('""', '"') ?? plain ?? "", type };
}

export function structOf(fields: readonly Pick<NestedField, "name" | "type">[]): Type {
  return isDistinct(fields) ? { type: "struct", fields: fields.map(optional) } : "string";
}

function optional({ name, type }: Pick<NestedField, "name" | "type">): NestedField {
  return { id: 0, name, required: false, type };
}

/** The engine and most readers treat `a` and `A` in a struct as the same name. */
function isDistinct(fields: readonly Pick<NestedField, "name">[]): boolean {
  return new Set(fields.map(({ name }) => name.toLowerCase())).size === fields.length;
}

export function listOf(element: Type): Type {
  return { type: "list", elementId: 0, element, elementRequired: false };
}

function mapOf(key: Type, value: Type): Type {
  return { type: "map", keyId: 0, key, valueId: 0, value, valueRequired: false };
}

/** The narrowest type that holds the values of both; text if no other does. */
export function wider(left: Type, right: Type): Type {
  if (left === "unknown" || isSameType(left, right)) return right;
  if (right === "unknown") return left;
  if (isPrimitive(left) && isPrimitive(right))
    return widerPrimitive(left, right) ?? widerPrimitive(right, left) ?? "string";
  if (isPrimitive(left) || isPrimitive(right)) return "string";
  if (left.type === "list" && right.type === "list") return listOf(widerPart(left.element, right.element));
  if (left.type === "map" && right.type === "map")
    return mapOf(widerPart(left.key, right.key), widerPart(left.value, right.value));
  if (left.type === "struct" && right.type === "struct") return widerStruct(left.fields, right.fields);
  return "string";
}

/**
 * Values of a column are checked one by one, so a float that changes a value is found; parts of a nested value are not
 * checked.
 */
function widerPart(left: Type, right: Type): Type {
  const both = wider(left, right);
  const isHeld = both !== "double" || [left, right].every((type) => /^(int|float|double|unknown)$/.test(String(type)));
  return isHeld ? both : "string";
}

/** Undefined if `right` does not hold every value of `left`; the caller also tries the reverse. */
function widerPrimitive(left: string, right: string): string | undefined {
  if (left === "int" && right === "long") return "long";
  if ((left === "int" || left === "long" || left === "float") && right === "double") return "double";
  if ((left === "int" || left === "long") && right === "float") return "double";
  if (left === "date" && (right === "timestamp" || right === "timestamp_ns")) return right;
  if (left === "timestamp" && right === "timestamp_ns") return right;
  const other = decimalOf(right);
  if (other === undefined) return undefined;
  if (left === "float" || left === "double") return "double";
  const own = decimalOf(left) ?? { int: { precision: 10, scale: 0 }, long: { precision: 19, scale: 0 } }[left];
  if (own === undefined) return undefined;
  const scale = Math.max(own.scale, other.scale);
  const precision = Math.max(own.precision - own.scale, other.precision - other.scale) + scale;
  return precision > 38 ? undefined : `decimal(${precision},${scale})`;
}

function widerStruct(left: readonly NestedField[], right: readonly NestedField[]): Type {
  const others = new Map(right.map((field) => [field.name, field.type]));
  const names = new Set(left.map(({ name }) => name));
  return structOf([
    ...left.map(({ name, type }) => ({ name, type: widerPart(type, others.get(name) ?? "unknown") })),
    ...right.filter(({ name }) => !names.has(name)),
  ]);
}

/** A type that a table can have: text for a column without values. */
export function settled(type: Type): Type {
  if (type === "unknown") return "string";
  if (isPrimitive(type)) return type;
  if (type.type === "list") return { ...type, element: settled(type.element) };
  if (type.type === "map") return { ...type, key: settled(type.key), value: settled(type.value) };
  return { type: "struct", fields: type.fields.map((field) => ({ ...field, type: settled(field.type) })) };
}

/** Ignores the ids of the types' parts. */
export function isSameType(left: Type, right: Type): boolean {
  return describeType(left) === describeType(right);
}

/** Writes a type as text: `struct<a: long, b: list<string>>`. */
export function describeType(type: Type): string {
  if (isPrimitive(type)) return type;
  if (type.type === "list") return `list<${describeType(type.element)}>`;
  if (type.type === "map") return `map<${describeType(type.key)}, ${describeType(type.value)}>`;
  return `struct<${type.fields.map((field) => `${field.name}: ${describeType(field.type)}`).join(", ")}>`;
}

/** The type with ids for its parts, assigned by `nextId`. */
export function withIds(type: Type, nextId: () => number): Type {
  if (isPrimitive(type)) return type;
  if (type.type === "list") return { ...type, elementId: nextId(), element: withIds(type.element, nextId) };
  if (type.type === "map")
    return {
      ...type,
      keyId: nextId(),
      key: withIds(type.key, nextId),
      valueId: nextId(),
      value: withIds(type.value, nextId),
    };
  return {
    type: "struct",
    fields: type.fields.map((field) => ({ ...field, id: nextId(), type: withIds(field.type, nextId) })),
  };
}
