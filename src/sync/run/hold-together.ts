/**
 * Holds back tables that share transactions with a table that has failed: their changes would make these transactions
 * visible in part. It concerns only sources whose files hold whole transactions.
 * Invariant: a transaction is never split between tables of one run. Tables that a person left out do not count.
 */
import { HeadgateError } from "../../errors.ts";
import type { LoadResult } from "../load/load-result.ts";
import type { TableName } from "../source.ts";
import type { Hold } from "./commit-tables.ts";
import type { CutRun } from "./sync-run.ts";
import type { FailedTable } from "./failed-table.ts";
import type { Attempt } from "./table-failure.ts";

/** Undefined for a source whose tables do not share files. */
export function holdTogether(run: CutRun): Hold | undefined {
  if (run.cut.sharedFiles === undefined) return undefined;
  return (tables) => heldTables(run, tables);
}

async function heldTables(
  { cut, stopped, positionOf }: CutRun,
  tables: readonly Attempt<LoadResult | undefined>[],
): Promise<ReadonlyMap<number, HeadgateError>> {
  const failed = [...tables.map((table) => ("failed" in table ? table.failed : undefined)), ...stopped];
  const names = [...tables.map(nameOf), ...stopped.map(({ name }) => name)];
  if (failed.every((table) => table === undefined)) return new Map();
  const asked = names.flatMap((name, index) => (name === undefined ? [] : [{ name, index }]));
  const found = await cut.sharedFiles?.(asked.map(({ name }) => ({ name, position: positionOf(name) })));
  const files = names.map((): readonly string[] => []);
  asked.forEach(({ index }, at) => (files[index] = found?.[at] ?? []));
  const holds = spread(files, failed);
  return new Map([...holds].map(([index, hold]) => [index, heldError(names[index], hold)]));
}

/** Undefined for a table with nothing to commit. */
function nameOf(table: Attempt<LoadResult | undefined>): TableName | undefined {
  return "failed" in table ? table.failed.name : table.done?.target.table.name;
}

interface Held {
  readonly by: FailedTable;
  /** The file that the table shares with it, or with a table that is held back. */
  readonly file: string;
}

/**
 * Which tables are held back, by their places: those that share a file with a failed table, and those that share one
 * with these.
 */
export function spread(
  files: readonly (readonly string[])[],
  failed: readonly (FailedTable | undefined)[],
): ReadonlyMap<number, Held> {
  const held = new Map<number, Held>();
  const waiting = failed.flatMap((by, index) => (by === undefined ? [] : [{ by, index }]));
  for (const { by, index } of waiting)
    for (const [other, own] of files.entries()) {
      const file = own.find((path) => files[index]?.includes(path) === true);
      if (file === undefined || failed[other] !== undefined || held.has(other)) continue;
      held.set(other, { by, file });
      waiting.push({ by, index: other });
    }
  return held;
}

function heldError(name: TableName | undefined, { by, file }: Held): HeadgateError {
  return new HeadgateError("SOURCE_TRANSACTION_HELD", {
    place: `${name?.schema ?? ""}.${name?.name ?? ""}`,
    message: `its changes in ${file} belong to transactions whose other changes wait for ${by.sourceTable}, which has stopped with ${by.error.code}`,
    remedy: `resolve the error of ${by.sourceTable}, or leave it out: \`headgate table controller ${by.lakeTable} --active-flag false\``,
  });
}
