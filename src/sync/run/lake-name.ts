/**
 * Names of a source's tables in the lake: the database has the source's name, and tables keep their exact names.
 * Schemas other than the main one get their own database, `<source>_<schema>`.
 */
import type { NamedTable } from "../../catalog/table-name.ts";
import type { Source, TableName } from "../source.ts";

export function lakeName(
  source: { name: string; mainSchema: Source["mainSchema"] },
  { schema, name }: TableName,
): NamedTable {
  return { database: schema === source.mainSchema ? source.name : `${source.name}_${schema}`, name };
}
