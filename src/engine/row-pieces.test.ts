import { expect, test } from "vitest";
import { rowPieces } from "./row-pieces.ts";

const lengths = (rows: Parameters<typeof rowPieces>[0]): number[] => [...rowPieces(rows)].map(({ length }) => length);
const rows = <Row>(count: number, row: Row): Row[] => Array.from({ length: count }, () => row);

test("rows of few values stay together", () => {
  expect(lengths(rows(2_048, [1, "x", null]))).toEqual([2_048]);
  expect(lengths([])).toEqual([]);
});

test("many values, and long texts, go in pieces", () => {
  const wide = rows(
    2_048,
    Array.from({ length: 999 }, (_none, column) => column),
  );
  expect(Math.max(...lengths(wide))).toBe(50);
  expect([...rowPieces(wide)].flat()).toEqual(wide);
  expect(Math.max(...lengths(rows(100, ["x".repeat(1_000_000)])))).toBe(4);
  expect(lengths(rows(6, [[{ key: "k", value: Array.from({ length: 20_000 }, () => true) }]]))).toEqual([2, 2, 2]);
});

test("a row that is more than a piece goes alone", () => {
  const long = ["x".repeat(10_000_000)];
  expect(lengths([[1], long, long, [1], [2]])).toEqual([1, 1, 1, 2]);
});
