import { expect, test } from "vitest";
import { sourceColumn, sourceTable } from "../run/plain-target.fixture.ts";
import { withUnsignedBigint } from "./unsigned-bigint.ts";

test("only columns that may be longs become longs, and only where that was chosen", () => {
  const convert = (reference: string): string => `${reference}::decimal(20,0)`;
  const columns = [
    sourceColumn("views", "decimal(20,0)", { mayBeLong: true, convert }),
    sourceColumn("total", "decimal(20,0)", { convert }),
  ];
  const table = sourceTable({ columns });
  expect(withUnsignedBigint(table, "decimal")).toBe(table);
  expect(withUnsignedBigint(table, "long").columns).toEqual([
    { ...columns[0], lakeType: "long", convert: undefined },
    columns[1],
  ]);
});
