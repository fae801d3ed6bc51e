import { expect, test } from "vitest";
import { newTable } from "./new-table.ts";
import type { Schema } from "./schema.ts";
import { applyUpdates, lastAdded, layoutUpdates, schemaUpdates, type TableUpdate } from "./table-update.ts";

const schema: Schema = {
  schemaId: 0,
  fields: [{ id: 1, name: "id", type: "long", required: true }],
  identifierFieldIds: [],
};
const wider: Schema = {
  ...schema,
  fields: [...schema.fields, { id: 2, name: "note", type: "string", required: false }],
};
const empty = newTable({ uuid: "u", location: "file:///t", schema, now: 1 });
const apply = (...updates: readonly TableUpdate[]) => applyUpdates(empty, { updates, previousFile: undefined, now: 2 });

test("a schema is added beside the current one, and becomes it only when asked to", () => {
  const added = apply({ action: "add-schema", schema: wider });
  expect(added).toMatchObject({ currentSchemaId: 0, lastColumnId: 2 });
  expect(added.schemas.map(({ schemaId }) => schemaId)).toEqual([0, 1]);
  expect(apply(...schemaUpdates(wider)).currentSchemaId).toBe(1);
});

test("what is there already is found, and becomes current again", () => {
  const changed = apply(...schemaUpdates(wider), ...schemaUpdates(schema));
  expect(changed).toMatchObject({ currentSchemaId: 0, lastColumnId: 2 });
  expect(changed.schemas).toHaveLength(2);
});

test("a partition spec and a sort order are added and become the default", () => {
  const spec = {
    specId: 9,
    fields: [{ sourceId: 1, fieldId: 1000, name: "id", transform: { kind: "identity" } }],
  } as const;
  const order = {
    orderId: 9,
    fields: [{ sourceId: 1, transform: { kind: "identity" }, direction: "asc", nullOrder: "nulls-first" }] as const,
  };
  const laidOut = apply(...layoutUpdates(spec, order));
  expect(laidOut).toMatchObject({ defaultSpecId: 1, defaultSortOrderId: 1, lastPartitionId: 1000 });
  expect(apply(...layoutUpdates(spec, order), { action: "set-default-spec", specId: 0 }).defaultSpecId).toBe(0);
});

test("an id that the table does not have, and the last of nothing, are refused", () => {
  expect(() => apply({ action: "set-current-schema", schemaId: 7 })).toThrow("the table has no schema with the id 7");
  expect(() => apply({ action: "set-default-spec", specId: lastAdded })).toThrow();
  expect(() => apply({ action: "set-default-sort-order", sortOrderId: 3 })).toThrow(
    "the table has no sort order with the id 3",
  );
});

test("what was added is no part of the metadata", () => {
  expect(Object.keys(apply(...schemaUpdates(wider)))).not.toContain("added");
});

test("properties are set and removed", () => {
  const set = apply(
    { action: "set-properties", updates: { a: "1", b: "2" } },
    { action: "remove-properties", removals: ["a"] },
  );
  expect(set.properties).toEqual({ ...empty.properties, b: "2" });
});
