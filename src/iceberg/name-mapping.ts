/** Name mappings (spec: "Name Mapping Serialization"): field ids, by column name, for files without ids. */
import { parseJson, type Json } from "../base/json.ts";
import { HeadgateError } from "../errors.ts";
import { listOf, objectOf, optionalListOf, textsOf } from "./json-members.ts";

export const nameMappingProperty = "schema.name-mapping.default";

export interface MappedField {
  readonly fieldId: number | undefined;
  readonly names: readonly string[];
  readonly fields: readonly MappedField[];
}

/** Parses the text of the property. Throws METADATA_INVALID. */
export function parseNameMapping(text: string): readonly MappedField[] {
  try {
    return listOf(parseJson(text), nameMappingProperty).map(parseField);
  } catch (cause) {
    throw new HeadgateError("METADATA_INVALID", {
      place: nameMappingProperty,
      message: "the text of this property is not a name mapping",
      cause,
    });
  }
}

function parseField(json: Json): MappedField {
  const { "field-id": id, names, fields } = objectOf(json, nameMappingProperty);
  return {
    fieldId: id === undefined || id === null ? undefined : Number(id),
    names: textsOf(names, nameMappingProperty),
    fields: optionalListOf(fields, nameMappingProperty).map(parseField),
  };
}
