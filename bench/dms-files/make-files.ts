/** Files of one DMS table for the benchmark: a full load, and files of changes of keys all over it. */
import { mkdirSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";

export type Format = "csv" | "parquet";

export interface MadeFiles {
  /** The folder that the source's address leads to. */
  readonly root: string;
  readonly table: string;
  readonly format: Format;
}

/** The types that DuckDB finds in the CSV files by itself. */
export const columnTypes = {
  id: "bigint",
  customer_id: "bigint",
  amount: "double",
  ordered_at: "timestamp",
  status: "varchar",
  note: "varchar",
};

const rowsPerLoadFile = 1_000_000;

export async function openFiles(root: string, format: Format) {
  const table = join(root, "shop/orders");
  mkdirSync(table, { recursive: true });
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  let changeFiles = 0;
  return {
    root,
    table,
    format,
    async load(rows: number): Promise<void> {
      for (let from = 0, number = 1; from < rows; from += rowsPerLoadFile, number++) {
        const to = Math.min(rows, from + rowsPerLoadFile);
        const counter = number.toString(16).toUpperCase().padStart(8, "0");
        const query = `select ${columns("0")} from range(${from}, ${to}) ids(id)`;
        await copy(connection, { query, path: join(table, `LOAD${counter}.${format}`), format });
      }
    },
    /** Six in ten update, three insert, one deletes. */
    async change({ files, rows, keys }: { files: number; rows: number; keys: number }): Promise<void> {
      for (let file = 0; file < files; file++) {
        const begin = changeFiles * rows;
        const op = "case when n % 10 < 6 then 'U' when n % 10 < 9 then 'I' else 'D' end";
        const id = `case when n % 10 between 6 and 8 then ${keys} + n else hash(n)::hugeint % ${keys} end`;
        const query = `select ${op} as "Op", ${columns("n + 1")} from (select n, (${id})::bigint as id from range(${begin}, ${begin + rows}) numbers(n))`;
        await copy(connection, { query, path: join(table, `${nameOf(changeFiles++)}.${format}`), format });
      }
    },
    [Symbol.dispose]: () => connection.closeSync(),
  };
}

/** `version` makes the values of an update differ from those before it. */
function columns(version: string): string {
  return [
    "id",
    "id % 1000 as customer_id",
    `(hash(id + ${version}) % 1000000 / 100)::decimal(12,2) as amount`,
    "timestamp '2024-01-01' + to_seconds((id % 30000000)::integer) as ordered_at",
    `['open', 'paid', 'sent'][((id + ${version}) % 3)::integer + 1] as status`,
    "'order number ' || id as note",
  ].join(", ");
}

/** `20240131-101500000`: one each second. */
function nameOf(number: number): string {
  const digits = new Date(Date.UTC(2024, 0, 31) + number * 1_000).toISOString().replaceAll(/[-:.Z]/g, "");
  return digits.replace("T", "-");
}

async function copy(
  connection: DuckDBConnection,
  { query, path, format }: { query: string; path: string; format: Format },
): Promise<void> {
  const options = format === "csv" ? "format csv, header" : "format parquet, row_group_size 10024";
  await connection.run(`copy (${query}) to '${path}' (${options})`);
  // A time in whole seconds can be restored exactly.
  const seconds = Math.floor(Date.now() / 1_000);
  utimesSync(path, seconds, seconds);
}
