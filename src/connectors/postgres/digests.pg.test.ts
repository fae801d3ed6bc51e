/**
 * Tests that digests computed by the server differ exactly when rows differ: for every type, with values chosen to
 * attack the way digests are written (nulls, dashes, bars, digits, lengths, quotes, parentheses, long values).
 */
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { collectingSink } from "../../../test/conformance/collecting-sink.ts";
import {
  digestText,
  isEqual,
  twoTables,
  type Literals,
  type TwoTables,
  type TypeValues,
} from "../../../test/conformance/two-tables.ts";
import { startPostgres, type PostgresServer } from "../../../test/world/postgres-server.ts";
import { using } from "../../base/cleanup.ts";
import type { Cut, Source, SourceTable } from "../../sync/source.ts";
import { postgres } from "./postgres.ts";

let server: PostgresServer;
let source: Source;

beforeAll(async () => {
  server = await startPostgres();
  await server.createDatabase("d");
  const url = new URL(server.url("d"));
  const password = decodeURIComponent(url.password);
  url.password = "";
  source = await postgres.open({ url, password });
  await execute("create type mood as enum ('', '-', '|', '1:-', '0')");
  await execute("create type pair as (a text, b int)");
  await execute("create domain short as text check (length(value) < 9)");
});

afterAll(async () => {
  await source?.[Symbol.asyncDispose]();
  await server?.stop();
});

const execute = (statement: string) => server.query(statement, [], { database: "d" });

async function describeTable(name: string): Promise<SourceTable> {
  const [table] = await source.describe([{ schema: "public", name }]);
  if (table === undefined || !("columns" in table)) throw new Error(`${name} was not described`);
  return table;
}

const texts = ["''", "'-'", "','", "'|'", "'#'", "'1:-'", "'0'", "'2d'", "'('", "'\"'", "'a '", "'\\'", "'-|1:-'"];
const longTexts = [...texts, "repeat('x', 1000)", "repeat('x', 1001)", "repeat('x', 1000) || 'y'", "repeat('é', 501)"];
const bytes = ["''", "'-'", "'\\x00'", "'\\x2d'", "'\\x2c'", "'\\xff'"];
const times = [
  "'infinity'",
  "'-infinity'",
  "'0001-01-01'",
  "'1969-12-31 23:59:59.999999'",
  "'4713-01-01 BC'",
  "'294247-01-10 04:00:54.775806+00'",
  "'294247-01-10 04:00:54.775807+00'",
  "'294276-12-31'",
];

const types: readonly TypeValues[] = [
  ["boolean", ["true", "false"]],
  ["smallint", ["0", "-1", "1", "10"]],
  ["integer", ["0", "-1", "1", "10"]],
  ["bigint", ["0", "-1", "-9223372036854775808"]],
  ["oid", ["0", "4294967295"]],
  ["numeric(38,38)", ["0", "0.1", `-0.${"0".repeat(37)}1`]],
  ["numeric(5,5)", ["0", "-0.00001", "0.99999"]],
  ["numeric(9,4)", ["0", "-0.0001", "1", "'NaN'"]],
  ["numeric(38,10)", ["0", "-1", "'NaN'"]],
  ["numeric", ["0", "0.0", "-1", "'NaN'", "'Infinity'"]],
  ["money", ["0", "-1", "12.5"]],
  ["date", ["'infinity'", "'0001-01-01'", "'4713-01-01 BC'", "'2024-02-29'"]],
  ["timestamp", times],
  ["timestamptz", times],
  ["time", ["'00:00'", "'24:00'", "'12:34:56.000001'"]],
  ["timetz", ["'00:00+01'", "'23:00-02'"]],
  ["interval", ["'0'", "'1 day'", "'24 hours'", "'-1 month'"]],
  ["uuid", ["'2d2d2d2d-2d2d-2d2d-2d2d-2d2d2d2d2d2d'", "'00000000-0000-0000-0000-000000000000'"]],
  ["uuid", ["'2d2d2d2d-2d2d-2d2d-2d2d-2d2d2d2d2d2d'", "'00000000-0000-0000-0000-000000000000'"]],
  ["char(4)", texts.map((text) => `left(${text}, 4)`)],
  ["varchar(20)", texts],
  ["text", longTexts],
  ["text", longTexts],
  ["short", texts.slice(0, 8)],
  ["mood", ["''", "'-'", "'|'", "'1:-'", "'0'"]],
  ["mood", ["''", "'-'", "'|'", "'1:-'", "'0'"]],
  ["bytea", [...bytes, "repeat('x', 500)::bytea", "repeat('x', 1001)::bytea", "decode(md5(repeat('x', 1001)), 'hex')"]],
  ["bit(8)", ["b'00101101'", "b'00000000'"]],
  ["bit varying(16)", ["b''", "b'0'", "b'00'"]],
  ["json", ["'{}'", "'[1]'", "'[1.0]'", "'null'"]],
  ["jsonb", ["'{}'", "'[1]'", "'[1.0]'", "'null'"]],
  ["text[]", ["'{}'", "'{-}'", "'{NULL}'", "'{\"NULL\"}'", "'{\"\"}'", "'{a,b}'", "'{\"a,b\"}'"]],
  ["pair", ["row('', null)", "row(null, null)", "row('-', 1)", "row('(,)', 1)"]],
  ["int4range", ["'empty'", "'[1,2)'", "'(,)'"]],
  ["inet", ["'45.45.45.45'", "'::'", "'10.0.0.0/8'"]],
  ["point", ["'(1,2)'", "'(2,1)'"]],
  ["xml", ["'<a/>'", "'-'"]],
  ["tsvector", ["''", "'-'"]],
];

const floats: readonly TypeValues[] = [
  ["real", ["'nan'", "0", "'-0'", "0.1", "3.4e38"]],
  ["double precision", ["'nan'", "0", "'-0'", "0.1", "5e-324"]],
];

async function createSides(columns: readonly TypeValues[]): Promise<void> {
  const list = columns.map(([declared], index) => `c${index} ${declared}`).join(", ");
  for (const side of ["left_side", "right_side"]) {
    await execute(`drop table if exists ${side} cascade`);
    await execute(`create table ${side} (${list})`);
    await execute(`create view ${side}_view as select * from ${side}`);
  }
}

/** Skips values that the other type does not accept. */
async function fill(
  name: string,
  { columns, rows }: { columns: readonly TypeValues[]; rows: readonly Literals[] },
): Promise<void> {
  await execute(`delete from ${name}`);
  const cast = (literal: string, index: number): string => `(${literal})::${columns[index]?.[0]}`;
  for (const row of rows)
    await execute(`insert into ${name} values (${row.map(cast).join(", ")})`).catch(() => fc.pre(false));
}

async function readRows(cut: Cut, table: SourceTable): Promise<readonly string[]> {
  const sink = collectingSink(table);
  await cut.read(table, undefined, sink, new AbortController().signal);
  return sink
    .rows()
    .map((row) => JSON.stringify(row))
    .toSorted();
}

async function sides<T>(work: (name: string) => Promise<T>): Promise<readonly [T, T]> {
  return [await work("left_side"), await work("right_side")];
}

describe("digests are equal exactly where the rows are", () => {
  test.each([
    ["every type", [...types, ...floats]],
    ["every type but floats", types],
  ])("the digest of a table of %s", async (_title, columns) => {
    await createSides(columns);
    const tables = await sides(describeTable);
    const views = await sides((name) => describeTable(`${name}_view`));
    const judge = async ([rows, others]: TwoTables): Promise<void> => {
      await fill("left_side", { columns, rows });
      await fill("right_side", { columns, rows: others });
      await using(source.openCut({ readers: 1 }), async (cut) => {
        const areEqual = isEqual(await readRows(cut, tables[0]), await readRows(cut, tables[1]));
        const prints = [await cut.fingerprint(views[0]), await cut.fingerprint(views[1])];
        expect(prints).not.toContain(undefined);
        // The source distinguishes values that become null in the lake.
        if (prints[0] === prints[1]) expect(areEqual).toBe(true);
        if (isEqual(rows, others)) expect(prints[0]).toBe(prints[1]);
        const [digest, other] = [await cut.digests(tables[0], undefined), await cut.digests(tables[1], undefined)].map(
          digestText,
        );
        if (columns !== types) return expect(digest).toBeUndefined();
        expect(digest).toBeDefined();
        expect(digest === other).toBe(areEqual);
      });
    };
    await fc.assert(fc.asyncProperty(twoTables(columns), judge), { numRuns: 40 });
  });

  test("the digest of a table of more columns than a function takes arguments", async () => {
    const columns = Array.from({ length: 1600 }, (_, index) => `c${index} smallint`);
    for (const side of ["wide_left", "wide_right"]) await execute(`create table ${side} (${columns.join(", ")})`);
    await execute("insert into wide_left (c0, c50, c1599) values (1, 2, 3)");
    await execute("insert into wide_right (c0, c51, c1599) values (1, 2, 3)");
    const [left, right] = [await describeTable("wide_left"), await describeTable("wide_right")];
    await using(source.openCut({ readers: 1 }), async (cut) => {
      const digest = digestText(await cut.digests(left, undefined));
      expect(digest).toContain("1");
      expect(digest).not.toBe(digestText(await cut.digests(right, undefined)));
    });
    await execute("delete from wide_right");
    await execute("insert into wide_right (c0, c50, c1599) values (1, 2, 3)");
    await using(source.openCut({ readers: 1 }), async (cut) => {
      const digests = [await cut.digests(left, undefined), await cut.digests(right, undefined)].map(digestText);
      expect(digests[0]).toBe(digests[1]);
    });
  });
});
