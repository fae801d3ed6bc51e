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

test.each([
  "5",
  "2024-02-31 10:00:00",
  "2024-01-31 25:00",
  "+275760-09-13",
  "9999-01-01 00:00:00",
  "2024-01-31 10:11:12 CET",
])("%s is no time of a full load", (date) =>
  expect(() => changedPlace({ LastFullLoadDate: date })).toThrow(/is no time|still to come/),
);

test.each([
  "2024-01-31",
  "2024-01-31 10:11",
  "2024-01-31 10:11:12.123",
  "2024-01-31T10:11:12Z",
  "2024-01-31 10:11:12+0200",
])("%s is a time of a full load", (date) => expect(changedPlace({ LastFullLoadDate: date })).toBeDefined());

test.each([
  "garbage",
  "LOAD00000001.csv",
  "20240131.csv",
  "s/t/",
  "../../etc/passwd",
  "99991231-000000000.csv",
  "CDC_TXN-99991231000000000.csv",
])("%s is no last file of changes", (file) =>
  expect(() => changedPlace({ LastIncrementalFile: file })).toThrow(/no name of a file|still to come/),
);

test.each([
  "s/t/2024/01/20240131-101500123.parquet",
  "20240131-1015001234.csv.gz",
  "cdc/CDC_TXN-20240131101500123.csv",
])("%s is a file of changes", (file) =>
  expect(changedPlace({ LastIncrementalFile: file })).toEqual({ lastIncrementalFile: file }),
);
