/**
 * A table as one reader may read it: with the columns that they may see, fewer files, and the rules for the rest.
 * Invariant: what is not in the result cannot be reached by any statement, because everything after this knows only it.
 */
import { formatJson } from "../base/json.ts";
import { accessFingerprint } from "../governance/access-fingerprint.ts";
import { pruneByPredicate } from "../governance/predicate/prune-by-predicate.ts";
import { isWhole, type TableAccess } from "../governance/table-access.ts";
import { allOf } from "../iceberg/combine-expressions.ts";
import { hidingFiles } from "./hide-files.ts";
import { isAltered, tableRules } from "./table-rules.ts";
import type { QueryTable } from "./table-source.ts";

/** Throws NOT_ALLOWED if nothing of the table can be read. */
export function restrictTable(table: QueryTable, access: TableAccess): QueryTable {
  if (isWhole(access)) return table;
  const rules = tableRules(table, access);
  const columns = table.columns.flatMap((column) => {
    const showings = rules.shown.get(column.fieldId);
    return showings === undefined ? [] : [{ ...column, isAltered: isAltered(showings) }];
  });
  const hiding = hidingFiles(table);
  const pruning = rules.rows === undefined ? undefined : pruneByPredicate(rules.rows);
  return {
    ...table,
    id: formatJson([table.id, accessFingerprint(access)]),
    columns,
    rules,
    planFiles: (filter) => table.planFiles(allOf([filter, pruning])).catch(hiding),
    shapeFiles: async (engine, files) => (await table.shapeFiles?.(engine, files).catch(hiding)) ?? files,
  };
}
