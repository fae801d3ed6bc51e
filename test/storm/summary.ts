/** A storm in figures, for people and for machines. */
import type { StormResult } from "./run-storm.ts";
import type { Totals } from "./storm-world.ts";

export function outcomeRows({ outcomes }: Totals): readonly { who: string; outcome: string; times: number }[] {
  return [...outcomes].flatMap(([who, counts]) => [...counts].map(([outcome, times]) => ({ who, outcome, times })));
}

export function figuresOf({ totals, peaks, before, after }: StormResult) {
  return {
    wrong: totals.complaints.length,
    reads: totals.outcomes.get("reader")?.get("ok") ?? 0,
    syncs: totals.outcomes.get("syncer")?.get("ok") ?? 0,
    kills: totals.outcomes.get("killer")?.get("killed") ?? 0,
    quietStatements: totals.quiet.length,
    quietP50Ms: at(totals.quiet, 0.5),
    quietP99Ms: at(totals.quiet, 0.99),
    quietMostMs: at(totals.quiet, 1),
    revocations: totals.revocations.length,
    revocationMostMs: at(totals.revocations, 1),
    serverMBBefore: before.serverMB,
    serverMBAfter: after?.serverMB,
    serverMBMost: Math.round(peaks.serverMB),
    heapMBBefore: before.heapMB,
    heapMBAfter: after?.heapMB,
    enginesMost: peaks.engines,
    largestEngineMB: Math.round(peaks.engineMB),
    enginesTogetherMB: Math.round(peaks.enginesMB),
    socketsBefore: before.sockets,
    socketsAfter: after?.sockets,
    scratchFilesAfter: after?.scratchFiles,
  };
}

/** The value below which this share of all values lies. Null if there are none. */
export function at(values: readonly number[], share: number): number | null {
  const sorted = values.toSorted((left, right) => left - right);
  const found = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  return found === undefined ? null : Math.round(found);
}
