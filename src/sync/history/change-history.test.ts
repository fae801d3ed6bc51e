/** The columns of a history: those about the change, the source's, and every column that a table ever had. */
import { expect, test } from "vitest";
import type { CatalogTable } from "../../catalog/catalog.ts";
import { newTable } from "../../iceberg/new-table.ts";
import { sourceColumn, sourceTable } from "../run/plain-target.fixture.ts";
import { shapeColumns, tableShape } from "../run/table-shape.ts";
import type { SourceTable } from "../source.ts";
import { historyOfProperty } from "../../catalog/history-of-property.ts";
import { followHistory, historyId, historyTarget } from "./change-history.ts";

const table = sourceTable();
const shape = (of: SourceTable) => shapeColumns(tableShape(of));

/** The history as it was written for `before`. */
function written(before: SourceTable): CatalogTable {
  const { follow } = followHistory({ table: before, shape: [] }, undefined);
  const metadata = newTable({ uuid: "h", location: "memory://h", schema: follow.schema, now: 0 });
  const name = "orders__history";
  return {
    id: "h",
    database: "shop",
    databaseId: "d",
    accountId: "a",
    name,
    location: "memory://h",
    places: [],
    metadataLocation: "memory://h/0.json",
    metadata,
  };
}

const columnsOf = ({ schema }: { schema: { fields: readonly { id: number; name: string }[] } }) =>
  schema.fields.map(({ id, name }) => `${id} ${name}`);

test("a new history has the facts about the change, then the table's columns", () => {
  const { follow, fields } = followHistory({ table, shape: [] }, undefined);
  expect(columnsOf(follow)).toEqual(["1 _operation", "2 _changed_at", "3 _position", "4 id", "5 label"]);
  expect(follow.schema.fields.map(({ required }) => required)).toEqual([true, true, true, false, false]);
  expect(follow).toMatchObject({ changes: [], lastColumnId: 5, schema: { identifierFieldIds: [] } });
  expect(fields.map(({ id }) => id)).toEqual([4, 5]);
});

test("a history that fits the table has nothing to follow", () => {
  expect(followHistory({ table, shape: shape(table) }, written(table)).follow.changes).toEqual([]);
});

test("a dropped column stays, and moves aside when a new one has its name", () => {
  const dropped = { ...table, columns: table.columns.slice(0, 1) };
  const without = followHistory({ table: dropped, shape: shape(table) }, written(table));
  expect(columnsOf(without.follow)).toEqual(["1 _operation", "2 _changed_at", "3 _position", "4 id", "5 label"]);
  expect(without.fields.map(({ id }) => id)).toEqual([4]);
  const retyped = { ...table, columns: [table.columns[0] ?? sourceColumn("id"), sourceColumn("label", "date")] };
  const aside = followHistory({ table: retyped, shape: shape(table) }, written(table));
  expect(columnsOf(aside.follow).slice(3)).toEqual(["4 id", "6 label", "5 label__string"]);
  expect(aside.follow).toMatchObject({ changes: ["the history follows"], lastColumnId: 6 });
});

test("a column of the table that has the name of a fact keeps it, and the fact moves aside", () => {
  const taken = { ...table, columns: [sourceColumn("_position"), sourceColumn("_position_")], key: undefined };
  expect(columnsOf(followHistory({ table: taken, shape: [] }, undefined).follow)).toEqual([
    "1 _operation",
    "2 _changed_at",
    "3 _position__",
    "4 _position",
    "5 _position_",
  ]);
});

test("its id follows from the table's and is a UUID", () => {
  expect(historyId("t")).toBe(historyId("t"));
  expect(historyId("t")).not.toBe(historyId("u"));
  expect(historyId("t")).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
});

const entry = (id: string, name: string, database = "shop") => ({
  id,
  database,
  databaseId: database,
  accountId: "a",
  name,
  location: `memory://${id}`,
  places: [],
  metadataLocation: `memory://${id}/0.json`,
});

function target(entries: readonly ReturnType<typeof entry>[], claimed: readonly string[] = []) {
  return historyTarget({
    table,
    name: { database: "shop", name: "orders" },
    tableId: "t",
    shape: shape(table),
    lakeLocation: "memory://lake",
    entries,
    isClaimed: ({ name }) => claimed.includes(name),
    load: async (found) => ({ ...written(table), ...found }),
  });
}

test("it is called after its table, with a number while that name is taken", async () => {
  expect(await target([])).toMatchObject({
    lakeLabel: "shop.orders__history",
    location: `memory://lake/${historyId("t")}`,
    current: undefined,
    properties: { [historyOfProperty]: "t" },
  });
  const others = [entry("a", "orders__history"), entry("b", "orders__history_2", "crm")];
  expect((await target(others)).lakeLabel).toBe("shop.orders__history_2");
  expect((await target(others, ["orders__history_2", "orders__history_3"])).lakeLabel).toBe("shop.orders__history_4");
});

test("a history that exists keeps the name and the place that it has", async () => {
  const found = await target([entry(historyId("t"), "renamed", "crm"), entry("a", "orders__history")]);
  expect(found).toMatchObject({ lakeLabel: "crm.renamed", location: `memory://${historyId("t")}` });
  expect(found.current?.id).toBe(historyId("t"));
});
