import { expect, test } from "vitest";
import type { DescribedTable, ObjectKind, Source, SourceObject } from "../source.ts";
import { sourceTable } from "../run/plain-target.fixture.ts";
import {
  describeOne,
  describeTable,
  isLeftOut,
  isOffered,
  offeredTables,
  selectTables,
  withoutTables,
} from "./select-tables.ts";

const object = (name: string, kind: ObjectKind = "table"): SourceObject => ({ name: { schema: "main", name }, kind });
const objects = [
  object("customer"),
  object("orders"),
  object("days", "partitioned table"),
  object("glance", "view"),
  object("far", "foreign table"),
];
const names = (list: readonly SourceObject[]): readonly string[] => list.map(({ name }) => name.name);

test("without a pattern, all tables are chosen and no views", () => {
  expect(names(selectTables(objects, []))).toEqual(["customer", "orders", "days"]);
});

test("a wildcard chooses tables only; a view is chosen by its exact name", () => {
  expect(names(selectTables(objects, ["*"]))).toEqual(["customer", "orders", "days"]);
  expect(names(selectTables(objects, ["glance"]))).toEqual(["glance"]);
  expect(names(selectTables(objects, ["main.far", "o*"]))).toEqual(["orders", "far"]);
});

test("a name that the source does not have is refused with the name that was probably meant", () => {
  expect(() => selectTables(objects, ["ordesr"])).toThrow(
    expect.objectContaining({
      code: "SOURCE_TABLE_NOT_FOUND",
      place: "ordesr",
      message: expect.stringContaining("the source has no table ordesr; did you mean orders?"),
    }),
  );
  expect(() => selectTables(objects, ["orders", "nothing"])).toThrow(/has no table nothing(?!; did you mean)/);
  expect(() => selectTables(objects, ["x*"])).toThrow(expect.objectContaining({ code: "SOURCE_TABLE_NOT_FOUND" }));
});

test("a schedule leaves out what the source no longer has", () => {
  const isTolerant = true;
  expect(names(selectTables(objects, ["orders", "nothing"], { isTolerant }))).toEqual(["orders"]);
  expect(selectTables(objects, ["nothing"], { isTolerant })).toEqual([]);
  expect(selectTables([], [])).toEqual([]);
});

test("a source offers what it includes and does not exclude, and what is named exactly", () => {
  const selection = { include: ["c*", "o*"], exclude: ["orders"] };
  expect(names(offeredTables(objects, selection, []))).toEqual(["customer"]);
  expect(names(offeredTables(objects, selection, ["orders"]))).toEqual(["customer", "orders"]);
  expect(names(offeredTables(objects, selection, ["ord*"]))).toEqual(["customer"]);
  expect(isOffered({ schema: "main", name: "orders" }, { include: [], exclude: [] })).toBe(true);
  expect(isOffered({ schema: "main", name: "orders" }, selection)).toBe(false);
  expect(isOffered({ schema: "main", name: "days" }, selection)).toBe(false);
});

test("excluding nothing leaves out nothing", () => {
  expect(isLeftOut({ schema: "main", name: "orders" }, [])).toBe(false);
  expect(isLeftOut({ schema: "main", name: "orders" }, ["ord*"])).toBe(true);
  expect(names(withoutTables(objects, ["o*", "days"]))).toEqual(["customer", "glance", "far"]);
  expect(withoutTables(objects)).toEqual(objects);
});

const describing = (described: readonly DescribedTable[]): Source =>
  ({ discover: async () => objects, describe: async () => described }) as unknown as Source;

test("one table is described by its exact name", async () => {
  const table = sourceTable();
  expect(await describeOne(describing([table]), "orders")).toBe(table);
  await expect(describeOne(describing([]), "o*x")).rejects.toMatchObject({ code: "SOURCE_TABLE_NOT_FOUND" });
});

test("what stands in the way of reading a table is the error", async () => {
  const obstacle = { code: "SOURCE_TABLE_LOCKED", message: "no right to read it", remedy: "grant select" } as const;
  const unreadable = { ...object("orders"), obstacle } as DescribedTable;
  const place = { schema: "main", name: "orders" };
  await expect(describeTable(describing([unreadable]), place)).rejects.toMatchObject({
    ...obstacle,
    place: "main.orders",
  });
  await expect(describeTable(describing([]), place)).rejects.toMatchObject({ code: "SOURCE_TABLE_NOT_FOUND" });
});
