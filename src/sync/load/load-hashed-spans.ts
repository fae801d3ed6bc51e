/**
 * Brings one large table to the run's cut, for sources without visible row versions. The source sends every row, and
 * each span of the key is hashed; only spans whose hash differs from the remembered one are parsed, compared and
 * written.
 */
import { mapLimit } from "../../base/limit.ts";
import { sumOf } from "../../base/sum.ts";
import { inAnySpan, sidesOfSpans, type RangeSides } from "../compare/key-ranges.ts";
import { findKnownSpans, spansToRead, type KnownSpans } from "./known-spans.ts";
import type { LoadResult } from "./load-result.ts";
import { asItWas, mergeRead } from "../compare/merge-ranges.ts";
import { inexactCounter, readRange } from "./read-range.ts";
import type { HashedSpan, KeySpan } from "../source.ts";
import type { CutRun } from "../run/sync-run.ts";
import type { Standing, SyncTarget } from "../run/sync-target.ts";

/**
 * With a larger share of rows in differing spans, or more separate places in the key, it is better to read the whole
 * table.
 */
const readShare = 0.3;
const mostPlaces = 200;

/** Returns `much` when it is better to read the whole table, and undefined when no spans are remembered. */
export async function loadHashedSpans(
  run: CutRun,
  { target, standing }: { target: SyncTarget; standing: Standing },
): Promise<LoadResult | "much" | undefined> {
  if (run.cut.hashed === undefined || target.mode.mode === "cursor") return undefined;
  const known = await findKnownSpans(run.db, target);
  if (known === undefined) return undefined;
  const differing = await differingSpans(run, target, known);
  if (differing === "much") return "much";
  if (differing.length === 0) return unchangedSpans(run, { target, standing, known });
  const read = await readSpans(run, { target, known, differing });
  return mergeRead(run, { target, standing, read, ranges: `${differing.length} of ${known.spans.length}` });
}

/** Also asks for the server's digest, which may save sending the rows next time. */
async function unchangedSpans(
  run: CutRun,
  { target, standing, known }: { target: SyncTarget; standing: Standing; known: KnownSpans },
): Promise<LoadResult> {
  const reason = `the rows of all ${known.spans.length} ranges of the key are sent with the same bytes as before`;
  const fingerprint = await run.inReader(() => run.cut.fingerprint(target.table));
  return asItWas(run, { target, standing, rows: standing.rows, known, fingerprint, reason });
}

/** Number of spans that one reader hashes before it takes the next piece of work. */
const spansAtOnce = 8;

/** Finds the remembered spans that differ. Stops early when there are too many. */
async function differingSpans(
  run: CutRun,
  { table }: SyncTarget,
  { column, spans }: KnownSpans,
): Promise<readonly HashedSpan[] | "much"> {
  const most = sumOf(spans, ({ rows }) => rows) * readShare;
  const differing = new Set<HashedSpan>();
  const isMuch = (): boolean => sumOf([...differing], ({ rows }) => rows) > most;
  await mapLimit(inPieces(spans), run.cut.readers, async (piece) => {
    if (isMuch()) return;
    const found = await run.inReader(async () =>
      run.cut.hashed?.read(table, { column, spans: piece }, undefined, run.signal),
    );
    piece.forEach((span, index) => {
      if (found?.[index]?.hash !== span.hash) differing.add(span);
    });
  });
  const inOrder = spans.filter((span) => differing.has(span));
  return isMuch() || joined(inOrder).length > mostPlaces ? "much" : inOrder;
}

function inPieces(spans: readonly HashedSpan[]): readonly (readonly HashedSpan[])[] {
  const pieces = Array.from({ length: Math.ceil(spans.length / spansAtOnce) });
  return pieces.map((_, index) => spans.slice(index * spansAtOnce, (index + 1) * spansAtOnce));
}

/** Joins adjacent spans. */
function joined(spans: readonly KeySpan[]): readonly KeySpan[] {
  const found: { from: bigint | undefined; to: bigint | undefined }[] = [];
  for (const { from, to } of spans) {
    const last = found.at(-1);
    if (last !== undefined && last.to === from) last.to = to;
    else found.push({ from, to });
  }
  return found;
}

interface SpanParts {
  readonly target: SyncTarget;
  readonly known: KnownSpans;
  readonly differing: readonly HashedSpan[];
}

/** Reads the spans that differ, divided again because they may have grown. */
async function readSpans(run: CutRun, { target, known, differing }: SpanParts): Promise<RangeSides> {
  const { column } = known;
  const places = joined(differing);
  const spans: KeySpan[] = [];
  for (const { from, to } of places) {
    const cut = await spansToRead(run, target, run.cut.between(column, from, to));
    spans.push(...(cut?.spans ?? [{ from, to }]));
  }
  const inexact = inexactCounter();
  const task = `${target.lakeLabel} ${differing.length} ranges`;
  const read = { target, range: undefined, spans: { column, spans }, task, total: undefined, inexact };
  const { files, hashed = [] } = await readRange(run, read);
  const now = withRead(known, { differing, hashed });
  const table = { files, rows: sumOf(now.spans, ({ rows }) => rows), inexact: inexact.counts(), known: now };
  return sidesOfSpans(run, { target, column, spans: places, within: (key) => inAnySpan(key, places), table });
}

function withRead(
  { column, spans }: KnownSpans,
  { differing, hashed }: { differing: readonly HashedSpan[]; hashed: readonly HashedSpan[] },
): KnownSpans {
  const replaced = new Set(differing);
  const all = [...spans.filter((span) => !replaced.has(span)), ...hashed];
  return { column, spans: all.toSorted((left, right) => compareStarts(left.from, right.from)) };
}

/** A span without a start comes first. */
function compareStarts(left: bigint | undefined, right: bigint | undefined): number {
  if (left === undefined || right === undefined) return left === right ? 0 : left === undefined ? -1 : 1;
  return left < right ? -1 : 1;
}
