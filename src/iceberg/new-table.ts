/** The metadata of a new table (spec: "Table Metadata"), in format version 2 unless another one is given. */
import { checkVersion, type FormatVersion } from "./format-version.ts";
import { firstPartitionId, unpartitioned, type PartitionSpec } from "./partition-spec.ts";
import { highestFieldId, type Schema } from "./schema.ts";
import { unsorted, type SortOrder } from "./sort-order.ts";
import type { TableMetadata } from "./table-metadata.ts";

export interface NewTable {
  readonly uuid: string;
  /** Without a trailing slash. */
  readonly location: string;
  readonly schema: Schema;
  readonly formatVersion?: FormatVersion | undefined;
  readonly spec?: PartitionSpec | undefined;
  readonly sortOrder?: SortOrder | undefined;
  readonly properties?: Readonly<Record<string, string>> | undefined;
  /** Milliseconds since 1970-01-01. */
  readonly now: number;
}

/** Throws METADATA_INVALID for a column whose type the format version does not have. */
export function newTable({
  uuid,
  location,
  schema,
  formatVersion = 2,
  spec = unpartitioned,
  sortOrder = unsorted,
  properties = {},
  now,
}: NewTable): TableMetadata {
  checkVersion(schema, formatVersion);
  const orderId = sortOrder.fields.length === 0 ? 0 : 1;
  return {
    formatVersion,
    nextRowId: formatVersion === 3 ? 0n : undefined,
    tableUuid: uuid,
    location,
    lastSequenceNumber: 0n,
    lastUpdatedMs: now,
    lastColumnId: highestFieldId(schema),
    schemas: [{ ...schema, schemaId: 0 }],
    currentSchemaId: 0,
    partitionSpecs: [{ ...spec, specId: 0 }],
    defaultSpecId: 0,
    lastPartitionId: Math.max(firstPartitionId, ...spec.fields.map(({ fieldId }) => fieldId)),
    sortOrders: orderId === 0 ? [unsorted] : [unsorted, { ...sortOrder, orderId }],
    defaultSortOrderId: orderId,
    properties,
    snapshots: [],
    snapshotLog: [],
    metadataLog: [],
    refs: {},
    statistics: [],
    partitionStatistics: [],
    other: {},
  };
}
