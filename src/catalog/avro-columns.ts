/**
 * Translates the columns of an Avro data file to those of a Parquet file, and its records to rows (Iceberg spec:
 * Appendix A, "Avro"; Avro 1.11 specification, "Schema Declaration", "Binary Encoding"). Names and field ids are the
 * file's own.
 * Invariant: the table's columns play no part, so a translated file is right for every state of the table.
 */
import { ParquetLeaf, type LeafDepth, type ParquetElement } from "../engine/nested-parquet.ts";
import { HeadgateError } from "../errors.ts";
import type { AvroInput } from "../iceberg/avro-input.ts";
import type { AvroSchema } from "../iceberg/avro-schema.ts";
import { avroLeaf, type AvroType } from "./avro-leaf.ts";

export interface AvroColumns {
  readonly columns: readonly ParquetElement[];
  readonly leaves: readonly ParquetLeaf[];
  /** Appends the next record to the leaves. Throws DATA_FILE_CORRUPT. */
  readRow(input: AvroInput): void;
}

interface Translated {
  readonly element: ParquetElement;
  readonly leaves: readonly ParquetLeaf[];
  /**
   * Appends the next value to the leaves. `repetition` tells which of the lists around it continues (0 for a new row).
   */
  readonly append: (input: AvroInput, repetition: number) => void;
}

interface Place {
  readonly name: string;
  readonly fieldId?: number | undefined;
  readonly depth: LeafDepth;
  readonly presence: "required" | "optional";
  /** Named types seen so far, by full name. Each is defined only once in the schema. */
  readonly named: Map<string, AvroType>;
  /** The namespace of names that do not have one of their own. */
  readonly namespace: string;
}

/**
 * `text` is the schema as JSON. Throws DATA_FILE_CORRUPT, and METADATA_INVALID for types that Iceberg tables cannot
 * have.
 */
export function avroColumns(text: string): AvroColumns {
  const { element, leaves, append } = orCorrupt(() => valueOf(parsed(text), rootPlace()));
  if (element.group !== "struct") throw notRead("its rows are not records");
  return { columns: element.parts, leaves, readRow: (input) => append(input, 0) };
}

function rootPlace(): Place {
  const depth = { definition: 0, repetition: 0 };
  return { name: "rows", depth, presence: "required", named: new Map(), namespace: "" };
}

/** Turns errors caused by an incomplete or endlessly nested schema into DATA_FILE_CORRUPT. */
function orCorrupt<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof HeadgateError) throw cause;
    throw new HeadgateError("DATA_FILE_CORRUPT", { message: "the schema in the file is not an Avro schema", cause });
  }
}

function parsed(text: string): AvroSchema {
  try {
    return JSON.parse(text) as AvroSchema;
  } catch (cause) {
    throw new HeadgateError("DATA_FILE_CORRUPT", { message: "the schema in the file is not JSON", cause });
  }
}

/** Reads a type that may be a union with null. */
function optionalOf(schema: AvroSchema, place: Place): Translated {
  if (!Array.isArray(schema)) return valueOf(schema, place);
  const branches = schema as readonly AvroSchema[];
  const valueBranch = branches.findIndex((branch) => branch !== "null");
  const { definition, repetition: lists } = place.depth;
  if (branches.length !== 2 || !branches.includes("null") || valueBranch < 0)
    throw notRead(`${place.name} is a union of more than null and one type`);
  const depth = { definition: definition + 1, repetition: lists };
  const value = valueOf(branches[valueBranch] ?? "null", { ...place, depth, presence: "optional" });
  const append: Translated["append"] = (input, repetition) => {
    const branch = input.int();
    if (branch === valueBranch) value.append(input, repetition);
    else if (branch === 1 - valueBranch) absent(value.leaves, repetition, definition);
    else
      throw new HeadgateError("DATA_FILE_CORRUPT", {
        message: `a value of ${place.name} is neither null nor of the column's type`,
      });
  };
  return { ...value, append };
}

function absent(leaves: readonly ParquetLeaf[], repetition: number, definition: number): void {
  for (const leaf of leaves) leaf.absent(repetition, definition);
}

function valueOf(schema: AvroSchema, place: Place): Translated {
  const type = typeOf(schema, place);
  switch (type["type"]) {
    case "record":
      if (type["logicalType"] === "variant") throw notRead(`${place.name} is a variant`);
      return structOf(type, place);
    case "array":
      return type["logicalType"] === "map" ? entriesOf(type, place) : listOf(type, place);
    case "map":
      return mapOf(type, place);
    case "null":
      return nothing(place);
    default:
      return leafOf(type, place);
  }
}

/** A name refers to a type that was defined earlier. */
function typeOf(schema: AvroSchema, { named, namespace }: Place): AvroType {
  if (typeof schema === "string") return named.get(fullName(schema, namespace)) ?? { type: schema };
  return schema as AvroType;
}

function schemaIn(type: AvroType, member: "type" | "items" | "values"): AvroSchema {
  return type[member] as AvroSchema;
}

function fullName(name: string, namespace: string): string {
  return name.includes(".") || namespace === "" ? name : `${namespace}.${name}`;
}

/** A type is registered only after its parts have been read, so that no type can contain itself. */
function remember(type: AvroType, { named, namespace }: Place): void {
  const name = type["name"];
  if (typeof name !== "string") return;
  const own = namespaceOf(type, namespace);
  named.set(fullName(name, own), { ...type, namespace: own });
}

function namespaceOf({ name, namespace }: AvroType, around: string): string {
  if (typeof name === "string" && name.includes(".")) return name.slice(0, name.lastIndexOf("."));
  return typeof namespace === "string" ? namespace : around;
}

function structOf(type: AvroType, place: Place): Translated {
  const { name, fieldId, presence } = place;
  const { parts, leaves, append } = fieldsOf(type, place);
  return { element: { name, fieldId, repetition: presence, group: "struct", parts }, leaves, append };
}

function fieldsOf(type: AvroType, place: Place): Together {
  const fields = type["fields"] as readonly AvroType[];
  const namespace = namespaceOf(type, place.namespace);
  const translated = fields.map((field) =>
    optionalOf(schemaIn(field, "type"), {
      ...place,
      name: String(field["iceberg-field-name"] ?? field["name"]),
      fieldId: idOf(field["field-id"]),
      presence: "required",
      namespace,
    }),
  );
  remember(type, place);
  return together(translated);
}

/** Values that follow each other in a record. */
interface Together extends Pick<Translated, "leaves" | "append"> {
  readonly parts: readonly ParquetElement[];
}

function together(translated: readonly Translated[]): Together {
  return {
    parts: translated.map(({ element }) => element),
    leaves: translated.flatMap(({ leaves }) => leaves),
    append(input, repetition) {
      for (const one of translated) one.append(input, repetition);
    },
  };
}

function idOf(id: unknown): number | undefined {
  return typeof id === "number" ? id : undefined;
}

function listOf(type: AvroType, place: Place): Translated {
  const within = repeatedPlace(place);
  const items = schemaIn(type, "items");
  const element = optionalOf(items, { ...within, name: "element", fieldId: idOf(type["element-id"]) });
  return repeated(together([element]), { kind: "list", layer: "list", place });
}

function mapOf(type: AvroType, place: Place): Translated {
  const within = repeatedPlace(place);
  const key = optionalOf("string", { ...within, name: "key", fieldId: idOf(type["key-id"]) });
  const values = schemaIn(type, "values");
  const value = optionalOf(values, { ...within, name: "value", fieldId: idOf(type["value-id"]) });
  return repeated(together([key, value]), { kind: "map", layer: "key_value", place });
}

/** A map whose keys are not strings is stored as a list of records with two fields. */
function entriesOf(type: AvroType, place: Place): Translated {
  const entry = fieldsOf(typeOf(schemaIn(type, "items"), place), repeatedPlace(place));
  return repeated(entry, { kind: "map", layer: "key_value", place });
}

function repeatedPlace(place: Place): Place {
  const { definition, repetition } = place.depth;
  return { ...place, depth: { definition: definition + 1, repetition: repetition + 1 }, presence: "required" };
}

interface Repeated {
  readonly kind: "list" | "map";
  /** Name of the repeated group. */
  readonly layer: string;
  readonly place: Place;
}

function repeated({ parts, leaves, append }: Together, { kind, layer, place }: Repeated): Translated {
  const { name, fieldId, presence, depth } = place;
  const { definition, repetition: lists } = depth;
  return {
    element: {
      name,
      fieldId,
      repetition: presence,
      group: kind,
      parts: [{ name: layer, repetition: "repeated", parts }],
    },
    leaves,
    append(input, repetition) {
      let count = input.itemCount();
      if (count === 0) absent(leaves, repetition, definition);
      let next = repetition;
      for (; count > 0; count = input.itemCount())
        for (let index = 0; index < count; index++) {
          append(input, next);
          next = lists + 1;
        }
    },
  };
}

/** A column that contains only nulls. */
function nothing({ name, fieldId, depth }: Place): Translated {
  const { definition, repetition: lists } = depth;
  const leaf = new ParquetLeaf({ physical: "int32" }, { definition: definition + 1, repetition: lists });
  return {
    element: { name, fieldId, repetition: "optional", leaf, parts: [] },
    leaves: [leaf],
    append: (_input, repetition) => leaf.absent(repetition, definition),
  };
}

function leafOf(type: AvroType, place: Place): Translated {
  const { name, fieldId, depth, presence } = place;
  const found = avroLeaf(type);
  if (found === undefined) throw notRead(`${name} has the type ${JSON.stringify(type["type"])}`);
  remember(type, place);
  const leaf = new ParquetLeaf(found.type, depth);
  return {
    element: { name, fieldId, repetition: presence, leaf, parts: [] },
    leaves: [leaf],
    append(input, repetition) {
      leaf.present(repetition);
      found.append(input, leaf.values);
    },
  };
}

function notRead(what: string): HeadgateError {
  return new HeadgateError("METADATA_INVALID", { message: `Headgate cannot read this Avro file, because ${what}` });
}
