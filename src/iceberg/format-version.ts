/** Versions of the table format (spec: "Format Versioning") that can be written. Version 1 can only be read. */
import { HeadgateError } from "../errors.ts";
import { structOf, type Schema } from "./schema.ts";
import { allFields, formatType, isGeometry, isNanoseconds, type NestedField } from "./type.ts";

export const formatVersions = [2, 3] as const;
export type FormatVersion = (typeof formatVersions)[number];

/** The lowest version that a table with this schema can have. */
export function leastVersion(schema: Schema): FormatVersion {
  return newField(schema) === undefined ? 2 : 3;
}

/** A field whose type was added in version 3. */
function newField(schema: Schema): NestedField | undefined {
  return allFields(structOf(schema)).find(
    ({ type }) => isNanoseconds(type) || isGeometry(type) || type === "variant" || type === "unknown",
  );
}

/** Throws METADATA_INVALID for a type that the table's format version does not have. */
export function checkVersion(schema: Schema, formatVersion: number): void {
  const field = newField(schema);
  if (field === undefined || formatVersion >= 3) return;
  throw new HeadgateError("METADATA_INVALID", {
    place: `column ${field.name}`,
    message: `${formatType(field.type)} needs format version 3, and the table has version ${formatVersion}`,
  });
}
