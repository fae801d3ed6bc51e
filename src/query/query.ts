/**
 * Runs one SELECT over tables of the lake: gate, resolve, plan, secure, run. Each query has a fresh engine process that holds
 * nothing but the views of the tables it names, and is gone when the result is disposed.
 */
import { rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { formatJson } from "../base/json.ts";
import { uuidv7 } from "../base/uuid.ts";
import type { EngineColumn, EngineValue } from "../engine/engine-protocol.ts";
import { quoteName, quoteText } from "../engine/duckdb-type.ts";
import type { Engine, EngineRow } from "../engine/engine.ts";
import type { AsOf } from "./as-of.ts";
import type { Expression } from "../iceberg/expression.ts";
import { ambiguousColumn, exactNames, repeatedNames, type ExactNames } from "./exact-names.ts";
import { anyOf } from "./filter.ts";
import { gate, serializeStatement, type GatedStatement } from "./gate.ts";
import { findName, placeTables, type PlacedStatement } from "./place-tables.ts";
import { planFilters } from "./planner.ts";
import { explainFailure } from "./query-failure.ts";
import { securing, type SecuredTable } from "./secured-view.ts";
import { notAllowed } from "./sql-refusal.ts";
import { withoutEnd } from "./sql-text.ts";
import type { TableReference } from "./statement-walk.ts";
import type { FilePlan, QueryTable, TableSource } from "./table-source.ts";

export interface QueryRequest {
  readonly sql: string;
  /** The state of the lake to read; a table's own `AT (…)` wins. */
  readonly asOf?: AsOf | undefined;
  readonly tables: TableSource;
  /** A fresh one, of the query's own. */
  engine(): Promise<Engine>;
  /** Stops the query at once. */
  readonly signal?: AbortSignal | undefined;
}

export interface TableScan {
  /** `database.table`. */
  readonly table: string;
  readonly filesRead: number;
  /** Left out because the statistics in the metadata prove that no row of theirs can matter. */
  readonly filesSkipped: number;
  readonly manifestsSkipped: number;
  /** In the files read. */
  readonly rows: number;
  readonly bytes: number;
}

export interface QueryStats {
  readonly filesRead: number;
  readonly filesSkipped: number;
  readonly tables: readonly TableScan[];
}

/** Disposing stops what still runs. */
export interface QueryResult extends AsyncDisposable {
  readonly columns: readonly EngineColumn[];
  readonly batches: AsyncIterable<readonly (readonly EngineValue[])[]>;
  readonly stats: QueryStats;
}

/**
 * Throws SQL_INVALID, SQL_NOT_ALLOWED, TABLE_NOT_FOUND, TABLE_AMBIGUOUS, COLUMN_AMBIGUOUS, SNAPSHOT_NOT_FOUND, DATA_FILE_MISSING,
 * SQL_OUT_OF_MEMORY, SQL_FAILED, ENGINE_LOST, or the signal's reason; the batches throw the same.
 */
export async function runQuery(request: QueryRequest): Promise<QueryResult> {
  const engine = await request.engine();
  try {
    const prepared = await prepare(engine, request);
    const failing = explainFailure(prepared);
    const { columns, batches } = await engine
      .stream(prepared.sql, { first: prepared.first, signal: request.signal })
      .catch(failing);
    const { names } = prepared;
    return {
      columns: names === undefined ? columns : columns.map(names.column),
      batches: exact(guarded(batches, failing), names),
      stats: statsOf(prepared.tables),
      [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose](),
    };
  } catch (failure) {
    await engine[Symbol.asyncDispose]();
    throw failure;
  }
}

export interface ExportRequest extends QueryRequest {
  readonly format: "parquet" | "csv";
  /** Replaced only when the query succeeded. */
  readonly path: string;
}

export interface ExportResult {
  readonly rows: number;
  readonly bytes: number;
  readonly stats: QueryStats;
}

/** The engine writes the result itself, to a file beside `path` that takes its place at the end. Throws as `runQuery`. */
export async function exportQuery(request: ExportRequest): Promise<ExportResult> {
  const { path, format, signal } = request;
  const draft = join(dirname(path), `.${basename(path)}.${uuidv7()}`);
  const engine = await request.engine();
  try {
    const prepared = await prepare(engine, { ...request, target: draft });
    const options = format === "csv" ? "format csv, header" : "format parquet, compression zstd";
    const failing = explainFailure(prepared, { shift: 1 });
    const named = await namedColumns(engine, prepared).catch(failing);
    const copy = `copy ${named.from}(\n${withoutEnd(prepared.sql)}\n)${named.as} to ${quoteText(draft)} (${options}, use_tmp_file false)`;
    const { rows } = await engine.run(copy, { first: named.first, signal }).catch(failing);
    const { size } = await stat(draft);
    await rename(draft, path);
    return { rows: Number(rows[0]?.[0] ?? 0), bytes: size, stats: statsOf(prepared.tables) };
  } finally {
    await engine[Symbol.asyncDispose]();
    await rm(draft, { force: true });
  }
}

interface NamedColumns {
  readonly first: readonly string[];
  /** Before and after the statement in its parentheses. */
  readonly from: string;
  readonly as: string;
}

/** Names go into the file as people know them. Throws COLUMN_AMBIGUOUS for two that differ by case only: DuckDB would change one. */
async function namedColumns(engine: Engine, { names, first, sql }: PreparedQuery): Promise<NamedColumns> {
  if (names === undefined) return { first, from: "", as: "" };
  const { columns } = await engine.run(`from (\n${withoutEnd(sql)}\n) limit 0`, { first });
  const own = columns.map(({ name }) => names.text(name));
  const [repeated] = repeatedNames(own);
  if (repeated !== undefined)
    throw ambiguousColumn(
      `column ${repeated}`,
      "a file of the result cannot have columns that differ by case only: give them other names with AS",
    );
  return { first: [], from: "(from ", as: ` result(${own.map(quoteName).join(", ")}))` };
}

export interface ExplainedFile {
  /** `database.table`. */
  readonly table: string;
  readonly location: string;
  readonly rows: number;
  readonly bytes: number;
  /** False where the metadata proves that no row of it can matter. */
  readonly read: boolean;
}

export interface QueryPlan {
  readonly stats: QueryStats;
  /** The first thousand, those that would be read before the others. */
  readonly files: readonly ExplainedFile[];
  /** DuckDB's plan as it draws it. */
  readonly plan: string;
}

/** What would be read, without reading it. Throws as `runQuery`. */
export async function explainQuery(request: QueryRequest): Promise<QueryPlan> {
  const engine = await request.engine();
  try {
    const prepared = await prepare(engine, request);
    const failing = explainFailure(prepared);
    const { rows } = await engine
      .run(`explain ${prepared.sql}`, { first: prepared.first, signal: request.signal })
      .catch(failing);
    const files = explainedFiles(prepared.tables);
    return { stats: statsOf(prepared.tables), files, plan: drawn(rows, prepared.names) };
  } finally {
    await engine[Symbol.asyncDispose]();
  }
}

/** A statement to run right after those that lock its instance. */
export interface PreparedQuery {
  readonly first: readonly string[];
  readonly sql: string;
  readonly tables: readonly SecuredTable[];
  /** Where columns differ by case only. */
  readonly names?: ExactNames | undefined;
}

async function prepare(engine: Engine, request: QueryRequest & { readonly target?: string }): Promise<PreparedQuery> {
  const { signal, target } = request;
  const [statement] = await Promise.all([gate(request.sql, serializerOf(engine, signal)), request.tables.prefetch?.()]);
  const tables = await resolveTables(statement, request);
  const { names, ...placed } = await placeSafely(engine, { statement, tables });
  const plans = await planTables(engine, statement, tables);
  const secured = placed.views.map((view) => ({
    ...view,
    table: names?.marked(view.table) ?? view.table,
    plan: plans.get(view.table.id) ?? noFiles,
  }));
  return { first: securing({ tables: secured, target }), sql: placed.sql, tables: secured, names };
}

const noFiles: FilePlan = { files: [], skipped: [], skippedFiles: 0, skippedManifests: 0 };

function serializerOf(engine: Engine, signal?: AbortSignal): (sql: string) => Promise<string> {
  return async (sql) => {
    const { rows } = await engine.run(serializeStatement, { parameters: [sql], signal });
    return String(rows[0]?.[0]);
  };
}

async function resolveTables(
  statement: GatedStatement,
  request: QueryRequest,
): Promise<ReadonlyMap<TableReference, QueryTable>> {
  const tables = new Map<TableReference, QueryTable>();
  const known = new Map<string, QueryTable>();
  for (const reference of statement.tables) {
    request.signal?.throwIfAborted();
    const asOf = reference.at ?? request.asOf;
    const key = formatJson([reference.parts, asOf]);
    const table = known.get(key) ?? (await request.tables.resolve(reference.parts, asOf));
    known.set(key, table);
    tables.set(reference, table);
  }
  return tables;
}

function drawn(rows: readonly EngineRow[], names: ExactNames | undefined): string {
  const plan = rows.map((row) => String(row.at(-1))).join("\n");
  return names?.text(plan) ?? plan;
}

interface SafelyPlaced extends PlacedStatement {
  readonly names: ExactNames | undefined;
}

/** What runs is what was checked: an edited text passes the gate again and must mean the same tables. */
async function placeSafely(
  engine: Engine,
  { statement, tables }: { statement: GatedStatement; tables: ReadonlyMap<TableReference, QueryTable> },
): Promise<SafelyPlaced> {
  const placed = placeTables(statement, tables);
  const isSame = placed.sql === statement.sql;
  const again = isSame ? statement : await gateAgain(engine, { sql: placed.sql, statement });
  const names = exactNames(tables.values());
  if (names === undefined) return { ...placed, names };
  const [asValue] = again.namesAsValues;
  if (asValue !== undefined)
    throw ambiguousColumn(
      undefined,
      `${asValue} cannot be asked of columns that differ by case only: name them one by one`,
    );
  const sql = names.mark(
    again.sql,
    again.tables.map((reference) => findName(again.sql, reference)),
  );
  await gateAgain(engine, { sql, statement }).catch((cause: unknown) => {
    throw ambiguousColumn(
      undefined,
      "a name that differs from a column's by case only stands where it cannot be told apart",
      cause,
    );
  });
  return { ...placed, sql, names };
}

async function gateAgain(
  engine: Engine,
  { sql, statement }: { sql: string; statement: GatedStatement },
): Promise<GatedStatement> {
  const again = await gate(sql, serializerOf(engine));
  const same = again.tables.length === statement.tables.length && again.tables.every(({ at }) => at === undefined);
  if (!same) throw notAllowed("this way of writing AT");
  return again;
}

/** One plan for each table and state, for all that the statement's mentions of it may need. */
async function planTables(
  engine: Engine,
  statement: GatedStatement,
  tables: ReadonlyMap<TableReference, QueryTable>,
): Promise<ReadonlyMap<string, FilePlan>> {
  const filters = planFilters(statement, tables);
  const wanted = new Map<string, { table: QueryTable; filters: (Expression | undefined)[] }>();
  for (const [reference, table] of tables) {
    const entry = wanted.get(table.id) ?? { table, filters: [] };
    entry.filters.push(filters.get(reference));
    wanted.set(table.id, entry);
  }
  const plans = new Map<string, FilePlan>();
  await Promise.all(
    [...wanted].map(async ([id, { table, filters: of }]) => {
      const plan = await table.planFiles(anyOf(of));
      plans.set(id, { ...plan, files: (await table.shapeFiles?.(engine, plan.files)) ?? plan.files });
    }),
  );
  return plans;
}

async function* guarded<T>(batches: AsyncIterable<T>, failing: (failure: unknown) => never): AsyncGenerator<T> {
  try {
    yield* batches;
  } catch (failure) {
    failing(failure);
  }
}

async function* exact(
  batches: QueryResult["batches"],
  names: ExactNames | undefined,
): AsyncGenerator<readonly (readonly EngineValue[])[]> {
  if (names === undefined) return yield* batches;
  for await (const batch of batches) yield batch.map((row) => row.map(names.value));
}

const mostExplainedFiles = 1_000;

function explainedFiles(tables: readonly SecuredTable[]): readonly ExplainedFile[] {
  const each = (read: boolean): readonly ExplainedFile[] =>
    distinctTables(tables).flatMap(({ table, plan }) =>
      (read ? plan.files : plan.skipped).map(({ location, recordCount, sizeBytes }) => ({
        table: `${table.database}.${table.name}`,
        location,
        rows: recordCount,
        bytes: sizeBytes,
        read,
      })),
    );
  return [...each(true), ...each(false)].slice(0, mostExplainedFiles);
}

function distinctTables(tables: readonly SecuredTable[]): readonly SecuredTable[] {
  return [...new Map(tables.map((table) => [table.table.id, table])).values()];
}

function statsOf(tables: readonly SecuredTable[]): QueryStats {
  const scans = distinctTables(tables).map(({ table, plan }) => ({
    table: `${table.database}.${table.name}`,
    filesRead: plan.files.length,
    filesSkipped: plan.skippedFiles,
    manifestsSkipped: plan.skippedManifests,
    rows: plan.files.reduce((sum, { recordCount }) => sum + recordCount, 0),
    bytes: plan.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
  }));
  const total = (key: "filesRead" | "filesSkipped"): number => scans.reduce((sum, scan) => sum + scan[key], 0);
  return { filesRead: total("filesRead"), filesSkipped: total("filesSkipped"), tables: scans };
}
