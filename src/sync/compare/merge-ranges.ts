/** The last step of a load by ranges: compares the ranges that were read with the lake and merges what differs. */
import { using } from "../../base/cleanup.ts";
import { withMoreMemory } from "../../engine/with-more-memory.ts";
import { applyDifference } from "./apply-difference.ts";
import type { RangeSides } from "./key-ranges.ts";
import type { KnownSpans } from "../load/known-spans.ts";
import { changed, unchanged, type LoadResult } from "../load/load-result.ts";
import { compareRows } from "../../writer/row-difference.ts";
import type { SeeingRun } from "../run/sync-run.ts";
import type { Standing, SyncTarget } from "../run/sync-target.ts";

interface Unwritten {
  readonly target: SyncTarget;
  readonly standing: Standing;
  /** Rows that the source has at this cut. */
  readonly rows: number;
  readonly known?: KnownSpans | undefined;
  readonly fingerprint?: string | undefined;
  readonly reason: string;
}

/** The result for a table whose rows have not changed since source and lake were equal. */
export function asItWas(run: SeeingRun, parts: Unwritten): LoadResult {
  const { target, standing, rows, known, fingerprint, reason } = parts;
  const table = { files: [], rows, inexact: [], known };
  return unchanged(run, { target, fingerprint, digest: standing.digest, isWhole: true, table, reason });
}

interface ReadParts {
  readonly target: SyncTarget;
  readonly standing: Standing;
  readonly read: RangeSides;
  /** How many ranges were read, and of how many, in words. */
  readonly ranges: string;
}

export async function mergeRead(run: SeeingRun, { target, standing, read, ranges }: ReadParts): Promise<LoadResult> {
  const { sides, table } = read;
  const result = await withMoreMemory(sides.engine, async (): Promise<LoadResult> => {
    const { difference: found } = await compareRows(sides);
    const reason = `${ranges} ranges of the key were written to; read again, they are equal to the lake`;
    if (found === undefined) return asItWas(run, { target, standing, ...table, reason });
    return using(found, async (difference) => {
      const applied = await applyDifference(run, { target, sides, difference });
      const { rowsAdded, rowsRemoved } = difference;
      const outcome = { target, fingerprint: undefined, digest: undefined, isWhole: true, table };
      return changed(run, { ...outcome, content: { ...applied, rowsAdded, rowsRemoved } });
    });
  });
  await run.objects.delete(table.files.map(({ location }) => location));
  return result;
}
