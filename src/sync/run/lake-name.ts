/**
 * Where a source's tables go in the lake: the database has the source's name, tables keep their exact names. Schemas beside
 * the main one get a database of their own, `<source>_<schema>`.
 */
import type { Source, TableName } from "../source.ts";

export interface LakeName {
  readonly database: string;
  readonly table: string;
}

export function lakeName(
  source: { name: string; mainSchema: Source["mainSchema"] },
  { schema, name }: TableName,
): LakeName {
  const database = schema === source.mainSchema ? source.name : `${source.name}_${schema}`;
  return { database, table: name };
}

export function formatLakeName({ database, table }: LakeName): string {
  return `${database}.${table}`;
}
