import { currentSchema, type TableMetadata } from "./table-metadata.ts";

/** The names of columns by field id: those that they have now, and for columns that were dropped those that they had last. */
export function lastColumnNames(metadata: TableMetadata): (fieldId: number) => string {
  const schemas = [...metadata.schemas, currentSchema(metadata)];
  const names = new Map(schemas.flatMap(({ fields }) => fields.map(({ id, name }) => [id, name])));
  return (fieldId) => names.get(fieldId) ?? `with the id ${fieldId}`;
}
