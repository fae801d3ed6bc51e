/**
 * Tests that digests computed by the server differ exactly when rows differ: for every type, with values chosen to
 * attack the way digests are written (nulls, dashes, commas, digits, lengths, bits, values above `max_allowed_packet`).
 */
import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { collectingSink, type Row } from "../../../test/conformance/collecting-sink.ts";
import {
  digestText,
  isEqual,
  twoTables,
  type Literals,
  type TwoTables,
  type TypeValues,
} from "../../../test/conformance/two-tables.ts";
import { startMariadb, type MariadbServer } from "../../../test/world/mariadb-server.ts";
import type { Cut, KeyRanges, Source, SourceTable } from "../../sync/source.ts";
import { mariadb } from "./mariadb.ts";

let server: MariadbServer;
let source: Source;
const smallestPacket = 16_384;

beforeAll(async () => {
  server = await startMariadb();
  await server.query("create database d character set utf8mb4");
  await server.query("use d");
  await server.query("set sql_mode = 'ALLOW_INVALID_DATES', max_statement_time = 0");
  // The writing connection keeps the larger packet size with which it started.
  await server.query(`set global max_allowed_packet = ${smallestPacket}`);
  const url = new URL(server.url("d"));
  const password = decodeURIComponent(url.password);
  url.password = "";
  source = await mariadb.open({ url, password });
});

afterAll(async () => {
  await source?.[Symbol.asyncDispose]();
  await server?.stop();
});

async function describeTable(name: string): Promise<SourceTable> {
  const [table] = await source.describe([{ schema: "d", name }]);
  if (table === undefined || !("columns" in table)) throw new Error(`${name} was not described`);
  return table;
}

async function inCut<T>(work: (cut: Cut) => Promise<T>, readers = 1): Promise<T> {
  const cut = await source.openCut({ readers });
  try {
    return await work(cut);
  } finally {
    await cut[Symbol.asyncDispose]();
  }
}

const texts = ["''", "'-'", "','", "'|'", "'#'", "'1:-'", "'0'", "'2d'", "'-,'", "'1:,'", "'a '", "'A'"];
const longText = `repeat('-', ${smallestPacket + 7})`;
const longTexts = [...texts, longText, `insert(${longText}, 9000, 1, '_')`, "repeat('x', 1000)", "repeat('x', 1001)"];
const bytes = ["''", "'-'", "x'00'", "x'2d'", "x'2c'", "x'ff'"];
const longBytes = [...bytes, longText, `insert(${longText}, 9000, 1, '_')`, "repeat('x', 1001)"];
const integers = ["0", "-1", "1", "10", "45"];
const points = ["st_geomfromtext('point(1 2)')", "st_geomfromtext('point(2 1)', 4326)"];
const uuids = ["'2d2d2d2d-2d2d-2d2d-2d2d-2d2d2d2d2d2d'", "'00000000-0000-0000-0000-000000000000'"];
const dates = ["'0000-00-00'", "'2024-00-31'", "'2024-02-31'", "'0000-05-05'", "'0001-01-01'", "'9999-12-31'"];

/** Adjacent entries have the same type, or types whose values could be separated differently. */
const types: readonly TypeValues[] = [
  ["bit(8)", ["b'00101101'", "b'0'", "b'00110001'", "b'00101100'"]],
  ["bit(8)", ["b'00101101'", "b'0'", "b'00110001'", "b'00101100'"]],
  ["bit(16)", ["b'0010110100101101'", "0", "11569"]],
  ["bit(1)", ["b'0'", "b'1'"]],
  ["bit(64)", ["18446744073709551615", "45", "0"]],
  ["tinyint", integers],
  ["int", integers],
  ["int(8) zerofill", ["0", "45"]],
  ["bigint", [...integers, "-9223372036854775808"]],
  ["bigint unsigned", ["0", "18446744073709551615"]],
  ["decimal(38,38)", ["0", "0.1", `-0.${"0".repeat(37)}1`]],
  ["decimal(5,5)", ["0", "-0.00001", "0.99999"]],
  ["decimal(9,4)", ["0", "-0.0001", "1", "10"]],
  ["decimal(65,30)", ["0", "-1", "1"]],
  ["year", ["0", "1901", "2000"]],
  ["date", dates],
  ["datetime(6)", dates],
  ["timestamp(3) null", ["0", "'2024-01-01 00:00:00.001'", "'2038-01-19 03:14:07.999'", "'1970-01-01 00:00:01.5'"]],
  ["timestamp null", ["0", "'1970-01-01 00:00:01'", "'2038-01-19 03:14:07'"]],
  ["timestamp(6) not null default 0", ["0", "'2024-01-01 00:00:00.000010'", "'2024-01-01 00:00:00.100000'"]],
  ["bigint not null", ["0", "-9223372036854775808", "9223372036854775807"]],
  ["time(6)", ["'00:00'", "'-00:00:00.5'", "'-838:59:59.999999'"]],
  ["uuid", uuids],
  ["uuid", uuids],
  ["inet4", ["'45.45.45.45'", "'0.0.0.0'"]],
  ["inet6", ["'::'", "'::45.45.45.45'"]],
  ["char(4)", texts],
  ["varchar(20)", texts],
  ["varchar(20) character set latin1 collate latin1_general_ci", texts],
  ["varchar(20) character set utf16", texts],
  ["varchar(20) character set utf8mb3 collate utf8mb3_bin not null", texts],
  ["varchar(2000) character set ascii collate ascii_bin", [...texts, "repeat('x', 1000)", "repeat('x', 1001)"]],
  ["char(4) character set utf8mb4 collate utf8mb4_bin not null", texts],
  ["varchar(20) character set cp1251", [...texts, "_cp1251 x'98'"]],
  ["enum('', '-', ',', '0', 'a,b', '1:a')", ["1", "2", "3", "4", "5", "6", "0"]],
  ["set('-', '0', ':', '1:-')", ["0", "1", "2", "3", "8", "15"]],
  ["varbinary(20)", bytes],
  ["binary(2)", bytes],
  ["longtext", longTexts],
  ["longtext character set latin1", longTexts],
  ["json", ["'{}'", "'[1]'", "'[1.0]'", "'\"-\"'", "'null'"]],
  ["longblob", longBytes],
  ["blob", bytes],
  ["point", points],
  ["geometry", points],
];

const floats: readonly TypeValues[] = [
  ["float", ["0", "-0e0", "1", "0.1", "3.4e38"]],
  ["double", ["0", "-0e0", "1", "0.1", "1e308", "-1e-308"]],
];

async function createSides(columns: readonly TypeValues[]): Promise<void> {
  const list = columns.map(([declared], index) => `c${index} ${declared}`).join(", ");
  for (const side of ["left_side", "right_side"]) await server.query(`create or replace table ${side} (${list})`);
}

/**
 * A value that the other type does not accept becomes that type's error value, which is a value like any other; JSON
 * and geometry reject it.
 */
async function fill(name: string, rows: readonly Literals[]): Promise<void> {
  await server.query(`truncate ${name}`);
  for (const row of rows)
    await server.query(`insert ignore into ${name} values (${row.join(", ")})`).catch(() => fc.pre(false));
}

/** The table's content, found in another way than by digests: every value is queried as bytes. */
async function storedRows(name: string, columns: readonly TypeValues[]): Promise<readonly string[]> {
  const list = columns.map(([declared], index) => {
    const text = declared.startsWith("bit")
      ? `c${index} + 0`
      : declared === "float"
        ? `cast(c${index} as double)`
        : `c${index}`;
    return `hex(concat(${text})) as c${index}`;
  });
  return (await server.query(`select ${list.join(", ")} from ${name}`)).map((row) => JSON.stringify(row)).toSorted();
}

async function readRows(cut: Cut, table: SourceTable): Promise<readonly string[]> {
  const sink = collectingSink(table);
  await cut.read(table, undefined, sink, new AbortController().signal);
  return rowTexts(sink.rows()).toSorted();
}

const rowTexts = (rows: readonly Row[]): readonly string[] => rows.map((row) => JSON.stringify(row));

/** The hash of what the server sends for the whole table, and the rows that were read while hashing. */
async function hashedRead(cut: Cut, table: SourceTable): Promise<{ hash: string; rows: readonly string[] }> {
  const sink = collectingSink(table);
  const { signal } = new AbortController();
  const hashes = [sink, undefined].map((into) => cut.hashed?.read(table, { column: "", spans: [{}] }, into, signal));
  const [[read] = [], [passed] = []] = await Promise.all(hashes);
  expect(passed).toEqual(read);
  expect(read?.rows).toBe(sink.rows().length);
  return { hash: read?.hash ?? "", rows: rowTexts(sink.rows()) };
}

describe("digests are equal exactly where the rows are", () => {
  test.each([
    ["every type", [...types, ...floats]],
    ["every type but floats", types],
  ])("the digest of a table of %s", async (_title, columns) => {
    await createSides(columns);
    const [left, right] = [await describeTable("left_side"), await describeTable("right_side")];
    const judge = async ([rows, others]: TwoTables): Promise<void> => {
      await fill("left_side", rows);
      await fill("right_side", others);
      const areStoredEqual = isEqual(await storedRows("left_side", columns), await storedRows("right_side", columns));
      await inCut(async (cut) => {
        const prints = [await cut.fingerprint(left), await cut.fingerprint(right)];
        expect(prints).not.toContain(undefined);
        expect(prints[0] === prints[1]).toBe(areStoredEqual);
        const [digest, other] = [
          digestText(await cut.digests(left, undefined)),
          digestText(await cut.digests(right, undefined)),
        ];
        if (columns !== types) return expect(digest).toBeUndefined();
        expect(digest).toBeDefined();
        expect(digest === other).toBe(isEqual(await readRows(cut, left), await readRows(cut, right)));
      });
    };
    await fc.assert(fc.asyncProperty(twoTables(columns), judge), { numRuns: 40 });
  });

  test("the hash of what the server sends for a table of every type", async () => {
    const columns = [...types, ...floats];
    await createSides(columns);
    const [left, right] = [await describeTable("left_side"), await describeTable("right_side")];
    const stored = (name: string): Promise<readonly string[]> => storedRows(name, columns);
    const judge = async ([rows, others]: TwoTables): Promise<void> => {
      await fill("left_side", rows);
      await fill("right_side", others);
      await inCut(async (cut) => {
        const [read, other] = [await hashedRead(cut, left), await hashedRead(cut, right)];
        if (read.hash === other.hash) expect(read.rows).toEqual(other.rows);
        else expect([read.rows, await stored("left_side")]).not.toEqual([other.rows, await stored("right_side")]);
      });
    };
    await fc.assert(fc.asyncProperty(twoTables(columns), judge), { numRuns: 40 });
  });
});

describe("what several readers share out", () => {
  const digestsBy = (name: string, ranges: KeyRanges, readers: number) =>
    inCut(async (cut) => {
      expect(cut.readers).toBe(readers);
      const table = await describeTable(name);
      const found = await cut.digests(table, ranges, "5a17");
      return {
        found: found?.toSorted((left, right) => Number(left.range - right.range)),
        print: await cut.fingerprint(table),
      };
    }, readers);

  test.each([
    ["bigint", ["-9223372036854775808", "-8", "-1", "0", "7", "9223372036854775807"], -(2n ** 63n), 2n ** 62n, 4n],
    ["bigint", ["-8", "-4", "-3", "0", "7", "8", "9", "20"], -7n, 3n, 5n],
    ["bigint unsigned", ["0", "1", "9223372036854775808", "18446744073709551615"], 0n, 2n ** 61n, 8n],
    ["int unsigned", ["0", "3", "4294967295"], 1n, 1n, 3n],
  ] as const)("keys of %s: %j", async (type, keys, lowest, width, count) => {
    await server.query(`create or replace table shared (id ${type} primary key, v varchar(10))`);
    await server.query(`insert into shared values ${keys.map((key) => `(${key}, 'v')`).join(", ")}`);
    const ranges = { column: "id", lowest, width, count };
    const alone = await digestsBy("shared", ranges, 1);
    expect(alone.found?.map(({ rows }) => rows).reduce((sum, rows) => sum + rows, 0)).toBe(keys.length);
    expect(await digestsBy("shared", ranges, 3)).toEqual(alone);
  });

  test("a table that is large enough for its digest to be shared out", async () => {
    await server.query("create or replace table many (id bigint primary key, v varchar(10))");
    await server.query("insert into many select cast(seq * seq as signed) - 70000, seq % 100 from seq_1_to_150000");
    await server.query("analyze table many");
    const ranges = { column: "id", lowest: -70000n, width: 4_500_000_000n, count: 5n };
    expect(await digestsBy("many", ranges, 3)).toEqual(await digestsBy("many", ranges, 1));
  });
});

describe("values that were taken for others", () => {
  const change = async (table: string, statement: string): Promise<readonly [boolean, boolean]> => {
    const described = await describeTable(table);
    const digests = (): Promise<readonly [string | undefined, string | undefined]> =>
      inCut(async (cut) => [await cut.fingerprint(described), digestText(await cut.digests(described, undefined))]);
    const before = await digests();
    await server.query(statement);
    const after = await digests();
    expect([...before, ...after]).not.toContain(undefined);
    return [before[0] !== after[0], before[1] !== after[1]];
  };

  test.each([
    ["bits that are the byte of a dash", "a bit(8), b bit(8)", "null, 1", "a = b'00101101'"],
    ["bits divided otherwise", "a bit(8), b bit(16)", "49, 12588", "a = 12588 >> 8, b = 49"],
    ["a uuid that moves to the next column", "a uuid, b uuid", "uuid(), null", "b = a, a = null"],
    ["an address that moves to the next column", "a inet6, b inet6", "'::1', null", "b = a, a = null"],
    ["a byte of a long blob", "a longblob, b int", `repeat('x', ${3 << 20}), 1`, "a = insert(a, 1000000, 1, 'y')"],
    ["a long text that becomes null", "a longtext, b int", `repeat('x', ${17 << 20}), 1`, "a = null"],
    ["a long blob that becomes null", "a longblob, b int", `repeat('x', ${9 << 20}), 1`, "a = null"],
    ["a long text that becomes a dash", "a longtext, b int", `repeat('x', ${1 << 20}), 1`, "a = '-'"],
  ])("%s", async (_title, columns, values, set) => {
    await server.query(`create or replace table taken (${columns})`);
    await server.query(`insert into taken values (${values})`);
    expect(await change("taken", `update taken set ${set}`)).toEqual([true, true]);
  });

  test("a row that is too long to be hashed is not taken for any other", async () => {
    await server.query(
      "create or replace table wide (a varchar(16000) character set latin1, b varchar(16000) character set latin1)",
    );
    await server.query("insert into wide values (repeat('x', 15000), repeat('y', 15000))");
    const wide = await describeTable("wide");
    await inCut(async (cut) => {
      expect(await cut.fingerprint(wide)).toBeUndefined();
      const line = ["x", "y"].map((letter) => `15000:#${hash("sha256", letter.repeat(15_000))}`).join("|");
      expect(digestText(await cut.digests(wide, undefined))).toBe(
        `1 ${BigInt(`0x${hash("sha1", line).slice(0, 15)}`)}`,
      );
    });
  });
});

const hash = (algorithm: string, text: string): string => createHash(algorithm).update(text).digest("hex");
