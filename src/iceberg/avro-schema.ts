/** Iceberg types as Avro schemas (spec: Appendix A, "Avro"), and renaming of fields by field id for reading. */
import { decimalBytes, decimalOf, fixedLengthOf, type PrimitiveType } from "./type.ts";

/** An Avro schema as JSON. */
export type AvroSchema = string | { readonly [key: string]: unknown } | readonly AvroSchema[];

/** Names by field id. */
export type FieldNames = ReadonlyMap<number, string>;

/** A named, numbered field. Optional fields are a union with null. */
export function avroField(field: { name: string; id: number; type: AvroSchema; required: boolean }): AvroSchema {
  const { name, id, type, required } = field;
  if (type === "null") return { name, type, default: null, "field-id": id };
  return required ? { name, type, "field-id": id } : { name, type: ["null", type], default: null, "field-id": id };
}

/** A map with int keys, as an array of key-value records with `logicalType` map. */
export function avroIntMap(ids: { key: number; value: number }, value: AvroSchema): AvroSchema {
  return {
    type: "array",
    logicalType: "map",
    items: {
      type: "record",
      name: `k${ids.key}_v${ids.value}`,
      fields: [
        avroField({ name: "key", id: ids.key, type: "int", required: true }),
        avroField({ name: "value", id: ids.value, type: value, required: true }),
      ],
    },
  };
}

export function avroList(elementId: number, items: AvroSchema): AvroSchema {
  return { type: "array", items, "element-id": elementId };
}

/** `name` makes fixed types distinct within one schema. */
export function avroPrimitive(type: PrimitiveType, name: string): AvroSchema {
  const decimal = decimalOf(type);
  if (decimal !== undefined)
    return { type: "fixed", name, size: decimalBytes(decimal.precision), logicalType: "decimal", ...decimal };
  const length = fixedLengthOf(type);
  if (length !== undefined) return { type: "fixed", name, size: length };
  switch (type) {
    case "date":
      return { type: "int", logicalType: "date" };
    case "time":
      return { type: "long", logicalType: "time-micros" };
    case "timestamp":
    case "timestamptz":
      return { type: "long", logicalType: "timestamp-micros", "adjust-to-utc": type === "timestamptz" };
    case "timestamp_ns":
    case "timestamptz_ns":
      return { type: "long", logicalType: "timestamp-nanos", "adjust-to-utc": type === "timestamptz_ns" };
    case "unknown":
      return "null";
    case "uuid":
      return { type: "fixed", name, size: 16, logicalType: "uuid" };
    case "binary":
      return "bytes";
    default:
      return type;
  }
}

/**
 * Avro names may contain only letters, digits and _. Any other character is written as `_x` and its hexadecimal code.
 */
export function avroName(name: string): string {
  const safe = name.replace(
    /[^A-Za-z0-9_]/gu,
    (character) => `_x${character.codePointAt(0)?.toString(16).toUpperCase()}`,
  );
  return /^[0-9]/.test(safe) ? `_${safe}` : safe;
}

/** Renames the fields whose id is in `names`, because other writers spell some of them differently. */
export function renameById(schema: AvroSchema, names: FieldNames): AvroSchema {
  if (Array.isArray(schema)) return schema.map((branch) => renameById(branch, names));
  if (typeof schema !== "object") return schema;
  const copy: Record<string, unknown> = { ...schema };
  for (const inner of ["type", "items", "values"])
    if (typeof copy[inner] === "object") copy[inner] = renameById(copy[inner] as AvroSchema, names);
  if (Array.isArray(copy["fields"]))
    copy["fields"] = (copy["fields"] as AvroSchema[]).map((field) => renameById(field, names));
  const name = names.get(Number(copy["field-id"]));
  if (name !== undefined) copy["name"] = name;
  return copy as AvroSchema;
}

/** The schema without the fields that have these ids, at any depth of records. */
export function withoutFields(schema: AvroSchema, ids: ReadonlySet<number>): AvroSchema {
  if (typeof schema !== "object" || Array.isArray(schema)) return schema;
  const { fields, type } = schema as { fields?: readonly AvroSchema[]; type?: AvroSchema };
  if (fields === undefined) return typeof type === "object" ? { ...schema, type: withoutFields(type, ids) } : schema;
  const kept = fields.filter((field) => !ids.has(Number((field as { "field-id"?: number })["field-id"])));
  return { ...schema, fields: kept.map((field) => withoutFields(field, ids)) };
}
