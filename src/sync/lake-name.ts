/**
 * Where a source's tables go in the lake: the database has the source's name, tables keep their exact names. Schemas beside
 * the main one get a database of their own, `<source>_<schema>`.
 */
import { HeadgateError } from "../errors.ts";
import type { Source, SourceObject, TableName } from "./source.ts";

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

/** Throws LAKE_NAME_TAKEN when two objects would become the same table. */
export function checkDistinct(
  source: { name: string; mainSchema: Source["mainSchema"] },
  objects: readonly SourceObject[],
): void {
  const seen = new Map<string, TableName>();
  for (const { name } of objects) {
    const key = JSON.stringify(lakeName(source, name));
    const other = seen.get(key);
    if (other !== undefined)
      throw new HeadgateError("LAKE_NAME_TAKEN", {
        place: `${other.schema}.${other.name} and ${name.schema}.${name.name}`,
      });
    seen.set(key, name);
  }
}
