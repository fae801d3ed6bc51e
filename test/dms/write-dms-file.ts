/** The bytes of a file that DMS writes: CSV lines, or Parquet with small row groups. */
import { readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import { saysOp, type DmsSettings, type Stage } from "./dms-settings.ts";
import type { Cell, Change, DmsColumn } from "./dms-table.ts";

export interface DmsRow extends Change {
  readonly schema: string;
  readonly table: string;
  /** The table's columns at this time. */
  readonly columns: readonly DmsColumn[];
  /** `yyyy-MM-dd HH:mm:ss.SSSSSS`: the commit, or for a full load the transfer. */
  readonly time: string;
}

interface FileParts {
  readonly settings: DmsSettings;
  readonly stage: Stage;
  readonly columns: readonly DmsColumn[];
  readonly rows: readonly DmsRow[];
}

interface Field {
  readonly name: string;
  readonly type: string;
  value(row: DmsRow): Cell;
}

/** The columns of a file about one table. */
function fieldsOf({ settings, stage, columns }: FileParts): readonly Field[] {
  const op: Field = { name: "Op", type: "varchar", value: (row) => row.op };
  const fields = fieldsAfterOp(settings, columns);
  return saysOp(settings, stage) ? [op, ...fields] : fields;
}

function fieldsAfterOp(
  { timestampColumnName: name, timestampPlace }: DmsSettings,
  columns: readonly DmsColumn[],
): readonly Field[] {
  const time: readonly Field[] = name === undefined ? [] : [{ name, type: "varchar", value: (row) => row.time }];
  const own = columns.map((column) => ({ ...column, value: (row: DmsRow) => row.cells.get(column.name) ?? null }));
  return timestampPlace === "last" ? [...own, ...time] : [...time, ...own];
}

export async function dmsFile(parts: FileParts): Promise<Buffer> {
  const fields = fieldsOf(parts);
  if (parts.settings.dataFormat === "parquet") return parquetFile(parts, fields);
  const lines = parts.rows.map((row) => fields.map((field) => field.value(row)));
  const header = parts.settings.addColumnName ? [fields.map(({ name }) => name)] : [];
  return csvFile(parts.settings, [...header, ...lines]);
}

/** A file of all tables in the order of their transactions. It has no header, because each table has its own columns. */
export function transactionFile(settings: DmsSettings, rows: readonly DmsRow[]): Buffer {
  const lines = rows.map((row) => {
    const values = fieldsAfterOp(settings, row.columns).map((field) => field.value(row));
    return [row.op, row.table, row.schema, ...values];
  });
  return csvFile(settings, lines);
}

function csvFile(settings: DmsSettings, lines: readonly (readonly Cell[])[]): Buffer {
  const { csvDelimiter, csvRowDelimiter, compressionType } = settings;
  const text = lines.map((cells) => cells.map((cell) => csvCell(settings, cell)).join(csvDelimiter) + csvRowDelimiter);
  const bytes = Buffer.from(text.join(""));
  return compressionType === "GZIP" ? gzipSync(bytes) : bytes;
}

function csvCell({ csvDelimiter, csvNullValue, rfc4180 }: DmsSettings, cell: Cell): string {
  if (cell === null) return csvNullValue;
  const needsQuotes = rfc4180 && ['"', "\n", "\r", csvDelimiter].some((mark) => cell.includes(mark));
  return needsQuotes ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** Null where a reader cannot tell the text from null. */
export function readable({ dataFormat, csvNullValue }: DmsSettings, cell: Cell): Cell {
  return dataFormat === "csv" && cell === csvNullValue ? null : cell;
}

let engine: Promise<DuckDBConnection> | undefined;
let written = 0;

async function parquetFile({ settings, rows }: FileParts, fields: readonly Field[]): Promise<Buffer> {
  engine ??= DuckDBInstance.create(":memory:").then((instance) => instance.connect());
  const connection = await engine;
  const name = `file_${process.pid}_${written++}`;
  const path = join(tmpdir(), `${name}.parquet`);
  const texts = fields.map((field) => `${quoted(field.name)} varchar`);
  await connection.run(`create temp table ${name} (${texts.join(", ")})`);
  await appendRows(connection, name, { rows, fields });
  const casts = fields.map((field) => `${quoted(field.name)}::${typeOf(settings, field)} as ${quoted(field.name)}`);
  const codec = settings.compressionType === "GZIP" ? "gzip" : "uncompressed";
  const options = `format parquet, row_group_size ${settings.rowGroupLength}, compression ${codec}`;
  await connection.run(`copy (select ${casts.join(", ")} from ${name} order by rowid) to '${path}' (${options})`);
  await connection.run(`drop table ${name}`);
  const bytes = await readFile(path);
  await rm(path);
  return bytes;
}

async function appendRows(
  connection: DuckDBConnection,
  table: string,
  { rows, fields }: { rows: readonly DmsRow[]; fields: readonly Field[] },
): Promise<void> {
  const appender = await connection.createAppender(table);
  for (const row of rows) {
    for (const field of fields) {
      const cell = field.value(row);
      if (cell === null) appender.appendNull();
      else appender.appendVarchar(cell);
    }
    appender.endRow();
  }
  appender.closeSync();
}

function typeOf({ parquetTimestampInMillisecond }: DmsSettings, { type }: Field): string {
  return type === "timestamp" && parquetTimestampInMillisecond ? "timestamp_ms" : type;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
