/**
 * Compares the rows that were read with the lake and decides what to change: nothing when they are equal as multisets,
 * only the rows that differ when there are few, and the whole content when there are many or the table is new.
 */
import { using } from "../../base/cleanup.ts";
import { sumOf } from "../../base/sum.ts";
import type { CatalogTable } from "../../catalog/catalog.ts";
import { withMoreMemory } from "../../engine/with-more-memory.ts";
import { applyDifference, type AppliedDifference } from "./apply-difference.ts";
import { compareRows, type RowDifference } from "../../writer/row-difference.ts";
import type { StagedFile } from "../../writer/staged-file.ts";
import type { SeeingRun } from "../run/sync-run.ts";
import type { SyncTarget } from "../run/sync-target.ts";
import { openSides, type Sides } from "./table-sides.ts";

/** `change` is undefined when no row differs. */
export interface ContentChange extends Partial<AppliedDifference> {
  readonly rowsAdded: number;
  readonly rowsRemoved: number;
  /** Digest of the rows that the table will have; see row-difference.ts. */
  readonly digest: string;
}

interface ContentParts {
  readonly target: SyncTarget;
  readonly current: CatalogTable;
  /** The table's whole content, newly read from the source. */
  readonly files: readonly StagedFile[];
}

/** Throws DISK_FULL, DATA_FILE_MISSING, ENGINE_LOST. */
export async function changeContent(run: SeeingRun, parts: ContentParts): Promise<ContentChange> {
  const sides = await openSides(run, parts);
  return withMoreMemory(sides.engine, () => changeBetween(run, { ...parts, sides }));
}

async function changeBetween(run: SeeingRun, parts: ContentParts & { sides: Sides }): Promise<ContentChange> {
  const { files, sides, target } = parts;
  const { digest, difference: found } = await compareRows(
    sides,
    run.verify || run.full ? undefined : knownDigest(target),
  );
  if (found === undefined) return { rowsAdded: 0, rowsRemoved: 0, digest };
  return using(found, async (difference) => {
    const { rowsAdded, rowsRemoved } = difference;
    const replaceBy = isWorthReplacing(run, { target, difference, files }) ? files : undefined;
    const applied = await applyDifference(run, { target, sides, difference, replaceBy });
    return { ...applied, rowsAdded, rowsRemoved, digest };
  });
}

/**
 * The digest of the lake's rows if it is known without reading them: nobody else wrote to the table, and its columns do
 * not change.
 */
function knownDigest({ standing, current, follow }: SyncTarget): string | undefined {
  if (follow.changes.length > 0 || standing?.snapshotId !== current?.metadata.currentSnapshotId) return undefined;
  return standing?.digest;
}

/** Share of new rows above which the files that were read replace the table's content. */
const replaceShare = 0.3;

/**
 * Not with soft deletes, because the lake has the only copy of deleted rows; and not in format version 3, where
 * unchanged rows must keep their ids.
 */
function isWorthReplacing(
  { config, full }: SeeingRun,
  { target, difference, files }: { target: SyncTarget; difference: RowDifference; files: readonly StagedFile[] },
): boolean {
  if (target.follow.deletedAt !== undefined) return false;
  if (full) return true;
  if (target.current?.metadata.formatVersion === 3) return false;
  const bytes = sumOf(files, ({ sizeBytes }) => sizeBytes);
  return (
    bytes <= config.smallFileBytes || difference.rowsAdded > sumOf(files, ({ rowCount }) => rowCount) * replaceShare
  );
}
