/**
 * Brings a table to the run's cut by the changes in its files: the last change of each key is compared with the lake's
 * rows of these keys, and what differs is merged. Changes that the lake has already are no difference, so files may be
 * applied again.
 */
import { openCleanup, using } from "../../base/cleanup.ts";
import type { CatalogTable } from "../../catalog/catalog.ts";
import type { ReadColumn } from "../../engine/read-column.ts";
import { withMoreMemory } from "../../engine/with-more-memory.ts";
import { compareEachRow } from "../../writer/row-difference.ts";
import type { TableChange } from "../../writer/table-change.ts";
import { applyDifference } from "../compare/apply-difference.ts";
import { filesWithin } from "../compare/key-ranges.ts";
import { openSides, type Sides } from "../compare/table-sides.ts";
import type { FilePlan, FileRows } from "../source.ts";
import type { CutRun } from "../run/sync-run.ts";
import type { SyncTarget } from "../run/sync-target.ts";
import { keyColumns, lastChanges, type LastChanges } from "./last-changes.ts";
import { changed, unchanged, type LoadResult } from "./load-result.ts";

export interface ChangesLoad {
  readonly target: SyncTarget;
  readonly current: CatalogTable;
  readonly files: FilePlan;
}

/** Throws SOURCE_KEY_NEEDED, SOURCE_FILE_INVALID. */
export async function loadChanges(run: CutRun, load: ChangesLoad): Promise<LoadResult> {
  const changes = load.files.how === "nothing" ? undefined : await run.inReader(() => load.files.changed());
  if (changes === undefined) return asItWas(run, load);
  const engine = await run.loadEngine();
  return withMoreMemory(engine, () => mergeChanges(run, { ...load, changes }));
}

const noChange: TableChange = { add: [], deletes: [], remove: new Set() };

/** No row changed. The schema may have changed. */
function asItWas(run: CutRun, { target, files }: ChangesLoad, reason = files.reason): LoadResult {
  const { standing, follow } = target;
  const table = { files: [], rows: standing?.rows ?? 0, inexact: [] };
  const digest = follow.changes.length === 0 ? standing?.digest : undefined;
  const outcome = { target, fingerprint: undefined, digest, isWhole: true, comparedAt: standing?.comparedAt, table };
  if (follow.changes.length > 0) return changed(run, { ...outcome, content: { change: noChange } });
  return unchanged(run, { ...outcome, reason });
}

async function mergeChanges(run: CutRun, load: ChangesLoad & { readonly changes: FileRows }): Promise<LoadResult> {
  const { target, current, changes } = load;
  return using(openCleanup(), async (cleanup) => {
    const opened = await openSides(run, { target, current, files: [] });
    const last = cleanup.use(await lastChanges(run, { engine: opened.engine, target, changes }));
    run.countRows(last.read);
    const sides = { ...opened, fresh: last.files, ...(await lakeRowsOf(run, { target, sides: opened, last })) };
    const found = await compareEachRow(sides);
    if (found === undefined) return asItWas(run, load, "the changes in new files are in the lake already");
    const difference = cleanup.use(found);
    const applied = await applyDifference(run, { target, sides, difference });
    const { rowsAdded, rowsRemoved } = difference;
    const rows = (target.standing?.rows ?? 0) + rowsAdded - rowsRemoved;
    const outcome = { target, fingerprint: undefined, digest: undefined, isWhole: true };
    const table = { files: [], rows, inexact: [] };
    return changed(run, { ...outcome, table, content: { ...applied, rowsAdded, rowsRemoved } });
  });
}

/** Only lake rows with one of the changed keys are compared; without a key, none. */
async function lakeRowsOf(
  run: CutRun,
  { target, sides, last }: { target: SyncTarget; sides: Sides; last: LastChanges },
): Promise<Pick<Sides, "keys" | "wanted" | "within" | "restrict" | "liveWithin">> {
  const keys = keyColumns(target);
  const wanted = keys && last.keys?.(keys);
  if (keys === undefined || wanted === undefined) return { within: "false" };
  const span = await spanOfKeys(run, { sides, wanted, key: keys[0] });
  if (span === undefined) return { keys, wanted };
  const liveWithin = await filesWithin(run, { target, sides, key: span.key, parts: [span] });
  const isInBits = keys.length === 1 && span.to - span.from <= mostBits;
  return isInBits ? { restrict: withKeysIn(span, wanted), liveWithin } : { keys, wanted, liveWithin };
}

interface KeysSpan {
  /** The first column of the key. */
  readonly key: ReadColumn;
  readonly from: bigint;
  /** Not included. */
  readonly to: bigint;
}

/** Undefined if the keys are no whole numbers. */
async function spanOfKeys(
  run: CutRun,
  { sides, wanted, key }: { sides: Sides; wanted: string; key: ReadColumn | undefined },
): Promise<KeysSpan | undefined> {
  if (key === undefined || !["integer", "bigint"].includes(key.sqlType)) return undefined;
  const { rows } = await sides.engine.run(
    `select min(${key.name})::varchar, max(${key.name})::varchar from (${wanted}) wanted`,
    { signal: run.signal },
  );
  const [lowest, highest] = rows[0] ?? [];
  if (typeof lowest !== "string" || typeof highest !== "string") return undefined;
  return { key, from: BigInt(lowest), to: BigInt(highest) + 1n };
}

/** 16 MB. */
const mostBits = 2n ** 27n;
/** In each block, because DuckDB 1.5.5 copies a single row beside each 2,048 rows that it is joined with. */
const bitsOfBlock = 2n ** 15n;

/**
 * Leaves only rows with one of the wanted keys, found by one bit for each key in the span. A join with the keys
 * themselves needs a hundred times the memory. The limit is the number of blocks that there can be: it tells DuckDB that
 * these are the smaller side of the join.
 */
function withKeysIn({ key: { name }, from, to }: KeysSpan, wanted: string): (rows: string) => string {
  const highest = to - 1n;
  const place = (relation: string): string => `(${relation}.${name}::bigint - (${from}))`;
  const bit = (relation: string): string => `(${place(relation)} % ${bitsOfBlock})::integer`;
  const blocks = `select ${place("wanted")} // ${bitsOfBlock} as block,
    bitstring_agg(${bit("wanted")}, 0, ${bitsOfBlock - 1n}) as bits from (${wanted}) wanted group by block
    limit ${(highest - from) / bitsOfBlock + 1n}`;
  return (rows) => `select data.* from (${rows}) data join (${blocks}) blocks
    on case when data.${name} between ${from} and ${highest} then ${place("data")} // ${bitsOfBlock} end = blocks.block
    where get_bit(blocks.bits, ${bit("data")}) = 1`;
}
