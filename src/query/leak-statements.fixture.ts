/**
 * For tests: a table whose hidden rows make expressions fail, and the statements that evaluate such expressions in many
 * places. Every text of a hidden row contains a canary. Visible rows make nothing fail, so an error tells of hidden rows.
 */
import { fillIn } from "../governance/predicate/fill-in.ts";
import { parsePredicate } from "../governance/predicate/parse-predicate.ts";
import type { AccessPart, TableAccess } from "../governance/table-access.ts";
import type { NestedField } from "../iceberg/type.ts";
import type { QueryColumn } from "./query-column.ts";

/** In every text of a hidden row. */
export const canary = "CANARY";
/** Digits of every number of a hidden row. */
export const canaryDigits = "771177";

/** Name, type, value in visible rows, value in hidden rows. */
const cells: readonly (readonly [name: string, type: string, visible: string, hidden: string])[] = [
  ["num", "string", "'12'", "'CANARY12'"],
  ["day", "string", "'2026-01-01'", "'CANARY-01-01'"],
  ["moment", "string", "'2026-01-01 10:00:00'", "'CANARY 10:00'"],
  ["clock", "string", "'10:00:00'", "'CANARY:00'"],
  ["uid", "string", "'7f000000-0000-0000-0000-000000000001'", "'CANARY-0000'"],
  ["flag", "string", "'true'", "'CANARY'"],
  ["bits", "string", "'01010101'", "'CANARY01'"],
  ["list", "string", "'[1, 2]'", "'[1, CANARY'"],
  ["record", "string", "'{''a'': 1}'", "'{''CANARY'': x'"],
  ["pairs", "string", "'{a=1}'", "'{CANARY'"],
  ["span", "string", "'1 day'", "'CANARY days'"],
  ["bytes", "string", "'ab'", String.raw`'CANARY\xZZ'`],
  ["js", "string", `'{"a": 1}'`, `'{"CANARY'`],
  ["hex", "string", "'0a'", "'CANARY0g'"],
  ["base", "string", "'YWI='", "'CANARY*'"],
  ["pattern", "string", "'a.c'", "'(CANARY['"],
  ["size", "string", "'1 KB'", "'1 CANARY'"],
  ["part", "string", "'year'", "'CANARY'"],
  ["zone", "string", "'UTC'", "'CANARY/Zone'"],
  ["format_text", "string", "'{}'", "'{CANARY'"],
  ["print_text", "string", "'%d'", "'%CANARY'"],
  ["word", "string", "'ab'", "'CANARY'"],
  ["name", "string", "'12'", "''"],
  ["escape", "string", String.raw`'\'`, "'CANARY'"],
  ["n", "int", "1", "-771177"],
  ["count", "int", "1", "771177"],
  ["big", "long", "2", "9223372036854771177"],
  ["low", "long", "2", "-9223372036854775808"],
  ["ratio", "double", "0.5", "771177.5"],
];

export const leakColumns: readonly QueryColumn[] = [
  { fieldId: 1, name: "id", type: "int" },
  { fieldId: 2, name: "region", type: "string" },
  ...cells.map(([name, type], index) => ({ fieldId: index + 3, name, type })),
];

const fields: readonly NestedField[] = leakColumns.map(({ fieldId, ...column }) => ({
  ...column,
  id: fieldId,
  required: false,
}));

/** Visible and hidden rows side by side in the same files. */
export const leakFiles: readonly (readonly (readonly string[])[])[] = [
  [visibleRow(1), hiddenRow(101), visibleRow(2)],
  [hiddenRow(102), visibleRow(3), hiddenRow(103)],
];

export const visibleFiles: readonly (readonly (readonly string[])[])[] = [[1, 2, 3].map(visibleRow)];

/** The remainder if hidden rows are there, but only with their first two columns. */
export const visibleCellFiles: readonly (readonly (readonly string[])[])[] = [
  [...[1, 2, 3].map(visibleRow), ...[101, 102, 103].map((id) => [String(id), "'us'", ...cells.map(() => "null")])],
];

function visibleRow(id: number): readonly string[] {
  return [String(id), "'eu'", ...cells.map(([, , visible]) => visible)];
}

function hiddenRow(id: number): readonly string[] {
  return [String(id), "'us'", ...cells.map(([, , , hidden]) => hidden)];
}

function part(text: string | undefined, columns: AccessPart["columns"] = { mode: "all" }): AccessPart {
  const facts = { attributes: { region: "eu" }, groups: ["eu", "asia"] };
  return { columns, rows: text === undefined ? [] : [fillIn(parsePredicate(text, fields), facts)], masks: new Map() };
}

/** Each hides the same rows. */
export const rowAccess: readonly TableAccess[] = [
  "region = 'eu'",
  "region = 'eu' or id < 0",
  "not region in ('us', 'asia')",
  "region like 'e%' and id is not null",
  "region in principal.groups",
  "region = principal.region and num <> 'x'",
  "not (num like 'CANARY%' or id between 100 and 200)",
].map((text) => ({ parts: [part(text)] }));

/** All rows with two columns, and some rows with all. */
export const cellAccess: TableAccess = {
  parts: [part(undefined, { mode: "include", fieldIds: new Set([1, 2]) }), part("region = 'eu'")],
};

/** Each fails, or may fail, for values of hidden rows. */
export const expressions: readonly string[] = [
  ..."integer bigint double float hugeint utinyint decimal(4,1) smallint uinteger"
    .split(" ")
    .map((type) => `num::${type}`),
  "cast(day as date)",
  "moment::timestamp",
  "moment::timestamptz",
  "moment::timestamp_ns",
  "clock::time",
  "uid::uuid",
  "flag::boolean",
  "bits::bit",
  "list::integer[]",
  "record::struct(a integer)",
  "pairs::map(varchar, integer)",
  "span::interval",
  "bytes::blob",
  "js::json",
  "json_extract(js, '$.a')",
  "js ->> '$.a'",
  "json_keys(js)",
  "json_array_length(js)",
  "json_structure(js)",
  `json_transform_strict(js, '{"a": "INTEGER"}')`,
  "strptime(day, '%Y-%m-%d')",
  "sqrt(n)",
  "ln(n)",
  "log2(n)",
  "log10(n)",
  "pow(n, 0.5)",
  "acos(ratio)",
  "asin(ratio)",
  "factorial(n)",
  "gamma(n)",
  "lgamma(n)",
  "chr(n)",
  "n::utinyint",
  "count::tinyint",
  "1::bigint << n",
  "big + big",
  "big * 2",
  "low - 1",
  "-low",
  "abs(low)",
  "big::integer",
  "low // -1",
  "low % -1",
  "ratio::tinyint",
  "round(big, n)",
  "to_years(big::integer)",
  "make_date(count, 1, 1)",
  "make_time(count, 1, 1)",
  "make_timestamp(count, 1, 1, 1, 1, 1)",
  "date '2026-01-01' + count * 10000",
  "timestamp '2026-01-01' + to_days(count * 1000)",
  "hamming(word, 'cd')",
  "mismatches(word, 'cd')",
  "jaccard(name, 'a')",
  "list_dot_product([1.0, 2.0], [ratio, case when n < 0 then null else 1.0 end])",
  "list_cosine_similarity([1.0], case when n < 0 then [1.0, 2.0] else [1.0] end)",
  "array_value(n)[count]",
  "regexp_matches('abc', pattern)",
  "regexp_replace('abc', pattern, 'x')",
  "regexp_extract('abc', pattern)",
  "regexp_extract_all('abc', pattern)",
  "regexp_full_match('abc', pattern)",
  "string_split_regex('abc', pattern)",
  "'abc' similar to pattern",
  "'abc' like pattern escape escape",
  "from_hex(hex)",
  "unhex(hex)",
  "from_binary(bits)",
  "from_base64(base)",
  "decode(bytes::blob)",
  "parse_formatted_bytes(size)",
  "bitstring(bits, 8)",
  "get_bit('0101'::bit, n)",
  "set_bit('0101'::bit, n, 1)",
  "format(format_text, 1)",
  "printf(print_text, 1)",
  "date_part(part, date '2026-01-01')",
  "date_trunc(part, date '2026-01-01')",
  "date_diff(part, date '2026-01-01', date '2027-01-01')",
  "timezone(zone, timestamp '2026-01-01')",
  "repeat('x', n)",
  "lpad('x', count, '')",
  "substring('abc', n, count)",
  "array_slice([1, 2], n, count, 0)",
  "(select x from range(count) r(x) where count < 1000 or x < 2)",
  "list_aggregate([num::integer], 'sum')",
  "list_transform([num], lambda x: x::integer)",
  "list_reduce(case when n < 0 then [] else [1] end, lambda x, y: x + y)",
  "try_cast(num as integer) / n",
  "map([num, case when n < 0 then num else 'y' end], [1, 2])",
  "struct_extract({'a': num::integer}, 'a')",
  "union_value(a := num::integer)",
  "num::enum('12', '13')",
  "strftime(moment::timestamp, '%Y')",
  "(num || day)::date",
  "num::integer + n",
  "case when length(num) > 0 then num::integer end",
  "coalesce(try_cast(num as integer), num::integer)",
];

/** Where the expression stands. */
export const shapes: readonly ((expression: string) => string)[] = [
  (e) => `select count(*) from t where (${e}) is not null`,
  (e) => `select count(*) from t, range(1) r(q) where (${e}) is not null`,
  (e) => `select count(${e}) from t`,
  (e) => `select max((${e})::varchar) from t`,
  (e) => `select * from (select (${e}) e from t) where e is not null`,
  (e) => `with c as (select (${e}) e from t) select count(e) from c`,
  (e) => `with c as materialized (from t) select count(${e}) from c`,
  (e) => `select count(*) from t join (select 1 one) o on (${e}) is not null`,
  (e) => `select (${e}) e, count(*) from t group by 1`,
  (e) => `select id from t order by (${e}), id`,
  (e) => `select id from t where exists (select 1 where (${e}) is not null)`,
  (e) => `select distinct (${e}) from t`,
  (e) => `select count(*) filter (where (${e}) is not null) from t`,
  (e) => `select id, row_number() over (order by (${e})::varchar, id) from t`,
  (e) => `select id from t qualify count(${e}) over () > 0`,
  (e) => `select case when (${e}) is not null then 1 end from t`,
  (e) => `select id from t group by id having count(${e}) > 0`,
  (e) => `select (${e}) from t union all select (${e}) from t`,
  (e) => `select count(*) from t where region = 'us' and (${e}) is not null`,
  (e) => `select count(*) from t where id > 100 and (${e}) is not null`,
  (e) => `select count(*) from t where region <> 'eu' or (${e}) is not null`,
  (e) => `select q, id from range(1) r(q) left join t on (${e}) is not null`,
  (e) => `select id from t, lateral (select (${e}) e) l where e is not null`,
  (e) => `select id from t where id in (select id from t where (${e}) is not null)`,
  (e) => `select count(unnest) from (select unnest([(${e})]) from t)`,
  (e) =>
    `select count(*) from (select a.id from t a semi join (select id from t where (${e}) is not null) b using (id))`,
  (e) => `select max(id) from t where case when region = 'us' then (${e}) is not null else true end`,
];
