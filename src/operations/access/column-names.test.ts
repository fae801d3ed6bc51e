import { expect, test } from "vitest";
import type { NestedField } from "../../iceberg/type.ts";
import { fieldNamed, presentColumns } from "./column-names.ts";

const field = (id: number, name: string): NestedField => ({ id, name, required: false, type: "string" });
const fieldsOf = (count: number): readonly NestedField[] =>
  Array.from({ length: count }, (_, index) => field(index + 1, `c${index + 1}`));
const named = (fields: readonly NestedField[], name: string) => fieldNamed(fields, { name, place: "shop.orders" });

test("a column is found by its exact name, or in any case if only one fits", () => {
  const fields = [field(1, "id"), field(2, "Note"), field(3, "NOTE")];
  expect(named(fields, "ID").id).toBe(1);
  expect(named(fields, "NOTE").id).toBe(3);
  expect(() => named(fields, "note")).toThrow("the table has no column note; did you mean Note?");
});

test.each([
  [20, /c19, c20$/],
  [21, /c19, c20, …$/],
])("of %i columns the first twenty are named", (count, remedy) => {
  expect(() => named(fieldsOf(count), "zzzzz")).toThrow(
    expect.objectContaining({ code: "USAGE", place: "shop.orders", remedy: expect.stringMatching(remedy) }),
  );
});

test("columns that are left out are named to those who know them; others are told the rest that they know", () => {
  const fields = fieldsOf(4);
  const exclude = { mode: "exclude", fieldIds: new Set([1, 9]) } as const;
  expect(presentColumns({ mode: "all" }, fields)).toBeNull();
  expect(presentColumns(exclude, fields)).toEqual({ mode: "exclude", names: ["c1", "dropped column 9"] });
  expect(presentColumns(exclude, fields, (id) => id !== 1 && id !== 3)).toEqual({
    mode: "include",
    names: ["c2", "c4"],
  });
  const include = { mode: "include", fieldIds: new Set([1, 2]) } as const;
  expect(presentColumns(include, fields, (id) => id !== 1)).toEqual({ mode: "include", names: ["c2"] });
});
