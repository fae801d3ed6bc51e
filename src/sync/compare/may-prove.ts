/**
 * Decides how long to trust a proof that does not see every write: for some time after the rows were read or compared
 * by content, because the next comparison finds what the proof missed.
 */
import type { CutRun } from "../run/sync-run.ts";

const hourMs = 3_600_000;

export function mayProve({ cut, config, seen }: CutRun, comparedAt: Date | undefined): boolean {
  if (cut.proofGap === undefined) return true;
  return comparedAt !== undefined && seen.at.getTime() - comparedAt.getTime() < config.compareAfterHours * hourMs;
}
