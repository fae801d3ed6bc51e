/**
 * Finds how to read the columns of files when field ids at the top level are not enough: in tables with a name mapping,
 * with structs whose schema was changed or whose parts may be spelled differently, and with geometries, which some
 * writers store as plain bytes. Only for these tables are footers read.
 */
import type { Engine } from "../engine/engine.ts";
import { readShapes, type FileColumn, type FileShape } from "../engine/file-shape.ts";
import type { ReadFile } from "../engine/read-data-files.ts";
import { avroName } from "../iceberg/avro-schema.ts";
import type { DataFile } from "../iceberg/data-file.ts";
import { nameMappingProperty, parseNameMapping, type MappedField } from "../iceberg/name-mapping.ts";
import { partitionTypes } from "../iceberg/partition-spec.ts";
import { structOf } from "../iceberg/schema.ts";
import { specOf } from "../iceberg/snapshot-manifests.ts";
import { schemaOfAllTime, type TableMetadata } from "../iceberg/table-metadata.ts";
import { allFields, isGeometry, isPrimitive, type NestedField } from "../iceberg/type.ts";
import { textOf, type Value } from "../iceberg/value.ts";

interface Wanted<File> {
  readonly metadata: TableMetadata;
  readonly files: readonly File[];
}

/** Throws DATA_FILE_CORRUPT, METADATA_INVALID. */
export async function shapedFiles<File extends ReadFile & { readonly dataFile?: DataFile | undefined }>(
  engine: Engine,
  { metadata, files }: Wanted<File>,
): Promise<readonly File[]> {
  if (files.length === 0 || !needsShapes(metadata)) return files;
  const text = metadata.properties[nameMappingProperty];
  const mapping = text === undefined ? [] : parseNameMapping(text);
  const shapes = await readShapes(
    engine,
    files.map(({ path }) => path),
  );
  return files.map((file) => {
    const found = shapes.get(file.path);
    const shape = found && mapped(found, mapping);
    return shape === undefined ? file : { ...file, shape, constants: constantsOf(metadata, { file, shape }) };
  });
}

/**
 * A column that is missing in a file and is an identity partition field has the partition's value in every row (spec:
 * "Column Projection").
 */
function constantsOf(
  metadata: TableMetadata,
  { file: { dataFile }, shape }: { file: { readonly dataFile?: DataFile | undefined }; shape: FileShape },
): ReadFile["constants"] {
  if (dataFile === undefined) return undefined;
  const spec = specOf(metadata, dataFile.specId);
  const types = partitionTypes(spec, schemaOfAllTime(metadata));
  const there = new Set(shape.columns.map(({ fieldId }) => fieldId));
  const constants = spec.fields.flatMap(({ sourceId, transform }, index): [number, string | null][] => {
    if (transform.kind !== "identity" || there.has(sourceId)) return [];
    const value = dataFile.partition[index] ?? null;
    return [[sourceId, value === null ? null : engineText(types[index] ?? "string", value)]];
  });
  return constants.length === 0 ? undefined : Object.fromEntries(constants);
}

/** Text that DuckDB casts to the type. */
function engineText(type: string, value: Value): string {
  return value instanceof Uint8Array ? textOf(type, value).replace(/../g, "\\x$&") : textOf(type, value);
}

function needsShapes({ properties, schemas, currentSchemaId }: TableMetadata): boolean {
  if (properties[nameMappingProperty] !== undefined) return true;
  const hasChanged = schemas.length > 1 || currentSchemaId > 0;
  const fields = schemas.flatMap((schema) => [...allFields(structOf(schema))]);
  return (
    fields.some(({ type }) => isGeometry(type)) ||
    fields.flatMap(partsOfStruct).some(({ name }) => hasChanged || avroName(name) !== name)
  );
}

/**
 * Parts of structs may have other names in older files, or the names of dropped parts, and the schema of that time may
 * have been removed. Writers in Java also spell names as Avro requires.
 */
function partsOfStruct({ type }: NestedField): readonly NestedField[] {
  return isPrimitive(type) || type.type !== "struct" ? [] : type.fields;
}

/** A file with field ids keeps them, whatever the mapping says. */
function mapped(shape: FileShape, mapping: readonly MappedField[]): FileShape {
  return shape.hasIds ? shape : { ...shape, columns: withIds(shape.columns, mapping) };
}

function withIds(columns: readonly FileColumn[], mapping: readonly MappedField[]): readonly FileColumn[] {
  return columns.map((column) => {
    const field = mapping.find(({ names }) => names.includes(column.name));
    return { ...column, fieldId: field?.fieldId, parts: withIds(column.parts, field?.fields ?? []) };
  });
}
