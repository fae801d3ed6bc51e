import { expect, test } from "vitest";
import { HeadgateError } from "../errors.ts";
import { explainFailure } from "./query-failure.ts";
import type { SecuredTable } from "./secured-view.ts";

function explained(message: string): unknown {
  try {
    return explainFailure({ sql: "", tables: [], names: undefined })(new HeadgateError("SQL_INVALID", { message }));
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

test("whoever may read a part of a table learns that a file is missing, and not which", () => {
  const file = { path: "/lake/region=us/1.parquet", location: "", deletes: [{ path: "/lake/deletes.parquet" }] };
  const secured = (rules: object | undefined): SecuredTable =>
    ({ table: { database: "shop", name: "orders", rules }, plan: { files: [file] } }) as unknown as SecuredTable;
  const outcome = (path: string, rules?: object): unknown => {
    try {
      return explainFailure({ sql: "", tables: [secured(rules)] })(
        new HeadgateError("DATA_FILE_MISSING", { place: path }),
      );
    } catch (failure) {
      return failure;
    }
  };
  const message = "a data file of shop.orders is missing";
  expect(outcome(file.path)).toMatchObject({ place: `shop.orders: ${file.path}`, message });
  expect(outcome(file.path, {})).toMatchObject({ place: "shop.orders", message });
  expect(outcome("/lake/deletes.parquet", {})).toMatchObject({ place: "shop.orders", message });
  expect(outcome("/lake/other.parquet", {})).toMatchObject({
    place: undefined,
    message: "a file of the table is missing",
  });
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
