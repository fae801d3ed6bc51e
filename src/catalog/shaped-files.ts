/**
 * Files with how their columns are found, where field ids at the top are not enough: in tables with a name mapping, in those where
 * a part of a column was renamed, and in those with geometries, which some write as mere bytes. Only then are footers looked at.
 */
import type { Engine } from "../engine/engine.ts";
import { readShapes, type FileColumn, type FileShape } from "../engine/file-shape.ts";
import type { ReadFile } from "../engine/read-data-files.ts";
import type { DataFile } from "../iceberg/data-file.ts";
import { nameMappingProperty, parseNameMapping, type MappedField } from "../iceberg/name-mapping.ts";
import { partitionTypes } from "../iceberg/partition-spec.ts";
import { structOf } from "../iceberg/schema.ts";
import { specOf } from "../iceberg/snapshot-manifests.ts";
import { schemaOfAllTime, type TableMetadata } from "../iceberg/table-metadata.ts";
import { allFields, isGeometry } from "../iceberg/type.ts";
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

function needsShapes(metadata: TableMetadata): boolean {
  const { properties, schemas } = metadata;
  const hasGeometry = schemas.some((schema) => allFields(structOf(schema)).some(({ type }) => isGeometry(type)));
  return properties[nameMappingProperty] !== undefined || hasGeometry || hasRenamedParts(metadata);
}

function hasRenamedParts({ schemas }: TableMetadata): boolean {
  const names = new Map<number, string>();
  return schemas.some((schema) => {
    const columns = new Set(schema.fields.map(({ id }) => id));
    return [...allFields(structOf(schema))].some(({ id, name }) => {
      const before = names.get(id) ?? name;
      names.set(id, name);
      return !columns.has(id) && before !== name;
    });
  });
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
