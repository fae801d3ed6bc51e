/**
 * Column types of either database with values that break copies: extremes, look-alikes, unusual characters. As SQL
 * literals.
 */
import type { Dialect } from "../world/sample-shop.ts";

export interface ColumnKind {
  readonly type: string;
  readonly values: readonly string[];
  /** Types to which the column can be changed without losing a value. */
  readonly wider?: string | undefined;
}

const texts = [
  "''",
  "'null'",
  "'NULL'",
  "' a '",
  "'a'",
  "'ab'",
  "'it''s'",
  "'naïve ☕ 🦊'",
  "'tab\there'",
  "'line\nbreak'",
];
const doubles = ["0", "-0.5", "1e300", "-1e-300", "0.1", "123456789.125"];
const dates = ["'0001-01-01'", "'1582-10-10'", "'1970-01-01'", "'2024-02-29'", "'9999-12-31'"];
const moments = [
  "'0001-01-01 00:00:00'",
  "'1969-12-31 23:59:59.999999'",
  "'2024-02-29 12:34:56.000001'",
  "'9999-12-31 23:59:59.999999'",
];
const uuids = ["'00000000-0000-0000-0000-000000000000'", "'f79c3e09-677c-4bbd-a479-3f349cb785e7'"];

const postgres: readonly ColumnKind[] = [
  { type: "smallint", values: ["0", "-32768", "32767"], wider: "int" },
  { type: "int", values: ["0", "1", "-2147483648", "2147483647"], wider: "bigint" },
  { type: "bigint", values: ["0", "-9223372036854775808", "9223372036854775807"] },
  { type: "numeric(5,5)", values: ["0", "-0.00001", "0.99999"] },
  { type: "numeric(38,38)", values: ["0", `0.${"9".repeat(38)}`, `-0.${"0".repeat(37)}1`] },
  { type: "numeric(12,2)", values: ["0", "0.01", "-9999999999.99", "9999999999.99"], wider: "numeric(14,2)" },
  { type: "numeric(38,10)", values: ["0", "-0.0000000001", "9999999999999999999999999999.9999999999"] },
  { type: "numeric", values: ["0", "'NaN'", "1e-30", "123456789012345678901234567890.5"] },
  { type: "real", values: ["0", "'-0'", "'NaN'", "'Infinity'", "1.5", "3.4e38"] },
  { type: "double precision", values: [...doubles, "'-0'", "'NaN'", "'-Infinity'"] },
  { type: "boolean", values: ["true", "false"] },
  { type: "varchar(40)", values: texts, wider: "varchar(80)" },
  { type: "text", values: texts },
  { type: "date", values: dates },
  { type: "timestamp(6)", values: moments },
  { type: "timestamptz", values: ["'1969-12-31 23:59:59.999999+02'", "'2024-02-29 12:34:56.000001-11'"] },
  { type: "time", values: ["'00:00:00'", "'23:59:59.999999'"] },
  { type: "interval", values: ["'1 year 2 months -3 days'", "'-838:59:59.999999'"] },
  { type: "uuid", values: uuids },
  { type: "bytea", values: ["''", "'\\x00ff00'", "'\\xdeadbeef'"] },
  { type: "jsonb", values: ["'null'", "'{}'", `'{"b": [1, 2.50], "a": "ü"}'`] },
  { type: "int[]", values: ["'{}'", "'{1,NULL,3}'", "'{{1,2},{3,4}}'"] },
  { type: "inet", values: ["'10.0.0.1/8'", "'::1'"] },
  { type: "int4range", values: ["'empty'", "'[1,5)'", "'(,3]'"] },
  { type: "oid", values: ["0", "4294967295"] },
  { type: "json", values: [`'{"b": 1, "b":  2}'`, "'[]'"] },
  { type: "xml", values: ["'<a>ü</a>'"] },
  { type: "time with time zone", values: ["'23:59:59.999999+15:59'", "'24:00:00-15:59'"] },
  { type: "varbit(9)", values: ["B'000000001'", "B'1'", "B''"] },
  { type: "text[]", values: [`'{"a,b","NULL",NULL,""}'`, "'{}'"] },
  { type: "numrange", values: ["'[1.10,2.0)'", "'empty'"] },
  { type: "cidr", values: ["'10.0.0.0/8'", "'2001:db8::/32'"] },
  { type: "macaddr", values: ["'08:00:2b:01:02:03'"] },
  { type: "tsvector", values: ["'a:1 b:2'", "''"] },
  { type: "point", values: ["'(1.5,-0.1)'"] },
];

const mariadb: readonly ColumnKind[] = [
  { type: "tinyint", values: ["0", "-128", "127"], wider: "smallint" },
  { type: "smallint unsigned", values: ["0", "65535"], wider: "int unsigned" },
  { type: "int", values: ["0", "1", "-2147483648", "2147483647"], wider: "bigint" },
  { type: "int unsigned", values: ["0", "4294967295"], wider: "bigint" },
  { type: "bigint", values: ["0", "-9223372036854775808", "9223372036854775807"] },
  { type: "bigint unsigned", values: ["0", "18446744073709551615"] },
  { type: "decimal(12,2)", values: ["0", "0.01", "-9999999999.99", "9999999999.99"], wider: "decimal(14,2)" },
  { type: "decimal(5,5)", values: ["0", "-0.00001", "0.99999"] },
  { type: "decimal(38,38)", values: ["0", `0.${"9".repeat(38)}`, `-0.${"0".repeat(37)}1`] },
  { type: "decimal(38,10)", values: ["0", "-0.0000000001", "9999999999999999999999999999.9999999999"] },
  { type: "decimal(65,30)", values: ["0", "-99999999999999999999999999999999999.999999999999999999999999999999"] },
  { type: "float", values: ["0", "1.5", "-0.25", "1e30"] },
  { type: "double", values: doubles },
  { type: "boolean", values: ["true", "false"] },
  { type: "varchar(40)", values: texts, wider: "varchar(80)" },
  { type: "varchar(40) character set latin1", values: ["''", "'null'", "'naïve €'", "' a '"] },
  { type: "text", values: texts },
  { type: "date", values: dates },
  { type: "datetime(6)", values: moments },
  { type: "timestamp(6) null", values: ["'1970-01-01 00:00:01'", "'2024-02-29 12:34:56.000001'"] },
  { type: "time(6)", values: ["'00:00:00'", "'23:59:59.999999'", "'-838:59:59.999999'", "'838:59:59'"] },
  { type: "year", values: ["1901", "2155", "0"] },
  { type: "enum('a','b','c d')", values: ["'a'", "'c d'"] },
  { type: "set('x','y')", values: ["''", "'x'", "'x,y'"] },
  { type: "json", values: ["'null'", "'{}'", `'{"b": [1, 2.50], "a": "ü"}'`] },
  { type: "uuid", values: uuids },
  { type: "inet6", values: ["'::1'", "'2001:db8::ff00:42:8329'"] },
  { type: "binary(8)", values: ["x'00'", "x'0102030405060708'", "x'ff00ff00'"] },
  { type: "tinyint unsigned", values: ["0", "255"], wider: "int unsigned" },
  { type: "mediumint", values: ["-8388608", "8388607"], wider: "bigint" },
  { type: "decimal(65,0)", values: ["0", "-99999999999999999999999999999999999999999999999999999999999999999"] },
  { type: "longtext character set utf16", values: ["''", "'naïve ☕ 🦊'"] },
  { type: "char(10)", values: ["''", "'ab'", "'ü'"] },
  { type: "inet4", values: ["'0.0.0.0'", "'255.255.255.255'"] },
  { type: "longblob", values: ["x''", "x'00ff00'"] },
  { type: "point", values: ["st_geomfromtext('point(1.5 -0.25)')"] },
  { type: "varbinary(20)", values: ["x''", "x'00ff00'", "x'deadbeef'"] },
];

export const columnKinds: Readonly<Record<Dialect, readonly ColumnKind[]>> = { postgres, mariadb };
