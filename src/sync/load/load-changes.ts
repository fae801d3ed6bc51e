/**
 * Brings a table to the run's cut by the changes in its files: the last change of each key is compared with the lake's
 * rows of these keys, and what differs is merged. Changes that the lake has already are no difference, so files may be
 * applied again.
 */
import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { openCleanup, using } from "../../base/cleanup.ts";
import type { CatalogTable } from "../../catalog/catalog.ts";
import { copyDataFiles } from "../../engine/copy-data-files.ts";
import { isFloat } from "../../engine/duckdb-type.ts";
import { plainLayout } from "../../engine/file-layout.ts";
import type { ReadColumn } from "../../engine/read-column.ts";
import type { ReadFile } from "../../engine/read-data-files.ts";
import { withMoreMemory } from "../../engine/with-more-memory.ts";
import { compareRows } from "../../writer/row-difference.ts";
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
    const { signal } = run;
    const opened = await openSides(run, { target, current, files: [] });
    const last = cleanup.use(await lastChanges(opened.engine, { target, changes, signal }));
    run.countRows(last.read);
    const fresh = cleanup.use(await stageRows(run, { sides: opened, last }));
    const sides = { ...opened, fresh: fresh.files, ...(await lakeRowsOf(run, { target, sides: opened, last })) };
    const { difference: found } = await compareRows(sides);
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
): Promise<Pick<Sides, "keys" | "wanted" | "within" | "liveWithin">> {
  const { table, key = [] } = target;
  const columns = keyColumns(target);
  if (columns === undefined || last.keys === undefined) return { within: "false" };
  const keys = key.flatMap((name) => sides.columns[table.columns.findIndex((column) => column.name === name)] ?? []);
  const named = columns.map((column, index) => `${column} as ${keys[index]?.name ?? ""}`);
  const wanted = `select ${named.join(", ")} from (${last.keys}) changed`;
  return { keys, wanted, liveWithin: await filesOfKeys(run, { target, sides, wanted, key: keys[0] }) };
}

interface KeyParts {
  readonly target: SyncTarget;
  readonly sides: Sides;
  readonly wanted: string;
  /** The first column of the key. */
  readonly key: ReadColumn | undefined;
}

/** The lake's files that may have one of the keys. Undefined for all of them, if the keys are no whole numbers. */
async function filesOfKeys(run: CutRun, { target, sides, wanted, key }: KeyParts): Promise<Sides["liveWithin"]> {
  if (key === undefined || !["integer", "bigint"].includes(key.sqlType)) return undefined;
  const { rows } = await sides.engine.run(
    `select min(${key.name})::varchar, max(${key.name})::varchar from (${wanted}) wanted`,
    { signal: run.signal },
  );
  const [lowest, highest] = rows[0] ?? [];
  if (typeof lowest !== "string" || typeof highest !== "string") return undefined;
  return filesWithin(run, { target, sides, key, parts: [{ from: BigInt(lowest), to: BigInt(highest) + 1n }] });
}

interface StagedRows extends AsyncDisposable {
  readonly files: readonly ReadFile[];
}

/** Rows per row group; their width is not known here. */
const groupRows = 61_440;

/** Writes the rows to scratch files, so that the comparison can name them by their places. */
async function stageRows(
  { config: { scratchDirectory }, signal }: CutRun,
  { sides, last }: { sides: Sides; last: LastChanges },
): Promise<StagedRows> {
  const written = await copyDataFiles({
    engine: sides.engine,
    columns: sides.columns.map(({ fieldId, sqlType }, index) => ({
      fieldId,
      isFloat: isFloat(sqlType),
      name: `f${fieldId}`,
      expression: `c${index}`,
    })),
    relation: `(${last.rows}) rows`,
    layout: { ...plainLayout, compression: "snappy" },
    scratchDirectory,
    groupRows,
    newFile: async () => scratchFile(join(scratchDirectory, `${randomBytes(8).toString("hex")}.parquet`)),
    signal,
  });
  const paths = written.map(({ draft }) => draft.path);
  return {
    files: written.map(({ draft: { path }, file }) => ({
      path,
      location: path,
      deletes: [],
      recordCount: file.rowCount,
    })),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(paths.map((path) => rm(path, { force: true })));
    },
  };
}

function scratchFile(path: string) {
  return { path, publish: () => Promise.resolve(), discard: () => rm(path, { force: true }) };
}
