import { expect, test } from "vitest";
import { z } from "zod";
import { HeadgateError } from "../errors.ts";
import { checkInput, parseInput } from "./parse-input.ts";

const schema = z.strictObject({ tables: z.array(z.string()).default([]) });

test("input that fits is handed over, and none is like an empty one", () => {
  expect(parseInput("sync", schema, { tables: ["a"] })).toEqual({ tables: ["a"] });
  expect(checkInput("sync", schema, undefined)).toEqual({ isFit: true, input: { tables: [] } });
});

test("the first mistake is named with its place", () => {
  expect(() => parseInput("sync", schema, { tables: ["a", 2, 3] })).toThrow(HeadgateError);
  expect(checkInput("sync", schema, { tables: ["a", 2, 3] })).toMatchObject({
    isFit: false,
    mistake: { code: "USAGE", place: "tables.1" },
  });
});

test("a key that a record may not have is refused with the reason", () => {
  const free = z.string().refine((name) => name !== "groups", "groups is not free to use");
  expect(checkInput("group.set", z.record(free, z.string()), { groups: "all" })).toMatchObject({
    mistake: { place: "groups", message: "groups is not free to use" },
  });
});
