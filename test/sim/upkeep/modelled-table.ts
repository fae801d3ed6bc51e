/**
 * A table's files as numbers: how many rows each has, and how many of them each delete file lists. The merge's own plan
 * decides how a merge changes them; there are no rows.
 * Invariant: rows added minus rows removed equals the number of rows.
 */
import { must } from "../../../src/base/must.ts";
import { sumOf } from "../../../src/base/sum.ts";
import { planMerge } from "../../../src/writer/merge-plan.ts";
import type { Random } from "../../soak/random.ts";

export interface ModelledFile {
  readonly location: string;
  /** Days since 1970-01-01; undefined in a table without partitions. */
  readonly partition: number | undefined;
  readonly rows: number;
  readonly sizeBytes: number;
  /** How many of its rows each delete file lists, by the delete file's location. */
  readonly deleted: Map<string, number>;
}

export interface ModelledDeletes {
  readonly location: string;
  readonly partition: number | undefined;
  readonly rows: number;
  readonly firstFile: string;
  readonly lastFile: string;
}

/** The changes of one commit. */
export interface ModelledChange {
  /** Added rows, by partition. */
  readonly coming: ReadonlyMap<number | undefined, number>;
  /** Removed rows, by the location of their file. */
  readonly going: ReadonlyMap<string, number>;
}

export interface ModelledCommit {
  readonly add: readonly ModelledFile[];
  readonly deletes: readonly ModelledDeletes[];
  readonly remove: ReadonlySet<string>;
}

export interface ModelledTable {
  readonly files: ReadonlyMap<string, ModelledFile>;
  apply(change: ModelledChange, newLocation: () => string): ModelledCommit;
  /** Files to combine into one. */
  gather(locations: readonly string[], newLocation: () => string): readonly ModelledFile[];
  /** Removes files completely; throws if a remaining file needs one of them. */
  forget(locations: ReadonlySet<string>): void;
  /** Picks this many rows from files that `among` accepts. */
  scatter(rows: number, among?: (file: ModelledFile) => boolean): ReadonlyMap<string, number>;
}

/** The default settings. */
const smallFileBytes = 512 * 1024;

export function modelTable({ bytesPerRow, random }: { bytesPerRow: number; random: Random }): ModelledTable {
  const files = new Map<string, ModelledFile>();

  const write = (partition: number | undefined, rows: number, location: string): ModelledFile => {
    const file = { location, partition, rows, sizeBytes: 600 + Math.ceil(rows * bytesPerRow), deleted: new Map() };
    files.set(location, file);
    return file;
  };

  function apply({ coming, going }: ModelledChange, newLocation: () => string): ModelledCommit {
    const plan = planMerge({ files: mergeFiles(going), deleteFiles: mostDeleteFiles(files), smallFileBytes });
    const replaced = plan.replaceDeletes ? allDeletes(files) : new Set<string>();
    const rows = new Map(coming);
    for (const location of plan.rewrite) {
      const file = must(files.get(location), "a file to rewrite");
      const left = liveRows(file) - (going.get(location) ?? 0);
      rows.set(file.partition, (rows.get(file.partition) ?? 0) + left);
      files.delete(location);
    }
    const deletes = nameRows({ going, replaced, newLocation });
    const add = [...rows]
      .filter(([, count]) => count > 0)
      .map(([partition, count]) => write(partition, count, newLocation()));
    return { add, deletes, remove: new Set([...plan.rewrite, ...replaced]) };
  }

  function mergeFiles(going: ReadonlyMap<string, number>) {
    return [...files.values()].map((file) => ({
      location: file.location,
      partition: String(file.partition),
      sizeBytes: file.sizeBytes,
      rows: file.rows,
      deletedBefore: deletedRows(file),
      deletedNow: going.get(file.location) ?? 0,
    }));
  }

  /** One delete file for each partition with removed rows whose file stays. */
  function nameRows(parts: {
    readonly going: ReadonlyMap<string, number>;
    readonly replaced: ReadonlySet<string>;
    readonly newLocation: () => string;
  }): readonly ModelledDeletes[] {
    const named = [...files.values()]
      .map((file) => ({ file, rows: (parts.going.get(file.location) ?? 0) + takeFrom(file, parts.replaced) }))
      .filter(({ rows }) => rows > 0);
    return [...Map.groupBy(named, ({ file }) => file.partition)].map(([partition, group]) => {
      const location = parts.newLocation();
      for (const { file, rows } of group) file.deleted.set(location, rows);
      const locations = group.map(({ file }) => file.location).toSorted();
      return {
        location,
        partition,
        rows: sumOf(group, ({ rows }) => rows),
        firstFile: must(locations[0], "a file that is named"),
        lastFile: must(locations.at(-1), "a file that is named"),
      };
    });
  }

  return {
    files,
    apply,
    gather(locations, newLocation) {
      const gathered = locations.map((location) => must(files.get(location), "a file to gather"));
      for (const { location } of gathered) files.delete(location);
      const rows = sumOf(gathered, liveRows);
      return rows === 0 ? [] : [write(gathered[0]?.partition, rows, newLocation())];
    },
    forget(locations) {
      for (const { location, deleted } of files.values())
        for (const name of deleted.keys())
          if (locations.has(name)) throw new Error(`${name} went, and ${location} needs it`);
    },
    scatter: (rows, among = () => true) => scatter({ files: [...files.values()].filter(among), rows, random }),
  };
}

export function deletedRows({ deleted }: ModelledFile): number {
  return sumOf([...deleted.values()], (rows) => rows);
}

export function liveRows(file: ModelledFile): number {
  return file.rows - deletedRows(file);
}

/** How many rows those delete files listed; they no longer do. */
function takeFrom({ deleted }: ModelledFile, replaced: ReadonlySet<string>): number {
  const gone = [...deleted].filter(([location]) => replaced.has(location));
  for (const [location] of gone) deleted.delete(location);
  return sumOf(gone, ([, rows]) => rows);
}

type Files = ReadonlyMap<string, ModelledFile>;

function allDeletes(files: Files): ReadonlySet<string> {
  return new Set([...files.values()].flatMap(({ deleted }) => [...deleted.keys()]));
}

/** For one partition. */
function mostDeleteFiles(files: Files): number {
  const groups = Map.groupBy(files.values(), ({ partition }) => partition);
  const counts = [...groups.values()].map((group) => new Set(group.flatMap(({ deleted }) => [...deleted.keys()])).size);
  return Math.max(0, ...counts);
}

function scatter({ files, rows, random }: { files: readonly ModelledFile[]; rows: number; random: Random }) {
  const found = new Map<string, number>();
  const total = sumOf(files, liveRows);
  for (let row = 0; row < Math.min(rows, total / 2); row++) {
    let place = random.below(total);
    const file = must(
      files.find((candidate) => (place -= liveRows(candidate)) < 0),
      "a file at the place",
    );
    const before = found.get(file.location) ?? 0;
    if (before < liveRows(file)) found.set(file.location, before + 1);
  }
  return found;
}
