/**
 * The cuts of a run. All chosen tables share the first cut; those that could not be read completely are tried again in
 * later cuts. Each cut ends in at most one catalog transaction.
 * Invariant: results are reported in the order in which the tables were chosen.
 */
import { sourceLabel } from "../settings/table-pattern.ts";
import { using } from "../../base/cleanup.ts";
import { must } from "../../base/must.ts";
import { presentError } from "../../base/present-error.ts";
import { semaphore } from "../../base/semaphore.ts";
import type { Brought, BroughtTables } from "./brought.ts";
import { knownTables } from "./known-tables.ts";
import { openRun, type RunParts } from "./open-run.ts";
import type { Cut, KnownTables, Source, SourceObject } from "../source.ts";
import type { FailedTable } from "./failed-table.ts";
import type { CutRun } from "./sync-run.ts";
import { resolveTargets, type SyncTarget } from "./sync-target.ts";
import type { Attempt } from "./table-failure.ts";

interface CutRequest<T> {
  readonly chosen: readonly SourceObject[];
  /** Does the work for the tables of one cut. Throws if the run has to end. */
  inCut(run: CutRun, targets: readonly SyncTarget[]): Promise<BroughtTables<T>>;
}

/** A table that failed with one of these codes may succeed in another cut, or alone. */
const triedAgain: ReadonlySet<string> = new Set(["SOURCE_TABLE_ALTERED", "SOURCE_STANDBY_CONFLICT", "ENGINE_LOST"]);
const mostCuts = 3;

export async function eachCut<T>(source: Source, parts: RunParts, request: CutRequest<T>): Promise<Brought<T>> {
  const first = await oneCut(source, parts, { ...request, isFirst: true, stopped: [] });
  const tables = [...first.tables];
  const warnings = [...first.warnings];
  let { commit } = first;
  for (let cuts = 1; cuts < mostCuts; cuts++) {
    if (!tables.some(isTriedAgain)) break;
    const places = tables.flatMap((table, place) => (isTriedAgain(table) || isHeld(table) ? [place] : []));
    const chosen = places.flatMap((place) => request.chosen[place] ?? []);
    const names = chosen.map(({ name }) => sourceLabel(name)).join(", ");
    parts.report({ kind: "note", text: `these tables are read once more, in a later cut: ${names}` });
    const stopped = tables.flatMap((table, place) =>
      "failed" in table && !places.includes(place) ? table.failed : [],
    );
    const next = await laterCut(source, parts, { ...request, chosen, stopped });
    if (next === undefined) break;
    places.forEach((place, index) => (tables[place] = must(next.tables[index], "an outcome for each table")));
    commit = next.commit ?? commit;
    warnings.push(`read again in a later cut than the other tables: ${names}`);
  }
  return { tables, position: first.position, commit, warnings };
}

/**
 * Undefined when the cut failed as a whole: the other tables already have the first cut, and these keep their failures.
 */
async function laterCut<T>(
  source: Source,
  parts: RunParts,
  request: Omit<OneCut<T>, "isFirst">,
): Promise<Brought<T> | undefined> {
  try {
    return await oneCut(source, parts, { ...request, isFirst: false });
  } catch (failure) {
    parts.signal.throwIfAborted();
    const { code, message } = presentError(failure);
    parts.report({ kind: "warning", code, text: message });
    return undefined;
  }
}

function isTriedAgain(table: Attempt<unknown>): boolean {
  return "failed" in table && triedAgain.has(table.failed.error.code);
}

/** A table that waits for one that is tried again is tried again with it. */
function isHeld(table: Attempt<unknown>): boolean {
  return "failed" in table && table.failed.error.code === "SOURCE_TRANSACTION_HELD";
}

interface OneCut<T> extends CutRequest<T> {
  readonly isFirst: boolean;
  /** Tables that have failed in an earlier cut and are not tried again. */
  readonly stopped: readonly FailedTable[];
}

async function oneCut<T>(
  source: Source,
  parts: RunParts,
  { chosen, inCut, isFirst, stopped: before }: OneCut<T>,
): Promise<Brought<T>> {
  const { name: sourceName, unsignedBigint } = parts.source;
  const named = { name: sourceName, unsignedBigint, mainSchema: source.mainSchema };
  const known = await knownTables(parts.db, parts.source.id);
  const described = await source.describe(
    chosen.map(({ name }) => name),
    known,
  );
  const resolved = await resolveTargets(parts, { source: named, sourceId: parts.source.id, tables: described });
  const targets = resolved.flatMap((target) => ("done" in target ? [target.done] : []));
  const unresolved = resolved.flatMap((target) => ("failed" in target ? target.failed : []));
  const stopped = [...before, ...unresolved];
  return using(source.openCut({ readers: parts.config.readers }), async (cut) => {
    const outcome = await inCut(cutRun(parts, { cut, isFirst, stopped, known }), targets);
    const tried = outcome.tables.values();
    return {
      tables: resolved.map((target) => ("failed" in target ? target : must(tried.next().value, "an outcome"))),
      position: cut.position,
      commit: outcome.commit,
      warnings: cut.caution === undefined || !isFirst ? [] : [cut.caution],
    };
  });
}

/**
 * One more table than there are readers is in progress, so that no reader waits while the engine finishes a table's
 * last file. Retried tables are loaded one at a time, so that a table that crashes the engine affects no other.
 */
function cutRun(
  parts: RunParts,
  { cut, isFirst, stopped, known }: Pick<OneCut<unknown>, "isFirst" | "stopped"> & { cut: Cut; known: KnownTables },
): CutRun {
  const reading = semaphore(cut.readers);
  return {
    ...openRun(parts, isFirst ? cut.readers + 1 : 1),
    cut,
    stopped,
    positionOf: (name) => known(name)?.position,
    seen: { position: cut.position, at: new Date() },
    inReader: (work) => reading.run(work),
  };
}
