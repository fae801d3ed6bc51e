/** Schemas and types as metadata writes them, at any depth, and what is refused. */
import { expect, test } from "vitest";
import type { Json } from "../base/json.ts";
import { checkVersion, leastVersion } from "./format-version.ts";
import { parseNameMapping } from "./name-mapping.ts";
import {
  fieldById,
  formatNestedType,
  formatSchema,
  highestFieldId,
  isSameSchema,
  parseSchema,
  parseType,
} from "./schema.ts";
import {
  decimalBytes,
  decimalOf,
  fixedLengthOf,
  formatType,
  isGeometry,
  isNanoseconds,
  parsePrimitive,
} from "./type.ts";

const json = {
  type: "struct",
  "schema-id": 3,
  "identifier-field-ids": [1],
  fields: [
    { id: 1, name: "id", required: true, type: "long", doc: "the number" },
    {
      id: 2,
      name: "tags",
      required: false,
      type: { type: "list", "element-id": 3, element: "string", "element-required": true },
    },
    {
      id: 4,
      name: "sizes",
      required: false,
      type: { type: "map", "key-id": 5, key: "string", "value-id": 6, value: "int", "value-required": true },
    },
    {
      id: 7,
      name: "place",
      required: false,
      type: {
        type: "struct",
        fields: [{ id: 9, name: "x", required: false, type: "double", "initial-default": 0, "write-default": 1 }],
      },
    },
  ],
} satisfies Json;

test("a schema is written as it was read, with parts of every kind", () => {
  const schema = parseSchema(json);
  expect(formatSchema(schema)).toEqual(json);
  expect(schema.fields.map(({ name, required }) => [name, required])).toEqual([
    ["id", true],
    ["tags", false],
    ["sizes", false],
    ["place", false],
  ]);
  expect(schema.fields[1]?.type).toMatchObject({ elementRequired: true });
  expect(schema.fields[2]?.type).toMatchObject({ valueRequired: true });
  const optional: Json = { type: "list", "element-id": 3, element: "string", "element-required": false };
  expect(formatNestedType(parseType(optional))).toEqual(optional);
});

test("a schema without identifiers and without an id has none, and number 0", () => {
  const schema = parseSchema({ type: "struct", fields: [] });
  expect(schema).toEqual({ schemaId: 0, fields: [], identifierFieldIds: [] });
  expect(formatSchema(schema)).toEqual({ type: "struct", "schema-id": 0, fields: [] });
});

test("fields are found at any depth", () => {
  const schema = parseSchema(json);
  expect(fieldById(schema, 9)?.name).toBe("x");
  expect(fieldById(schema, 3)).toMatchObject({ name: "element", required: true });
  expect(fieldById(schema, 6)).toMatchObject({ name: "value", required: true });
  expect(fieldById(schema, 5)).toMatchObject({ name: "key", required: true });
  expect(fieldById(schema, 8)).toBeUndefined();
  expect(highestFieldId(schema)).toBe(9);
  expect(highestFieldId({ ...schema, fields: [] })).toBe(0);
});

test("two schemas are the same whatever their ids, but not with other identifiers or fields", () => {
  const schema = parseSchema(json);
  expect(isSameSchema(schema, { ...schema, schemaId: 9 })).toBe(true);
  expect(isSameSchema(schema, { ...schema, identifierFieldIds: [] })).toBe(false);
  expect(isSameSchema(schema, { ...schema, fields: schema.fields.slice(1) })).toBe(false);
});

test("names of types are checked and written in one way", () => {
  expect(parsePrimitive("decimal(9, 2)")).toBe("decimal(9,2)");
  expect(parsePrimitive("decimal(1,0)")).toBe("decimal(1,0)");
  expect(parsePrimitive("decimal(38,38)")).toBe("decimal(38,38)");
  expect(parsePrimitive("fixed[16]")).toBe("fixed[16]");
  expect(parsePrimitive("geometry(srid:3857)")).toBe("geometry(srid:3857)");
  for (const wrong of [
    "decimal(0,0)",
    "decimal(39,0)",
    "decimal(2,3)",
    "fixed[0]",
    "geometry(",
    "text",
    "",
    "geometry2",
  ])
    expect(() => parsePrimitive(wrong)).toThrow(
      expect.objectContaining({ code: "METADATA_INVALID", place: `type ${wrong}` }),
    );
  expect(() => parseType({ type: "heap" })).toThrow(expect.objectContaining({ code: "METADATA_INVALID" }));
});

test("types are told apart", () => {
  const struct = { type: "struct", fields: [] } as const;
  expect([decimalOf("decimal(9,2)"), decimalOf("int"), decimalOf(struct)]).toEqual([
    { precision: 9, scale: 2 },
    undefined,
    undefined,
  ]);
  expect([fixedLengthOf("fixed[3]"), fixedLengthOf("binary"), fixedLengthOf(struct)]).toEqual([
    3,
    undefined,
    undefined,
  ]);
  expect(["timestamp_ns", "timestamptz_ns", "timestamp", "timestamptz"].map(isNanoseconds)).toEqual([
    true,
    true,
    false,
    false,
  ]);
  expect(["geometry", "geography(x)", "geom"].map(isGeometry)).toEqual([true, true, false]);
  expect(isGeometry(struct)).toBe(false);
  expect([formatType("int"), formatType(struct)]).toEqual(["int", "struct"]);
  expect([1, 2, 3, 9, 18, 19, 38].map(decimalBytes)).toEqual([1, 1, 2, 4, 8, 9, 16]);
});

test("types of version 3 need version 3", () => {
  const schema = (type: string) =>
    parseSchema({ type: "struct", fields: [{ id: 1, name: "a", required: false, type }] });
  expect(["int", "timestamp_ns", "geometry", "variant", "unknown"].map((type) => leastVersion(schema(type)))).toEqual([
    2, 3, 3, 3, 3,
  ]);
  checkVersion(schema("int"), 2);
  checkVersion(schema("variant"), 3);
  expect(() => checkVersion(schema("variant"), 2)).toThrow(
    expect.objectContaining({
      place: "column a",
      message: "variant needs format version 3, and the table has version 2",
    }),
  );
});

test("a name mapping has ids where it has them, and is refused if it is none", () => {
  const text = '[{"field-id": 1, "names": ["a", "b"]}, {"field-id": null, "names": [], "fields": [{"names": ["x"]}]}]';
  expect(parseNameMapping(text)).toEqual([
    { fieldId: 1, names: ["a", "b"], fields: [] },
    { fieldId: undefined, names: [], fields: [{ fieldId: undefined, names: ["x"], fields: [] }] },
  ]);
  for (const wrong of ["{}", "[1]", "nothing", '[{"names": [1]}]'])
    expect(() => parseNameMapping(wrong)).toThrow(expect.objectContaining({ code: "METADATA_INVALID" }));
});
