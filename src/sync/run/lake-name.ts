/**
 * Where a source's tables go in the lake: the database has the source's name, tables keep their exact names. Schemas beside
 * the main one get a database of their own, `<source>_<schema>`.
 */
import type { NamedTable } from "../../catalog/table-name.ts";
import type { Source, TableName } from "../source.ts";

export function lakeName(
  source: { name: string; mainSchema: Source["mainSchema"] },
  { schema, name }: TableName,
): NamedTable {
  return { database: schema === source.mainSchema ? source.name : `${source.name}_${schema}`, name };
}
