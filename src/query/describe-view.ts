/**
 * Finds out what a statement would be as a view: the tables that it reads, by ids; the names and types of its columns;
 * and which columns of the tables they come from. DuckDB binds the statement over empty tables of the same columns, so
 * no row is read.
 */
import { parseJson } from "../base/json.ts";
import { using } from "../base/cleanup.ts";
import { typeSql } from "../catalog/read-column.ts";
import { quoteName, quoteText } from "../engine/duckdb-type.ts";
import type { EngineColumn } from "../engine/engine-protocol.ts";
import type { EngineLease, EnginePool } from "../engine/engine-pool.ts";
import { HeadgateError } from "../errors.ts";
import { exactNames } from "./exact-names.ts";
import { explainFailure } from "./query-failure.ts";
import { planLineage, type PlanLineage } from "./plan-lineage.ts";
import { mentionedTables, placedText } from "./statement-pool.ts";
import type { PlacedView } from "./statement-text.ts";
import { withoutEnd } from "./sql-text.ts";
import { asNode } from "./syntax-tree.ts";
import type { QueryTable, TableSource } from "./table-source.ts";

export interface ViewToDescribe {
  readonly sql: string;
  /** As the owner of the view may read them. */
  readonly tables: TableSource;
  readonly engines: EnginePool;
  readonly principal: string;
  readonly signal?: AbortSignal | undefined;
}

export interface DescribedView {
  /** Under the names that the statement gives them, with DuckDB's types. */
  readonly columns: readonly EngineColumn[];
  readonly tables: readonly QueryTable[];
  /** For each mention of a table in the text, its place in `tables`. */
  readonly mentions: readonly number[];
  /** By the places of tables in `tables`, and of columns in their columns. */
  readonly lineage: PlanLineage;
}

/** Throws what `runQuery` throws before it reads anything, and VIEW_INVALID. */
export function describeView({ engines, principal, ...view }: ViewToDescribe): Promise<DescribedView> {
  return using(engines.lease({ principal, signal: view.signal }), (lease) => describe(lease, view));
}

async function describe(
  lease: EngineLease,
  { sql, tables: source, signal }: Omit<ViewToDescribe, "engines" | "principal">,
): Promise<DescribedView> {
  const { names, mentions } = await mentionedTables(lease, { sql, signal });
  if (names.some(({ at }) => at !== undefined))
    throw new HeadgateError("VIEW_INVALID", {
      message: "the statement of a view cannot have AT: it is read as of the moment that its reader asks for",
      remedy: "leave AT out; whoever reads the view can name a moment",
    });
  const tables: QueryTable[] = [];
  const indexes: number[] = [];
  for (const { parts } of names) {
    const table = await source.resolve(parts, undefined);
    const known = tables.findIndex(({ id }) => id === table.id);
    indexes.push(known < 0 ? tables.push(table) - 1 : known);
  }
  if (tables.some(({ isMetadata }) => isMetadata === true)) throw ofMetadata();
  const meant = mentions.map((name) => indexes[name] ?? 0);
  return { tables, mentions: meant, ...(await bind(lease, { sql, tables, meant, signal })) };
}

function ofMetadata(): HeadgateError {
  return new HeadgateError("VIEW_INVALID", {
    message: "the statement of a view cannot read what tables tell about themselves, such as snapshots and files",
    remedy: "read tables and views only",
  });
}

interface Binding {
  readonly sql: string;
  readonly tables: readonly QueryTable[];
  readonly meant: readonly number[];
  readonly signal: AbortSignal | undefined;
}

async function bind(
  lease: EngineLease,
  { sql, tables, meant, signal }: Binding,
): Promise<Pick<DescribedView, "columns" | "lineage">> {
  const text = { sql, tables: tables.map(({ id, columns }) => ({ id, columns })), meant, hidden: "base_" };
  const placed = await placedText(lease, { text, signal });
  const names = exactNames(tables, placed.marking);
  const marked = tables.map((table) => names?.marked(table) ?? table);
  const locked = await lease.lock({ key: undefined, views: emptyTables(placed.views, marked), files: [] });
  const failing = explainFailure({ sql: placed.sql, tables: [], names });
  const { columns } = await locked.engine
    .run(`from (\n${withoutEnd(placed.sql)}\n) limit 0`, { first: locked.first, signal })
    .catch(explainFailure({ sql: placed.sql, tables: [], names }, { shift: 1 }));
  const { rows } = await locked.engine
    .run(`select json_serialize_plan(${quoteText(withoutEnd(placed.sql))})`, { first: [], signal })
    .catch(failing);
  const plan = asNode(parseJson(String(rows[0]?.[0]))) ?? {};
  const tableAt = (schema: string, name: string): number | undefined =>
    placed.views.find((view) => view.schema === schema && view.name === name)?.table;
  const own = columns.map((column) => names?.column(column) ?? column);
  return { columns: own, lineage: planLineage({ plan, tableAt, width: columns.length }) };
}

function emptyTables(places: readonly PlacedView[], tables: readonly QueryTable[]): readonly string[] {
  const schemas = [...new Set(places.map(({ schema }) => schema))].map(
    (schema) => `create schema if not exists ${quoteName(schema)}`,
  );
  const made = places.map(({ schema, name, table }) => {
    const columns = (tables[table]?.columns ?? []).map((column) => `${quoteName(column.name)} ${typeSql(column.type)}`);
    return `create table ${quoteName(schema)}.${quoteName(name)} (${columns.join(", ")})`;
  });
  return [...schemas, ...made];
}
