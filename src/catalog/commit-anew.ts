/**
 * Repeats a commit to one table when another writer committed first: the table is loaded again, and everything that the
 * commit writes besides data files is written again. The table's properties limit the number of attempts
 * (`commit.retry.*`).
 * It does not decide whether a commit may be repeated: the work does that, and throws COMMIT_CONFLICT if not.
 * Invariant: the files of a commit that certainly did not take place are deleted; if it may have taken place, none is
 * deleted.
 */
import { setTimeout as delay } from "node:timers/promises";
import { HeadgateError } from "../errors.ts";
import { retryWaits } from "../iceberg/commit-retry.ts";
import type { FileIO } from "../iceberg/file-io.ts";
import type { TableMetadata } from "../iceberg/table-metadata.ts";
import { layoutRequirements, unmetRequirement } from "../iceberg/table-requirement.ts";
import type { ObjectStore } from "../objects/object-store.ts";
import type { Catalog, CatalogTable } from "./catalog.ts";
import { tableLabel } from "./table-name.ts";
import { fileIO } from "./file-io.ts";
import { tableObjects } from "./table-files.ts";

export interface CommitAttempt {
  /** The table as it is now. */
  readonly table: CatalogTable;
  /** Files written through it are deleted if the commit did not take place. */
  readonly io: FileIO;
  /** Part of the names of the files that this attempt writes. Each attempt has its own. */
  readonly uuid: string;
}

export interface CommitAnew<T> {
  readonly table: CatalogTable;
  readonly uuid: string;
  readonly attempt: (attempt: CommitAttempt) => Promise<T>;
}

/** Throws COMMIT_CONFLICT, COMMIT_UNKNOWN. */
export async function commitAnew<T>(
  catalog: Pick<Catalog, "entries" | "load" | "objects" | "log">,
  { table: first, uuid, attempt }: CommitAnew<T>,
): Promise<T> {
  const waits = retryWaits(first.metadata);
  let table = first;
  for (let tried = 0; ; tried++) {
    const writing = undoable(tableObjects(catalog.objects, table));
    try {
      return await attempt({ table, io: writing.io, uuid: attemptUuid(uuid, tried) });
    } catch (failure) {
      if (!isConflict(failure)) throw failure;
      await writing.undo();
      const wait = waits[tried];
      const moved = wait === undefined ? undefined : await movedTable(catalog, table);
      if (wait === undefined || moved === undefined) throw failure;
      catalog.log("retry", { what: "commit", table: tableLabel(moved), attempt: tried + 1, because: failure.message });
      await delay(wait * Math.random());
      table = moved;
    }
  }
}

/** No two attempts write to the same place, and each file name shows which work it belongs to. */
export function attemptUuid(uuid: string, tried: number): string {
  return tried === 0 ? uuid : `${uuid}-${tried + 1}`;
}

export function isConflict(failure: unknown): failure is HeadgateError {
  return failure instanceof HeadgateError && failure.code === "COMMIT_CONFLICT";
}

/** Returns undefined if the table has not changed or no longer exists. */
export async function movedTable(
  catalog: Pick<Catalog, "entries" | "load">,
  { id, database, metadataLocation }: CatalogTable,
): Promise<CatalogTable | undefined> {
  const entry = (await catalog.entries(database)).find((other) => other.id === id);
  return entry === undefined || entry.metadataLocation === metadataLocation ? undefined : catalog.load(entry);
}

export interface Undoable {
  readonly io: FileIO;
  undo(): Promise<void>;
}

/** Remembers what is written, so that it can be deleted. */
export function undoable(objects: ObjectStore): Undoable {
  const written: string[] = [];
  const { write, ...rest } = fileIO(objects);
  return {
    io: {
      ...rest,
      write(location, bytes) {
        written.push(location);
        return write(location, bytes);
      },
    },
    undo: () => objects.delete(written),
  };
}

/** Throws COMMIT_CONFLICT if files that were written for the planned layout do not fit the table's present layout. */
export function checkLayout(planned: TableMetadata, present: CatalogTable): void {
  const unmet = unmetRequirement(present.metadata, layoutRequirements(planned));
  if (unmet === undefined && present.metadata.formatVersion === planned.formatVersion) return;
  throw new HeadgateError("COMMIT_CONFLICT", {
    place: tableLabel(present),
    message: "another writer has meanwhile changed the table's columns, partitions or sort order",
  });
}
