/**
 * The classifier on the development part of the labelled set, and on the traps that are easiest to fall into. The other
 * parts, and what was measured on them, are in bench/classify.
 */
import { expect, test } from "vitest";
import { developmentTables } from "../../../bench/classify/development.ts";
import { scoreOf } from "../../../bench/classify/score.ts";
import { classify } from "./classify.ts";
import type { ColumnSample } from "./column-sample.ts";

test("finds what the development part says, in eight countries and languages", () => {
  const { columns, mistakes } = scoreOf(developmentTables());
  expect(columns).toBeGreaterThan(400);
  expect(mistakes).toEqual([]);
});

const around = { table: "t", columns: [] };
const column = (name: string, values: readonly string[], type = "string"): ColumnSample => ({
  name,
  type,
  values,
  rows: 40,
});
const many = (value: (at: number) => string): readonly string[] => Array.from({ length: 40 }, (_, at) => value(at));
const proposed = (one: ColumnSample) => classify(one, around)[0]?.class ?? "none";

test.each([
  ["order numbers that count upwards and pass the check of cards", "n", many((at) => luhn(`45320000000${at + 1000}`))],
  ["versions", "x", many((at) => `${at % 9}.${at % 20}.${at}.1`)],
  ["seconds since 1970", "x", many((at) => String(1_700_000_000 + at * 977))],
  ["moments", "x", many((at) => `2024-01-${10 + (at % 20)} 10:00:${10 + at}`)],
  ["addresses of machines", "email", many((at) => `noreply-${at}@example.org`)],
  ["hashes", "email_hash", many((at) => String(at).padStart(64, "a"))],
  ["towns", "x", many((at) => ["Paris", "London", "Berlin", "Madrid", "Austin"][at % 5] ?? "")],
  ["names with which people sign in", "username", many((at) => `anna.smith${at}`)],
])("%s are not proposed", (_, name, values) => {
  expect(proposed(column(name, values))).toBe("none");
});

const firms = ["Laakso, Salo and Hirvonen", "Karlsson Gruppen", "Mattila - Virtanen", "Olsson Aktiebolag"];
test.each([
  ["firms that are called after families", "Leverantör", many((at) => firms[at % firms.length] ?? "")],
  ["halls with numbers", "x", many((at) => `Hall ${(at % 9) + 1}, Bay ${at + 1}`)],
  [
    "days on which something was born lately",
    "born_on",
    many((at) => `${new Date().getUTCFullYear()}-01-${10 + (at % 20)}`),
  ],
])("%s are not proposed", (_, name, values) => {
  expect(proposed(column(name, values, name === "born_on" ? "date" : "string"))).toBe("none");
});

const families = ["Novák", "Svoboda", "Dvořák", "Horák", "Marek", "Kovář"];
const streets = ["Pešinova", "Hroncova", "Jančova", "U Staré Školy", "Omladinářů", "Seminární"];
test.each([
  [
    "family names before given names",
    "x",
    "person_name",
    many((at) => `${families[at % 6]}, Bohumil${"aeiou"[at % 5]}`),
  ],
  [
    "streets without a word for a street",
    "x",
    "postal_address",
    many((at) => `${streets[at % 6]} ${at + 1} Apt. ${at}`),
  ],
  ["no values, but a compound of mail and address", "Mejladress", "email", []],
])("%s are proposed", (_, name, found, values) => {
  expect(proposed(column(name, values))).toBe(found);
});

test("a column that is only called name has given names if one beside it has family names", () => {
  const names = many((at) => `Xanthor${"aeiou"[at % 5]}`);
  const among = (columns: readonly string[]) => classify(column("ime", names), { table: "t", columns })[0]?.class;
  expect(among(["ime", "prezime"])).toBe("person_name");
  expect(among(["ime", "cijena"])).toBeUndefined();
});

test("a telling name without values is proposed with less confidence than one with them", () => {
  const [empty] = classify(column("e_mail", []), around);
  const [full] = classify(
    column(
      "e_mail",
      many((at) => `ann${at}@example.org`),
    ),
    around,
  );
  expect(empty).toMatchObject({ class: "email", evidence: { values: 0, notes: ["there were no values to look at"] } });
  expect(full?.confidence ?? 0).toBeGreaterThan(empty?.confidence ?? 1);
});

test("evidence has no value", () => {
  const values = many((at) => `secretlocal${at}@example.org, ask Ann Smith at +49 171 12345${10 + at} for more`);
  const findings = classify(column("note", values), around);
  expect(findings).toMatchObject([{ class: "free_text" }]);
  expect(JSON.stringify(findings)).not.toMatch(/secretlocal|Smith|171/);
});

test("values of any form do not slow it down", () => {
  const hostile = [
    "a@".repeat(1_000),
    "1 ".repeat(1_000),
    "+1-".repeat(600),
    "Aa ".repeat(600),
    "{".repeat(2_000),
    "0".repeat(2_000),
    "a.".repeat(1_000),
    "@".repeat(2_000),
    "DE12 ".repeat(400),
    "-".repeat(2_000),
    "a".repeat(2_000),
    `${"a".repeat(64)}@${"b-".repeat(900)}`,
    "str ".repeat(500),
    "é́".repeat(600),
  ];
  const values = hostile.flatMap((text) => many((at) => `${text}${at}`));
  const began = performance.now();
  classify(column("note", values), around);
  classify(column("phone", values), around);
  expect(performance.now() - began).toBeLessThan(3_000);
});

function luhn(digits: string): string {
  const sum = [...digits].toReversed().reduce((total, digit, at) => {
    const value = Number(digit) * (at % 2 === 0 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return `${digits}${(10 - (sum % 10)) % 10}`;
}
