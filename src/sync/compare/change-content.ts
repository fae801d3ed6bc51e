/**
 * From what was read to what changes in the lake: nothing where the rows are equal as multisets; the rows that differ where they
 * are few; the whole content where they are many, or nothing is there yet.
 */
import { using } from "../../base/cleanup.ts";
import { sumOf } from "../../base/sum.ts";
import type { CatalogTable } from "../../catalog/catalog.ts";
import { withMoreMemory } from "../../engine/with-more-memory.ts";
import { applyDifference, type AppliedDifference } from "./apply-difference.ts";
import { compareRows, type RowDifference } from "../../writer/row-difference.ts";
import type { StagedFile } from "../../writer/staged-file.ts";
import type { SyncRun } from "../run/sync-run.ts";
import type { SyncTarget } from "../run/sync-target.ts";
import { openSides, type Sides } from "./table-sides.ts";

/** `change`: undefined where no row differs. */
export interface ContentChange extends Partial<AppliedDifference> {
  readonly rowsAdded: number;
  readonly rowsRemoved: number;
  /** Of the rows that the table shall have; see row-difference.ts. */
  readonly digest: string;
}

interface ContentParts {
  readonly target: SyncTarget;
  readonly current: CatalogTable;
  /** The table's whole content, newly read. */
  readonly files: readonly StagedFile[];
}

/** Throws DISK_FULL, DATA_FILE_MISSING, ENGINE_LOST. */
export async function changeContent(run: SyncRun, parts: ContentParts): Promise<ContentChange> {
  const sides = await openSides(run, parts);
  return withMoreMemory(sides.engine, () => changeBetween(run, { ...parts, sides }));
}

async function changeBetween(run: SyncRun, parts: ContentParts & { sides: Sides }): Promise<ContentChange> {
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

/** What is known of the lake's rows without reading them: only where nobody wrote to the table, and its columns stay. */
function knownDigest({ standing, current, follow }: SyncTarget): string | undefined {
  if (follow.changes.length > 0 || standing?.snapshotId !== current?.metadata.currentSnapshotId) return undefined;
  return standing?.digest;
}

/** Of a table's rows: with more of them new, the files that were read are taken as they are. */
const replaceShare = 0.3;

/** Never where deleted rows are kept: they are only there; and not where rows that stay shall keep their ids. */
function isWorthReplacing(
  { config, full }: SyncRun,
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
