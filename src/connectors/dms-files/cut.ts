/**
 * A listing as a cut: files that appear later belong to the next one. Rows are read by plans alone, so everything that a
 * database would be asked is answered with "not known".
 */
import { HeadgateError } from "../../errors.ts";
import type { Cut, FilePlan, PlanRequest, SourceTable } from "../../sync/source.ts";
import type { Listing } from "./listing.ts";
import { baseName, timeOf } from "./layout.ts";
import type { Looking } from "./looked-at.ts";
import { nextFiles } from "./next-files.ts";
import { formatPosition, parsePosition } from "./position.ts";
import { parseReading, type Reading } from "./reading.ts";
import { rowFiles } from "./row-files.ts";

interface CutParts {
  readonly listing: Listing;
  readonly readers: number;
  /** A new full load with a file that was written later is not read yet. */
  readonly settledAt: Date;
}

export function filesCut(looking: Looking, { listing, readers, settledAt }: CutParts): Cut {
  const notByRows = (): never => {
    throw new TypeError("rows of files are read by plans");
  };
  return {
    position: newestPosition(listing),
    readers,
    planFiles: (table, request) => planFiles(looking, { listing, settledAt, table, request }),
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

interface PlanParts extends Pick<CutParts, "listing" | "settledAt"> {
  readonly table: SourceTable;
  readonly request: PlanRequest;
}

/** Throws SOURCE_FILES_VANISHED. */
function planFiles(looking: Looking, { listing, settledAt, table, request }: PlanParts): FilePlan {
  const files = listing.find(table.name);
  const { since, key, isWhole } = request;
  if (files === undefined)
    throw new HeadgateError("SOURCE_FILES_VANISHED", { place: `${table.name.schema}.${table.name.name}` });
  const next = nextFiles(files, {
    since: since === undefined ? undefined : parsePosition(since),
    key,
    isWhole,
    settledAt,
  });
  const reading = parseReading(table.incarnation) as Reading;
  return {
    how: next.how,
    reason: next.reason,
    position: formatPosition(next.position),
    loaded: () => rowFiles(looking, { table, reading, files: next.loads }),
    changed: () => rowFiles(looking, { table, reading, files: next.changes }),
  };
}

/** The newest file of all tables, for the run report. */
function newestPosition({ tables }: Listing): string {
  const newest = tables
    .flatMap(({ changes }) => changes.slice(-1))
    .toSorted((left, right) => (timeOf(left.path) < timeOf(right.path) ? 1 : -1));
  const file = newest[0] === undefined ? null : baseName(newest[0].path);
  return formatPosition({
    file,
    loadedAt: null,
    loadedAs: null,
    loadedAfter: null,
    files: null,
    loads: null,
    key: null,
  });
}
