/**
 * Tests the extremes of every type in real syncs from MariaDB, with unusual names and comments: SQL returns what the
 * server says of each value as text. Nothing may stop a table, and no value may change.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseName } from "../../src/catalog/table-name.ts";
import { quoteName } from "../../src/engine/duckdb-type.ts";
import { silent } from "../../src/base/progress.ts";
import { tableShow } from "../../src/operations/tables.ts";
import type { TableReport } from "../../src/sync/run/sync-report.ts";
import { canonicalText } from "../world/canonical-text.ts";
import { askCommand } from "../world/command.ts";
import { holdHeadgate, type HeldHeadgate } from "../world/held-headgate.ts";
import { startMariadb, type MariadbServer } from "../world/mariadb-server.ts";

interface Extremes {
  readonly type: string;
  readonly lakeType: string;
  readonly literals: readonly string[];
  /** The server's text of a value, if it is not simply its cast. */
  readonly text?: (column: string) => string;
}

const texts = [
  "''",
  "' '",
  "'   '",
  "'\\0'",
  "'a\\0b'",
  "'\\0\\0'",
  "_utf8mb4 x'efbbbf'",
  "_utf8mb4 x'efbbbf61'",
  "'🦊'",
  "_utf8mb4 x'f48fbfbf'",
  "_utf8mb4 x'efbfbf'",
  "_utf8mb4 x'c280'",
  "'null'",
  "'\\\\N'",
  "'a\\r\\nb'",
  "'\"'",
  "'\\t'",
  "_utf8mb4 x'65cc81'",
  "_utf8mb4 x'e280ae'",
];
const bytes = ["''", "x'00'", "x'0000'", "x'ff'", "x'80'", "x'c0'", "x'efbbbf'", "x'20'", "x'5c78'"];
const lone = ["_latin1 x'80'", "_latin1 x'81'", "_latin1 x'ff'", "_latin1 x'00'", "_latin1 x'a0'", "'   '"];
const days = [
  "'0001-01-01'",
  "'0000-01-01'",
  "'0000-02-28'",
  "'0000-02-29'",
  "'0000-03-01'",
  "'0000-12-31'",
  "'1582-10-15'",
  "'1900-02-28'",
  "'1969-12-31'",
  "'9999-12-31'",
];
const noDays = [
  "'0000-00-00'",
  "'2024-00-00'",
  "'2024-05-00'",
  "'0000-05-00'",
  "'0000-00-05'",
  "'2023-02-30'",
  "'1900-02-29'",
];
const moments = [
  ...days,
  "'0000-01-01 00:00:00.000001'",
  "'0000-02-29 23:59:59.999999'",
  "'0001-01-01 00:00:00.000001'",
  "'1969-12-31 23:59:59.999999'",
  "'9999-12-31 23:59:59.999999'",
];
const nines = (digits: number): string => "9".repeat(digits);
const hex = (column: string): string => `hex(${column})`;
const number = (column: string): string => `${column} + 0`;
const exact = (column: string): string => `cast(cast(${column} as double) as char)`;
/** Null in the lake if it is not a day of the lake's calendar, in which year 0 is a leap year. */
const isDay = (column: string): string =>
  `month(${column}) > 0 and dayofmonth(${column}) > 0 and dayofmonth(${column}) <= case when month(${column}) in (4, 6, 9, 11) then 30
   when month(${column}) <> 2 then 31 when year(${column}) % 4 = 0 and (year(${column}) % 100 <> 0 or year(${column}) % 400 = 0) then 29 else 28 end`;
const day = (column: string): string => `if(${isDay(column)}, cast(${column} as char), null)`;
const isFloat = (lakeType: string): boolean => ["float", "double"].includes(lakeType);
const of = (
  type: string,
  lakeType: string,
  literals: readonly string[],
  text?: (column: string) => string,
): Extremes => ({ type, lakeType, literals, ...(text && { text }) });

const extremes: readonly Extremes[] = [
  of("tinyint", "int", ["-128", "127"]),
  of("tinyint(1)", "int", ["-128", "2"]),
  of("tinyint unsigned", "int", ["0", "255"]),
  of("smallint", "int", ["-32768", "32767"]),
  of("smallint unsigned", "int", ["65535"]),
  of("mediumint", "int", ["-8388608", "8388607"]),
  of("mediumint unsigned", "int", ["16777215"]),
  of("int", "int", ["-2147483648", "2147483647"]),
  of("int(6) zerofill", "long", ["0", "7", "4294967295"], number),
  of("int unsigned", "long", ["0", "4294967295"]),
  of("bigint", "long", ["-9223372036854775808", "9223372036854775807", "9007199254740993", "-9007199254740993"]),
  of("bigint unsigned", "decimal(20,0)", ["0", "9223372036854775808", "18446744073709551615", "9007199254740993"]),
  of("bigint zerofill", "decimal(20,0)", ["0", "18446744073709551615"], number),
  of("decimal(18,18)", "decimal(18,18)", ["0", `0.${nines(18)}`, `-0.${nines(18)}`, "0.000000000000000001"]),
  of("decimal(18,0)", "decimal(18,0)", [nines(18), `-${nines(18)}`]),
  of("decimal(38,38)", "decimal(38,38)", ["0", `0.${nines(38)}`, `-0.${nines(38)}`]),
  of("decimal(38,0)", "decimal(38,0)", ["0", nines(38), `-${nines(38)}`]),
  of("decimal(38,10) zerofill", "decimal(38,10)", ["0", "1.5"], (column) => `trim(leading '0' from ${column})`),
  of("decimal(39,0)", "string", ["0", nines(39), `-${nines(39)}`]),
  of("decimal(65,0)", "string", ["0", "-1", nines(65), `-${nines(65)}`]),
  of("decimal(65,38)", "string", ["0", `${nines(27)}.${nines(38)}`, `-${nines(27)}.${nines(38)}`]),
  of(
    "float",
    "float",
    ["0", "'-0'", "1.17549435e-38", "1e-45", "-1e-45", "3.4028234e38", "-3.4028234e38", "16777217", "0.1"],
    exact,
  ),
  of("float(7,4)", "float", ["999.9999", "-999.9999"], exact),
  of("double", "double", [
    "0",
    "'-0'",
    "2.2250738585072014e-308",
    "4.9406564584124654e-324",
    "-4.9406564584124654e-324",
    "1.7976931348623157e308",
    "-1.7976931348623157e308",
    "9007199254740993",
    "0.1",
  ]),
  of("double(255,30)", "double", ["0", "1.5", "-1e-30"]),
  of("bit(1)", "boolean", ["b'0'", "b'1'"], number),
  of("bit(63)", "long", ["0", "b'1'", "9223372036854775807"], number),
  of("bit(64)", "decimal(20,0)", ["0", "b'1'", "9223372036854775808", "18446744073709551615"], number),
  of("char(255)", "string", texts),
  of("char(10) character set latin1", "string", lone),
  of("varchar(60)", "string", texts),
  of("varchar(60) character set utf8mb3", "string", ["''", "' '", "'\\0'", "_utf8mb4 x'efbbbf'", "'☕'"]),
  of("varchar(60) character set latin1", "string", lone),
  of("varchar(60) character set ucs2", "string", ["''", "'\\0'", "_ucs2 x'feff'", "'☕'"]),
  of("varchar(60) character set utf32", "string", ["''", "'\\0'", "'🦊'"]),
  of("varchar(60) character set utf16le", "string", ["'\\0'", "'🦊'", "_utf16 x'feff'"]),
  of("tinytext", "string", texts),
  of("text", "string", texts),
  of("mediumtext", "string", texts),
  of("longtext", "string", [...texts, "repeat('\\0', 70000)", "repeat('🦊', 70000)"]),
  of("varchar(2000)", "string", ["repeat(' ', 2000)", "repeat('\\0', 2000)", "repeat('🦊', 2000)"]),
  of("binary(4)", "binary", bytes, hex),
  of("varbinary(40)", "binary", bytes, hex),
  of("tinyblob", "binary", bytes, hex),
  of("blob", "binary", bytes, hex),
  of("mediumblob", "binary", bytes, hex),
  of("longblob", "binary", [...bytes, "repeat(x'00', 70000)"], hex),
  of("enum('', ' a', 'a''b', 'a,b', '🦊', 'x\\0y', '\\0')", "string", ["1", "2", "3", "4", "5", "6", "7", "0"]),
  of("set('', ' a', 'a''b', '🦊', 'x\\0y')", "string", ["0", "1", "2", "3", "4", "8", "16", "31"]),
  of("date", "date", [...days, ...noDays], day),
  of("datetime", "timestamp", [...days, ...noDays], day),
  of("datetime(6)", "timestamp", [...moments, ...noDays], day),
  of("datetime(3)", "timestamp", ["'0001-01-01 00:00:00.001'", "'9999-12-31 23:59:59.999'"]),
  of(
    "timestamp(6) null",
    "timestamptz",
    ["'1970-01-01 00:00:01'", "'2038-01-19 03:14:07.999999'", "'0000-00-00'"],
    day,
  ),
  of("time", "string", ["'-838:59:59'", "'838:59:59'", "'00:00'", "'-00:00:01'"]),
  of("time(6)", "string", ["'-838:59:59.999999'", "'838:59:59.999999'", "'-00:00:00.000001'", "'24:00:00'"]),
  of("year", "int", ["0", "1901", "2155"]),
  of("json", "string", [
    "''",
    "'{no json'",
    "'null'",
    "'\"\"'",
    "'{}'",
    "' [ ] '",
    "'\"\\\\u0000\"'",
    '\'{"": 1, "": 2, "a\\\\u0000": 1e400}\'',
    "'123456789012345678901234567890.10'",
    "'\"\\\\ud83d\"'",
    "concat('\"', _utf8mb4 x'efbbbf', '🦊\"')",
  ]),
  of("longtext character set utf8mb4 collate utf8mb4_bin", "string", texts),
  of("uuid", "uuid", [
    "'00000000-0000-0000-0000-000000000000'",
    "'ffffffff-ffff-ffff-ffff-ffffffffffff'",
    "'f79c3e09-677c-1bbd-a479-3f349cb785e7'",
  ]),
  of("inet4", "string", ["'0.0.0.0'", "'255.255.255.255'"]),
  of("inet6", "string", ["'::'", "'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'", "'::ffff:1.2.3.4'", "'::1.2.3.4'"]),
  of(
    "geometry",
    "binary",
    [
      "st_geomfromtext('point(1.5 -0.25)', 4326)",
      "st_geomfromtext('geometrycollection(point(0 0),linestring(0 0,1 1))')",
      "st_geomfromtext('geometrycollection empty')",
      "st_geomfromtext('point(1.7976931348623157e308 -4.9406564584124654e-324)')",
    ],
    hex,
  ),
  of("point", "binary", ["st_geomfromtext('point(0 0)', 4294967295)"], hex),
];

/** Used as names of tables, each of which has columns of the other names. */
const names = [
  'quo"te',
  "back`tick",
  "do.t",
  "new\nline",
  "sla/sh\\",
  "'single' %",
  " leading",
  "e\u0301",
  "select",
  "x".repeat(64),
  "☕".repeat(48),
  "..",
  "? -- {}",
];

let home: string;
let server: MariadbServer;
let held: HeldHeadgate;
const quote = (name: string): string => `\`${name.replaceAll("`", "``")}\``;

/** Digests computed by the server do not support floats, so these are in a separate table. */
const tables: readonly [name: string, columns: readonly Extremes[]][] = [
  ["floats", extremes.filter(({ lakeType }) => isFloat(lakeType))],
  ["others", extremes.filter(({ lakeType }) => !isFloat(lakeType))],
];

async function create(table: string, columns: readonly Extremes[]): Promise<void> {
  await server.query(
    `create table ${table} (id int primary key, ${columns.map(({ type }, index) => `c${index} ${type}`).join(", ")})`,
  );
  const longest = Math.max(...columns.map(({ literals }) => literals.length));
  for (let id = 0; id <= longest; id++) {
    const values = columns.map(({ literals }) => literals[id] ?? "null");
    await server.query(`insert ignore into ${table} values (${[id, ...values].join(", ")})`);
  }
}

async function createOddNames(): Promise<void> {
  for (const name of names) {
    const columns = names.map((column) => `${quote(column)} varchar(20)`);
    await server.query(`create table ${quote(name)} (${columns.join(", ")})`);
    await server.query(`insert into ${quote(name)} (${quote(name)}) values ('here')`);
  }
  await server.query(
    "create table told (a int comment '🦊\\n', b varchar(20) default 'c\\0d' comment '\\\\\\'\"') comment '\\t\\r\\n🦊'",
  );
}

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "headgate-extremes-"));
  server = await startMariadb();
  await server.query("create database ends character set utf8mb4");
  await server.query("create database odd character set utf8mb4");
  await server.query("use odd");
  await createOddNames();
  await server.query("use ends");
  await server.query("set sql_mode = 'ALLOW_INVALID_DATES', time_zone = '+00:00', check_constraint_checks = 0");
  for (const [name, columns] of tables) await create(name, columns);
  const password = decodeURIComponent(new URL(server.url("ends")).password);
  const at = { data: join(home, "data"), environment: { ENDS_PASSWORD: password } };
  for (const name of ["ends", "odd"]) {
    const url = new URL(server.url(name));
    url.password = "";
    await askCommand(["source", "add", name, url.href, "--password-env", "ENDS_PASSWORD"], at);
  }
  held = await holdHeadgate({ data: at.data });
});

afterAll(async () => {
  await held?.[Symbol.asyncDispose]();
  await server?.stop();
  await rm(home, { recursive: true, force: true });
});

const asText = (column: string): string => `cast(${column} as char)`;

/** The engine names the year 0 differently and omits a zero. */
const spelledAsSource = (text: string, lakeType: string): string =>
  lakeType.startsWith("decimal") ? text.replace(/^(-?)\./, "$10.") : text.replace(/^0001(.*) \(BC\)/, "0000$1");

/** Types and values that differ. */
async function differences(): Promise<readonly unknown[]> {
  const different: unknown[] = [];
  for (const [table, columns] of tables) {
    const asked = columns.map(({ text = asText }, index) => `${text(`c${index}`)} as c${index}`);
    const source = await server.query(`select ${asked.join(", ")} from ${table} order by id`);
    const given = columns.map(({ lakeType }, index) =>
      lakeType === "binary" ? `hex(c${index})` : `c${index}::varchar`,
    );
    const lake = await held.rows(`select ${given.join(", ")} from ends.${table} order by id`);
    expect(lake.length).toBe(source.length);
    for (const [index, { type, lakeType }] of columns.entries()) {
      const spell = (value: unknown): unknown =>
        typeof value === "string" ? canonicalText(lakeType)(spelledAsSource(value, lakeType)) : (value ?? null);
      for (const [row, values] of source.entries()) {
        const pair = [spell(values[`c${index}`]), spell(lake[row]?.[index])];
        if (pair[0] !== pair[1]) different.push([type, ...pair]);
      }
    }
  }
  return different;
}

const failures = (reports: readonly TableReport[]): readonly unknown[] =>
  reports.filter(({ outcome }) => outcome === "failed").map(({ sourceTable, error }) => [sourceTable, error]);

test("every value is loaded", async () => {
  expect(failures((await held.sync("ends")).tables)).toEqual([]);
  expect(await differences()).toEqual([]);
});

test("every value is found equal where both sides are compared", async () => {
  const { tables: verdicts } = await held.reconcile("ends");
  expect(verdicts).toMatchObject([
    { equal: true },
    { equal: true, how: "the digests of all rows are equal on both sides" },
  ]);
});

test("every value is merged when its row changes", async () => {
  for (const [table] of tables) {
    await server.query(`create temporary table moved select * from ${table}`);
    await server.query(`delete from ${table} where id % 2 = 1`);
    await server.query(
      `insert into ${table} select * from (select * from moved) m on duplicate key update id = m.id + 1000`,
    );
    await server.query("drop temporary table moved");
  }
  expect(failures((await held.sync("ends")).tables)).toEqual([]);
  expect(await differences()).toEqual([]);
});

test("names and comments of every kind are carried over", async () => {
  const { tables: reports } = await held.sync("odd");
  expect(failures(reports)).toEqual([]);
  expect(reports.length).toBe(names.length + 1);
  const selects: string[] = [];
  for (const name of names) {
    const { lakeTable = "" } = reports.find(({ sourceTable }) => parseName(sourceTable)[1] === name) ?? {};
    const [, lake = ""] = parseName(lakeTable);
    selects.push(`select * from odd.${quoteName(lake)}`);
  }
  const rows = await held.rows(selects.join(" union all by name "));
  expect(rows.map((values) => values.findIndex((value) => value === "here"))).toEqual([...names.keys()]);
});

test("a NUL in a comment stops nothing, and the rest of the comment is kept", async () => {
  await server.query("create table odd.noted (a int comment 'one\\0two') comment 'three\\0four'");
  const [row] = await server.query(
    "select hex(column_comment) as comment from information_schema.columns where table_name = 'noted'",
  );
  expect(row?.["comment"]).toBe(Buffer.from("one\0two").toString("hex").toUpperCase());
  expect(failures((await held.sync("odd")).tables)).toEqual([]);
  const call = { report: silent, emit: async () => {}, signal: new AbortController().signal };
  const { columns } = await held.session.call(tableShow, { table: "odd.noted" }, call);
  expect(columns).toMatchObject([{ doc: "int(11): one\0two" }]);
  await server.query("drop table odd.noted");
});
