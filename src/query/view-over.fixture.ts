/** For tests: a table of a statement that is a view of another one. */
import { formatJson } from "../base/json.ts";
import type { QueryTable } from "./table-source.ts";

/** The view has the name of the table, and all columns that its owner may see of it. */
export function viewOver(table: QueryTable, text: string): QueryTable {
  const { columns, shapeFiles: _shapeFiles, ...rest } = table;
  const owner = { ownerId: undefined, ownerAccountId: undefined };
  return {
    ...rest,
    id: formatJson([text, table.id]),
    columns: columns.map(({ fieldId, name, type }) => ({ fieldId, name, type })),
    rules: undefined,
    planFiles: async () => ({ files: [], skipped: [], skippedFiles: 0, skippedManifests: 0 }),
    view: { text, tables: [table], mentions: [0], columns, hasOtherTypes: false, version: 1, ...owner },
  };
}
