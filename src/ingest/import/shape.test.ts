/** Tests reading of JSON as written: types that keep every digit, texts that are joined again, and what is refused. */
import { expect, test } from "vitest";
import { describeType, settled } from "./found-type.ts";
import { jsonText, parseJsonText } from "./json-value.ts";
import { numberShape } from "./number-kind.ts";
import { bit, emptyShape, mergedShape, takesShape, typeOfShape, type Shape } from "./shape.ts";

function all(...texts: readonly string[]): Shape {
  return texts.map(numberShape).reduce(mergedShape);
}

test.each([
  [["1", "-2"], "long"],
  [["1", "2.5", "1e5"], "double"],
  [["1.0"], "double"],
  [["9007199254740993"], "long"],
  [["9007199254740993", "1.5"], "decimal(17,1)"],
  [["9007199254740993", "1e5"], "string"],
  [["123456789012345678901234567890"], "decimal(30,0)"],
  [["12345678901234567.89", "0.001"], "decimal(20,3)"],
  [["9".repeat(39)], "string"],
  [["1e400"], "string"],
  [["NaN", "-Infinity", "1.5"], "double"],
  [["-0"], "double"],
  [["-0", "9007199254740993"], "string"],
  [["18446744073709551615"], "decimal(20,0)"],
])("numbers %j of JSON are %s", (texts, type) => {
  expect(typeOfShape(all(...texts))).toBe(type);
});

test("names that differ by case only, and values of several kinds, make a text", () => {
  const fields = new Map([
    ["a", numberShape("1")],
    ["A", { ...emptyShape(), bits: bit.text }],
  ]);
  expect(typeOfShape({ ...emptyShape(), bits: bit.object, fields })).toBe("string");
  expect(typeOfShape(mergedShape(numberShape("1"), { ...emptyShape(), bits: bit.text }))).toBe("string");
  const parts = new Map([
    ["a", { ...emptyShape(), bits: bit.list }],
    ["b", emptyShape()],
  ]);
  const type = typeOfShape({ ...emptyShape(), bits: bit.object, fields: parts });
  expect(describeType(settled(type))).toBe("struct<a: list<string>, b: string>");
});

test("a part takes only what it gives back", () => {
  expect(takesShape("double", all("1", "2.5"))).toBe(true);
  expect(takesShape("double", all("12345678901234567.89"))).toBe(false);
  expect(takesShape("double", all("9007199254740993"))).toBe(false);
  expect(takesShape("long", all("1.5"))).toBe(false);
  expect(takesShape("decimal(20,2)", all("12345678901234567.89"))).toBe(true);
  expect(takesShape("decimal(20,2)", all("0.001"))).toBe(false);
  expect(takesShape("string", all("0.001"))).toBe(true);
});

test.each([
  '{"a":123456789012345678901234567890,"b":[1.10,-0.0,1E400]}',
  String.raw`{"\u0061\"":"\ud83d\ude00 \n","":{}}`,
  `${"[".repeat(5_000)}${"]".repeat(5_000)}`,
  '{"a":NaN}',
])("%s is put back as it was", (text) => {
  expect(jsonText(parseJsonText(text))).toBe(text);
});

test("of a key twice the last value is taken, and it is said", () => {
  const value = parseJsonText(String.raw`{"a": 1, "\u0061": 2, "b": 3}`);
  expect(value).toMatchObject({ repeated: ["a"] });
  expect(jsonText(value)).toBe(String.raw`{"\u0061":2,"b":3}`);
});

test.each([
  '{"a":01}',
  '{"a":+1}',
  '{"a":1.}',
  '{"a":.5}',
  '{"a" 1}',
  '{"a":1',
  '"\n"',
  String.raw`"\x"`,
  String.raw`"\ud800"`,
  "{,}",
  "1 2",
  "tru",
])("%s is none", (text) => {
  expect(() => parseJsonText(text)).toThrow();
});
