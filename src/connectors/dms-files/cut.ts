/**
 * A listing as a cut: files that appear later belong to the next one. Rows are read by plans alone, so everything that a
 * database would be asked is answered with "not known".
 */
import { HeadgateError } from "../../errors.ts";
import type { Cut, FilePlan, PlanRequest, SourceTable, TableName } from "../../sync/source.ts";
import { contentOf, loadState } from "./full-load.ts";
import type { Listing } from "./listing.ts";
import { baseName, tableWithoutFolder, timeOf, type TableFiles } from "./layout.ts";
import type { Looking } from "./looked-at.ts";
import { nextFiles, type NextFiles } from "./next-files.ts";
import { beginning, formatPosition, hadFullLoad, parsePosition, type FilesPosition } from "./position.ts";
import { parseReading, type Reading } from "./reading.ts";
import { rowFiles } from "./row-files.ts";
import { sharedFiles } from "./shared-files.ts";

interface CutParts {
  readonly listing: Listing;
  readonly readers: number;
}

export function filesCut(looking: Looking, { listing, readers }: CutParts): Cut {
  const notByRows = (): never => {
    throw new TypeError("rows of files are read by plans");
  };
  return {
    position: newestPosition(listing),
    readers,
    sharedFiles: (tables) => sharedFiles(looking, { listing, tables }),
    planFiles: (table, request) => planFiles(looking, { listing, table, request }),
    split: async () => [undefined],
    unchanged: async () => false,
    fingerprint: async () => undefined,
    since: notByRows,
    keyExtent: async () => undefined,
    digestHash: "md5",
    digests: async () => undefined,
    isIdle: () => false,
    hasDuplicates: async () => false,
    between: () => undefined,
    read: async () => notByRows(),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

interface PlanParts extends Pick<CutParts, "listing"> {
  readonly table: SourceTable;
  readonly request: PlanRequest;
}

/** Throws SOURCE_FILES_VANISHED and what else the files do not tell. */
async function planFiles(looking: Looking, { listing, table, request }: PlanParts): Promise<FilePlan> {
  const { since: known, key, isWhole } = request;
  const files = listing.find(table.name) ?? noFiles(table.name, request);
  const since = known === undefined ? undefined : parsePosition(known);
  const load = await loadState(looking, files, since);
  const isAnew = mayBeginAnew(files, { request, since });
  const next = nextFiles(files, { since, load, key, isWhole, isAnew });
  const reading = parseReading(table.incarnation) as Reading;
  return {
    how: next.how,
    reason: next.reason,
    notice: next.notice,
    position: formatPosition(await withContent(looking, next)),
    loaded: () => rowFiles(looking, { table, reading, files: next.loads }),
    changed: () => rowFiles(looking, { table, reading, files: next.changes }),
  };
}

/** Nothing tells which files of whole transactions a truncated table begins with, so only somebody who names it may say. */
function mayBeginAnew(
  { hasFolder }: TableFiles,
  { request: { isAnew, isNamed }, since }: { request: PlanRequest; since: FilesPosition | undefined },
): boolean {
  return isAnew && (isNamed || hasFolder || since === undefined || !hadFullLoad(since));
}

/** Throws SOURCE_FILES_VANISHED, unless somebody asked to begin the table anew with what is there. */
function noFiles(name: TableName, { isNamed, isAnew }: PlanRequest): TableFiles {
  if (isAnew && isNamed) return tableWithoutFolder(name, []);
  throw new HeadgateError("SOURCE_FILES_VANISHED", {
    place: `${name.schema}.${name.name}`,
    message: "none of its files is there any more",
  });
}

async function withContent(looking: Looking, { how, loads, position }: NextFiles): Promise<FilesPosition> {
  if (how !== "whole" || loads.length === 0) return position;
  return { ...position, loadedIs: await contentOf(looking, loads) };
}

/** The newest file of all tables, for the run report. */
function newestPosition({ tables }: Listing): string {
  const newest = tables
    .flatMap(({ changes }) => changes.slice(-1))
    .toSorted((left, right) => (timeOf(left.path) < timeOf(right.path) ? 1 : -1));
  const file = newest[0] === undefined ? null : baseName(newest[0].path);
  return formatPosition({ ...beginning, file });
}
