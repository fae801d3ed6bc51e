/** Adds the changes that a table's history had missed before to a result. */
import type { LoadResult } from "./load-result.ts";
import type { MissedHistory } from "../history/missed-history.ts";

/** The result, with the changes that the history had missed before. */
export function withMissed(result: LoadResult, missed: MissedHistory | undefined): LoadResult {
  const { target, history, report } = result;
  if (missed === undefined || target.history === undefined || history === "left") return result;
  const { images, caution } = missed;
  const add = [...images, ...(history?.change.add ?? [])];
  const isAsItWas = history === undefined && add.length === 0;
  return {
    ...result,
    history: isAsItWas ? undefined : { target: target.history, change: { add, deletes: [], remove: new Set() } },
    report: caution === undefined ? report : { ...report, cautions: [...report.cautions, caution] },
  };
}
