/** Versions of the table format (spec: "Format Versioning") that are written; version 1 is only read. */
import { HeadgateError } from "../errors.ts";
import { structOf, type Schema } from "./schema.ts";
import { allFields, formatType, isGeometry, isNanoseconds, type NestedField } from "./type.ts";

export const formatVersions = [2, 3] as const;
export type FormatVersion = (typeof formatVersions)[number];

/** The least version that a table of this schema can have. */
export function leastVersion(schema: Schema): FormatVersion {
  return newField(schema) === undefined ? 2 : 3;
}

/** One of a type that came with version 3. */
function newField(schema: Schema): NestedField | undefined {
  return allFields(structOf(schema)).find(
    ({ type }) => isNanoseconds(type) || isGeometry(type) || type === "variant" || type === "unknown",
  );
}

/** Throws METADATA_INVALID for a type that is newer than the table's format. */
export function checkVersion(schema: Schema, formatVersion: number): void {
  const field = newField(schema);
  if (field === undefined || formatVersion >= 3) return;
  throw new HeadgateError("METADATA_INVALID", {
    place: `column ${field.name}`,
    message: `${formatType(field.type)} needs format version 3, and the table has version ${formatVersion}`,
  });
}
