/**
 * Column types with values that other programs get wrong: infinities, dates before Christ and of the year 294276, zero
 * dates, numbers of more than 38 digits, NUL characters, padding, bits, money, and types whose text depends on other
 * objects.
 */
import type { Dialect } from "../world/sample-shop.ts";
import type { ColumnKind } from "./column-kinds.ts";

const long = `repeat('0123456789abcdef', 5000)`;

const postgres: readonly ColumnKind[] = [
  { type: "char(5)", values: ["'ab'", "''", "'abcde'", "' a'"] },
  { type: '"char"', values: ["'x'", "''"] },
  { type: "name", values: ["'pg'", "''"] },
  { type: "bit(9)", values: ["B'000101101'", "B'111111111'", "B'000000000'"] },
  { type: "money", values: ["0", "'-92233720368547758.08'", "'92233720368547758.07'", "'0.01'"] },
  { type: "date", values: ["'infinity'", "'-infinity'", "'4713-01-01 BC'", "'5874897-12-31'", "'0044-03-15 BC'"] },
  {
    type: "timestamp",
    values: ["'infinity'", "'-infinity'", "'4713-01-01 00:00:00 BC'", "'294276-12-31 23:59:59.999999'"],
  },
  {
    type: "timestamptz",
    values: ["'infinity'", "'0001-12-31 23:59:59.999999+00 BC'", "'294276-12-31 23:59:59.999999+00'"],
  },
  { type: "timestamp(0)", values: ["'275761-01-01'", "'275760-09-13'", "'1582-10-05'"] },
  { type: "time", values: ["'24:00'", "'00:00:00.000001'"] },
  { type: "numeric(12,2)", values: ["'NaN'", "0", "-0.01"] },
  { type: "numeric(38,0)", values: ["99999999999999999999999999999999999999", "-1"] },
  { type: "numeric(39,2)", values: ["9999999999999999999999999999999999999.99", "1.00"] },
  { type: "numeric(3,5)", values: ["0.00999", "-0.00001"] },
  { type: "numeric(3,-2)", values: ["99900", "-100"] },
  { type: "numeric", values: ["'Infinity'", "'-Infinity'", "1e-300", "1e300", "0.000"] },
  { type: "real", values: ["1e-45", "-3.4028235e38", "'-0'", "16777217", "0.1"] },
  { type: "double precision", values: ["5e-324", "1.7976931348623157e308", "'-0'", "9007199254740993"] },
  { type: "interval", values: ["'178000000 years'", "'-178000000 years'", "'0'", "'1 month -1 day 00:00:00.000001'"] },
  { type: "text", values: [long, "chr(1)", "chr(65279) || 'x'", "chr(65535)", "E'\\r\\n'", "'-'", "'\\N'"] },
  { type: "bytea", values: [`decode(${long}, 'hex')`, "'\\x00'", "'-'", "'\\x5c4e'"] },
  { type: "jsonb", values: ["'1e400'", "'123456789012345678901234567890.10'", `'"\\u00fc"'`] },
  { type: "mood", values: ["'a'", "'NULL'", "'b''c'"] },
  { type: "mood[]", values: [`'{a,"NULL",NULL}'`, "'{}'"] },
  { type: "pair", values: ["row(1, 'x')", "row(null, '')", "row(-1, 'a,\"b')"] },
  { type: "pair[]", values: ["array[row(1, 'x')::pair, null]"] },
  { type: "code", values: ["'ab'", "'abcd'"] },
  { type: "amount", values: ["1.10", "-99999999.99"] },
  { type: "tsrange", values: ["'[2024-01-01,infinity)'", "'empty'", "'(,0044-03-15 BC]'"] },
  { type: "tstzrange", values: ["'[2024-01-01 00:00+05,2024-06-01 00:00+02)'"] },
  { type: "daterange", values: ["'[2024-01-01,2024-02-01)'", "'(,)'"] },
  { type: "int4multirange", values: ["'{[1,3),[5,7)}'", "'{}'"] },
  { type: "date[]", values: ["'{infinity,0044-03-15 BC}'"] },
  { type: "float8[]", values: ["'{NaN,-0,1e-300}'"] },
  { type: "char(3)[]", values: ["'{a,abc}'"] },
  { type: "regclass", values: ["'pg_class'", "'pg_type'"] },
  { type: "pg_lsn", values: ["'0/0'", "'FFFFFFFF/FFFFFFFF'"] },
  { type: "box", values: ["'(1,1),(0,0)'"] },
  { type: "jsonpath", values: ["'$.a'"] },
  { type: "xid8", values: ["'18446744073709551615'"] },
];

/** Objects that some of them are made of. */
const postgresTypes = [
  `create type mood as enum ('a', 'b''c', 'NULL')`,
  `create type pair as (a int, b text)`,
  `create domain code as char(4)`,
  `create domain amount as numeric(10,2)`,
];

const mariadb: readonly ColumnKind[] = [
  { type: "varchar(40)", values: ["'a\\0b'", "'\\0'", "'-'", "'\\\\N'", "' a '", "'NULL'"] },
  { type: "longtext", values: [long, "'\\0'", "''", "'\\r\\n'", "'\u{feff}x'"] },
  { type: "longblob", values: [`unhex(${long})`, "x'00'", "'-'"] },
  { type: "char(10)", values: ["'a'", "'a  '", "' a'", "''"] },
  { type: "binary(4)", values: ["x'00'", "x'20202020'", "'-'"] },
  { type: "date", values: ["'0000-00-00'", "'2024-00-00'", "'2024-05-00'", "'0000-01-01'", "'9999-12-31'"] },
  {
    type: "datetime(6)",
    values: ["'0000-00-00 00:00:00'", "'2024-05-00 01:02:03.000004'", "'9999-12-31 23:59:59.999999'"],
  },
  { type: "timestamp(6) null", values: ["'0000-00-00 00:00:00'", "'2038-01-19 03:14:07.999999'"] },
  { type: "time(3)", values: ["'-00:00:00.001'", "'838:59:59.999'"] },
  { type: "year", values: ["0", "1901", "2155"] },
  { type: "bit(1)", values: ["b'0'", "b'1'"] },
  { type: "bit(8)", values: ["b'00101101'", "b'0'", "b'11111111'"] },
  { type: "bit(63)", values: ["b'0'", `b'${"1".repeat(63)}'`] },
  { type: "bit(64)", values: ["b'0'", `b'${"1".repeat(64)}'`] },
  { type: "enum('a','b','-')", values: ["'a'", "'no such label'", "'-'"] },
  { type: "set('x','y')", values: ["''", "'x,y'"] },
  { type: "decimal(38,38)", values: ["0", "-0.00000000000000000000000000000000000001"] },
  { type: "decimal(39,2)", values: ["1.00", "9999999999999999999999999999999999999.99"] },
  { type: "decimal(65,38)", values: ["1", "-999999999999999999999999999.99999999999999999999999999999999999999"] },
  { type: "decimal(18,18)", values: ["0.999999999999999999", "-0.000000000000000001"] },
  { type: "float", values: ["3.40282e38", "1.17549e-38", "-0e0", "16777217", "0.1"] },
  { type: "double", values: ["2.2250738585072014e-308", "1.7976931348623157e308", "-0e0", "9007199254740993"] },
  { type: "bigint unsigned zerofill", values: ["1", "18446744073709551615"] },
  { type: "int(5) zerofill", values: ["42"] },
  { type: "varchar(20) character set cp1250", values: ["'ăâî'", "''"] },
  { type: "varchar(20) character set utf16", values: ["'☕🦊'"] },
  { type: "varchar(40) collate utf8mb4_bin", values: ["'A'", "'a'", "'a '"] },
  { type: "uuid", values: ["'00000000-0000-0000-0000-000000000000'", "'ffffffff-ffff-ffff-ffff-ffffffffffff'"] },
  { type: "inet6", values: ["'::'", "'::ffff:1.2.3.4'"] },
  { type: "geometry", values: ["st_geomfromtext('linestring(0 0, 1.5 -2)')"] },
  { type: "json", values: ["'1e400'", `'{"a": 123456789012345678901234567890}'`] },
  { type: "varchar(100) compressed", values: ["'x'", "repeat('y', 100)"] },
];

export const poisonKinds: Readonly<Record<Dialect, readonly ColumnKind[]>> = { postgres, mariadb };

export const poisonTypes: Readonly<Record<Dialect, readonly string[]>> = { postgres: postgresTypes, mariadb: [] };
