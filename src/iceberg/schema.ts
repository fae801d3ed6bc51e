/**
 * Schemas (spec: "Schemas"; JSON form: Appendix C, "Schemas"). A field is identified by its id; names are only labels.
 */
import type { Json } from "../base/json.ts";
import { HeadgateError } from "../errors.ts";
import { listOf, objectOf, type JsonObject } from "./json-members.ts";
import {
  allFields,
  isPrimitive,
  parsePrimitive,
  type ListType,
  type MapType,
  type NestedField,
  type StructType,
  type Type,
} from "./type.ts";

export interface Schema {
  readonly schemaId: number;
  readonly fields: readonly NestedField[];
  /** Required primitive fields that identify a row; may be empty. */
  readonly identifierFieldIds: readonly number[];
}

export function structOf(schema: Schema): StructType {
  return { type: "struct", fields: schema.fields };
}

/** The field with this id, at any depth. */
export function fieldById(schema: Schema, id: number): NestedField | undefined {
  for (const field of allFields(structOf(schema))) if (field.id === id) return field;
  return undefined;
}

export function highestFieldId(schema: Schema): number {
  let highest = 0;
  for (const { id } of allFields(structOf(schema))) highest = Math.max(highest, id);
  return highest;
}

/** True if two schemas have the same fields and identifiers, whatever their schema ids. */
export function isSameSchema(left: Schema, right: Schema): boolean {
  return (
    JSON.stringify(formatSchema({ ...left, schemaId: 0 })) === JSON.stringify(formatSchema({ ...right, schemaId: 0 }))
  );
}

/** Parses a schema from table metadata. Throws METADATA_INVALID. */
export function parseSchema(json: Json): Schema {
  const object = objectOf(json, "schema: schema");
  const struct = parseStruct(object);
  return {
    schemaId: Number(object["schema-id"] ?? 0),
    fields: struct.fields,
    identifierFieldIds: listOf(object["identifier-field-ids"] ?? [], "schema: fields").map(Number),
  };
}

/** Formats a schema for table metadata. */
export function formatSchema({ schemaId, fields, identifierFieldIds }: Schema): JsonObject {
  return {
    type: "struct",
    "schema-id": schemaId,
    ...(identifierFieldIds.length > 0 ? { "identifier-field-ids": [...identifierFieldIds] } : {}),
    fields: fields.map(formatField),
  };
}

export function parseType(json: Json | undefined): Type {
  if (typeof json === "string") return parsePrimitive(json);
  const object = objectOf(json, "schema: type");
  if (object["type"] === "struct") return parseStruct(object);
  if (object["type"] === "list") return parseList(object);
  if (object["type"] === "map") return parseMap(object);
  throw new HeadgateError("METADATA_INVALID", { place: `schema: type ${String(object["type"])}` });
}

export function formatNestedType(type: Type): Json {
  if (isPrimitive(type)) return type;
  if (type.type === "struct") return { type: "struct", fields: type.fields.map(formatField) };
  if (type.type === "list") {
    return {
      type: "list",
      "element-id": type.elementId,
      element: formatNestedType(type.element),
      "element-required": type.elementRequired,
    };
  }
  return {
    type: "map",
    "key-id": type.keyId,
    key: formatNestedType(type.key),
    "value-id": type.valueId,
    value: formatNestedType(type.value),
    "value-required": type.valueRequired,
  };
}

function parseStruct(object: JsonObject): StructType {
  return { type: "struct", fields: listOf(object["fields"], "schema: fields").map(parseField) };
}

function parseField(json: Json): NestedField {
  const object = objectOf(json, "schema: field");
  return {
    id: Number(object["id"]),
    name: String(object["name"]),
    required: object["required"] === true,
    type: parseType(object["type"]),
    ...(typeof object["doc"] === "string" ? { doc: object["doc"] } : {}),
    ...("initial-default" in object ? { initialDefault: object["initial-default"] } : {}),
    ...("write-default" in object ? { writeDefault: object["write-default"] } : {}),
  };
}

function parseList(object: JsonObject): ListType {
  return {
    type: "list",
    elementId: Number(object["element-id"]),
    element: parseType(object["element"]),
    elementRequired: object["element-required"] === true,
  };
}

function parseMap(object: JsonObject): MapType {
  return {
    type: "map",
    keyId: Number(object["key-id"]),
    key: parseType(object["key"]),
    valueId: Number(object["value-id"]),
    value: parseType(object["value"]),
    valueRequired: object["value-required"] === true,
  };
}

function formatField({ id, name, required, type, doc, initialDefault, writeDefault }: NestedField): Json {
  return {
    id,
    name,
    required,
    type: formatNestedType(type),
    ...(doc === undefined ? {} : { doc }),
    ...(initialDefault === undefined ? {} : { "initial-default": initialDefault as Json }),
    ...(writeDefault === undefined ? {} : { "write-default": writeDefault as Json }),
  };
}
