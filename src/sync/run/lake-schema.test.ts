/** Drift: what happens to field ids, types, keys and order when a source table's columns change. */
import { expect, test } from "vitest";
import { followSchema, type FollowedSchema } from "./lake-schema.ts";
import type { SourceColumn, SourceTable } from "../source.ts";
import { shapeColumns, tableShape } from "./table-shape.ts";

function column(name: string, lakeType = "int", more: Partial<SourceColumn> = {}): SourceColumn {
  return {
    name,
    identity: name,
    sourceType: lakeType,
    nullable: true,
    lakeType,
    staged: { physical: "int32" },
    ...more,
  };
}

function table(columns: readonly SourceColumn[], key?: readonly string[]): SourceTable {
  return { name: { schema: "s", name: "t" }, kind: "table", columns, key };
}

function follow(before: SourceTable, after: SourceTable): FollowedSchema {
  const { schema, lastColumnId } = followSchema(before, undefined);
  return followSchema(after, { schema, lastColumnId, shape: shapeColumns(tableShape(before)) });
}

const ids = ({ schema }: FollowedSchema): Record<string, number> =>
  Object.fromEntries(schema.fields.map(({ name, id }) => [name, id]));

test("an added column gets a new id and is optional, whatever the source says", () => {
  const followed = follow(table([column("a")]), table([column("b", "int", { nullable: false }), column("a")]));
  expect(ids(followed)).toEqual({ b: 2, a: 1 });
  expect(followed.schema.fields[0]?.required).toBe(false);
  expect(followed.changes).toEqual(["added b"]);
});

test("a dropped column's id is not used again", () => {
  const dropped = follow(table([column("a"), column("b")]), table([column("a")]));
  expect(dropped.changes).toEqual(["dropped b"]);
  const again = followSchema(table([column("a"), column("b")]), {
    schema: dropped.schema,
    lastColumnId: dropped.lastColumnId,
    shape: shapeColumns(tableShape(table([column("a")]))),
  });
  expect(ids(again)).toEqual({ a: 1, b: 3 });
});

test("a renamed column keeps its id where the source knows it", () => {
  const followed = follow(
    table([column("a", "int", { identity: "1" })]),
    table([column("z", "int", { identity: "1" })]),
  );
  expect(ids(followed)).toEqual({ z: 1 });
  expect(followed.changes).toEqual(["renamed a to z"]);
});

test("two columns that swap names keep their ids", () => {
  const [a, b] = [column("a", "int", { identity: "1" }), column("b", "int", { identity: "2" })];
  expect(
    ids(
      follow(
        table([a, b]),
        table([
          { ...a, name: "b" },
          { ...b, name: "a" },
        ]),
      ),
    ),
  ).toEqual({ b: 1, a: 2 });
});

test("what widens keeps its id, what does not gets a new one", () => {
  expect(ids(follow(table([column("a", "int")]), table([column("a", "long")])))).toEqual({ a: 1 });
  expect(ids(follow(table([column("a", "long")]), table([column("a", "int")])))).toEqual({ a: 2 });
  expect(ids(follow(table([column("a", "decimal(10,2)")]), table([column("a", "decimal(12,2)")])))).toEqual({ a: 1 });
  expect(ids(follow(table([column("a", "decimal(10,2)")]), table([column("a", "decimal(10,3)")])))).toEqual({ a: 2 });
});

test("a column that may be null now is optional for good", () => {
  const required = column("a", "int", { nullable: false });
  const followed = follow(table([required]), table([column("a")]));
  expect(followed.changes).toEqual(["a may be null now"]);
  expect(follow(table([column("a")]), table([required])).schema.fields[0]?.required).toBe(false);
});

test("order and key follow", () => {
  const [a, b] = [column("a", "int", { nullable: false }), column("b", "int", { nullable: false })];
  expect(follow(table([a, b]), table([b, a])).changes).toEqual(["columns reordered"]);
  expect(follow(table([a, b], ["a"]), table([a, b], ["a", "b"])).changes).toEqual(["the key is now a, b"]);
  expect(follow(table([a, b], ["a"]), table([a, b])).changes).toEqual(["no key any more"]);
  expect(follow(table([a, b], ["a"]), table([a, b], ["a"])).changes).toEqual([]);
});
