/**
 * For tests: a lake of real Parquet files. Planning skips every file in which no row passes the filter, which is the
 * most that any statistics could allow, so that an unsound filter shows in the result.
 */
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import type { AsOf } from "./as-of.ts";
import { repeatedNames } from "./exact-names.ts";
import type { Expression } from "../iceberg/expression.ts";
import type { Value } from "../iceberg/value.ts";
import { pickTable } from "../catalog/table-name.ts";
import { typeSql } from "../catalog/read-column.ts";
import { quoteName, quoteText } from "../engine/duckdb-type.ts";
import type { QueryColumn } from "./query-column.ts";
import type { FilePlan, PlannedFile, QueryTable, TableSource } from "./table-source.ts";

export interface SampleTable {
  readonly database: string;
  readonly name: string;
  readonly columns: readonly QueryColumn[];
  /** The rows of each file, each row a list of SQL expressions. */
  readonly files: readonly (readonly (readonly string[])[])[];
  /** Set for a state that only this moment can see. */
  readonly asOf?: AsOf | undefined;
}

export interface SampleLake extends TableSource, AsyncDisposable {
  readonly connection: DuckDBConnection;
  readonly directory: string;
  add(table: SampleTable): Promise<QueryTable>;
}

export async function openSampleLake(): Promise<SampleLake> {
  const directory = await mkdtemp(join(tmpdir(), "headgate-query-"));
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await connection.run("set timezone = 'UTC'");
  const tables: { sample: SampleTable; table: QueryTable }[] = [];
  return {
    connection,
    directory,
    async add(sample) {
      const id = `${tables.length}`;
      const files: PlannedFile[] = [];
      for (const rows of sample.files)
        files.push(
          await writeFile(connection, { sample, rows, path: join(directory, `${id}-${files.length}.parquet`) }),
        );
      const securable = { kind: "table", id, databaseId: "", accountId: "" } as const;
      const table: QueryTable = {
        id,
        securable,
        snapshotId: undefined,
        ...sample,
        planFiles: (filter) => plan(connection, { sample, files, filter }),
      };
      tables.push({ sample, table });
      return table;
    },
    async resolve(parts, asOf) {
      const then = tables.filter(({ sample }) => JSON.stringify(sample.asOf, text) === JSON.stringify(asOf, text));
      return pickTable(
        parts,
        then.map(({ table }) => table),
      );
    },
    async [Symbol.asyncDispose]() {
      connection.closeSync();
      instance.closeSync();
      await rm(directory, { recursive: true });
    },
  };
}

function text(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}

async function writeFile(
  connection: DuckDBConnection,
  { sample, rows, path }: { sample: SampleTable; rows: readonly (readonly string[])[]; path: string },
): Promise<PlannedFile> {
  const repeated = new Set(repeatedNames(sample.columns.map(({ name }) => name)));
  const fileNameOf = (name: string): string =>
    quoteName(repeated.has(name.toLowerCase()) ? `file's ${Buffer.from(name).toString("hex")}` : name);
  const selects = rows.map(
    (row) =>
      `select ${sample.columns.map(({ name, type }, index) => `(${row[index] ?? "null"})::${typeSql(type)} as ${fileNameOf(name)}`).join(", ")}`,
  );
  const ids = sample.columns.map(({ name, fieldId }) => `${fileNameOf(name)}: ${fieldId}`).join(", ");
  await connection.run(
    `copy (${selects.join(" union all ")}) to ${quoteText(path)} (format parquet, field_ids {${ids}})`,
  );
  return { path, location: path, deletes: [], recordCount: rows.length, sizeBytes: (await stat(path)).size };
}

async function plan(
  connection: DuckDBConnection,
  { sample, files, filter }: { sample: SampleTable; files: readonly PlannedFile[]; filter: Expression | undefined },
): Promise<FilePlan> {
  const condition = filter === undefined ? "true" : filterSql(filter, sample.columns);
  const paths = files.map(({ path }) => quoteText(path)).join(", ");
  const passing = `select distinct filename from read_parquet([${paths}], filename = true) where ${condition}`;
  const result = files.length === 0 ? [] : (await connection.runAndReadAll(passing)).getRows();
  const names = new Set(result.map(([name]) => name));
  const kept = filter === undefined ? files : files.filter(({ path }) => names.has(path));
  const skipped = files.filter((file) => !kept.includes(file));
  return { files: kept, skipped, skippedFiles: skipped.length, skippedManifests: 0 };
}

const operators = { eq: "=", lt: "<", "lt-eq": "<=", gt: ">", "gt-eq": ">=" } as const;

/** The filter as SQL, with its values converted from their Iceberg form. */
export function filterSql(filter: Expression, columns: readonly QueryColumn[]): string {
  if ("terms" in filter && filter.terms.length === 0) return String(filter.op === "and");
  if ("terms" in filter) return `(${filter.terms.map((term) => filterSql(term, columns)).join(` ${filter.op} `)})`;
  const column = columns.find(({ fieldId }) => fieldId === filter.fieldId);
  if (column === undefined) throw new TypeError(`no field ${filter.fieldId}`);
  const name = quoteName(column.name);
  const type = String(column.type);
  switch (filter.op) {
    case "is-null":
      return `${name} is null`;
    case "not-null":
      return `${name} is not null`;
    case "starts-with":
      return `starts_with(${name}, ${quoteText(filter.value)})`;
    case "in":
      return `${name} in (${filter.values.map((value) => valueSql(value, type)).join(", ")})`;
    default:
      return `${name} ${operators[filter.op]} ${valueSql(filter.value, type)}`;
  }
}

function valueSql(value: Value, type: string): string {
  if (typeof value === "string") return quoteText(value);
  if (value instanceof Uint8Array) return `from_hex('${Buffer.from(value).toString("hex")}')`;
  if (type === "date") return `(date '1970-01-01' + (${value})::integer)`;
  if (type === "timestamp") return `make_timestamp((${value})::bigint)`;
  if (type === "timestamp_ns") return `make_timestamp_ns((${value})::bigint)`;
  if (type === "timestamptz") return `make_timestamptz((${value})::bigint)`;
  const scale = /^decimal\(.*,\s*(\d+)\)/.exec(type)?.[1];
  if (scale !== undefined) return `'${decimalText(BigInt(value), Number(scale))}'::${type}`;
  return `(${value})::${typeSql(type)}`;
}

function decimalText(unscaled: bigint, scale: number): string {
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, "0");
  return `${unscaled < 0n ? "-" : ""}${digits.slice(0, digits.length - scale)}.${digits.slice(digits.length - scale)}`;
}
