/**
 * Makes the only relations in the instance that runs a statement: one view for each table it names, over exactly the
 * files planned for it, with columns by Iceberg field id. Row filters and masks will be added here.
 * Invariant: once locked with these files (`engine-worker.ts`), the instance reads no other file, has no other
 * relation, and cannot be unlocked.
 */
import { readColumnIfNeeded } from "../catalog/read-column.ts";
import { quoteName } from "../engine/duckdb-type.ts";
import type { LockedPlace } from "../engine/engine-worker.ts";
import { readDataFilesSql, type ReadFile } from "../engine/read-data-files.ts";
import type { ReadColumn } from "../engine/read-column.ts";
import type { ViewPlace } from "./place-tables.ts";
import type { FilePlan, QueryColumn, QueryTable } from "./table-source.ts";

export interface SecuredTable extends ViewPlace<QueryTable> {
  readonly plan: FilePlan;
}

export interface Securing {
  readonly tables: readonly SecuredTable[];
  /** The file that the statement may write: the target of an export. */
  readonly target?: string | undefined;
}

/** The statements that create the views, and the files that can still be opened afterwards. */
export function securing({ tables, target }: Securing): Pick<LockedPlace, "views" | "files"> {
  const schemas = [...new Set(tables.map((table) => table.schema.toLowerCase()))].filter((name) => name !== "main");
  const places = schemas.map((schema) => `create schema if not exists ${quoteName(schema)}`);
  const files = tables.flatMap(({ plan }) => plan.files.flatMap(pathsOf));
  const others = [target, ...tables.map(({ plan }) => plan.rowlessFile)].filter((path) => path !== undefined);
  return { views: [...places, ...tables.map(viewSql)], files: [...new Set([...files, ...others])] };
}

function viewSql({ schema, name, table, plan }: SecuredTable): string {
  const { files, rowlessFile } = plan;
  const rows = readDataFilesSql({ files, columns: table.columns.map(asReadColumn), rowlessFile });
  return `create or replace view ${quoteName(schema)}.${quoteName(name)} as ${rows}`;
}

function asReadColumn({ fieldId, name, type, initialDefault }: QueryColumn): ReadColumn {
  return readColumnIfNeeded({ id: fieldId, name, type, initialDefault, required: false });
}

/** Paths of everything that reading the file opens. */
export function pathsOf({ path, deletes, vector, byValue }: ReadFile): readonly string[] {
  const byVector = vector === undefined ? [] : [vector];
  const others = [...deletes, ...(byValue?.files ?? [])].map((file) => file.path);
  return [path, ...byVector, ...others];
}
