import { expect, test } from "vitest";
import { HeadgateError } from "../errors.ts";
import { explainFailure } from "./query-failure.ts";

function explained(message: string): unknown {
  try {
    return explainFailure({ tables: [], names: undefined })(new HeadgateError("SQL_INVALID", { message }));
  } catch (failure) {
    return failure;
  }
}

test("where the engine points to is the place, and its drawing goes", () => {
  expect(explained('Column "x" not found\n\nLINE 2:   select x\n                 ^')).toMatchObject({
    message: 'Column "x" not found',
    place: "line 2, column 10",
  });
  expect(explained("no LINE 1: here\n\nLINE 7: ...select x\n          ^")).toMatchObject({ place: "line 7" });
  expect(explained("nothing to see")).toMatchObject({ message: "nothing to see", place: undefined });
});

test("a hundred thousand line ends in what it quotes cost nothing", () => {
  const started = performance.now();
  const quoted = "\n".repeat(190_000);
  expect(explained(`Column "${quoted}x" not found`)).toMatchObject({ place: undefined });
  expect(explained(`Column "${quoted}x" not found\n\nLINE 1: x\n        ^`)).toMatchObject({
    place: "line 1, column 1",
  });
  expect(performance.now() - started).toBeLessThan(2_000);
});
