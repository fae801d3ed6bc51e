/** The column that marks deleted rows: where it stands, its id and its name, when it is new, kept, or no longer wanted. */
import { expect, test } from "vitest";
import { sourceColumn, sourceTable } from "../run/plain-target.fixture.ts";
import { followSchema } from "../run/lake-schema.ts";
import { deletedAtColumn, followMarks, withoutMarks } from "./soft-deletes.ts";

const follow = followSchema(sourceTable(), undefined);
const marks = {
  id: 3,
  name: "_deleted_at",
  required: false,
  type: "timestamptz",
  doc: "when the row was seen to be gone",
};

test("a new table gets the column after its own, which is no change of its columns", () => {
  const followed = followMarks(follow, { wanted: true, before: undefined, isNew: true });
  expect(followed.schema.fields.map(({ id, name }) => [id, name])).toEqual([
    [1, "id"],
    [2, "label"],
    [3, "_deleted_at"],
  ]);
  expect(followed).toMatchObject({ lastColumnId: 3, changes: [], deletedAt: marks });
});

test("a table that exists gets it as a change", () => {
  const followed = followMarks(follow, { wanted: true, before: undefined, isNew: false });
  expect(followed.changes).toEqual(["deleted rows are kept, marked in _deleted_at"]);
});

test("a column that it has keeps its id, and is no change", () => {
  const before = { ...marks, id: 9 };
  const followed = followMarks({ ...follow, lastColumnId: 12 }, { wanted: true, before, isNew: false });
  expect(followed).toMatchObject({ changes: [], lastColumnId: 12, deletedAt: before });
  expect(followMarks(follow, { wanted: true, before, isNew: false }).lastColumnId).toBe(9);
});

test("it makes way for a column of the source that has its name", () => {
  const table = sourceTable({ columns: [sourceColumn("_deleted_at")], key: undefined });
  const followed = followMarks(followSchema(table, undefined), { wanted: true, before: undefined, isNew: true });
  expect(followed.schema.fields.map(({ name }) => name)).toEqual(["_deleted_at", "_headgate_deleted_at"]);
});

test("nothing changes where it is not wanted and never was; where it was, that ends", () => {
  expect(followMarks(follow, { wanted: false, before: undefined, isNew: false })).toBe(follow);
  const ended = followMarks(follow, { wanted: false, before: marks, isNew: false });
  expect(ended).toMatchObject({ changes: ["deleted rows are not kept"], endedMarks: marks, schema: follow.schema });
  expect(ended.deletedAt).toBeUndefined();
});

test("the source's columns are those without the marks", () => {
  const schema = { ...follow.schema, fields: [...follow.schema.fields, marks] };
  const previous = { schema, lastColumnId: 3, shape: [] };
  expect(withoutMarks(previous, marks).schema.fields).toEqual(follow.schema.fields);
  expect(withoutMarks(previous, undefined).schema.fields).toHaveLength(3);
  expect(deletedAtColumn(marks)).toMatchObject({ fieldId: 3, name: "c3" });
});
