/** Columns of a table tell about each other without a telling name: names of columns here say nothing. */
import { expect, test } from "vitest";
import { classifyTable } from "./classify.ts";
import type { ColumnSample } from "./column-sample.ts";

const column = (name: string, values: string, type = "string"): ColumnSample => ({
  name,
  type,
  values: values.split("|"),
  rows: 10,
});
const proposed = (columns: readonly ColumnSample[], table = "t1", others: readonly string[] = []) =>
  classifyTable({ table, columns }, others).map(({ findings }) => findings[0]?.class ?? "none");

const mails = column("c1", "xanthora.veb@post.lv|q_brumble@post.lv|zil.torvan@post.lv|melko@post.lv");
const unknownNames = column("c2", "Xanthora|Brumble|Torvan|Melko");
const days = column("c3", "1961-04-12|1985-09-30|1978-01-05|1993-07-19", "date");

test("names are recognised by the e-mail addresses beside them", () => {
  expect(proposed([mails, unknownNames])).toEqual(["email", "person_name"]);
  expect(proposed([unknownNames])).toEqual(["none"]);
});

test("days a generation ago are birthdays beside names and addresses, and no others", () => {
  expect(proposed([mails, unknownNames, days])).toEqual(["email", "person_name", "birth_date"]);
  expect(proposed([days])).toEqual(["none"]);
  const hired = { ...days, name: "hire_date" };
  expect(proposed([mails, unknownNames, hired])).toEqual(["email", "person_name", "none"]);
  const recent = column("c3", "2021-04-12|2019-09-30|2022-01-05|2018-07-19", "date");
  expect(proposed([mails, unknownNames, recent])).toEqual(["email", "person_name", "none"]);
});

test("phone numbers are read by the country of which the table speaks", () => {
  const phones = column("c4", "26 789 012|29 123 456|67 012 345|28 345 678");
  expect(proposed([mails, unknownNames, phones])).toEqual(["email", "person_name", "phone"]);
  expect(proposed([phones])).toEqual(["none"]);
});

test("numbers that hold the birthdays of their table are those of people, whatever the country", () => {
  const numbers = column("c5", "610412-ZZ-9917|850930-ZZ-1234|780105-ZZ-8765|930719-ZZ-0042");
  expect(proposed([mails, unknownNames, days, numbers]).at(-1)).toBe("national_id");
  expect(proposed([mails, unknownNames, days, { ...numbers, name: "order_no" }]).at(-1)).toBe("none");
});

test("hints in several columns confirm each other", () => {
  const given = column("k1", "Ximena|Joaquín|Guadalupe|Ignacio");
  const streets = column("k2", "Calle Mayor 4|Avenida Central 12|Calle Luna 7|Paseo Real 33");
  expect(proposed([given, streets, days])).toEqual(["person_name", "postal_address", "birth_date"]);
  expect(proposed([given])).toEqual(["none"]);
});

test("names in texts are those of the same table", () => {
  const texts = column("c6", "please tell Xanthora Veblun about it|nothing to say about this|all is well now");
  const whole = column("name_first_last", "Xanthora Veblun|Quill Brumble|Zilmar Torvan|Melko Dranth");
  expect(proposed([{ ...whole, name: "full_name" }, texts], "clients")).toEqual(["person_name", "free_text"]);
});

test("a table of products has names of people in its products, and nobody's birthday", () => {
  const products = [
    column("nom", "Chaise Victoria|Table Margaux|Lampe Louise|Fauteuil Charlotte"),
    column("date_sortie", "1985-03-11|1999-09-21|1972-04-15|1991-01-20", "date"),
    column("isbn", "9782070360024|9782253004226|9780141439518|9783161484100"),
  ];
  expect(proposed(products, "produits_catalogue")).toEqual(["none", "none", "none"]);
});

test("evidence from other columns has no value", () => {
  const found = classifyTable({ table: "t", columns: [mails, unknownNames, days] });
  expect(JSON.stringify(found)).not.toMatch(/xanthora|brumble|1961/i);
});
