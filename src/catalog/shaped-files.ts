/**
 * Files with how their columns are found, where field ids at the top are not enough: in tables with a name mapping, in those with
 * structs whose schema was changed or whose parts may be spelled otherwise, and in those with geometries, which some write as mere
 * bytes. Only then are footers looked at.
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

/** A column that a file lacks and its partition tells has that value in all of it (spec: "Column Projection"). */
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

/** As DuckDB casts it to the type. */
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
 * In older files they may have other names, or those of parts that are gone, and no schema of the time need be left; writers in Java
 * spell them as Avro does.
 */
function partsOfStruct({ type }: NestedField): readonly NestedField[] {
  return isPrimitive(type) || type.type !== "struct" ? [] : type.fields;
}

/** A file that carries ids keeps them, whatever the mapping says. */
function mapped(shape: FileShape, mapping: readonly MappedField[]): FileShape {
  return shape.hasIds ? shape : { ...shape, columns: withIds(shape.columns, mapping) };
}

function withIds(columns: readonly FileColumn[], mapping: readonly MappedField[]): readonly FileColumn[] {
  return columns.map((column) => {
    const field = mapping.find(({ names }) => names.includes(column.name));
    return { ...column, fieldId: field?.fieldId, parts: withIds(column.parts, field?.fields ?? []) };
  });
}
