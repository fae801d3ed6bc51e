/** Tests what is found in files of every setting, and how their rows are read, with a real engine on a real directory. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { must } from "../../base/must.ts";
import { using } from "../../base/cleanup.ts";
import { directoryNotes } from "../../base/notes.ts";
import { HeadgateError } from "../../errors.ts";
import type { Engine } from "../../engine/engine.ts";
import { openEngine } from "../../engine/open-engine.ts";
import { directoryFiles } from "../../objects/fs/directory-files.ts";
import type { DescribedTable, FileRows, PlanRequest, SourceTable } from "../../sync/source.ts";
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
  notes: {
    read: (about) => directoryNotes(join(home, "notes")).read(about),
    write: (about, text) => directoryNotes(join(home, "notes")).write(about, text),
  },
  openFiles: async ({ place }) => directoryFiles(place.kind === "directory" ? place.directory : ""),
});

function openAt(root: string) {
  return connector.open({ url: new URL(`dms-files+file://${root}?settle=0`), password: undefined });
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
    const plan = must(await cut.planFiles?.(table, asked(undefined)), "a plan");
    return {
      columns: table.columns.map((column) => `${column.name} ${column.lakeType}`),
      loaded: await rowsOf(await plan.loaded()),
      changed: await rowsOf(await plan.changed()),
    };
  });
}

function asked(since: string | undefined): PlanRequest {
  return { since, key: undefined, isWhole: false, isAnew: false, isNamed: false };
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

test("empty texts and nulls in a table of one column", async () => {
  const text = 'a\n\n"NULL"\nNULL\n""\n\n"b\n\nc"\n\n';
  const values = ["a", "", "NULL", null, "", "", "b\n\nc", ""];
  const marked = values.map((value) => ["I", value]);
  const files = { "LOAD00000001.csv": text, "LOAD00000002.csv": "\n\n" };
  const twoMore = [
    ["I", ""],
    ["I", ""],
  ];
  expect((await see(files)).loaded).toEqual([...marked, ...twoMore]);
  expect((await see({ "LOAD00000001.csv": `name\n${text}` }, { header: true })).loaded).toEqual(marked);
  const empty = await see({ "LOAD00000001.csv": 'a\n\n""\n' }, { null: "" });
  expect(empty.loaded).toEqual([
    ["I", "a"],
    ["I", null],
    ["I", ""],
  ]);
});

test("a null under a text does not make the first row a header", async () => {
  for (const nothing of ["NULL", ""]) {
    const seen = await see({ "LOAD00000001.csv": `anna,berlin\n${nothing},paris\n${nothing},rome\n` });
    expect(seen.columns).toEqual(["column0 string", "column1 string"]);
    expect(seen.loaded).toHaveLength(3);
  }
  const named = await see({ "LOAD00000001.csv": "id,name\nNULL,a\n17,NULL\n" });
  expect(named.columns).toEqual(["id long", "name string"]);
});

test("compression is found by the first bytes, not by the name", async () => {
  const text = "1,a\n";
  expect((await see({ "LOAD00000001.csv": gzipSync(text), "LOAD00000002.csv.gz": text })).loaded).toHaveLength(2);
});

test("a mark of UTF-8 at the beginning of a file is part of no name, operation or value", async () => {
  const mark = "\uFEFF";
  const named = {
    "LOAD00000001.csv": `${mark}id,name\n1,a\n`,
    "20240101-000000001.csv": `${mark}Op,id,name\nD,1,a\n`,
    "20240101-000000002.csv": gzipSync(`${mark}Op,id,name\nU,1,b\n`),
  };
  expect(await see(named)).toMatchObject({
    columns: ["id long", "name string"],
    changed: [
      ["D", "1", "a"],
      ["U", "1", "b"],
    ],
  });
  const bare = { "LOAD00000001.csv": `${mark}"1",a\n`, "20240101-000000001.csv": `${mark}I,2,b\n` };
  expect(await see(bare)).toMatchObject({ loaded: [["I", "1", "a"]], changed: [["I", "2", "b"]] });
  const root = await folderOf({ "../../CDC_TXN-20240101000000001.csv": `${mark}I,event,s,1\n` });
  expect((await seeTable("event", { root })).changed).toEqual([["I", "1"]]);
});

test("a first row of megabytes is looked at as a whole", async () => {
  const long = "x".repeat(5_000_000);
  expect((await see({ "LOAD00000001.csv": `1,${long}\n2,b\n` })).loaded).toEqual([
    ["I", "1", long],
    ["I", "2", "b"],
  ]);
});

test("a quote that is never closed, as in files without quotes, is named with its remedy", async () => {
  const load = { "LOAD00000001.csv": '1,"a\n2,b\n' };
  await expect(see(load)).rejects.toMatchObject({
    place: expect.stringContaining("the first row has no end") as string,
  });
  expect((await see(load, { quote: "" })).loaded).toEqual([
    ["I", "1", '"a'],
    ["I", "2", "b"],
  ]);
});

test("a single line that may be names or a row is taken for neither until somebody says it", async () => {
  const load = { "LOAD00000001.csv": "id,name\n" };
  await expect(see(load)).rejects.toMatchObject({ code: "SOURCE_TABLE_UNFIT" });
  expect(await see(load, { header: true })).toMatchObject({ columns: ["id string", "name string"], loaded: [] });
  expect((await see(load, { header: false })).loaded).toEqual([["I", "id", "name"]]);
  expect((await see({ "LOAD00000001.csv": "id,7\n" })).loaded).toEqual([["I", "id", "7"]]);
});

describe("a column named as the operation is", () => {
  const load = { "LOAD00000001.csv": "op,id\nI,1\nD,2\n" };

  test("is a column of the full load if other files have it beside the operation", async () => {
    const { columns, loaded, changed } = await see({ ...load, "20240101-000000001.csv": "Op,op,id\nU,x,1\n" });
    expect({ columns, changed }).toEqual({ columns: ["op string", "id long"], changed: [["U", "x", "1"]] });
    expect(loaded).toEqual([
      ["I", "I", "1"],
      ["I", "D", "2"],
    ]);
  });

  test("stops the table if nothing tells that, until somebody names it", async () => {
    await expect(see(load)).rejects.toMatchObject({
      place: expect.stringContaining("row 2") as string,
      message: expect.stringContaining("in every row of a full load") as string,
    });
    const named = await see(load, { columns: [{ name: "op" }] });
    expect(named).toMatchObject({
      columns: ["op string", "id long"],
      loaded: [
        ["I", "I", "1"],
        ["I", "D", "2"],
      ],
    });
    const parquet = join(home, "op.parquet");
    await engine.run(`copy (select 'x' as op, 1 as id) to '${parquet}' (format parquet)`);
    const file = { "LOAD00000001.parquet": await readFile(parquet) };
    await expect(see(file)).rejects.toMatchObject({ place: expect.stringContaining("row 1") as string });
    expect((await see(file, { columns: [{ name: "op" }] })).loaded).toEqual([["I", "x", "1"]]);
  });

  test("may be null in a full load only", async () => {
    const parquet = join(home, "null.parquet");
    await engine.run(`copy (select null::varchar as "Op", 1 as id) to '${parquet}' (format parquet)`);
    const bytes = await readFile(parquet);
    expect((await see({ "LOAD00000001.parquet": bytes })).loaded).toEqual([["I", "1"]]);
    await expect(see({ "20240101-000000001.parquet": bytes })).rejects.toMatchObject({ code: "SOURCE_FILE_INVALID" });
  });
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

describe("tables that occur only in files of whole transactions", () => {
  const files = {
    "../../cdc/CDC_TXN-20240101000000001.csv": 'I,t,s,1,a\nI,event,s,1,"x, ""y""",2024-01-01\nI,event,other,true\n',
    "../../cdc/CDC_TXN-20240101000000002.csv": "U,event,s,2,NULL,2024-01-02\nD,t,s,1,a\n",
  };

  test("are found beside those with folders, and have their own rows", async () => {
    const root = await folderOf({ "LOAD00000001.csv": "1,a\n", ...files });
    const names = await using(openAt(root), async (source) => source.discover());
    expect(names.map(({ name }) => `${name.schema}.${name.name}`)).toEqual(["other.event", "s.event", "s.t"]);
    const { columns, changed } = await seeTable("event", { root });
    expect(columns).toEqual(["column0 long", "column1 string", "column2 date"]);
    expect(changed).toEqual([
      ["I", "1", 'x, "y"', "2024-01-01"],
      ["U", "2", null, "2024-01-02"],
    ]);
  });

  test("have the columns that are set, whatever the values look like", async () => {
    const root = await folderOf(files);
    const reading = { columns: [{ name: "id", type: "string" }, { name: "text" }, { name: "day" }] };
    expect((await seeTable("event", { root, reading })).columns).toEqual(["id string", "text string", "day date"]);
    const few = { columns: [{ name: "id" }] };
    await expect(seeTable("event", { root, reading: few })).rejects.toMatchObject({ code: "SOURCE_FILE_INVALID" });
    await expect(seeTable("none", { root })).rejects.toMatchObject({ code: "SOURCE_TABLE_NOT_FOUND" });
  });

  test("are found with other marks too", async () => {
    const root = await folderOf({ "../../CDC_TXN-20240101000000001.csv": gzipSync('I|event|s|"|1\n') });
    const { columns, changed } = await seeTable("event", { root });
    expect({ columns, changed }).toEqual({ columns: ["column0 string", "column1 long"], changed: [["I", '"', "1"]] });
  });

  test("say which file hides them, if one cannot be understood", async () => {
    const root = await folderOf({ "../../CDC_TXN-20240101000000001.csv": "I,event\n" });
    await using(openAt(root), async (source) => {
      await expect(source.discover()).rejects.toMatchObject({ code: "SOURCE_FILE_INVALID" });
    });
    const bad = { "../../CDC_TXN-20240101000000001.csv": "X,event,s,1\n" };
    const mixed = await folderOf({ "LOAD00000001.csv": "1,a\n", ...bad });
    await using(openAt(mixed), async (source) => {
      expect(await source.discover()).toHaveLength(1);
      expect(await source.test()).toMatchObject([{ name: "files" }, { name: "transactions", outcome: "warning" }, {}]);
    });
  });

  test("have each file opened once, by whatever process, until one arrives late", async () => {
    const root = await folderOf(files);
    const opened: string[] = [];
    const notes = directoryNotes(join(home, "notes"));
    const watching = () =>
      dmsFiles({
        engine: async () => engine,
        notes,
        openFiles: async () => {
          const own = directoryFiles(root);
          return { ...own, localPath: (file) => (opened.push(file.path), own.localPath(file)) };
        },
      });
    const url = new URL(`dms-files+file://${root}?settle=0`);
    const discover = () => using(watching().open({ url, password: undefined }), async (source) => source.discover());
    expect(await discover()).toHaveLength(3);
    expect(await discover()).toHaveLength(3);
    expect(opened).toHaveLength(2);
    await writeFile(join(root, "cdc/CDC_TXN-20240101000000000.csv"), "I,early,s,1\n");
    expect(await discover()).toHaveLength(4);
    expect(opened).toHaveLength(5);
    await rm(join(root, "cdc/CDC_TXN-20240101000000000.csv"));
    expect(await discover()).toHaveLength(3);
  });

  test("are found in many files with a few of them here at a time, and what was found outlives a failure", async () => {
    const path = (number: number) => `../../cdc/CDC_TXN-20240101000000${String(number).padStart(3, "0")}.csv`;
    const many = Array.from({ length: 150 }, (_, index) => [path(index), `I,t${index % 3},s,1\n`] as const);
    const root = await folderOf({ ...Object.fromEntries(many), [path(100)]: "I,t9\n" });
    const looked: string[] = [];
    let most = 0;
    const notes = directoryNotes(join(home, "notes"));
    const watching = dmsFiles({
      engine: async () => engine,
      notes,
      openFiles: async () => {
        const own = directoryFiles(root);
        let open = 0;
        const kept = (): never => {
          throw new TypeError("no file stays");
        };
        return {
          ...own,
          localPath: kept,
          whileLocal: (file, work) => {
            looked.push(file.path);
            most = Math.max(most, ++open);
            return own.whileLocal(file, work).finally(() => open--);
          },
        };
      },
    });
    const url = new URL(`dms-files+file://${root}?settle=0`);
    const discover = () => using(watching.open({ url, password: undefined }), async (source) => source.discover());
    expect((await discover()).map(({ name }) => name.name)).toEqual(["t0", "t1", "t2"]);
    expect({ looked: looked.length, isFew: most <= 4 }).toEqual({ looked: 150, isFew: true });
    await writeFile(join(root, "s/t", path(100)), "I,t9,s,1\n");
    const { paths = [], read = [] } = JSON.parse(
      must(await notes.read(`tables in files of whole transactions, 1: ${directoryFiles(root).location}`), "a note"),
    ) as { paths?: readonly unknown[]; read?: readonly { readonly count: number }[] };
    expect({ tables: paths.length, files: read.reduce((sum, { count }) => sum + count, 0) }).toEqual({
      tables: 3,
      files: 100,
    });
  });
});

test("Parquet has its own types", async () => {
  const made = join(home, "made.parquet");
  await engine.run(
    `copy (select 'U' as "Op", 18446744073709551615::ubigint as id, 1.5::decimal(12,2) as price, 'x'::blob as raw) to '${made}' (format parquet)`,
  );
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
      plan: must(await cut.planFiles?.(table, asked(undefined)), "a plan"),
    };
  });
  const opened: string[] = [];
  const watched = dmsFiles({
    engine: async () => engine,
    notes: directoryNotes(join(home, "notes")),
    openFiles: async () => {
      const files = directoryFiles(root);
      return { ...files, localPath: (file) => (opened.push(file.path), files.localPath(file)) };
    },
  });
  await using(
    watched.open({ url: new URL(`dms-files+file://${root}?settle=0`), password: undefined }),
    async (source) => {
      const known = { reading: undefined, incarnation: first.table.incarnation, position: first.plan.position };
      const table = asTable(must((await source.describe([name], () => known))[0], "a table"));
      expect(table).toEqual(first.table);
      const cut = await source.openCut({ readers: 1 });
      const plan = await cut.planFiles?.(table, asked(first.plan.position));
      expect(plan?.how).toBe("nothing");
    },
  );
  expect(opened).toEqual([]);
});
