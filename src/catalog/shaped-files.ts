/**
 * Files with how their columns are found, where field ids at the top are not enough: in tables with a name mapping, and in those
 * where a part of a column was renamed. Only then are footers looked at.
 */
import type { Engine } from "../engine/engine.ts";
import { readShapes, type FileColumn, type FileShape } from "../engine/file-shape.ts";
import type { ReadFile } from "../engine/read-data-files.ts";
import { nameMappingProperty, parseNameMapping, type MappedField } from "../iceberg/name-mapping.ts";
import { structOf } from "../iceberg/schema.ts";
import type { TableMetadata } from "../iceberg/table-metadata.ts";
import { allFields } from "../iceberg/type.ts";

/** Throws DATA_FILE_CORRUPT, METADATA_INVALID. */
export async function shapedFiles<File extends ReadFile>(
  engine: Engine,
  { metadata, files }: { metadata: TableMetadata; files: readonly File[] },
): Promise<readonly File[]> {
  if (files.length === 0 || !needsShapes(metadata)) return files;
  const text = metadata.properties[nameMappingProperty];
  const mapping = text === undefined ? [] : parseNameMapping(text);
  const shapes = await readShapes(
    engine,
    files.map(({ path }) => path),
  );
  return files.map((file) => {
    const shape = shapes.get(file.path);
    return shape === undefined ? file : { ...file, shape: mapped(shape, mapping) };
  });
}

export function needsShapes(metadata: TableMetadata): boolean {
  return metadata.properties[nameMappingProperty] !== undefined || hasRenamedParts(metadata);
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
