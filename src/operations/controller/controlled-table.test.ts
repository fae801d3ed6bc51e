import { expect, test } from "vitest";
import { usualSettings } from "../../sync/settings/table-settings.ts";
import { changedPlace, changedSettings, columnsOf } from "./controlled-table.ts";

test.each([
  ["id", ["id"]],
  ["id, shop", ["id", "shop"]],
  ["bucket(16, id),day(created_at)", ["bucket(16, id)", "day(created_at)"]],
  ["null", undefined],
  ["", undefined],
  [null, undefined],
])("columns of %s", (text, columns) => expect(columnsOf(text)).toEqual(columns));

test("what is absent stays", () => {
  const before = { ...usualSettings, key: ["id"], active: false, layout: { ...usualSettings.layout, sortBy: ["id"] } };
  expect(changedSettings({}, before)).toEqual({ active: false, admitted: false, key: ["id"], layout: before.layout });
  expect(changedSettings({ ActiveFlag: true, PrimaryKey: "null", PartitionKey: "day" }, before)).toEqual({
    active: true,
    admitted: true,
    key: undefined,
    layout: { ...before.layout, partitionBy: ["day"] },
  });
});

test("places", () => {
  expect(changedPlace({ ActiveFlag: true })).toBeUndefined();
  expect(changedPlace({ LastFullLoadDate: "1900-01-01 00:00:00" })).toEqual({
    lastFullLoadDate: "1900-01-01T00:00:00.000Z",
  });
  expect(changedPlace({ LastFullLoadDate: "null", LastIncrementalFile: "b/s/t/0.parquet" })).toEqual({
    lastFullLoadDate: null,
    lastIncrementalFile: "b/s/t/0.parquet",
  });
  expect(changedPlace({ LastFullLoadDate: "2024-01-31T12:00:00+02:00" })).toEqual({
    lastFullLoadDate: "2024-01-31T10:00:00.000Z",
  });
  expect(() => changedPlace({ LastFullLoadDate: "yesterday" })).toThrow(/is no time/);
});
