/**
 * Finds a state of one table by a snapshot id, a tag or branch, a time, a run of the lake, `first` or `before-last`.
 * Invariant: a state that is asked for by any of these has the columns of its snapshot; only the present table has its
 * present columns. Other engines do the same.
 */
import { HeadgateError } from "../errors.ts";
import { ancestors } from "../iceberg/expire-snapshots.ts";
import type { Snapshot } from "../iceberg/snapshot.ts";
import type { Schema } from "../iceberg/schema.ts";
import {
  currentSchema,
  currentSnapshot,
  schemaOfSnapshot,
  snapshotById,
  type TableMetadata,
} from "../iceberg/table-metadata.ts";
import type { AsOf } from "./as-of.ts";
import type { CatalogTable } from "./catalog.ts";
import { tableLabel } from "./table-name.ts";

/** For one table: everything that can name a state of the whole lake, and in addition snapshots and references. */
export type TableAsOf = AsOf | { readonly snapshot: bigint } | { readonly reference: string };

/** Returns undefined if the table has no snapshot yet. Throws SNAPSHOT_NOT_FOUND. */
export function findSnapshot(table: CatalogTable, asOf: TableAsOf | undefined): Snapshot | undefined {
  const { metadata } = table;
  if (asOf === undefined) return currentSnapshot(metadata);
  const found = lookUp(metadata, asOf);
  if (found !== undefined) return found;
  throw new HeadgateError("SNAPSHOT_NOT_FOUND", {
    place: `${tableLabel(table)} at ${describeAsOf(asOf)}`,
    message: "reference" in asOf ? "the table has no such tag or branch, and this is no time" : undefined,
    remedy: "reference" in asOf ? asOfWords : undefined,
  });
}

const asOfWords =
  "write 2026-11-20T18:00:00Z, `2 hours ago`, first, before-last, the id of a run or snapshot, or a tag; see `headgate table history <table>`";

function lookUp(metadata: TableMetadata, asOf: TableAsOf): Snapshot | undefined {
  if ("snapshot" in asOf) return snapshotById(metadata, asOf.snapshot);
  if ("reference" in asOf) {
    const ref = metadata.refs[asOf.reference];
    return ref && snapshotById(metadata, ref.snapshotId);
  }
  const line = metadata.currentSnapshotId === undefined ? [] : ancestors(metadata, metadata.currentSnapshotId);
  if ("time" in asOf)
    return atTime(metadata, asOf.time) ?? line.find(({ timestampMs }) => timestampMs <= asOf.time.getTime());
  if ("run" in asOf) return metadata.snapshots.findLast(({ summary }) => summary["headgate.run"] === asOf.run);
  return asOf.named === "first" ? line.at(-1) : line[1];
}

/**
 * Uses the table's own log, because a table that was rolled back has had states that are not ancestors of the present
 * one.
 */
function atTime(metadata: TableMetadata, time: Date): Snapshot | undefined {
  const then = metadata.snapshotLog.findLast(({ timestampMs }) => timestampMs <= time.getTime());
  return then && snapshotById(metadata, then.snapshotId);
}

/** The columns of a state. `asOf` is how it was asked for; undefined for the present table. */
export function schemaOfState(
  { metadata }: CatalogTable,
  { snapshot, asOf }: { snapshot: Snapshot | undefined; asOf: TableAsOf | undefined },
): Schema {
  return asOf === undefined || snapshot === undefined ? currentSchema(metadata) : schemaOfSnapshot(metadata, snapshot);
}

/** The form in which a person would write it. */
export function describeAsOf(asOf: TableAsOf): string {
  if ("time" in asOf) return asOf.time.toISOString();
  if ("snapshot" in asOf) return String(asOf.snapshot);
  if ("reference" in asOf) return asOf.reference;
  return "run" in asOf ? asOf.run : asOf.named;
}
