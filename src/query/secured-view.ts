/**
 * Makes the only relations in the instance that runs a statement: one view for each table it names, over exactly the
 * files planned for it, with the rows and columns that the reader may see.
 * Invariant: once locked with these files (`engine-worker.ts`), the instance reads no other file, has no other
 * relation, and cannot be unlocked.
 */
import { randomBytes } from "node:crypto";
import { typeSql } from "../catalog/read-column.ts";
import { quoteName } from "../engine/duckdb-type.ts";
import type { LockedPlace } from "../engine/engine-worker.ts";
import type { ReadFile } from "../engine/read-data-files.ts";
import type { Salt } from "../governance/mask-sql.ts";
import type { Expression } from "../iceberg/expression.ts";
import type { ViewPlace } from "./place-tables.ts";
import { securedBodySql, securedRowsSql } from "./secured-rows.ts";
import type { FilePlan, QueryTable } from "./table-source.ts";

export interface SecuredTable extends ViewPlace<QueryTable> {
  readonly plan: FilePlan;
  /** Rows that do not pass are not needed. */
  readonly filter?: Expression | undefined;
  /** For a view: its text as it can be run, after the tables that it reads. */
  readonly body?: string | undefined;
  /** Whether only the text of a view reads it. */
  readonly isInner?: boolean | undefined;
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
  const salt = newSalt();
  const views = tables.map((table) => viewSql(table, salt));
  return { views: [...places, ...views], files: [...new Set([...files, ...others])] };
}

/** Equal values have equal masks within one query, and others in the next. */
export function newSalt(): Salt {
  return randomBytes(16).toString("hex");
}

function viewSql(secured: SecuredTable, salt: Salt): string {
  const { schema, name, table } = secured;
  const present = table.columns.filter(({ isMissing }) => isMissing !== true);
  const rows = rowsSql(secured, { columns: present, salt });
  const list = table.columns.map(
    (column) =>
      `${column.isMissing === true ? `cast(null as ${typeSql(column.type)}) as ` : ""}${quoteName(column.name)}`,
  );
  const all = present.length === table.columns.length ? rows : `select ${list.join(", ")} from (${rows}) present`;
  return `create or replace view ${quoteName(schema)}.${quoteName(name)} as ${all}`;
}

function rowsSql(
  { table, plan, filter, body }: SecuredTable,
  { columns, salt }: { readonly columns: QueryTable["columns"]; readonly salt: Salt },
): string {
  const { rules, view } = table;
  if (view === undefined)
    return securedRowsSql({ files: plan.files, rowlessFile: plan.rowlessFile, columns, rules, filter, salt });
  if (body === undefined) throw new TypeError("the text of a view is placed before its rows are secured");
  return securedBodySql({ ...view, sql: body }, { columns, rules, filter, salt });
}

/** Paths of everything that reading the file opens. */
export function pathsOf({ path, deletes, vector, byValue }: ReadFile): readonly string[] {
  const byVector = vector === undefined ? [] : [vector];
  const others = [...deletes, ...(byValue?.files ?? [])].map((file) => file.path);
  return [path, ...byVector, ...others];
}
