/**
 * The only things in the instance a statement runs in: one view for each table it names, over exactly the files planned for
 * it, columns by Iceberg field id. Row filters and masks will stand here.
 * Invariant: once `securing` has run the instance reads no other file, has no other relation, and cannot be unlocked.
 */
import { readColumnIfNeeded } from "../catalog/read-column.ts";
import { quoteName } from "../engine/duckdb-type.ts";
import { lockDown } from "../engine/engine.ts";
import { readDataFilesSql, type ReadColumn, type ReadFile } from "../engine/read-data-files.ts";
import type { ViewPlace } from "./place-tables.ts";
import type { FilePlan, QueryColumn } from "./table-source.ts";

export interface SecuredTable extends ViewPlace {
  readonly plan: FilePlan;
}

export interface Securing {
  readonly tables: readonly SecuredTable[];
  /** What the statement may write: the target of an export. */
  readonly target?: string | undefined;
}

/** The statements that make the views and lock the instance. */
export function securing({ tables, target }: Securing): readonly string[] {
  const schemas = [...new Set(tables.map((table) => table.schema.toLowerCase()))].filter((name) => name !== "main");
  const places = schemas.map((schema) => `create schema if not exists ${quoteName(schema)}`);
  const files = tables.flatMap(({ plan }) => plan.files.flatMap(pathsOf));
  const others = [target, ...tables.map(({ plan }) => plan.rowlessFile)].filter((path) => path !== undefined);
  const readable = [...new Set([...files, ...others])];
  return [...places, ...tables.map(viewSql), ...lockDown(readable)];
}

function viewSql({ schema, name, table, plan }: SecuredTable): string {
  const { files, rowlessFile } = plan;
  const rows = readDataFilesSql({ files, columns: table.columns.map(asReadColumn), rowlessFile });
  return `create view ${quoteName(schema)}.${quoteName(name)} as ${rows}`;
}

function asReadColumn({ fieldId, name, type, initialDefault }: QueryColumn): ReadColumn {
  return readColumnIfNeeded({ id: fieldId, name, type, initialDefault, required: false });
}

/** Of everything that reading the file opens. */
export function pathsOf({ path, deletes, vector, byValue }: ReadFile): readonly string[] {
  const byVector = vector === undefined ? [] : [vector];
  const others = [...deletes, ...(byValue?.files ?? [])].map((file) => file.path);
  return [path, ...byVector, ...others];
}
