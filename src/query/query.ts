/**
 * Runs one SELECT over tables of the lake: gate, resolve, plan, secure, run. Each query has an engine process of its
 * own until its result is disposed, and an instance in it that contains only the views of the tables it names.
 */
import { tableLabel } from "../catalog/table-name.ts";
import { rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { formatJson } from "../base/json.ts";
import { uuidv7 } from "../base/uuid.ts";
import type { EngineColumn, EngineValue } from "../engine/engine-protocol.ts";
import { quoteName, quoteText } from "../engine/duckdb-type.ts";
import type { EngineLease, EnginePool } from "../engine/engine-pool.ts";
import type { LockedEngine } from "../engine/engine-worker.ts";
import type { EngineRow } from "../engine/engine.ts";
import { HeadgateError } from "../errors.ts";
import type { AsOf } from "./as-of.ts";
import { ambiguousColumn, repeatedNames, type ExactNames } from "./exact-names.ts";
import { explainFailure, guarded } from "./query-failure.ts";
import { readInTime } from "./read-in-time.ts";
import { securing, type SecuredTable } from "./secured-view.ts";
import { withoutEnd } from "./sql-text.ts";
import { placeStatement } from "./place-statement.ts";
import { mentionedTables } from "./statement-pool.ts";
import type { MentionedTables } from "./statement-text.ts";
import type { QueryTable, TableSource } from "./table-source.ts";

export interface QueryRequest {
  readonly sql: string;
  /** The state of the lake to read; a table's own `AT (…)` takes precedence. */
  readonly asOf?: AsOf | undefined;
  readonly tables: TableSource;
  readonly engines: EnginePool;
  /**
   * Who asks, and under which rules. Anything cached for a statement is reused only for the same person under the same
   * rules.
   */
  readonly asker: Asker;
  /** Called with the tables of the statement; nothing is read until it resolves, or if it throws. */
  readonly onReading?: ((tables: readonly QueryTable[]) => Promise<void>) | undefined;
  /** Stops the query at once. */
  readonly signal?: AbortSignal | undefined;
}

export interface Asker {
  readonly principal: string;
  readonly rules: string;
  /** Whether nothing is hidden from them: for the owner of the data directory, who may look behind views. */
  readonly seesAll?: boolean | undefined;
  /** A result is cancelled if it stays unread for longer than this. Undefined: no limit. */
  readonly unreadMs?: number | undefined;
}

export interface TableScan {
  /** `database.table`. */
  readonly table: string;
  readonly filesRead: number;
  /** Skipped because the statistics in the metadata prove that none of their rows can matter. */
  readonly filesSkipped: number;
  readonly manifestsSkipped: number;
  /** Rows in the files that are read. */
  readonly rows: number;
  readonly bytes: number;
}

export interface QueryStats {
  readonly filesRead: number;
  readonly filesSkipped: number;
  readonly tables: readonly TableScan[];
}

/** Disposing stops the query if it is still running. */
export interface QueryResult extends AsyncDisposable {
  readonly columns: readonly EngineColumn[];
  readonly batches: AsyncGenerator<readonly (readonly EngineValue[])[]>;
  readonly stats: QueryStats;
}

/**
 * Throws SQL_INVALID, SQL_NOT_ALLOWED, NOT_ALLOWED, TABLE_NOT_FOUND, TABLE_AMBIGUOUS, COLUMN_AMBIGUOUS, SNAPSHOT_NOT_FOUND,
 * DATA_FILE_MISSING, SQL_OUT_OF_MEMORY, SQL_TIMEOUT, SQL_FAILED, TOO_MANY_STATEMENTS, ENGINE_LOST, or the signal's
 * reason; the batches throw the same, and RESULT_UNREAD.
 */
export async function runQuery(request: QueryRequest): Promise<QueryResult> {
  const lease = await request.engines.lease({ principal: request.asker.principal, signal: request.signal });
  try {
    const prepared = await prepare(lease, request);
    const failing = explainFailure(prepared);
    const { engine, first, names } = prepared;
    const { columns, batches } = await engine.stream(prepared.sql, { first, signal: request.signal }).catch(failing);
    return {
      columns: names === undefined ? columns : columns.map(names.column),
      batches: readInTime(exact(guarded(batches, failing), names), { lease, withinMs: request.asker.unreadMs }),
      stats: statsOf(prepared),
      [Symbol.asyncDispose]: () => lease[Symbol.asyncDispose](),
    };
  } catch (failure) {
    await lease[Symbol.asyncDispose]();
    throw failure;
  }
}

export interface ExportRequest extends QueryRequest {
  readonly format: "parquet" | "csv";
  /** Replaced only if the query succeeds. */
  readonly path: string;
}

export interface ExportResult {
  readonly rows: number;
  readonly bytes: number;
  readonly stats: QueryStats;
}

/**
 * The engine itself writes the result to a file beside `path`, which replaces `path` at the end. Throws like
 * `runQuery`.
 */
export async function exportQuery(request: ExportRequest): Promise<ExportResult> {
  const { path, format, signal } = request;
  const draft = join(dirname(path), `.${basename(path)}.${uuidv7()}`);
  const lease = await request.engines.lease({ principal: request.asker.principal, signal });
  try {
    const prepared = await prepare(lease, { ...request, target: draft });
    const { engine } = prepared;
    const options = format === "csv" ? "format csv, header" : "format parquet, compression zstd";
    const failing = explainFailure(prepared, { shift: 1 });
    const named = await namedColumns(prepared).catch(failing);
    const copy = `copy ${named.from}(\n${withoutEnd(prepared.sql)}\n)${named.as} to ${quoteText(draft)} (${options}, use_tmp_file false)`;
    const { rows } = await engine.run(copy, { first: named.first, signal }).catch(failing);
    const { size } = await stat(draft);
    await rename(draft, path);
    return { rows: Number(rows[0]?.[0] ?? 0), bytes: size, stats: statsOf(prepared) };
  } finally {
    await lease[Symbol.asyncDispose]();
    await rm(draft, { force: true });
  }
}

interface NamedColumns {
  readonly first: readonly string[];
  /** SQL to put before and after the statement in its parentheses. */
  readonly from: string;
  readonly as: string;
}

/**
 * Writes the names into the file as people know them. Throws COLUMN_AMBIGUOUS for two names that differ only in case,
 * because DuckDB would change one of them.
 */
async function namedColumns({ engine, names, first, sql }: PreparedQuery): Promise<NamedColumns> {
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
  /** False if the metadata proves that none of its rows can matter. */
  readonly read: boolean;
}

export interface QueryPlan {
  readonly stats: QueryStats;
  /** The first thousand; files that would be read come first. */
  readonly files: readonly ExplainedFile[];
  /** DuckDB's plan as DuckDB draws it. */
  readonly plan: string;
}

/**
 * Tells what would be read, without reading it. Throws like `runQuery`, and NOT_ALLOWED if a table may be read only in
 * part.
 */
export async function explainQuery(request: QueryRequest): Promise<QueryPlan> {
  const lease = await request.engines.lease({ principal: request.asker.principal, signal: request.signal });
  try {
    const prepared = await prepare(lease, request);
    checkPlanMayBeShown(prepared);
    const { engine } = prepared;
    const failing = explainFailure(prepared);
    const { rows } = await engine
      .run(`explain ${prepared.sql}`, { first: prepared.first, signal: request.signal })
      .catch(failing);
    const files = explainedFiles(prepared.tables);
    return { stats: statsOf(prepared), files, plan: drawn(rows, prepared.names) };
  } finally {
    await lease[Symbol.asyncDispose]();
  }
}

/** A plan names files, counts rows and repeats the rules that hide something. */
function checkPlanMayBeShown({ tables, seesAll }: PreparedQuery): void {
  if (seesAll === true) return;
  const view = tables.find(({ table }) => table.view !== undefined);
  if (view !== undefined) throw planOfView(tableLabel(view.table));
  const restricted = tables.find(({ table }) => table.rules !== undefined);
  if (restricted === undefined) return;
  const label = tableLabel(restricted.table);
  throw new HeadgateError("NOT_ALLOWED", {
    place: label,
    message: `you may read only a part of ${label}, and the plan of a statement would tell about the rest`,
    remedy: "run the statement without --explain",
  });
}

function planOfView(label: string): HeadgateError {
  return new HeadgateError("NOT_ALLOWED", {
    place: label,
    message: `${label} is a view, and the plan of a statement would tell how it is made`,
    remedy: "run the statement without --explain",
  });
}

/** A statement, and the instance in which to run it right after `first`. */
export interface PreparedQuery extends LockedEngine {
  readonly sql: string;
  /** Also those that only views read. */
  readonly tables: readonly SecuredTable[];
  /** Set when columns differ only in case. */
  readonly names?: ExactNames | undefined;
  readonly seesAll?: boolean | undefined;
}

async function prepare(
  lease: EngineLease,
  request: QueryRequest & { readonly target?: string },
): Promise<PreparedQuery> {
  const { sql, signal, target, asker } = request;
  const [mentioned] = await Promise.all([mentionedTables(lease, { sql, signal }), request.tables.prefetch?.()]);
  const { tables, meant } = await resolveTables(mentioned, request);
  const [placed] = await Promise.all([
    placeStatement(lease, { sql, tables, meant, signal }),
    request.onReading?.(tables),
  ]);
  const key = target === undefined ? keyOf(asker, placed.tables) : undefined;
  const locked = await lease.lock({ key, ...securing({ tables: placed.tables, target }) });
  return { ...locked, ...placed, seesAll: asker.seesAll };
}

/**
 * Equal for the same person, the same rules, and the same access to the same states of the same tables under the same
 * names.
 */
function keyOf({ principal, rules }: Asker, tables: readonly SecuredTable[]): string {
  return formatJson([principal, rules, tables.map(({ schema, name, table }) => [schema, name, table.id])]);
}

interface ResolvedTables {
  /** Each table once. */
  readonly tables: readonly QueryTable[];
  /** For each mention, the index of its table in `tables`. */
  readonly meant: readonly number[];
}

async function resolveTables(
  { names, mentions }: MentionedTables,
  { tables: source, asOf, signal }: QueryRequest,
): Promise<ResolvedTables> {
  const tables = new Map<string, QueryTable>();
  const ids: string[] = [];
  for (const { parts, at } of names) {
    signal?.throwIfAborted();
    const table = await source.resolve(parts, at ?? asOf);
    ids.push(table.id);
    if (!tables.has(table.id)) tables.set(table.id, table);
  }
  const order = new Map([...tables.keys()].map((id, index) => [id, index]));
  const indexes = ids.map((id) => order.get(id) ?? 0);
  return { tables: [...tables.values()], meant: mentions.map((name) => indexes[name] ?? 0) };
}

function drawn(rows: readonly EngineRow[], names: ExactNames | undefined): string {
  const plan = rows.map((row) => String(row.at(-1))).join("\n");
  return names?.text(plan) ?? plan;
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
        table: tableLabel(table),
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

/** Files and row counts tell of all rows, so nothing is said about tables that may be read only in part. */
function statsOf({ tables, seesAll }: Pick<PreparedQuery, "tables" | "seesAll">): QueryStats {
  const whole = distinctTables(tables).filter(
    ({ table, isInner }) =>
      table.view === undefined && table.rules === undefined && (isInner !== true || seesAll === true),
  );
  const scans = whole.map(({ table, plan }) => ({
    table: tableLabel(table),
    filesRead: plan.files.length,
    filesSkipped: plan.skippedFiles,
    manifestsSkipped: plan.skippedManifests,
    rows: plan.files.reduce((sum, { recordCount }) => sum + recordCount, 0),
    bytes: plan.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
  }));
  const total = (key: "filesRead" | "filesSkipped"): number => scans.reduce((sum, scan) => sum + scan[key], 0);
  return { filesRead: total("filesRead"), filesSkipped: total("filesSkipped"), tables: scans };
}
