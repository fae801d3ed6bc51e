/**
 * Conditions that a table must satisfy for a change to be applied to it (REST specification: `TableRequirement`). Pure.
 */
import type { TableMetadata } from "./table-metadata.ts";

export type TableRequirement =
  | { readonly type: "assert-table-uuid"; readonly uuid: string }
  /** Undefined if the branch or tag must not exist. */
  | { readonly type: "assert-ref-snapshot-id"; readonly ref: string; readonly snapshotId: bigint | undefined }
  | { readonly type: "assert-last-assigned-field-id"; readonly lastAssignedFieldId: number }
  | { readonly type: "assert-current-schema-id"; readonly currentSchemaId: number }
  | { readonly type: "assert-last-assigned-partition-id"; readonly lastAssignedPartitionId: number }
  | { readonly type: "assert-default-spec-id"; readonly defaultSpecId: number }
  | { readonly type: "assert-default-sort-order-id"; readonly defaultSortOrderId: number };

/** Requirements under which files that have been written still fit the table, whatever has happened to its rows. */
export function layoutRequirements(metadata: TableMetadata): readonly TableRequirement[] {
  const { tableUuid, lastColumnId, currentSchemaId, lastPartitionId, defaultSpecId, defaultSortOrderId } = metadata;
  return [
    { type: "assert-table-uuid", uuid: tableUuid },
    { type: "assert-last-assigned-field-id", lastAssignedFieldId: lastColumnId },
    { type: "assert-current-schema-id", currentSchemaId },
    { type: "assert-last-assigned-partition-id", lastAssignedPartitionId: lastPartitionId },
    { type: "assert-default-spec-id", defaultSpecId },
    { type: "assert-default-sort-order-id", defaultSortOrderId },
  ];
}

/** The first requirement that is not met. */
export function unmetRequirement(
  metadata: TableMetadata,
  requirements: readonly TableRequirement[],
): TableRequirement | undefined {
  return requirements.find((requirement) => !isMet(metadata, requirement));
}

function isMet(metadata: TableMetadata, requirement: TableRequirement): boolean {
  switch (requirement.type) {
    case "assert-table-uuid":
      return metadata.tableUuid === requirement.uuid;
    case "assert-ref-snapshot-id":
      return metadata.refs[requirement.ref]?.snapshotId === requirement.snapshotId;
    case "assert-last-assigned-field-id":
      return metadata.lastColumnId === requirement.lastAssignedFieldId;
    case "assert-current-schema-id":
      return metadata.currentSchemaId === requirement.currentSchemaId;
    case "assert-last-assigned-partition-id":
      return metadata.lastPartitionId === requirement.lastAssignedPartitionId;
    case "assert-default-spec-id":
      return metadata.defaultSpecId === requirement.defaultSpecId;
    case "assert-default-sort-order-id":
      return metadata.defaultSortOrderId === requirement.defaultSortOrderId;
  }
}
