/**
 * The rows of a table's files as a reader may see them, as SQL: what the row filters let pass, projected to the columns
 * as they are shown.
 * Invariant: nothing that a statement asks is evaluated for a hidden row or value. The engine moves conditions below a
 * projection or a filter, where their errors would tell about what is hidden, but never below a limit.
 */
import { readColumnIfNeeded, typeSql } from "../catalog/read-column.ts";
import { quoteName } from "../engine/duckdb-type.ts";
import type { ReadColumn } from "../engine/read-column.ts";
import { readDataFilesSql, type ReadFile } from "../engine/read-data-files.ts";
import { maskSql, type Salt } from "../governance/mask-sql.ts";
import type { Predicate } from "../governance/predicate/predicate.ts";
import { predicateSql } from "../governance/predicate/predicate-sql.ts";
import type { Expression } from "../iceberg/expression.ts";
import { expressionSql } from "./expression-sql.ts";
import { withoutEnd } from "./sql-text.ts";
import type { ViewBody } from "./table-source.ts";
import { isAltered, type Showing, type TableRules } from "./table-rules.ts";
import type { QueryColumn } from "./query-column.ts";

export interface SecuredRows {
  readonly files: readonly ReadFile[];
  readonly rowlessFile?: string | undefined;
  /** Those that the reader may see. */
  readonly columns: readonly QueryColumn[];
  /** Whether the columns of the result are named by field id (`nameById`) instead of by their names. */
  readonly isById?: boolean | undefined;
  /** Undefined: everything may be read. */
  readonly rules: TableRules | undefined;
  /**
   * Rows that do not pass are not needed. Conditions of a statement cannot reach the files through the limit, so the
   * simple ones are repeated below it.
   */
  readonly filter?: Expression | undefined;
  readonly salt: Salt;
}

/**
 * The rows of a view as a reader may see them, as SQL. The limit is always there: without it, conditions of a statement
 * would be evaluated for rows that the text of the view leaves out, and their errors would tell of these.
 */
export function securedBodySql(
  body: { readonly sql: string } & Pick<ViewBody, "columns" | "hasOtherTypes">,
  {
    columns,
    rules = wholeRules(body.columns),
    filter,
    salt,
  }: Pick<SecuredRows, "columns" | "rules" | "filter" | "salt">,
): string {
  const names = body.columns.map(({ fieldId }) => nameById(fieldId));
  const typed = body.columns.map(({ type }, index) => {
    const name = names[index] ?? "";
    return body.hasOtherTypes && type !== wholeNumbers ? name : `cast(${name} as ${typeSql(type)}) as ${name}`;
  });
  const rows = `select ${typed.join(", ")} from (\n${withoutEnd(body.sql)}\n) given(${names.join(", ")})`;
  const list = columns.map((column) => `${shownSql(column, { rules, salt })} as ${quoteName(column.name)}`);
  return `select ${list.join(", ")} from (${rows}) stored where ${conditions(rules, filter).join(" and ")} limit ${barrier}`;
}

/** The type of the lake for whole numbers of more than 64 bits, which the engine's sums are. */
const wholeNumbers = "decimal(38,0)";

function wholeRules(stored: readonly QueryColumn[]): TableRules {
  const plain: readonly Showing[] = [{ when: undefined, mask: undefined }];
  return { rows: undefined, shown: new Map(stored.map(({ fieldId }) => [fieldId, plain])), stored };
}

/** A select statement. */
export function securedRowsSql({ columns, rules, isById = false, ...reading }: SecuredRows): string {
  const { files, rowlessFile } = reading;
  if (rules === undefined || hasOnlyPlainColumns(rules)) {
    const read = columns.map(isById ? asReadColumnById : asReadColumn);
    return readDataFilesSql({ files, rowlessFile, columns: read });
  }
  const raw = rules.stored.map(asReadColumnById);
  const nameOf = ({ fieldId, name }: QueryColumn): string => (isById ? nameById(fieldId) : name);
  const list = columns.map(
    (column) => `${shownSql(column, { rules, salt: reading.salt })} as ${quoteName(nameOf(column))}`,
  );
  const rows = `select ${list.join(", ")} from (${readDataFilesSql({ files, rowlessFile, columns: raw })}) stored`;
  return hidesAnything(rules)
    ? `${rows} where ${conditions(rules, reading.filter).join(" and ")} limit ${barrier}`
    : rows;
}

/** The largest limit there is. */
const barrier = "9223372036854775807";

function asReadColumn({ fieldId, name, type, initialDefault }: QueryColumn): ReadColumn {
  return readColumnIfNeeded({ id: fieldId, name, type, initialDefault, required: false });
}

function asReadColumnById(column: QueryColumn): ReadColumn {
  return { ...asReadColumn(column), name: nameById(column.fieldId) };
}

/** The engine treats names that differ only by case as equal. */
export function nameById(fieldId: number): string {
  return `c${fieldId}`;
}

function rawSql(fieldId: number): string {
  return `stored.${nameById(fieldId)}`;
}

/** Whether columns are left out and nothing else. */
function hasOnlyPlainColumns({ rows, shown }: TableRules): boolean {
  return rows === undefined && ![...shown.values()].some(isAltered);
}

function hidesAnything({ rows, shown }: TableRules): boolean {
  return rows !== undefined || [...shown.values()].flat().some(({ when }) => when !== undefined);
}

function conditions({ rows, stored }: TableRules, filter: Expression | undefined): readonly string[] {
  const types = new Map(stored.map(({ fieldId, type }) => [fieldId, String(type)]));
  const columnOf = (fieldId: number) => ({ sql: rawSql(fieldId), type: types.get(fieldId) ?? "" });
  return [
    rows === undefined ? "true" : whereSql(rows),
    ...(filter === undefined ? [] : [expressionSql(filter, columnOf)]),
  ];
}

function whereSql(predicate: Predicate): string {
  return predicateSql(predicate, rawSql);
}

function shownSql(column: QueryColumn, { rules, salt }: { rules: TableRules; salt: Salt }): string {
  const showings = rules.shown.get(column.fieldId) ?? [];
  const valueSql = ({ mask }: Showing): string => {
    const sql = rawSql(column.fieldId);
    return mask === undefined ? sql : `(${maskSql(mask, { sql, type: column.type }, salt)})`;
  };
  const [first] = showings;
  if (first?.when === undefined && first !== undefined) return valueSql(first);
  const cases = showings.map((showing) =>
    showing.when === undefined
      ? `else ${valueSql(showing)}`
      : `when ${whereSql(showing.when)} then ${valueSql(showing)}`,
  );
  return `case ${cases.join(" ")} end`;
}
