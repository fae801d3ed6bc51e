/**
 * Tests the extremes of every type in real syncs from PostgreSQL: no value stops a run or a table, and none changes.
 * Each value is compared with what `select` shows, as text or as a number that both sides compute.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sourceAdd } from "../../src/operations/sources.ts";
import { silent } from "../../src/base/progress.ts";
import { holdHeadgate, type HeldHeadgate } from "../world/held-headgate.ts";
import { openSampleSource, type SampleSource } from "../world/sample-source.ts";

interface Kind {
  readonly type: string;
  /** SQL literals. */
  readonly values: readonly string[];
  /** Further random literals. */
  readonly more?: fc.Arbitrary<string> | undefined;
  /** SQL for the value `c` in the source, and for what it must equal in the lake. */
  readonly shown?: string | undefined;
  readonly held?: string | undefined;
}

const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const hex = fc.uint8Array({ maxLength: 40 }).map((bytes) => `'\\x${Buffer.from(bytes).toString("hex")}'`);
/** Without NUL and halves of surrogate pairs, which PostgreSQL cannot store. */
const text = fc
  .string({ unit: "binary", maxLength: 40 })
  .map((value) => quote(value.replaceAll("\0", "").toWellFormed()));
const json = fc.json().map((value) => quote(value.replaceAll("\\u0000", "")));
const float8 = fc.double().map((value) => quote(String(value).replace("Infinity", "infinity")));
const micros = (column: string): string =>
  `case when isfinite(${column}) and ${column} <= '294247-01-10 04:00:54' then (extract(epoch from ${column}) * 1000000)::numeric(30)::text end`;
const moments = [
  "'infinity'",
  "'-infinity'",
  "'4713-01-01 00:00:00 BC'",
  "'0001-12-31 23:59:59.999999 BC'",
  "'0001-01-01'",
  "'1582-10-10 00:00:00'",
  "'1969-12-31 23:59:59.999999'",
  "'9999-12-31 23:59:59.999999'",
  "'10000-01-01'",
  "'275760-09-13 00:00:00'",
  "'275760-09-13 00:00:00.000001'",
  "'275761-01-01'",
  "'294247-01-10 04:00:54'",
  "'294247-01-10 04:00:55'",
  "'294276-12-31 23:59:59.999999'",
];
const digits = (count: number): string => "9".repeat(count);
const wideNumber = fc.tuple(fc.boolean(), fc.bigInt({ min: 0n, max: 10n ** 38n - 1n })).map(([isNegative, value]) => {
  const padded = value.toString().padStart(39, "0");
  return `${isNegative ? "-" : ""}${padded.slice(0, -10)}.${padded.slice(-10)}`;
});

const kinds: readonly Kind[] = [
  { type: "boolean", values: ["true", "false"] },
  { type: "smallint", values: ["-32768", "32767"] },
  { type: "int", values: ["-2147483648", "2147483647"], more: fc.integer().map(String) },
  { type: "bigint", values: ["-9223372036854775808", "9223372036854775807"] },
  { type: "oid", values: ["0", "2147483648", "4294967295"] },
  {
    type: "real",
    values: ["'nan'", "'-0'", "0", "'infinity'", "'-infinity'", "1e-45", "3.4028235e38", "16777217"],
    shown: "c::float8::text",
    held: "c::double::varchar",
  },
  {
    type: "double precision",
    values: ["'nan'", "'-0'", "0", "'infinity'", "5e-324", "1.7976931348623157e308", "9007199254740993"],
    more: float8,
  },
  { type: "numeric(9,4)", values: ["-99999.9999", "0.0001", "'-0'", "'nan'"], shown: "nullif(c, 'nan')::text" },
  { type: "numeric(18,18)", values: ["0.999999999999999999", "-0.000000000000000001"] },
  {
    type: "numeric(38,10)",
    values: ["'nan'", `-${digits(28)}.${digits(10)}`],
    more: wideNumber,
    shown: "nullif(c, 'nan')::text",
  },
  { type: "numeric(38,38)", values: [`0.${digits(38)}`] },
  { type: "numeric(5,-3)", values: ["12345678", "-1000"] },
  { type: "numeric(3,5)", values: ["0.00123", "-0.00999"] },
  { type: "numeric(1000,500)", values: [`${digits(500)}.${digits(500)}`] },
  {
    type: "numeric",
    values: [
      "'nan'",
      "'infinity'",
      "'-infinity'",
      "0",
      "0.0",
      "1e-16383",
      `1e131071`,
      digits(131072),
      `0.${"0".repeat(16382)}1`,
    ],
  },
  {
    type: "money",
    values: ["0", "'-92233720368547758.08'", "'92233720368547758.07'", "0.01"],
    shown: "c::numeric::text",
  },
  {
    type: "date",
    values: [
      "'infinity'",
      "'-infinity'",
      "'4713-01-01 BC'",
      "'0001-01-01 BC'",
      "'0001-01-01'",
      "'1582-10-10'",
      "'9999-12-31'",
      "'10000-01-01'",
      "'275760-09-14'",
      "'5874897-12-31'",
    ],
    shown: "case when isfinite(c) then (c - date '1970-01-01')::text end",
    held: "date_diff('day', date '1970-01-01', c)::varchar",
  },
  { type: "timestamp", values: moments, shown: micros("c"), held: "epoch_us(c)::varchar" },
  { type: "timestamptz", values: moments, shown: micros("c"), held: "epoch_us(c)::varchar" },
  { type: "timestamp(0)", values: ["'1999-12-31 23:59:59.5'"], shown: micros("c"), held: "epoch_us(c)::varchar" },
  {
    type: "time",
    values: ["'00:00'", "'23:59:59.999999'", "'24:00'"],
    shown: "case when c < '24:00' then (extract(epoch from c) * 1000000)::bigint::text end",
    held: "epoch_us(c)::varchar",
  },
  { type: "timetz", values: ["'24:00:00-15:59'", "'00:00:00+15:59'", "'12:00:00.000001+05:30:15'"] },
  {
    type: "interval",
    values: [
      "'178000000 years'",
      "'-178000000 years'",
      "'1 mon -1 day +25:59:59'",
      "'0'",
      "'-00:00:00.000001'",
      "'infinity'",
      "'-infinity'",
      "'2562047788:00:54.775807'",
    ],
  },
  { type: "interval year to month", values: ["'-1 year 2 mons'"] },
  {
    type: "uuid",
    values: ["'00000000-0000-0000-0000-000000000000'", "'ffffffff-ffff-ffff-ffff-ffffffffffff'"],
    more: fc.uuid().map(quote),
  },
  {
    type: "bytea",
    values: ["''", "'\\x00'", "'\\xff'", "'\\x5c'"],
    more: hex,
    shown: "encode(c, 'hex')",
    held: "lower(hex(c))",
  },
  {
    type: "text",
    values: [
      "''",
      "'NULL'",
      "'\\N'",
      "e'\\x01'",
      "e'\\x7f'",
      "e'\\u0085'",
      "e'\\u2028'",
      "e'\\U0010ffff'",
      "e'a\\r\\nb'",
      "' '",
      "e'\\t'",
      "e'\\ufffd'",
    ],
    more: text,
  },
  { type: "varchar(5)", values: ["'     '", "'ab   '"] },
  { type: "char(5)", values: ["''", "'ab'", "'abcde'"], shown: "case when c is not null then concat(c) end" },
  { type: '"char"', values: ["'a'", "''", "'\\377'", "'\\001'"] },
  { type: "name", values: ["''", quote("n".repeat(63))] },
  {
    type: "json",
    values: ["'null'", "'\"\"'", `'{"a":1,"a":2}'`, "' [1 , 2.50e400]'", `'"\\u0000"'`, `'"\\ud834"'`],
    more: json,
  },
  {
    type: "jsonb",
    values: ["'null'", `'{"a":1,"a":2}'`, "'1e400'", "'-0'", "'1.10'", `'"\\ud834\\udd1e"'`],
    more: json,
  },
  { type: "jsonpath", values: ["'$.a[*] ? (@ > 1)'"] },
  {
    type: "xml",
    values: [
      "''",
      "'<?xml version=\"1.0\"?><a/>'",
      '\'<?xml version="1.1" standalone="yes"?><a b="&amp;"/>\'',
      "'a<b/>c'",
      "e'\\n<a/>'",
    ],
  },
  { type: "bit(8)", values: ["b'00101101'", "b'00000000'"] },
  { type: "bit varying", values: ["b''", `b'${"10".repeat(500)}'`] },
  { type: "inet", values: ["'::ffff:1.2.3.4/128'", "'0.0.0.0/0'"] },
  { type: "cidr", values: ["'10.0.0.0/8'", "'::/0'"] },
  { type: "macaddr8", values: ["'08:00:2b:01:02:03:04:05'"] },
  { type: "int[]", values: ["'{}'", "'{NULL}'", "'[-2:-1]={1,2}'", "'{{1,NULL},{3,4}}'"] },
  { type: "text[]", values: [`'{"",NULL,"NULL","a\\"b","c\\\\d","{}","e,f"," "}'`, "'[0:0]={x}'"] },
  { type: "numeric[]", values: ["'{nan,infinity,1.10}'"] },
  { type: "float8[]", values: ["'{nan,-0,0.1,5e-324,infinity}'"] },
  { type: "timestamp[]", values: ["'{infinity,-infinity,294276-12-31,4713-01-01 BC}'"] },
  { type: "bytea[]", values: ['\'{"\\\\x00ff",NULL,""}\''] },
  { type: "money[]", values: ["'{1.5,-2}'"] },
  { type: "int4range", values: ["'empty'", "'(,)'", "'[1,1]'", "'(,5]'"] },
  { type: "tsrange", values: ["'[-infinity,infinity]'", "'[\"2024-01-01 00:00:00\",)'"] },
  { type: "nummultirange", values: ["'{}'", "'{[1,2),(3,)}'"] },
  { type: "point", values: ["'(nan,infinity)'", "'(-0,0.1)'"] },
  { type: "polygon", values: ["'((0,0),(1,1),(1,0))'"] },
  { type: "circle", values: ["'<(0,0),1e308>'"] },
  { type: "tsvector", values: ["''", `'''a b'':1A c:2'`] },
  { type: "tsquery", values: ["'a & !b | c <-> d'"] },
  { type: "pg_lsn", values: ["'0/0'", "'FFFFFFFF/FFFFFFFF'"] },
  { type: "txid_snapshot", values: ["'10:20:10,14,15'"] },
  { type: "xid8", values: ["'18446744073709551615'"] },
  { type: "regclass", values: ["'pg_class'", "'4294967295'", "'0'"] },
  { type: "mood", values: ["''", quote("a'b"), "'so, so'", "'ü🦊'"] },
  { type: "pair", values: ["row(null, null)", "row(1, '')", `row(2, 'a"b\\c,(d)')`, "row(3, ' ')"] },
  { type: "pair[]", values: [`array[row(1,'a"b'), null, row(null,null)]::pair[]`] },
  { type: "positive", values: ["1", "2147483647"] },
  { type: "code", values: ["'ab'", "'abcd'"], shown: "case when c is not null then concat(c) end" },
  { type: "amount", values: ["1.50", "-0.01"] },
  { type: "moment", values: ["'infinity'", "'275761-01-01'"], shown: micros("c"), held: "epoch_us(c)::varchar" },
  { type: "hstore", values: [`'"a"=>NULL, "b"=>"", "c\\"d"=>"e"'`] },
  { type: "citext", values: ["'AbC'"] },
  { type: "ltree", values: ["'Top.Science'"] },
  { type: "cube", values: ["'(1,2),(3,4)'"] },
];

/** Columns for a type, in all domains and extension types. */
const preparations = [
  "create extension hstore",
  "create extension citext",
  "create extension ltree",
  "create extension cube",
  `create type mood as enum ('', 'a''b', 'so, so', 'ü🦊')`,
  "create type pair as (a int, b text)",
  "create domain positive as int check (value > 0)",
  "create domain code as char(4)",
  "create domain amount as numeric(9,2)",
  "create domain moment as timestamptz",
];

/** Tables with a column of the same name; the lake keeps both names exactly. */
const oddNames = [
  'quo"te',
  "with.dot",
  "new\nline",
  "tab\there",
  "🦊",
  "ctid ",
  "oid",
  "xmin_",
  "select",
  "  ",
  "n".repeat(63),
  "ü".repeat(31),
  "a'b",
  "a\\b",
  "%s",
  "$1",
  "{}",
  "--",
  "/*",
  "null",
  "_deleted_at",
  "CamelCase",
  "camelcase",
  "\u0001",
  "e\u0301",
  "é",
];

let home: string;
let source: SampleSource;
let held: HeldHeadgate;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "headgate-extremes-"));
  source = await openSampleSource("postgres", join(home, "source"));
  for (const statement of preparations) await source.execute(statement);
  for (const [index, { type }] of kinds.entries())
    await source.execute(`create table ${tableOf(index)} (n int, c ${type})`);
  await source.execute("set intervalstyle = iso_8601");
  await source.execute("set extra_float_digits = 3");
  await source.execute("set search_path = public");
  held = await holdHeadgate({ data: join(home, "data") });
  const call = { report: silent, emit: async () => {}, signal: new AbortController().signal };
  await held.session.call(
    sourceAdd,
    { name: "shop", url: source.url, password: source.password, newTables: "auto" },
    call,
  );
});

afterAll(async () => {
  await held?.[Symbol.asyncDispose]();
  await source?.[Symbol.asyncDispose]();
  await rm(home, { recursive: true, force: true });
});

const tableOf = (index: number): string => `kind_${String(index).padStart(3, "0")}`;

async function fill(seed: number): Promise<void> {
  for (const [index, { type, values, more }] of kinds.entries()) {
    const random = more === undefined ? [] : fc.sample(more, { seed, numRuns: 20 });
    await source.execute(`truncate ${tableOf(index)}`);
    const rows = [...values, "null", ...random].map((value, n) => `(${n}, (${value})::${type})`);
    await source.execute(`insert into ${tableOf(index)} values ${rows.join(", ")}`).catch((failure: unknown) => {
      throw new Error(`${type}: ${String(failure)}`);
    });
  }
}

interface Shown {
  readonly kind: number;
  readonly n: number;
  readonly value: string | null;
}

function present([kind, n, value]: readonly unknown[]): Shown {
  return { kind: Number(kind), n: Number(n), value: value === null || value === undefined ? null : String(value) };
}

/** The values of all tables, in one statement per side. */
async function expectEqual(): Promise<void> {
  const selects = (side: (kind: Kind) => string, prefix: string): string =>
    kinds
      .map((kind, index) => `select ${index} as kind, n, ${side(kind)} as value from ${prefix}.${tableOf(index)}`)
      .join(" union all ");
  await source.execute(`create view shown as ${selects(({ shown = "c::text" }) => shown, "public")}`);
  const columns = ["kind", "n", "value"].map((name) => ({ name, isBinary: false }));
  const theirs = (await source.texts("shown", columns)).map(present);
  await source.execute("drop view shown");
  const ours = (await held.rows(selects(({ held: there = "c::varchar" }) => there, "shop"))).map(present);
  const found = new Map(ours.map(({ kind, n, value }) => [`${kind}/${n}`, value]));
  const wrong = theirs.filter(({ kind, n, value }) => {
    const key = `${kind}/${n}`;
    return !found.has(key) || !isSame(kinds[kind]?.type ?? "", value, found.get(key));
  });
  const told = wrong.map(({ kind, n, value }) => ({
    type: kinds[kind]?.type,
    source: value?.slice(0, 100),
    lake: found.get(`${kind}/${n}`)?.slice(0, 100),
  }));
  expect(told).toEqual([]);
  expect(ours.length).toBe(theirs.length);
}

const floats = new Set(["real", "double precision"]);
/** The engine omits the zero before the point if the scale equals the precision. */
const withZero = (value: string): string => value.replace(/^(-?)\./, "$10.");

function isSame(type: string, theirs: string | null, ours: unknown): boolean {
  if (theirs === null || typeof ours !== "string") return theirs === ours;
  if (type.startsWith("numeric(")) return theirs === withZero(ours);
  if (!floats.has(type)) return theirs === ours;
  const number = (value: string): number => Number(value.replace(/^(-?)inf(inity)?$/i, "$1Infinity"));
  return Object.is(number(theirs), number(ours));
}

describe("values", () => {
  test("arrive as they are, are compared as they are, and stop nothing", async () => {
    await fill(1);
    const first = await held.sync("shop");
    expect(
      first.tables
        .filter(({ outcome }) => outcome === "failed")
        .map(({ sourceTable, outcome, reason }) => [sourceTable, outcome, reason]),
    ).toEqual([]);
    await expectEqual();
    await fill(2);
    const second = await held.sync("shop");
    expect(second.tables.filter(({ outcome }) => outcome === "failed")).toEqual([]);
    await expectEqual();
    const reconciled = await held.reconcile("shop");
    expect(reconciled.tables.filter(({ equal }) => !equal).map(({ lakeTable }) => lakeTable)).toEqual([]);
  });

  test("names of every kind are kept exactly, and so are 1,600 columns", async () => {
    const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;
    for (const [index, name] of oddNames.entries()) {
      await source.execute(`create table ${quoteName(name)} (${quoteName(name)} text, n int)`);
      await source.execute(`insert into ${quoteName(name)} values (${quote(name)}, ${index})`);
    }
    const many = Array.from({ length: 1_600 }, (_, index) => `c${index} smallint default ${index}`);
    await source.execute(`create table widest (${many.join(", ")})`);
    await source.execute("insert into widest default values");
    const { tables } = await held.sync("shop");
    const failed = tables.filter(({ outcome }) => outcome === "failed");
    expect(failed.map(({ sourceTable, reason }) => [sourceTable, reason])).toEqual([]);
    for (const [index, name] of oddNames.entries()) {
      const rows = await held.rows(`select ${quoteName(name)}, n from shop.${quoteName(name)}`);
      expect(rows).toEqual([[name, index]]);
    }
    expect(await held.rows("select c0, c1599 from shop.widest")).toEqual([[0, 1599]]);
  });
});
