import { expect, test } from "vitest";
import type { Json } from "../base/json.ts";
import {
  listOf,
  longOf,
  objectOf,
  optionalListOf,
  optionalLongOf,
  optionalNumberOf,
  optionalTextOf,
  requiredOf,
  textMapOf,
  textsOf,
} from "./json-members.ts";

const refused = (place: string) => expect.objectContaining({ code: "METADATA_INVALID", place });

test("objects and lists are what they are, and nothing else", () => {
  expect(objectOf({ a: 1 }, "x")).toEqual({ a: 1 });
  expect(listOf([1], "x")).toEqual([1]);
  for (const json of [undefined, null, [], "a", 1]) expect(() => objectOf(json, "x")).toThrow(refused("x"));
  for (const json of [undefined, null, {}, "a", 1]) expect(() => listOf(json, "x")).toThrow(refused("x"));
  expect([optionalListOf(undefined, "x"), optionalListOf(null, "x"), optionalListOf([1], "x")]).toEqual([[], [], [1]]);
  expect(() => optionalListOf({}, "x")).toThrow(refused("x"));
});

test("what is required is there and is not null", () => {
  expect(requiredOf({ a: 0 }, "a")).toBe(0);
  expect(requiredOf({ a: false }, "a")).toBe(false);
  for (const object of [{}, { a: null }])
    expect(() => requiredOf(object, "a")).toThrow(
      expect.objectContaining({ place: "a", message: "the table metadata lacks a" }),
    );
});

test("whole numbers have any size", () => {
  expect(longOf({ a: 5 }, "a")).toBe(5n);
  expect(longOf({ a: 2n ** 62n }, "a")).toBe(2n ** 62n);
  expect(() => longOf({}, "a")).toThrow(refused("a"));
  expect([optionalLongOf({}, "a"), optionalLongOf({ a: null }, "a"), optionalLongOf({ a: 0 }, "a")]).toEqual([
    undefined,
    undefined,
    0n,
  ]);
  for (const a of [1.5, "1", true, []]) expect(() => optionalLongOf({ a }, "a")).toThrow(refused("a"));
  expect([optionalNumberOf({}, "a"), optionalNumberOf({ a: null }, "a")]).toEqual([undefined, undefined]);
  expect([optionalNumberOf({ a: 1.5 }, "a"), optionalNumberOf({ a: 7n }, "a")]).toEqual([1.5, 7]);
  expect(() => optionalNumberOf({ a: "1" }, "a")).toThrow(refused("a"));
});

test("texts are texts; in maps, numbers and booleans become texts", () => {
  expect([optionalTextOf({}, "a"), optionalTextOf({ a: null }, "a"), optionalTextOf({ a: "" }, "a")]).toEqual([
    undefined,
    undefined,
    "",
  ]);
  expect(() => optionalTextOf({ a: 1 }, "a")).toThrow(refused("a"));
  expect([textsOf(undefined, "x"), textsOf(["a"], "x")]).toEqual([[], ["a"]]);
  expect(() => textsOf([1], "x")).toThrow(refused("x"));
  expect(textMapOf({ a: { b: "c", d: 1, e: true } }, "a")).toEqual({ b: "c", d: "1", e: "true" });
  expect(textMapOf({}, "a")).toEqual({});
  for (const b of [null, {}, []] as const satisfies readonly Json[])
    expect(() => textMapOf({ a: { b } }, "a")).toThrow(refused("a: b"));
});
