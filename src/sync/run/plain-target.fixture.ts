/** A target in memory for tests of code that decides about a table without reading it: two columns, loaded once. */
import { newTable } from "../../iceberg/new-table.ts";
import { plainLayout } from "../../engine/file-layout.ts";
import { unpartitioned } from "../../iceberg/partition-spec.ts";
import { unsorted } from "../../iceberg/sort-order.ts";
import type { SourceColumn, SourceTable } from "../source.ts";
import { followSchema } from "./lake-schema.ts";
import type { Standing, SyncTarget } from "./sync-target.ts";
import { tableShape } from "./table-shape.ts";

export function sourceColumn(name: string, lakeType = "int", more: Partial<SourceColumn> = {}): SourceColumn {
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

export function sourceTable(more: Partial<SourceTable> = {}): SourceTable {
  const columns = [sourceColumn("id", "int", { nullable: false }), sourceColumn("label", "string")];
  return { name: { schema: "main", name: "orders" }, kind: "table", columns, key: ["id"], ...more };
}

export function plainStanding(more: Partial<Standing> = {}): Standing {
  return {
    position: "1",
    rows: 10,
    shape: tableShape(sourceTable()),
    fingerprint: undefined,
    snapshotId: undefined,
    digest: undefined,
    isWhole: true,
    comparedAt: undefined,
    historySnapshotId: undefined,
    ...more,
  };
}

export function plainTarget(more: Partial<SyncTarget> = {}): SyncTarget {
  const table = sourceTable();
  const follow = followSchema(table, undefined);
  const location = "memory://lake/t";
  const metadata = newTable({ uuid: "t", location, schema: follow.schema, now: 0 });
  return {
    table,
    name: { database: "shop", name: "orders" },
    sourceLabel: "main.orders",
    lakeLabel: "shop.orders",
    sourceId: "s",
    tableId: "t",
    location,
    current: {
      id: "t",
      database: "shop",
      databaseId: "d",
      accountId: "a",
      name: "orders",
      location,
      places: [],
      metadata,
      metadataLocation: `${location}/0.json`,
    },
    follow,
    layout: {
      formatVersion: 2,
      spec: unpartitioned,
      sortOrder: unsorted,
      files: plainLayout,
      properties: {},
      cautions: [],
    },
    properties: {},
    standing: plainStanding(),
    shape: tableShape(table),
    key: table.key,
    mode: { mode: "diff", reason: "chosen" },
    history: undefined,
    ...more,
  };
}
