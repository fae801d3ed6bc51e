import { expect, test } from "vitest";
import { HeadgateError } from "../../errors.ts";
import type { NestedField } from "../../iceberg/type.ts";
import { parsePredicate } from "./parse-predicate.ts";
import { predicateText } from "./predicate-text.ts";

const fields: readonly NestedField[] = [
  { id: 1, name: "id", required: true, type: "long" },
  { id: 2, name: "country", required: false, type: "string" },
  { id: 3, name: "amount", required: false, type: "decimal(9,2)" },
  { id: 4, name: "active", required: false, type: "boolean" },
  { id: 5, name: "day", required: false, type: "date" },
  { id: 6, name: "seen", required: false, type: "timestamptz" },
  { id: 7, name: "a.b", required: false, type: "int" },
  { id: 8, name: "order", required: false, type: "int" },
  { id: 9, name: "photo", required: false, type: "binary" },
  { id: 10, name: "address", required: false, type: { type: "struct", fields: [] } },
  { id: 11, name: "Id", required: false, type: "int" },
  { id: 12, name: "principal", required: false, type: "string" },
  { id: 13, name: "uid", required: false, type: "uuid" },
];

const nameOf = (fieldId: number): string => fields.find(({ id }) => id === fieldId)?.name ?? "?";

test.each([
  ["country = 'DE'", "country = 'DE'"],
  ["COUNTRY != 'it''s'", "country <> 'it''s'"],
  ["id < -5 and amount >= 1.50", "id < -5 AND amount >= 1.50"],
  ["(active = true)", "active = true"],
  ["not (country = 'DE' or country = 'FR') and id > 1", "NOT (country = 'DE' OR country = 'FR') AND id > 1"],
  ["country in ('DE', 'FR') or (id = 1 or id = 2)", "country IN ('DE', 'FR') OR (id = 1 OR id = 2)"],
  ["country not in principal.groups", "country NOT IN principal.groups"],
  ["country = principal.country", "country = principal.country"],
  [`country = principal."Cost Center"`, `country = principal."Cost Center"`],
  ["day between date '2026-01-01' and '2026-12-31'", "day BETWEEN '2026-01-01' AND '2026-12-31'"],
  ["seen >= '2026-01-01 10:00:00+02:00'", "seen >= '2026-01-01 10:00:00+02:00'"],
  ["country like 'D%' and not country like '\\_%'", "country LIKE 'D%' AND country NOT LIKE '\\_%'"],
  ["photo is not null", "photo IS NOT NULL"],
  ['"a.b" = 1 and order = 2', '"a.b" = 1 AND order = 2'],
  ["not not id = 1", "NOT NOT id = 1"],
  ["principal = 'x'", `"principal" = 'x'`],
  ["Id = 1", "Id = 1"],
])("%s", (text, written) => {
  const predicate = parsePredicate(text, fields);
  expect(predicateText(predicate, nameOf)).toBe(written);
  expect(parsePredicate(written, fields)).toEqual(predicate);
});

test("names are bound to field ids, so a rename follows", () => {
  const predicate = parsePredicate("country = 'DE'", fields);
  expect(predicate).toEqual({ op: "=", column: { fieldId: 2, type: "string" }, value: { literal: "DE" } });
  expect(predicateText(predicate, () => "land")).toBe("land = 'DE'");
});

test.each([
  ["", 1, /ends where the name of a column is expected/],
  ["countri = 'DE'", 1, /no column countri; did you mean country\?/],
  ["country = 'DE' and", 19, /ends where the name of a column/],
  ["country = 'DE' country = 'FR'", 16, /country stands where AND, OR or the end/],
  ["country = 5", 11, /type string, which cannot hold 5/],
  ["id = '5'", 6, /type long, which cannot hold '5'/],
  ["id = 99999999999999999999", 6, /cannot hold/],
  ["amount = 1.005", 10, /decimal\(9,2\), which cannot hold/],
  ["amount = 99999999", 10, /cannot hold/],
  ["day = '2026-02-31'", 7, /cannot hold '2026-02-31'/],
  ["day = '2026-05-01 10:00'", 7, /cannot hold/],
  ["active", 7, /says nothing about the column active/],
  ["country", 8, /ends where a comparison/],
  ["country = null", 11, /never true/],
  ["country = country", 11, /country is not a value/],
  ['country = "DE"', 11, /DE is not a value/],
  ["upper(country) = 'DE'", 1, /function upper is not allowed/],
  ["country = upper('de')", 11, /upper is not a value.*calls no functions/],
  ["'DE' = country", 1, /begins with a column/],
  ["principal.country = country", 1, /begins with a column/],
  ["address.city = 'x'", 1, /not a part of address/],
  ["address is null", 1, /address is a struct/],
  ["photo = 'x'", 1, /type binary, whose values cannot be compared/],
  ["ID = 1", 1, /ID could mean any of id, Id/],
  ["country in ()", 13, /\) stands where a value/],
  ["country in principal.country", 12, /only principal.groups is a list/],
  ["country = principal.groups", 11, /principal.groups is a list/],
  ["id in principal.groups", 7, /groups are texts/],
  ["id like '5%'", 1, /LIKE compares texts/],
  ["country like 'a\\b'", 14, /backslash/],
  ["country like 'a\\'", 14, /backslash/],
  ["country = 'DE", 11, /' has no meaning/],
  ["country = 'DE' -- x", 16, /- has no meaning/],
  ["country = 'DE'; drop", 15, /; has no meaning/],
  ["uid = 'x'", 7, /uuid, which cannot hold/],
  ["(country = 'DE'", 16, /ends where \) is expected/],
  ["'🛒' = 1", 1, /begins with a column/],
  ["country = '🛒' ?", 15, /\? has no meaning/],
  [`${"(".repeat(101)}id = 1${")".repeat(101)}`, 102, /more than 100 parentheses/],
  [`country = '${"x".repeat(2_048)}'`, 2_049, /2,060 characters/],
  ["country = 'a\0'", 11, /cannot hold/],
])("refused: %s", (text, column, message) => {
  const failure = failureOf(() => parsePredicate(text, fields));
  expect(failure).toMatchObject({ code: "FILTER_INVALID", place: `row filter, column ${column}` });
  expect(failure.message).toMatch(message);
  expect(failure.remedy.length).toBeGreaterThan(0);
});

function failureOf(work: () => unknown): HeadgateError {
  try {
    work();
  } catch (failure) {
    if (failure instanceof HeadgateError) return failure;
    throw failure;
  }
  throw new Error("nothing failed");
}
