/**
 * Checks the generator against itself: its files hold what it says of them, as DuckDB reads them, and the model ends
 * with the rows that the task's own tables have.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openRandom } from "../soak/random.ts";
import { openDmsModel } from "./dms-model.ts";
import { dateFolder, randomDmsSettings, saysOp, usualDmsSettings, type DmsSettings } from "./dms-settings.ts";
import { openDmsTask, type DmsFile, type DmsTask } from "./dms-task.ts";

let home: string;
let engine: DuckDBConnection;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "headgate-dms-"));
  engine = await (await DuckDBInstance.create(":memory:")).connect();
});
afterAll(() => rm(home, { recursive: true, force: true }));

/** A few rounds of everything that a task does. */
async function work(task: DmsTask): Promise<void> {
  for (const table of task.tables) {
    task.fill(table, 30);
    await task.load(table, { overlap: table.key === undefined ? 0 : 5 });
  }
  for (let round = 0; round < 4; round++) {
    task.change(25);
    await task.flush();
    const [table] = task.tables;
    if (task.canAddColumns && table !== undefined) await task.addColumn(table);
  }
  task.change(10);
  await task.flush();
}

const texts = (rows: readonly (readonly unknown[])[]): readonly string[] =>
  rows.map((row) => JSON.stringify(row)).toSorted();

const seeds = Array.from({ length: 30 }, (_, index) => index + 1);

test.each(seeds)("random settings, seed %s", async (seed) => {
  const random = openRandom(seed);
  const settings = randomDmsSettings(random);
  const folder = join(home, String(seed));
  const task = openDmsTask({
    folder,
    settings,
    random,
    tables: { product: "number", stock: "two columns", log: "none" },
  });
  await work(task);
  for (const file of task.files()) await expectHeld(folder, file, settings);
  const model = openDmsModel({ product: ["id"], stock: ["area", "number"] });
  model.read(task.files());
  if (settings.cdcInsertsOnly || settings.cdcInsertsAndUpdates) return;
  for (const { name, rows, columns } of task.tables) {
    const names = columns.map((column) => column.name);
    const own = rows().map((cells) => names.map((column) => unreadable(settings, cells.get(column) ?? null)));
    expect(texts(model.rows(name, names)), `${name} with ${JSON.stringify(settings)}`).toEqual(texts(own));
  }
});

function unreadable({ dataFormat, csvNullValue }: DmsSettings, text: string | null): string | null {
  return dataFormat === "csv" && text === csvNullValue ? null : text;
}

async function expectHeld(folder: string, file: DmsFile, settings: DmsSettings): Promise<void> {
  const [first] = file.rows;
  const isTogether = settings.preserveTransactionsIn !== undefined && file.stage === "changes";
  if (first === undefined) return;
  const isParquet = settings.dataFormat === "parquet";
  const lines = isParquet
    ? await parquetLines(join(folder, file.path))
    : await csvLines(join(folder, file.path), settings);
  const isNamed = !isTogether && (isParquet || settings.addColumnName);
  const op = isTogether || saysOp(settings, file.stage) ? 1 : 0;
  const time = settings.timestampColumnName === undefined || settings.timestampPlace === "last" ? 0 : 1;
  const begin = op + time + (isTogether ? 2 : 0);
  const [header = [], ...rows] = isNamed ? lines : [[], ...lines];
  const names = first.columns.map(({ name }) => name);
  if (isNamed) expect(header.slice(begin, begin + names.length)).toEqual(names);
  expect(rows.length).toBe(file.rows.length);
  if (op === 1) expect(rows.map(([said]) => said)).toEqual(file.rows.map((row) => row.op));
  if (isParquet) return;
  const own = rows.map((row, index) => row.slice(begin, begin + (file.rows[index]?.columns.length ?? 0)));
  expect(own).toEqual(file.rows.map((row) => row.columns.map(({ name }) => row.cells.get(name) ?? null)));
}

/** The names of its columns, then its rows. */
async function parquetLines(path: string): Promise<readonly (readonly unknown[])[]> {
  const result = await engine.runAndReadAll(`from read_parquet('${path}')`);
  return [result.columnNames(), ...result.getRowsJson()];
}

/** One character after the other, as RFC 4180 says. */
async function csvLines(path: string, settings: DmsSettings): Promise<readonly (readonly (string | null)[])[]> {
  const bytes = await readFile(path);
  const text = (settings.compressionType === "GZIP" ? gunzipSync(bytes) : bytes).toString();
  const lines: (string | null)[][] = [];
  let line: (string | null)[] = [];
  for (let at = 0; at < text.length;) {
    const isQuoted = settings.rfc4180 && text[at] === '"';
    const end = isQuoted ? closingQuote(text, at) : cellEnd(text, at, settings);
    const cell = isQuoted ? text.slice(at + 1, end).replaceAll('""', '"') : text.slice(at, end);
    line.push(!isQuoted && cell === settings.csvNullValue ? null : cell);
    at = isQuoted ? end + 1 : end;
    if (text.startsWith(settings.csvRowDelimiter, at)) {
      lines.push(line);
      line = [];
      at += settings.csvRowDelimiter.length;
    } else at += settings.csvDelimiter.length;
  }
  return lines;
}

function cellEnd(text: string, from: number, { csvDelimiter, csvRowDelimiter }: DmsSettings): number {
  let at = from;
  while (at < text.length && !text.startsWith(csvDelimiter, at) && !text.startsWith(csvRowDelimiter, at)) at++;
  return at;
}

function closingQuote(text: string, opening: number): number {
  let at = opening + 1;
  while (text[at] !== '"' || text[at + 1] === '"') at += text[at] === '"' ? 2 : 1;
  return at;
}

test("names of files", async () => {
  const random = openRandom(7);
  const settings = { ...usualDmsSettings, rowsPerFile: 3 };
  const task = openDmsTask({ folder: join(home, "names"), settings, random, tables: { product: "number" } });
  const [product] = task.tables;
  if (product === undefined) throw new TypeError("a table was asked for");
  task.fill(product, 50);
  await task.load(product);
  task.change(1);
  await task.flush();
  const paths = task.files().map(({ path }) => path);
  expect(paths[9]).toBe("shop/product/LOAD0000000A.csv");
  expect(paths[16]).toBe("shop/product/LOAD00000011.csv");
  expect(paths.at(-1)).toMatch(/^shop\/product\/2024013\d-\d{9}\.csv$/);
});

test("folders of dates", () => {
  const time = new Date("2024-01-31T09:00:00Z");
  expect(dateFolder({ sequence: "YYYYMMDDHH", delimiter: "SLASH" }, time)).toBe("2024/01/31/09");
  expect(dateFolder({ sequence: "MMYYYYDD", delimiter: "DASH" }, time)).toBe("01-2024-31");
  expect(dateFolder({ sequence: "DDMMYYYY", delimiter: "UNDERSCORE" }, time)).toBe("31_01_2024");
  expect(dateFolder({ sequence: "YYYYMM", delimiter: "NONE" }, time)).toBe("202401");
});
