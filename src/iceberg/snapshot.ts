/** Snapshots and their summaries (spec: "Snapshots"; summary keys: Appendix F). */
import { randomBytes } from "node:crypto";
import type { DataFile } from "./data-file.ts";

export type SnapshotOperation = "append" | "replace" | "overwrite" | "delete";

export interface Snapshot {
  readonly snapshotId: bigint;
  readonly parentSnapshotId?: bigint | undefined;
  readonly sequenceNumber: bigint;
  /** Milliseconds since 1970-01-01. */
  readonly timestampMs: number;
  /** Absent in version 1 snapshots that list `manifests` instead. */
  readonly manifestList?: string | undefined;
  readonly manifests?: readonly string[] | undefined;
  /** All values are texts; `operation` is required from version 2. */
  readonly summary: Readonly<Record<string, string>>;
  readonly schemaId?: number | undefined;
  /** Version 3. */
  readonly firstRowId?: bigint | undefined;
  readonly addedRows?: bigint | undefined;
}

/** A positive random 63-bit number. */
export function newSnapshotId(): bigint {
  return BigInt.asUintN(63, randomBytes(8).readBigUInt64BE()) || 1n;
}

interface SummaryParts {
  readonly operation: SnapshotOperation;
  readonly added: readonly DataFile[];
  readonly removed: readonly DataFile[];
  /** The parent's summary; its totals are carried forward. */
  readonly parent: Readonly<Record<string, string>> | undefined;
  readonly extra: Readonly<Record<string, string>>;
}

/** Counts of what a snapshot of data files changes, and the totals after it. */
export function snapshotSummary({
  operation,
  added,
  removed,
  parent,
  extra,
}: SummaryParts): Readonly<Record<string, string>> {
  const records = (files: readonly DataFile[]): bigint => files.reduce((sum, { recordCount }) => sum + recordCount, 0n);
  const bytes = (files: readonly DataFile[]): bigint =>
    files.reduce((sum, { fileSizeInBytes }) => sum + fileSizeInBytes, 0n);
  const partitions = new Set(
    [...added, ...removed].map(({ specId, partition }) => JSON.stringify([specId, partition.map(String)])),
  );
  const before = (key: string): bigint => BigInt(parent?.[key] ?? 0);
  const counts: Record<string, bigint> = {
    "added-data-files": BigInt(added.length),
    "added-records": records(added),
    "added-files-size": bytes(added),
    "deleted-data-files": BigInt(removed.length),
    "deleted-records": records(removed),
    "removed-files-size": bytes(removed),
    "changed-partition-count": BigInt(partitions.size),
  };
  const totals: Record<string, bigint> = {
    "total-data-files": before("total-data-files") + BigInt(added.length - removed.length),
    "total-records": before("total-records") + records(added) - records(removed),
    "total-files-size": before("total-files-size") + bytes(added) - bytes(removed),
    "total-delete-files": before("total-delete-files"),
    "total-position-deletes": before("total-position-deletes"),
    "total-equality-deletes": before("total-equality-deletes"),
  };
  const present = Object.entries(counts).filter(([, count]) => count > 0n);
  return {
    operation,
    ...extra,
    ...Object.fromEntries([...present, ...Object.entries(totals)].map(([key, value]) => [key, String(value)])),
  };
}
