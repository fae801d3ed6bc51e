import { expect, test } from "vitest";
import { table } from "./memory-table.fixture.ts";
import type { TableMetadata } from "./table-metadata.ts";
import { layoutRequirements, unmetRequirement, type TableRequirement } from "./table-requirement.ts";

const metadata = table();

test.each<[TableRequirement["type"], Partial<TableMetadata>]>([
  ["assert-table-uuid", { tableUuid: "another" }],
  ["assert-last-assigned-field-id", { lastColumnId: 9 }],
  ["assert-current-schema-id", { currentSchemaId: 9 }],
  ["assert-last-assigned-partition-id", { lastPartitionId: 1009 }],
  ["assert-default-spec-id", { defaultSpecId: 9 }],
  ["assert-default-sort-order-id", { defaultSortOrderId: 9 }],
])("files do not fit a table any more: %s", (type, change) => {
  const requirements = layoutRequirements(metadata);
  expect(unmetRequirement(metadata, requirements)).toBeUndefined();
  expect(unmetRequirement({ ...metadata, ...change }, requirements)?.type).toBe(type);
});

test("a reference names what it named, or is not there", () => {
  const of = (snapshotId: bigint | undefined): TableRequirement => ({
    type: "assert-ref-snapshot-id",
    ref: "main",
    snapshotId,
  });
  const moved: TableMetadata = { ...metadata, refs: { main: { snapshotId: 5n, type: "branch" } } };
  expect(unmetRequirement(metadata, [of(undefined)])).toBeUndefined();
  expect(unmetRequirement(moved, [of(5n)])).toBeUndefined();
  expect(unmetRequirement(moved, [of(undefined)])).toEqual(of(undefined));
  expect(unmetRequirement(moved, [of(4n)])).toEqual(of(4n));
});
