/** Tests what is found in files of every setting, and how their rows are read, with a real engine on a real directory. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { must } from "../../base/must.ts";
import { using } from "../../base/cleanup.ts";
import { HeadgateError } from "../../errors.ts";
import type { Engine } from "../../engine/engine.ts";
import { openEngine } from "../../engine/open-engine.ts";
import { directoryFiles } from "../../objects/fs/directory-files.ts";
import type { DescribedTable, FileRows, SourceTable } from "../../sync/source.ts";
import { dmsFiles } from "./dms-files.ts";

let home: string;
let engine: Engine;
let folders = 0;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "headgate-dms-engine-"));
  engine = await openEngine({ memoryMb: 256, threads: 1, scratchDirectory: home });
});
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
  await rm(home, { recursive: true, force: true });
});

/** The table `s.t` with these files below its folder. */
async function folderOf(files: Readonly<Record<string, string | Buffer>>): Promise<string> {
  const root = join(home, String(folders++));
  for (const [path, content] of Object.entries(files)) {
    const at = join(root, "s/t", path);
    await mkdir(dirname(at), { recursive: true });
    await writeFile(at, content);
  }
  return root;
}

interface Seen {
  readonly columns: readonly string[];
  readonly loaded: readonly (readonly unknown[])[];
  readonly changed: readonly (readonly unknown[])[];
}

const connector = dmsFiles({
  engine: async () => engine,
  openFiles: async ({ place }) => directoryFiles(place.kind === "directory" ? place.directory : ""),
});

function openAt(root: string) {
  return connector.open({ url: new URL(`dms-files+file://${root}`), password: undefined });
}

async function see(files: Readonly<Record<string, string | Buffer>>, reading?: object): Promise<Seen> {
  return seeTable("t", { root: await folderOf(files), reading });
}

async function seeTable(
  name: string,
  { root, reading }: { root: string; reading?: object | undefined },
): Promise<Seen> {
  return using(openAt(root), async (source) => {
    const known = { reading: reading && JSON.stringify(reading), incarnation: undefined, position: undefined };
    const [described] = await source.describe([{ schema: "s", name }], () => known);
    const table = asTable(must(described, "a table"));
    const cut = await source.openCut({ readers: 1 });
    const plan = must(cut.planFiles?.(table, { since: undefined, key: undefined, isWhole: false }), "a plan");
    return {
      columns: table.columns.map((column) => `${column.name} ${column.lakeType}`),
      loaded: await rowsOf(await plan.loaded()),
      changed: await rowsOf(await plan.changed()),
    };
  });
}

function asTable(table: DescribedTable): SourceTable {
  if ("obstacle" in table) throw new HeadgateError(table.obstacle.code, { place: table.obstacle.message });
  return table;
}

async function rowsOf(rows: FileRows | undefined): Promise<readonly (readonly unknown[])[]> {
  if (rows === undefined) return [];
  try {
    const found = await engine.run(
      `select columns(* exclude (file, row))::varchar from (${rows.sql}) rows order by file, row`,
    );
    return found.rows;
  } catch (failure) {
    throw await rows.explain(failure);
  }
}

test.each([
  ["no operation in the full load", "1,a\n2,b\n", "U,1,c\nD,2,b\n", ["column0 long", "column1 string"]],
  ["operations everywhere", "I,1,a\nI,2,b\n", "U,1,c\nD,2,b\n", ["column0 long", "column1 string"]],
  ["inserts only, with operations", "I,1,a\n", "I,2,b\n", ["column0 long", "column1 string"]],
  ["inserts only, without operations", "1,a\n", "2,b\n", ["column0 long", "column1 string"]],
  ["a first column that looks like an operation", "D,1\nI,2\n", "I,D,3\n", ["column0 string", "column1 long"]],
])("without a header: %s", async (_what, load, change, columns) => {
  expect((await see({ "LOAD00000001.csv": load, "20240101-000000001.csv": change })).columns).toEqual(columns);
});

test("rows that begin with operations are no names, and a full load has no rows that delete", async () => {
  const twice = { "20240101-000000001.csv": "I,a,b\n", "20240102-000000001.csv": "I,a,b\n" };
  expect((await see(twice)).changed).toHaveLength(2);
  expect((await see({ "LOAD00000001.csv": "D,5\nI,6\n" })).columns).toEqual(["column0 string", "column1 long"]);
});

test.each([
  ["a column less, without a header", "a,b,c\n", "I,d,e\nU,f,g\n", { header: false }],
  ["a file without names among files with names", "id,name\n1,a\n", "17,Anna\n", { header: true }],
])("%s stops the table", async (_what, load, change, reading) => {
  const files = { "LOAD00000001.csv": change, "20240101-000000001.csv": load };
  const wrong = reading.header ? files : { "LOAD00000001.csv": load, "20240101-000000001.csv": change };
  await expect(see(wrong, reading)).rejects.toMatchObject({
    place: expect.stringContaining("line 1") as string,
  });
});

test("a header is found by Op, by being in two files, and by names above numbers", async () => {
  const columns = ["id long", "name string"];
  const load = { "LOAD00000001.csv": "id,name\n1,a\n" };
  expect((await see(load)).columns).toEqual(columns);
  expect((await see({ ...load, "20240101-000000001.csv": "Op,id,name\nD,1,a\n" })).changed).toEqual([["D", "1", "a"]]);
  const texts = { "LOAD00000001.csv": "a,b\nx,y\n", "LOAD00000002.csv": "a,b\nz,w\n" };
  expect((await see(texts)).columns).toEqual(["a string", "b string"]);
});

test.each([";", "\t", "|", "\u0001"])("the delimiter %j is found", async (delimiter) => {
  const text = [`1${delimiter}"a, b"`, `2${delimiter}c`, ""].join("\n");
  expect((await see({ "LOAD00000001.csv": text })).loaded).toEqual([
    ["I", "1", "a, b"],
    ["I", "2", "c"],
  ]);
});

test("quotes, line ends in values, the null text, and text that looks like it", async () => {
  const text = '1,"a ""b""\nc",NULL\r\n2,"NULL",\r\n';
  expect((await see({ "LOAD00000001.csv": text })).loaded).toEqual([
    ["I", "1", 'a "b"\nc', null],
    ["I", "2", "NULL", ""],
  ]);
  const set = { null: "\\N", quote: "" };
  expect((await see({ "LOAD00000001.csv": '1,"x,\\N\n' }, set)).loaded).toEqual([["I", "1", '"x', null]]);
});

test("compression is found by the first bytes, not by the name", async () => {
  const text = "1,a\n";
  expect((await see({ "LOAD00000001.csv": gzipSync(text), "LOAD00000002.csv.gz": text })).loaded).toHaveLength(2);
});

test("the time of the commit is left out where it is named, and kept where that is asked", async () => {
  const files = { "LOAD00000001.csv": "Op,ts,id\nI,2024-01-01 00:00:00.000001,1\n" };
  expect((await see(files, { timestamp: "ts" })).columns).toEqual(["id long"]);
  const kept = await see(files, { timestamp: "ts", keep: ["op", "timestamp"] });
  expect(kept.columns).toEqual(["Op string", "ts timestamp", "id long"]);
  expect(kept.loaded).toEqual([["I", "I", "2024-01-01 00:00:00.000001", "1"]]);
});

test.each(["a*", "a[b]", "f0=x"])("a table %s has its own rows only", async (name) => {
  const root = await folderOf({ "../ab/LOAD00000001.csv": "1,other\n", [`../${name}/LOAD00000001.csv`]: "2,own\n" });
  expect((await seeTable(name, { root })).loaded).toEqual([["I", "2", "own"]]);
});

test("Parquet has its own types", async () => {
  const made = join(home, "made.parquet");
  await engine.run(
    `copy (select 'U' as "Op", 18446744073709551615::ubigint as id, 1.5::decimal(12,2) as price, 'x'::blob as raw) to '${made}' (format parquet)`,
  );
  const { readFile } = await import("node:fs/promises");
  const seen = await see({ "20240101-000000001.parquet": await readFile(made) });
  expect(seen.columns).toEqual(["id decimal(20,0)", "price decimal(12,2)", "raw binary"]);
  expect(seen.changed).toEqual([["U", "18446744073709551615", "1.50", "x"]]);
});

test.each([
  ["a value of another type", "I,1,a\nI,x,b\n", "row 2, column column0"],
  ["an unknown operation", "I,1,a\nZ,2,b\n", "row 2"],
  ["a row that is too short", "I,1,a\nI,2\n", "line 2"],
  ["a row that is cut off", "I,1,a\nI,2,b", "20240101-000000001.csv"],
  ["a column more, without a header", "I,1,a,b\n", "line 1"],
])("%s is named with its place", async (_what, change, place) => {
  const load = "1,a\n2,b\n3,c\n4,d\n5,e\n";
  const reading = {
    header: false,
    columns: [
      { name: "column0", type: "long" },
      { name: "column1", type: "string" },
    ],
  };
  await expect(see({ "LOAD00000001.csv": load, "20240101-000000001.csv": change }, reading)).rejects.toMatchObject({
    code: "SOURCE_FILE_INVALID",
    place: expect.stringContaining(place) as string,
  });
});

test("a table without unread files is described without opening a file", async () => {
  const root = await folderOf({ "LOAD00000001.csv": "1,a\n", "20240101-000000001.csv": "I,2,b\n" });
  const name = { schema: "s", name: "t" };
  const first = await using(openAt(root), async (source) => {
    const table = asTable(must((await source.describe([name]))[0], "a table"));
    const cut = await source.openCut({ readers: 1 });
    return {
      table,
      plan: must(cut.planFiles?.(table, { since: undefined, key: undefined, isWhole: false }), "a plan"),
    };
  });
  const opened: string[] = [];
  const watched = dmsFiles({
    engine: async () => engine,
    openFiles: async () => {
      const files = directoryFiles(root);
      return { ...files, localPath: (file) => (opened.push(file.path), files.localPath(file)) };
    },
  });
  await using(watched.open({ url: new URL(`dms-files+file://${root}`), password: undefined }), async (source) => {
    const known = { reading: undefined, incarnation: first.table.incarnation, position: first.plan.position };
    const table = asTable(must((await source.describe([name], () => known))[0], "a table"));
    expect(table).toEqual(first.table);
    const cut = await source.openCut({ readers: 1 });
    const plan = cut.planFiles?.(table, { since: first.plan.position, key: undefined, isWhole: false });
    expect(plan?.how).toBe("nothing");
  });
  expect(opened).toEqual([]);
});
