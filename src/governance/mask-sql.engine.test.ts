/** Every mask on every type and on values at its edges: it keeps the type, keeps null, never fails, and hides. */
import { createHash } from "node:crypto";
import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { HeadgateError } from "../errors.ts";
import { duckdbType } from "../engine/duckdb-type.ts";
import { checkMask } from "./check-mask.ts";
import { maskActions, type Mask } from "./mask.ts";
import { maskSql } from "./mask-sql.ts";

const salt = "00112233445566778899aabbccddeeff";
/** The extremes of each type, as the engine writes them. */
const values: Readonly<Record<string, readonly string[]>> = {
  boolean: ["true", "false"],
  int: ["-2147483648", "-1", "0", "2147483647"],
  long: ["-9223372036854775808", "-1", "0", "9223372036854775807"],
  float: ["nan", "inf", "-inf", "-0.0", "3.4028235e38"],
  double: ["nan", "inf", "-inf", "1e308"],
  "decimal(9,2)": ["-9999999.99", "0", "9999999.99"],
  "decimal(38,38)": ["-0.99999999999999999999999999999999999999"],
  string: [
    "",
    "a",
    "abcd",
    "abcde",
    "🛒🛒🛒🛒e\u0301",
    "a\nb\tc\r0123",
    "prashant010696@gmail.com",
    "\u00a0\u2028ß",
    "'\\",
  ],
  date: ["5877642-06-25 (BC)", "0001-01-01", "2024-07-15", "300000-01-05", "5881580-07-10", "infinity", "-infinity"],
  time: ["00:00:00", "23:59:59.999999"],
  timestamp: [
    "290309-12-22 (BC) 00:00:00",
    "2024-07-15 10:20:30.5",
    "294247-01-10 04:00:54.775806",
    "infinity",
    "-infinity",
  ],
  timestamptz: [
    "290309-12-22 (BC) 00:00:00+00",
    "2024-07-15 10:20:30.5+00",
    "294247-01-10 04:00:54.775806+00",
    "infinity",
  ],
  timestamp_ns: ["1677-09-22 00:00:00", "2024-07-15 10:20:30.123456789", "2262-04-11 23:47:16.854775806", "infinity"],
  uuid: ["ffffffff-ffff-ffff-ffff-ffffffffffff"],
  binary: ["", "\\x00\\xFF", "abc"],
  "fixed[2]": ["\\x00\\xFF"],
  unknown: [],
};
/** Fixed values by type. */
const fixed: Readonly<Record<string, string>> = {
  boolean: "true",
  int: "-7",
  long: "9007199254740993",
  float: "0.5",
  double: "-0.5",
  "decimal(9,2)": "1.5",
  "decimal(38,38)": "0.1",
  string: "it's hidden",
  date: "2000-01-01",
  time: "12:00:00",
  timestamp: "2000-01-01 12:00:00",
  timestamptz: "2000-01-01 12:00:00+02:00",
  timestamp_ns: "2000-01-01 12:00:00.123456789",
  uuid: "00000000-0000-0000-0000-000000000001",
  binary: "c0ffee",
  "fixed[2]": "c0ff",
};

let connection: DuckDBConnection;
beforeAll(async () => {
  connection = await (await DuckDBInstance.create(":memory:")).connect();
  await connection.run("set timezone = 'UTC'");
});
afterAll(() => connection.closeSync());

async function masked(type: string, mask: Mask): Promise<readonly (readonly unknown[])[]> {
  const list = ["null", ...(values[type] ?? []).map((text) => `'${text.replaceAll("'", "''")}'`)];
  const rows = list.map((value) => `(${value}::${duckdbType(type)})`).join(", ");
  const sql = maskSql(mask, { sql: "t.v", type }, salt);
  const result = await connection.runAndReadAll(
    `select typeof(m) = typeof(v), m is null, m::varchar from (select v, ${sql} as m from (values ${rows}) t(v)) x`,
  );
  expect(result.getRows().every(([keepsType]) => keepsType === true)).toBe(true);
  return result.getRows();
}

test.each(Object.keys(values))("masks of %s", async (type) => {
  for (const action of maskActions) {
    const mask: Mask = action === "fixed-value" ? { action, value: fixed[type] } : { action };
    const rows = await masked(type, mask);
    expect(rows[0]?.[1], `${action} of null`).toBe(true);
    const isUsed = failureOf(() => checkMask(mask, { id: 1, name: "c", required: false, type })) === undefined;
    if (!isUsed) expect(rows.every(([, isNull]) => isNull === true)).toBe(true);
    if (action === "fixed-value" && isUsed) expect(new Set(rows.slice(1).map(([, , text]) => text)).size).toBe(1);
  }
});

function failureOf(work: () => void): HeadgateError | undefined {
  try {
    work();
    return undefined;
  } catch (failure) {
    return failure as HeadgateError;
  }
}

async function one(type: string, value: string, mask: Mask): Promise<unknown> {
  const sql = maskSql(mask, { sql: "v", type }, salt);
  const [row] = (
    await connection.runAndReadAll(`select (${sql})::varchar from (select $1::${duckdbType(type)} as v)`, [value])
  ).getRows();
  return row?.[0];
}

test.each([
  ["string", "prashant010696@gmail.com", { action: "mask-alphanum" }, "xxxxxxxxnnnnnn@xxxxx.xxx"],
  ["string", "Ab 🛒\n(1),-é", { action: "mask-alphanum" }, "xxxxx(n),-x"],
  ["string", "prashant010696@gmail.com", { action: "show-first-4" }, "prasxxxxnnnnnn@xxxxx.xxx"],
  ["string", "4111-1111-1111-4444", { action: "show-last-4" }, "nnnn-nnnn-nnnn-4444"],
  ["string", "🛒bcd", { action: "show-last-4" }, "🛒bcd"],
  ["date", "2024-07-15", { action: "truncate-to-year" }, "2024-01-01"],
  ["date", "2024-07-15", { action: "truncate-to-month" }, "2024-07-01"],
  ["timestamptz", "2024-07-15 23:00:00-05", { action: "truncate-to-month" }, "2024-07-01 00:00:00+00"],
  ["timestamp_ns", "2024-07-15 10:20:30.123456789", { action: "truncate-to-year" }, "2024-01-01 00:00:00"],
  ["decimal(9,2)", "5", { action: "mask-to-default" }, "0.00"],
  ["timestamp_ns", "2024-07-15", { action: "mask-to-default" }, "2261-12-31 00:00:00"],
  ["fixed[2]", "ab", { action: "mask-to-default" }, "\\x00\\x00"],
  ["int", "5", { action: "fixed-value", value: "7" }, "7"],
] as const)("%s %s %o", async (type, value, mask, expected) => {
  expect(await one(type, value, mask)).toBe(expected);
});

test("hashes are those of the specification", async () => {
  const digest = (salted: boolean, bytes: Buffer): Buffer =>
    createHash("sha256")
      .update(Buffer.concat([Buffer.from(salted ? salt : "", "hex"), bytes]))
      .digest();
  for (const [action, salted] of [
    ["sha-256-global", false],
    ["sha-256-query-local", true],
  ] as const) {
    expect(await one("string", "é🛒", { action })).toBe(digest(salted, Buffer.from("é🛒")).toString("hex"));
    const four = Buffer.alloc(4);
    four.writeInt32LE(-123_456);
    expect(await one("int", "-123456", { action })).toBe(String(digest(salted, four).readInt32LE()));
    const eight = Buffer.alloc(8);
    eight.writeBigInt64LE(-(2n ** 62n) + 5n);
    expect(await one("long", String(-(2n ** 62n) + 5n), { action })).toBe(
      String(digest(salted, eight).readBigInt64LE()),
    );
    const hex = await connection.runAndReadAll(
      `select hex(${maskSql({ action }, { sql: "v", type: "binary" }, salt)}) from (select 'abc'::blob as v)`,
    );
    expect(hex.getRows()).toEqual([[digest(salted, Buffer.from("abc")).toString("hex").toUpperCase()]]);
  }
});

test("a mask that does not fit is refused with those that do", () => {
  const column = { id: 1, name: "born", required: false, type: "date" };
  expect(failureOf(() => checkMask({ action: "show-last-4" }, column))).toMatchObject({
    code: "FILTER_INVALID",
    place: "mask of born",
    remedy: "use one of mask-to-default, replace-with-null, truncate-to-year, truncate-to-month, fixed-value",
  });
  expect(failureOf(() => checkMask({ action: "fixed-value", value: "soon" }, column))?.message).toContain('"soon"');
  expect(failureOf(() => checkMask({ action: "fixed-value" }, column))?.message).toContain("missing value");
  expect(failureOf(() => checkMask({ action: "replace-with-null", value: "1" }, column))?.message).toContain(
    "no value",
  );
  const nested = { ...column, type: { type: "struct" as const, fields: [] } };
  expect(failureOf(() => checkMask({ action: "replace-with-null" }, nested))).toBeUndefined();
  expect(failureOf(() => checkMask({ action: "mask-to-default" }, nested))).toBeDefined();
});
