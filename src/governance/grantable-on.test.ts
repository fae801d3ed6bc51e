/** Which grants can be made at all. */
import { expect, test } from "vitest";
import { checkForm } from "./grantable-on.ts";
import type { ColumnSet } from "./table-access.ts";

type Form = Parameters<typeof checkForm>[0];
const usual: Form = {
  on: { kind: "table", id: "t" },
  permission: "SELECT",
  isGrantable: false,
  columns: { mode: "all" },
  filterId: undefined,
};
const check = (more: Partial<Form>) => () => checkForm({ ...usual, ...more }, "shop.orders");
const invalid = (message: string) =>
  expect.objectContaining({ code: "GRANT_INVALID", place: "shop.orders", message: expect.stringContaining(message) });
const part = (mode: "include" | "exclude"): ColumnSet => ({ mode, fieldIds: new Set([1]) });

test("rows are granted on tables, and each permission on what it is about", () => {
  expect(check({})).not.toThrow();
  expect(check({ on: { kind: "tables", id: "d" } })).not.toThrow();
  expect(check({ on: { kind: "database", id: "d" } })).toThrow(invalid("does not reach them"));
  expect(check({ on: { kind: "source", id: "s" } })).toThrow(invalid("cannot be granted on a source"));
  expect(check({ on: { kind: "tables", id: "d" }, permission: "CREATE_TABLE" })).toThrow(invalid("on a table"));
  expect(check({ on: { kind: "database", id: "d" }, permission: "CREATE_TABLE" })).not.toThrow();
  const location = { kind: "location", location: "s3://a" } as const;
  expect(check({ on: location, permission: "DATA_LOCATION_ACCESS" })).not.toThrow();
  expect(check({ on: location })).toThrow(invalid("cannot be granted on a location"));
});

test("only SELECT on one table is limited to columns or to a filter, and not to both", () => {
  for (const limit of [{ columns: part("include") }, { columns: part("exclude") }, { filterId: "f" }]) {
    expect(check(limit)).not.toThrow();
    expect(check({ ...limit, permission: "DESCRIBE" })).toThrow(invalid("only SELECT on one table"));
    expect(check({ ...limit, on: { kind: "tables", id: "d" } })).toThrow(invalid("only SELECT on one table"));
  }
  expect(check({ columns: part("include"), filterId: "f" })).toThrow(invalid("already says which columns"));
});

test("a part that can be passed on names its columns", () => {
  expect(check({ columns: part("include"), isGrantable: true })).not.toThrow();
  expect(check({ columns: part("exclude"), isGrantable: true })).toThrow(invalid("by name"));
});
