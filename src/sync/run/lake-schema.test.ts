/** Drift: what happens to field ids, types, keys and order when a source table's columns change. */
import { expect, test } from "vitest";
import { newTable } from "../../iceberg/new-table.ts";
import { currentSchema, followSchema, type FollowedSchema } from "./lake-schema.ts";
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

test("a new table has its columns as the source says, with the source's type and comment", () => {
  const columns = [column("a", "int", { nullable: false, comment: "the number" }), column("b")];
  const { schema, changes, lastColumnId } = followSchema(table(columns, ["a"]), undefined);
  expect(schema.fields).toEqual([
    { id: 1, name: "a", required: true, type: "int", doc: "int: the number" },
    { id: 2, name: "b", required: false, type: "int", doc: "int" },
  ]);
  expect(schema.identifierFieldIds).toEqual([1]);
  expect(changes).toEqual([]);
  expect(lastColumnId).toBe(2);
});

test("a key is the table's identifier unless one of its columns may be null, is a float, or is not there", () => {
  const identifiers = (columns: readonly SourceColumn[], key: readonly string[] | undefined) =>
    followSchema(table(columns, key), undefined).schema.identifierFieldIds;
  const [a, b] = [column("a", "int", { nullable: false }), column("b", "string", { nullable: false })];
  expect(identifiers([a, b], ["b", "a"])).toEqual([2, 1]);
  expect(identifiers([a, column("b")], ["a", "b"])).toEqual([]);
  expect(identifiers([a, column("b", "float", { nullable: false })], ["a", "b"])).toEqual([]);
  expect(identifiers([a, column("b", "double", { nullable: false })], ["a", "b"])).toEqual([]);
  expect(identifiers([a], ["a", "b"])).toEqual([]);
  expect(identifiers([a], undefined)).toEqual([]);
});

test("what changed is said in words, and what stays is not mentioned", () => {
  const before = table([column("a", "int", { nullable: false }), column("b"), column("c", "int", { nullable: false })]);
  const after = table([
    column("a", "long", { nullable: false }),
    column("b", "string"),
    column("c", "int", { nullable: false }),
  ]);
  expect(follow(before, after).changes).toEqual([
    "a widened from int to long",
    "b became string, which int cannot widen to: a new column, the old values stay in older snapshots",
  ]);
  expect(follow(before, before).changes).toEqual([]);
  expect(follow(before, before).schema.fields.map(({ required }) => required)).toEqual([true, false, true]);
});

test("without the columns of the last load, a column is found by its name", () => {
  const before = table([column("a", "int", { identity: "1" }), column("b", "int", { identity: "2" })]);
  const { schema, lastColumnId } = followSchema(before, undefined);
  const after = table([column("b", "int", { identity: "1" }), column("a", "int", { identity: "2" })]);
  expect(ids(followSchema(after, { schema, lastColumnId, shape: [] }))).toEqual({ a: 1, b: 2 });
});

test("a column that was made again under its old name keeps its field", () => {
  const before = table([column("a", "int", { identity: "1" })]);
  const after = table([column("a", "int", { identity: "7" })]);
  expect(ids(follow(before, after))).toEqual({ a: 1 });
});

test("the schema that counts is the current one", () => {
  const { schema } = followSchema(table([column("a")]), undefined);
  const metadata = newTable({ uuid: "t", location: "memory://t", schema, now: 0 });
  const other = { ...schema, schemaId: 1, fields: [] };
  expect(currentSchema({ ...metadata, schemas: [...metadata.schemas, other] }).fields).toHaveLength(1);
  expect(currentSchema({ ...metadata, schemas: [...metadata.schemas, other], currentSchemaId: 1 })).toBe(other);
});

test("a shape from before tables had an incarnation is a plain list of columns", () => {
  const columns = shapeColumns(tableShape(table([column("a")])));
  expect(columns.map(({ name }) => name)).toEqual(["a"]);
  expect(shapeColumns(JSON.stringify(columns))).toEqual(columns);
});
