/**
 * Tests importing folders of other people's files: proposed, approved, imported again; completely or not at all, and
 * never twice.
 */
import { mkdir, mkdtemp, readFile, rm, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { using } from "../../src/base/cleanup.ts";
import { silent } from "../../src/base/progress.ts";
import { fileIO } from "../../src/catalog/file-io.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { openEngine } from "../../src/engine/open-engine.ts";
import { tableImport } from "../../src/operations/import.ts";
import { maintain } from "../../src/operations/maintain.ts";
import { runList } from "../../src/operations/runs.ts";
import { referenceSet } from "../../src/operations/references.ts";
import { status as lakeStatus } from "../../src/operations/status.ts";
import { maintainTables, noSource } from "../../src/maintenance/maintain-tables.ts";
import { usualLimits } from "../../src/maintenance/upkeep-run.ts";
import { importCrashPoints } from "../../src/writer/crash-points.ts";
import { runCommand, startCommand, type CommandOptions } from "../world/command.ts";
import { holdHeadgate, type HeldHeadgate } from "../world/held-headgate.ts";
import { csvAsFound, notesOf, refused, typesOf } from "../world/import-cases.ts";
import { importDesk, type ImportInput } from "../world/import-desk.ts";
import { interrupted } from "../world/interrupted.ts";
import { lakeOf } from "../world/lake.ts";
import { orphans } from "../world/orphans.ts";
import { ownersCall } from "../world/owners-call.ts";

describe("import", () => {
  let home: string;
  let files: string;
  /** Location of this test run's lakes: on a disk or on S3. */
  let partner: string;
  let engine: Engine;
  let at: CommandOptions;
  let held: HeldHeadgate;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), "headgate-import-"));
    files = join(home, "files");
    await mkdir(files);
    engine = await openEngine({ memoryMb: 512, threads: 2, scratchDirectory: home });
    at = { data: join(home, "data"), environment: { HEADGATE_TABLE_ROOTS: files } };
    partner = lakeOf(join(home, "partner"));
    held = await holdHeadgate({ data: at.data, tableRoots: `${files},${partner}` });
  });
  afterAll(async () => {
    await held[Symbol.asyncDispose]();
    await engine[Symbol.asyncDispose]();
    await rm(home, { recursive: true, force: true });
  });

  const { put, putParquet, listener, call, plan, approved, again } = importDesk(() => ({ files, engine, held }));
  const rows = (statement: string) => held.rows(statement);
  /** Every file in the lake belongs to a table. */
  const expectTidy = async (): Promise<void> => expect(await orphans(held.session.context)).toEqual([]);

  test("CSV: semicolons, a byte order mark, quotes, newlines in fields, zeros that matter, compressed or not", async () => {
    await put(
      "visits/a.csv",
      '\ufeffid;name;zip;amount;at;Ok\n1;"a ""quoted"" name;\nin two lines";00123;12.10;2026-01-02 03:04:05;true\n2;;04711;3;;\n',
    );
    await put("visits/b [1].csv.gz", gzipSync("id,name,zip,amount,at,OK\n3,,99999,0.05,2026-02-01,TRUE\n"));
    await put("visits/empty.csv", "");
    await put("visits/_SUCCESS", "");
    const proposal = await plan("shop.visits", "visits");
    expect(typesOf(proposal)).toEqual({
      id: "long",
      name: "string",
      zip: "string",
      amount: "double",
      at: "timestamp",
      Ok: "boolean",
    });
    expect(proposal).toMatchObject({ rows: 3, files: [{ rows: 2 }, { rows: 1 }, { rows: 0 }] });
    expect(notesOf(proposal, "zip")).toContain("leading zeros");
    expect(notesOf(proposal, "Ok")).toContain("is also written OK");
    expect(notesOf(proposal, "at")).toMatch(/is timestamp in .*a\.csv and date in .*b \[1\]\.csv\.gz: timestamp/);
    const change = { types: { amount: "decimal(12,2)" }, names: { at: "visited_at" } };
    expect(await approved("shop.visits", "visits", change)).toMatchObject({ files: 3, rows: 3, addedColumns: [] });
    expect(
      await rows("select id, name, zip, amount::varchar, visited_at::varchar, Ok from shop.visits order by id"),
    ).toEqual([
      [1, 'a "quoted" name;\nin two lines', "00123", "12.10", "2026-01-02 03:04:05", true],
      [2, null, "04711", "3.00", null, null],
      [3, null, "99999", "0.05", "2026-02-01 00:00:00", true],
    ]);
    await expectTidy();
  });

  test("again: only what is new; a new column is added; what changed or does not fit is refused, and nothing is taken", async () => {
    expect(await again("shop.visits")).toMatchObject({ commit: null, files: 0 });
    await put("visits/c.csv", "id,amount,channel\n4,7.5,web\n");
    expect(await again("shop.visits")).toMatchObject({ files: 1, rows: 1, addedColumns: ["channel"] });
    expect(await rows("select id, zip, amount::varchar, channel from shop.visits order by id")).toEqual([
      [1, "00123", "12.10", null],
      [2, "04711", "3.00", null],
      [3, "99999", "0.05", null],
      [4, null, "7.50", "web"],
    ]);
    await put("visits/d.csv", "id,amount\n5,1.25\n6,1.255\n");
    expect(await refused(again("shop.visits"))).toMatchObject({
      code: "IMPORT_VALUE_MISFIT",
      place: expect.stringMatching(/d\.csv, row 2, column amount$/),
      message: expect.stringContaining('"1.255" is not a valid decimal(12,2)'),
    });
    await put("visits/d.csv", "id,amount\n5,1.25\n6,1.26\n");
    const { context } = held.session;
    const named = { table: "shop.visits", name: "before", type: "tag" } as const;
    const within = interrupted(context, () => referenceSet.run(context, named, ownersCall));
    const { imported } = await tableImport.run(
      within,
      tableImport.input.parse({ table: "shop.visits", again: true }),
      ownersCall,
    );
    expect([imported, within.times()]).toMatchObject([{ files: 1, rows: 2 }, 2]);
    await put("visits/a.csv", "id,name\n1,changed\n");
    expect(await refused(again("shop.visits"))).toMatchObject({
      code: "IMPORT_FILE_CHANGED",
      place: expect.stringMatching(/a\.csv$/),
    });
    await rm(join(files, "visits/a.csv"));
    await utimes(join(files, "visits/c.csv"), new Date(), new Date(0));
    expect(await refused(again("shop.visits"))).toMatchObject({ code: "IMPORT_FILE_CHANGED" });
    expect(await rows("select count(*)::int from shop.visits")).toEqual([[6]]);
    await expectTidy();
  });

  test("a line that does not fit is named, as is what is no such file", async () => {
    await put("wrong/a.csv", "id,name\n1,a\n2,b\n3,c,d\n4,e\n");
    expect(await refused(plan("shop.wrong", "wrong"))).toMatchObject({
      code: "IMPORT_FILE_INVALID",
      place: expect.stringMatching(/wrong\/a\.csv, line 4$/),
    });
    await rm(join(files, "wrong/a.csv"));
    await put("wrong/b.json", '{"a":1}\n{"a":\n');
    expect(await refused(plan("shop.wrong", "wrong"))).toMatchObject({
      code: "IMPORT_FILE_INVALID",
      place: expect.stringMatching(/wrong\/b\.json, line \d$/),
    });
    await rm(join(files, "wrong/b.json"));
    await put("wrong/c.parquet", "this is no Parquet file at all");
    expect(await refused(plan("shop.wrong", "wrong"))).toMatchObject({
      code: "IMPORT_FILE_INVALID",
      place: expect.stringMatching(/wrong\/c\.parquet$/),
    });
  });

  test("JSON: lines and arrays, objects and lists become columns with parts, values of several kinds text", async () => {
    const lines = [
      { id: 1, who: { name: "Ana", tags: ["x", "y"], at: { lat: 1.5 } }, mixed: 1, seen: "2026-01-02T03:04:05Z" },
      { id: 2, who: { name: "Bo", age: 40 }, mixed: { a: [1] }, 'odd/na~me"': "yes" },
      { id: 3, who: null, items: [{ sku: "a", n: 2 }, { sku: "b" }], big: 1 },
    ];
    await put("json/a.ndjson", lines.map((line) => JSON.stringify(line)).join("\n"));
    await put("json/b.json.gz", gzipSync(JSON.stringify([{ id: 4, ID: "both", who: { name: "Cy" }, mixed: "text" }])));
    await put("json/c.jsonl", '{"id": 5, "big": 123456789012345678901234567890}\n');
    const proposal = await plan("shop.events", "json");
    expect(typesOf(proposal)).toMatchObject({
      id: "long",
      who: "struct<name: string, tags: list<string>, at: struct<lat: double>, age: long>",
      items: "list<struct<sku: string, n: long>>",
      mixed: "string",
      seen: "timestamptz",
      ID_2: "string",
    });
    expect(notesOf(proposal, "mixed")).toContain("values of several kinds");
    await approved("shop.events", "json");
    expect(
      await rows(
        `select id, who.name, who.tags[2], who."at".lat, who.age, len(items), items[1].n, mixed, "odd/na~me""", ID_2 from shop.events order by id`,
      ),
    ).toEqual([
      [1, "Ana", "y", 1.5, null, null, null, "1", null, null],
      [2, "Bo", null, null, 40, null, null, '{"a":[1]}', "yes", null],
      [3, null, null, null, null, 2, 2, null, null, null],
      [4, "Cy", null, null, null, null, null, "text", null, "both"],
      [5, null, null, null, null, null, null, null, null, null],
    ]);
    expect(await rows("select (seen at time zone 'UTC')::varchar from shop.events where id = 1")).toEqual([
      ["2026-01-02 03:04:05"],
    ]);
    await put("json/d.ndjson", '{"id": 6, "who": {"name": "Di", "age": "unknown"}}\n');
    expect(await refused(again("shop.events"))).toMatchObject({
      code: "IMPORT_TYPE_CHANGED",
      place: expect.stringMatching(/d\.ndjson, column who$/),
    });
    await rm(join(files, "json/d.ndjson"));
    await put("json/e.ndjson", '{"id": 7, "who": {"name": "Eve"}, "items": []}\n');
    expect(await again("shop.events")).toMatchObject({ rows: 1 });
    expect(await rows("select who.name, len(items) from shop.events where id = 7")).toEqual([["Eve", 0]]);
  });

  test.each(csvAsFound)("CSV as it is found: $name", async ({ name, content, csv = {} }) => {
    const more = { csv };
    const table = `shop.csv_${name.replace("-", "_")}`;
    await put(`found/${name}/a.csv`, content);
    const { notes } = await plan(table, `found/${name}`, more);
    await approved(table, `found/${name}`, more);
    expect(await rows(`select h1, h2 from ${table}`)).toEqual([["x", 1]]);
    await put(`found/${name}/b.csv`, content);
    expect(await again(table)).toMatchObject({ rows: 1 });
    if (/comment|title|empty/.test(name)) expect(notes.join()).toMatch(/the first \d lines of .* are passed over/);
  });

  test("CSV: what is a row, or a name, is not taken for something else", async () => {
    await put("kept/hash/a.csv", "#id,note\n1,# mine\n#2,x\n");
    await approved("shop.hash", "kept/hash");
    expect(await rows('select "#id", note from shop.hash order by all')).toEqual([
      ["#2", "x"],
      ["1", "# mine"],
    ]);
    await put("kept/hash/b.csv", "#id,note,n\n3,y,1\n");
    await again("shop.hash");
    await put("kept/hash/c.csv", "#id,note,n\n4,z,007\n");
    expect((await again("shop.hash")).notes).toEqual([
      expect.stringMatching(/^column n in .*c\.csv has leading zeros/),
    ]);
    await put("kept/names/a.csv", "a,A,,a\n1,2,3,4\n");
    expect((await plan("shop.names", "kept/names")).notes.join()).toMatch(
      /has names twice, or none.*a, A_1, column2, a_2/,
    );
    await put("kept/nothing/a.csv", "\ufeff\n\n");
    await put("kept/nothing/b.csv", "a,b\n");
    expect(await plan("shop.nothing", "kept/nothing")).toMatchObject({
      rows: 0,
      columns: [{ name: "a" }, { name: "b" }],
    });
    await put("kept/footer/a.csv", "a,b\n1,2\nTotal: 1 row\n");
    expect(await refused(plan("shop.footer", "kept/footer"))).toMatchObject({
      code: "IMPORT_FILE_INVALID",
      place: expect.stringMatching(/a\.csv, line 3$/),
    });
  });

  test("numbers reach the table as the digits that were written: CSV", async () => {
    await put(
      "digits/a.csv",
      "id,amount,code,far,zip,phone,ratio\n9007199254740993,90071992547409.93,1E5,1e400,00123,+40712,0.30000000000000004\n1,2,10E4,1,99999,0040,1e-7\n",
    );
    await put("digits/b.csv", "id,amount,code,far,zip,phone,ratio\n1.5,0.001,,,,,2.5\n");
    const proposal = await plan("shop.digits", "digits");
    expect(typesOf(proposal)).toEqual({
      id: "decimal(17,1)",
      amount: "decimal(17,3)",
      code: "string",
      far: "string",
      zip: "string",
      phone: "string",
      ratio: "double",
    });
    expect(notesOf(proposal, "amount")).toContain("more digits than a double gives back");
    expect(notesOf(proposal, "code")).toContain("may be codes");
    await approved("shop.digits", "digits");
    expect(
      await rows("select id::varchar, amount::varchar, code, far, zip, phone, ratio from shop.digits order by all"),
    ).toEqual([
      ["1.0", "2.000", "10E4", "1", "99999", "0040", 1e-7],
      ["1.5", "0.001", null, null, null, null, 2.5],
      ["9007199254740993.0", "90071992547409.930", "1E5", "1e400", "00123", "+40712", 0.30000000000000004],
    ]);
    await put("digits/c.csv", "id,amount,code,far,zip,phone,ratio\n1,1,,,,,90071992547409.93\n");
    expect(await refused(again("shop.digits"))).toMatchObject({
      code: "IMPORT_VALUE_MISFIT",
      place: expect.stringMatching(/c\.csv, row 1, column ratio$/),
      message: expect.stringContaining('"90071992547409.93" is not a valid double'),
    });
  });

  test("numbers reach the table as the digits that were written: JSON, nested as well", async () => {
    const first = `{ "id": 123456789012345678901234567890, "amount": 12345678901234567.89, "mixed": 12345678901234567.89,
      "nest": { "n": 12345678901234567.89, "list": [9007199254740993, 0.5], "deep": [ { "x": 1e400 }, { "x": "t" } ] },
      "raw": { "a": 123456789012345678901234567890, "A": 1.10 }, "zero": -0.0, "code": "007", "at": "", "nul": "a\\u0000b" }`;
    await put("precise/a.json", `[${first},\n {"id": 1, "mixed": "text", "at": "2026-01-02", "zero": 1.5e3}]`);
    await put(
      "precise/b.ndjson.gz",
      gzipSync('{"id":2,"nest":{"n":1},"raw":{}}\n{"id":3,"nest":null,"mixed":true,"raw":[1.0]}\n'),
    );
    const change = { types: { amount: "decimal(30,10)" } };
    const proposal = await plan("shop.precise", "precise", change);
    expect(typesOf(proposal)).toEqual({
      id: "decimal(30,0)",
      amount: "decimal(30,10)",
      mixed: "string",
      nest: "struct<n: decimal(19,2), list: list<decimal(17,1)>, deep: list<struct<x: string>>>",
      raw: "string",
      zero: "double",
      code: "string",
      at: "string",
      nul: "string",
    });
    await approved("shop.precise", "precise", change);
    const list =
      'id::varchar, amount::varchar, mixed, nest.n::varchar, nest.list::varchar, nest.deep::varchar, raw, zero, code, "at", nul';
    expect(await rows(`select ${list} from shop.precise order by id`)).toEqual([
      ["1", null, "text", null, null, null, null, 1500, null, "2026-01-02", null],
      ["2", null, null, "1.00", null, null, "{}", null, null, null, null],
      ["3", null, "true", null, null, null, "[1.0]", null, null, null, null],
      [
        "123456789012345678901234567890",
        "12345678901234567.8900000000",
        "12345678901234567.89",
        "12345678901234567.89",
        "[9007199254740993.0, 0.5]",
        "[{'x': 1e400}, {'x': t}]",
        '{"a":123456789012345678901234567890,"A":1.10}',
        -0,
        "007",
        "",
        "a\0b",
      ],
    ]);
    await put("precise/c.json", '{"id": 4, "nest": {"n": 0.125}}');
    expect(await refused(again("shop.precise"))).toMatchObject({
      code: "IMPORT_TYPE_CHANGED",
      place: expect.stringMatching(/c\.json, column nest$/),
    });
    await put("precise/c.json", '{"id": 4.5}');
    expect(await refused(again("shop.precise"))).toMatchObject({
      code: "IMPORT_VALUE_MISFIT",
      place: expect.stringMatching(/c\.json, row 1, column id$/),
    });
    await put("precise/c.json", '{"id": 4, "id": 5, "zero": 1}\n{"id": 6}');
    expect(await again("shop.precise")).toMatchObject({
      rows: 2,
      notes: [expect.stringMatching(/^1 objects in .*c\.json have a key twice, .* line 1, key id\)$/)],
    });
    expect(await rows("select id::int from shop.precise where id between 4 and 9 order by id")).toEqual([[5], [6]]);
    await expectTidy();
  });

  test("Parquet of different schemas below folders that are partitions: one table, columns from the paths", async () => {
    await putParquet(
      "lake/day=2026-01-01/shop=a%20b/x.parquet",
      "select 1::int as id, 'one' as name, 1.5::decimal(4,1) as price, 5::utinyint as n, {'p': 1, 'q': [1, 2]} as nested",
    );
    await putParquet(
      "lake/day=2026-01-02/shop=__HIVE_DEFAULT_PARTITION__/y.parquet",
      "select 5000000000 as id, 7 as name, 2.25::decimal(6,2) as price, interval 1 day as wait, map {'k': 1} as m, timestamp_ns '2026-01-01 00:00:00.123456' as t",
    );
    const proposal = await plan("shop.lake", "lake");
    expect(typesOf(proposal)).toEqual({
      id: "long",
      name: "string",
      price: "decimal(6,2)",
      n: "int",
      nested: "struct<p: int, q: list<int>>",
      wait: "string",
      m: "map<string, int>",
      t: "timestamp",
      day: "date",
      shop: "string",
    });
    expect(notesOf(proposal, "name")).toMatch(/is string in .* and int in .*: string/);
    expect(notesOf(proposal, "wait")).toContain("INTERVAL");
    expect(notesOf(proposal, "n")).toContain("is not in 1 of 2 files");
    await approved("shop.lake", "lake");
    const list = "id, name, price::varchar, n, nested.q[2], wait, m['k'], t::varchar, day::varchar, shop";
    expect(await rows(`select ${list} from shop.lake order by id`)).toEqual([
      [1, "one", "1.50", 5, 2, null, null, null, "2026-01-01", "a b"],
      [5000000000, "7", "2.25", null, null, "1 day", 1, "2026-01-01 00:00:00.123456", "2026-01-02", null],
    ]);
    await putParquet(
      "lake/day=2026-01-03/shop=c/z.parquet",
      "select timestamp_ns '2026-01-01 00:00:00.123456789' as t",
    );
    expect(await refused(again("shop.lake"))).toMatchObject({
      code: "IMPORT_VALUE_MISFIT",
      place: expect.stringMatching(/z\.parquet, row 1, column t$/),
    });
    await expectTidy();
  });

  test("JSON keys that differ by case only keep their values and are noted", async () => {
    await put("keys/cased.json", '{"Id":1,"id":2}\n{"id":3}\n{"Id":null,"ID":4}\n');
    expect((await approved("shop.keys", "keys")).notes).toEqual([
      expect.stringMatching(/^id as id_2, ID as ID_3 in .*cased\.json: another has this name/),
    ]);
    expect(await rows("select Id, id_2, ID_3 from shop.keys order by all")).toEqual([
      [1, 2, null],
      [null, 3, null],
      [null, null, 4],
    ]);
  });

  describe("Parquet as others write it", () => {
    const putMade = async (folder: string, name: string): Promise<void> =>
      put(
        `${folder}/${name}.parquet`,
        await readFile(join(import.meta.dirname, "../world/parquet-of-others", `${name}.parquet`)),
      );

    test.each([
      ["long-decimal", "amount"],
      ["long-decimal-within", "amounts.list.element"],
    ])("%s is refused: the engine would make floats of it", async (name, column) => {
      await putMade(`others/${name}`, name);
      expect(await refused(plan("shop.others", `others/${name}`))).toMatchObject({
        code: "IMPORT_FILE_INVALID",
        place: expect.stringMatching(new RegExp(`${name}\\.parquet, column ${column}$`)),
        message: expect.stringContaining("decimal(39,2)"),
      });
    });

    test("nanoseconds that are cut off are noted, before and after, within values too", async () => {
      await putMade("others/ns", "nanoseconds");
      await putMade("others/ns", "int96");
      const { notes } = await plan("shop.ns", "others/ns");
      const cut = [
        expect.stringMatching(/^t in .*int96\.parquet: in nanoseconds; what is finer than microseconds is cut off$/),
        expect.stringMatching(/^t, times\.list\.element, s\.x in .*nanoseconds\.parquet: in nanoseconds; /),
      ];
      expect(notes).toEqual(expect.arrayContaining(cut));
      expect(await approved("shop.ns", "others/ns")).toMatchObject({ rows: 2, notes: cut });
      expect(await rows("select local::varchar from shop.ns where local is not null")).toEqual([
        ["['1970-01-01 00:00:00.000001001']"],
      ]);
    });

    test("half floats, unsigned integers, columns of no type, maps with a key twice", async () => {
      await putMade("others/odd", "odd-types");
      await approved("shop.odd", "others/odd");
      const list = "nothing, half, most::varchar, mosts::varchar, word, large, map_values(twice)::varchar";
      expect(await rows(`select ${list} from shop.odd`)).toEqual([
        [null, 0.5, "18446744073709551615", "[18446744073709551615]", "a", "b", "[1, 2]"],
      ]);
      await putParquet("others/odd/more.parquet", "select 'x' as nothing");
      expect(await again("shop.odd")).toMatchObject({ rows: 1 });
      expect(await rows("select nothing from shop.odd order by all")).toEqual([["x"], [null]]);
    });

    test("names that a file has twice, or that differ by case only, keep their values and are noted", async () => {
      await putMade("others/repeated", "repeated");
      expect((await approved("shop.repeated", "others/repeated")).notes).toEqual([
        expect.stringMatching(/^id, id, s\.A in .*repeated\.parquet: another has this name/),
      ]);
      expect(await rows("select Id, id_1, id_2, s.a, s.A_1 from shop.repeated")).toEqual([[1, 2, 3, 4, 5]]);
    });
  });

  test("a thousand small files become few data files", async () => {
    for (let n = 0; n < 1_000; n++) await put(`many/part=${n % 10}/${n}.csv`, `id,text\n${n},"row ${n}"\n`);
    expect(await approved("shop.many", "many")).toMatchObject({ files: 1_000, rows: 1_000 });
    expect(await rows("select count(distinct id)::int, sum(part)::int, min(text) from shop.many")).toEqual([
      [1_000, 4_500, "row 0"],
    ]);
    const { catalog } = held.session.context;
    const { metadata } = await catalog.find("shop.many");
    expect(Number(metadata.snapshots[0]?.summary["added-data-files"])).toBeLessThan(5);
  });

  test("what was approved is what is imported: files that came since, wrong names and places are refused", async () => {
    await put("stale/a.csv", "id,name\n1,a\n");
    const { digest } = await plan("shop.stale", "stale");
    await put("stale/b.csv", "id,name\n2,b\n");
    const location = join(files, "stale");
    expect(await refused(call({ table: "shop.stale", location, approve: digest }))).toMatchObject({
      code: "IMPORT_PROPOSAL_STALE",
    });
    expect(await refused(plan("shop.stale", "stale", { types: { nome: "string" } }))).toMatchObject({ code: "USAGE" });
    expect(await refused(plan("shop.stale", "stale", { types: { id: "number" } }))).toMatchObject({ code: "USAGE" });
    expect(await refused(plan("shop.stale", "stale", { names: { id: "Name" } }))).toMatchObject({ code: "USAGE" });
    expect(await refused(plan("shop.stale", "nowhere"))).toMatchObject({ code: "IMPORT_LOCATION_INVALID" });
    expect(await refused(plan("shop.stale", "../data"))).toMatchObject({ code: "IMPORT_LOCATION_INVALID" });
    expect(await refused(plan("shop.stale", "stale/a.csv"))).toMatchObject({ code: "IMPORT_LOCATION_INVALID" });
    expect(await refused(plan("shop.visits", "stale"))).toMatchObject({ code: "LAKE_NAME_TAKEN" });
    expect(await refused(again("shop.stale"))).toMatchObject({ code: "TABLE_NOT_FOUND" });
    expect(typesOf(await plan("shop.stale", "stale", { header: false }))).toEqual({
      column0: "string",
      column1: "string",
    });
  });

  test("files in a store like the lake's", async () => {
    const { objects } = held.session.context;
    const location = `${partner}/in`;
    await objects.put(`${location}/y=1/a.csv.gz`, gzipSync("id\n1\n"));
    await objects.put(`${location}/y=2/b.json`, Buffer.from('[{"id":2}]'));
    const { proposal } = await call({ table: "shop.store", location, plan: true });
    await call({ table: "shop.store", location, approve: proposal?.digest });
    expect(await rows("select id, y from shop.store order by id")).toEqual([
      [1, 1],
      [2, 2],
    ]);
    await objects.put(`${location}/y=3/c.csv`, Buffer.from("id,name\n3,c\n"));
    expect(await again("shop.store")).toMatchObject({ files: 1, addedColumns: ["name"] });
    expect(await again("shop.store")).toMatchObject({ files: 0 });
    await objects.put(`${location}/y=3/c.csv`, Buffer.from("id,name\n3,longer\n"));
    expect(await refused(again("shop.store"))).toMatchObject({ code: "IMPORT_FILE_CHANGED" });
  });

  test("what was imported is kept up with all tables, and a file that nobody knows goes", async () => {
    const { context } = held.session;
    const table = await context.catalog.find("shop.many");
    await fileIO(context.objects).write(`${table.location}/data/left-behind.parquet`, Buffer.alloc(1));
    const limits = { ...usualLimits(new Date()), orphanAgeMs: -60_000 };
    const parts = { tables: [table], limits, report: silent, signal: listener.signal };
    const { tables } = await maintainTables(context, { source: noSource, ...parts });
    expect(tables).toMatchObject([{ table: "shop.many", error: undefined, orphans: 1, filesDeleted: 1 }]);
    const { runs } = await held.session.call(maintain, { tables: [], plan: true }, listener);
    const all = runs.find(({ source }) => source === noSource.name)?.tables ?? [];
    expect(all.map((one) => one.table)).toContain("shop.many");
    await expectTidy();
  });

  test("two at once: one makes the table, and each new file is taken by one", async () => {
    await put("twice/a.csv", "id\n1\n");
    const { digest } = await plan("shop.twice", "twice");
    const make = () => call({ table: "shop.twice", location: join(files, "twice"), approve: digest });
    const made = await Promise.allSettled([make(), make()]);
    expect(made.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    await put("twice/b.csv", "id\n2\n");
    const taken = await Promise.all([again("shop.twice"), again("shop.twice")]);
    expect(taken.map((imported) => imported.files).toSorted()).toEqual([0, 1]);
    expect(await rows("select id from shop.twice order by id")).toEqual([[1], [2]]);
    await expectTidy();
  });

  describe("from the command line", () => {
    let own: CommandOptions;
    beforeAll(async () => {
      own = { data: join(home, "own"), environment: { HEADGATE_TABLE_ROOTS: files } };
      await put("killed/a.csv", "id\n1\n2\n");
    });

    const withOwn = <T>(work: (headgate: HeldHeadgate) => Promise<T>): Promise<T> =>
      using(holdHeadgate({ data: own.data, tableRoots: files }), work);

    test("without approval the proposal is shown, in plain text, and says how to approve", async () => {
      const asked = { ...own, environment: { ...own.environment, CI: "true" } };
      const { code, stdout, stderr } = await runCommand(["import", "shop.killed", join(files, "killed")], asked);
      expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining("IMPORT_NOT_APPROVED") });
      expect(stdout).toMatch(/digest +[0-9a-f]{32}\n[^]*id +long +yes/);
    });

    const make = ({ session }: HeldHeadgate, input: object) =>
      session.call(tableImport, input as ImportInput, listener);
    const tables = importCrashPoints.map((crashAt) => ({ crashAt, table: `shop.${crashAt.replace("-", "_")}` }));

    /** The outcomes of all runs, newest first. */
    async function endings({ session }: HeldHeadgate): Promise<readonly string[]> {
      const { runs } = await session.call(runList, { limit: 100 }, listener);
      return runs.map(({ source, state, report }) =>
        [source, state, ...[(report as { code?: string } | null)?.code ?? []].flat()].join(" "),
      );
    }

    async function killedAt(crashAt: string, words: readonly string[]): Promise<void> {
      const environment = { ...own.environment, HEADGATE_CRASH_AT: crashAt };
      expect(await startCommand(words, { ...own, environment }).result).toMatchObject({ code: null });
    }

    test("killed at every point of it: nothing half-done to see, and what was left is removed by the next", async () => {
      const location = join(files, "killed");
      const digests: string[] = [];
      for (const { crashAt, table } of tables) {
        const { digest } = await plan(table, "killed");
        digests.push(digest);
        await killedAt(crashAt, ["import", table, location, "--approve", digest]);
      }
      await withOwn(async (headgate) => {
        expect(await endings(headgate)).toEqual(tables.map(({ table }) => `${table} lost RUN_LOST`).toReversed());
        for (const [index, { crashAt, table }] of tables.entries()) {
          const trying = make(headgate, { table, location, approve: digests[index] });
          if (crashAt === "import-committed") expect(await refused(trying)).toMatchObject({ code: "LAKE_NAME_TAKEN" });
          else expect(await trying).toMatchObject({ imported: { rows: 2 } });
          expect(await headgate.rows(`select count(*)::int from ${table}`)).toEqual([[2]]);
        }
        expect(await orphans(headgate.session.context)).toEqual([]);
        const [one, another] = tables.map(({ table }) => table);
        expect((await endings(headgate)).slice(0, 2)).toEqual([`${another} done`, `${one} done`]);
      });
    });

    test("killed again and never tried again: upkeep removes what was left", async () => {
      await put("killed/b.csv", "id\n3\n");
      await killedAt("import-written", ["import", "shop.import_written", "--again"]);
      await withOwn(async (headgate) => {
        const { session } = headgate;
        expect(await orphans(session.context)).not.toEqual([]);
        expect(await headgate.rows("select id from shop.import_written order by id")).toEqual([[1], [2]]);
        expect((await session.call(lakeStatus, {}, listener)).lake.lastImport).toMatchObject({ state: "lost" });
        await session.call(maintain, { tables: [], plan: false }, listener);
        expect(
          await session.context.db.selectFrom("runs").select("id").where("state", "=", "running").execute(),
        ).toEqual([]);
        expect(await orphans(session.context)).toEqual([]);
        expect(await make(headgate, { table: "shop.import_written", again: true })).toMatchObject({
          imported: { files: 1, rows: 1 },
        });
      });
    });
  });
});
