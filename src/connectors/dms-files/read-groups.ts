/**
 * Remembers which files of changes have been read, in a few hundred bytes however many they are: the newest by name and
 * size, older ones in groups that double. It decides nothing.
 * Invariant: groups are in the order of their files and do not overlap.
 */
import { createHash } from "node:crypto";
import { sumOf } from "../../base/sum.ts";
import type { ForeignFile } from "../../objects/foreign-files.ts";
import { baseName, timeOf } from "./layout.ts";

export interface ReadGroup {
  /** The name of its newest file. */
  readonly to: string;
  readonly count: number;
  readonly bytes: number;
  /** Digest of the names; empty for a single file, whose name is known. */
  readonly names: string;
}

/** Files that are remembered one by one. */
const newest = 16;

/** `files` in the order in which they apply. */
export function readGroups(files: readonly ForeignFile[]): readonly ReadGroup[] {
  const groups: ReadGroup[] = [];
  let size = 1;
  for (let end = files.length; end > 0; end -= size) {
    size = groups.length < newest ? 1 : Math.min(end, size * 2);
    groups.unshift(groupOf(files.slice(end - size, end)));
  }
  return groups;
}

function groupOf(files: readonly ForeignFile[]): ReadGroup {
  const names = files.map(({ path }) => baseName(path));
  return {
    to: names.at(-1) ?? "",
    count: files.length,
    bytes: sumOf(files, ({ size }) => size),
    names: files.length === 1 ? "" : createHash("sha256").update(names.join("\n")).digest("hex").slice(0, 12),
  };
}

export interface ComparedGroups {
  /** More files than were read, or others. */
  readonly late: boolean;
  /** Files that were read are no longer there. */
  readonly lost: boolean;
  /** A group of the same files with other sizes. */
  readonly rewritten: ReadGroup | undefined;
}

/** `files`: those that are there now, in order, as far as the newest one that was read. */
export function compareGroups(groups: readonly ReadGroup[], files: readonly ForeignFile[]): ComparedGroups {
  const times = files.map(({ path }) => timeOf(path));
  let from = 0;
  const found = groups.map((group, index) => {
    const until = timeOf(group.to);
    const next = groups[index + 1];
    // Files of one time, as DMS writes them into two date partitions, may be in several groups.
    const most = next !== undefined && timeOf(next.to) === until ? from + group.count : files.length;
    let end = from;
    while (end < files.length && ((times[end] ?? "") < until || (times[end] === until && end < most))) end++;
    const own = files.slice(from, end);
    from = end;
    return compareGroup(group, own);
  });
  return {
    late: found.some(({ late }) => late),
    lost: found.some(({ lost }) => lost),
    rewritten: groups.find((_group, index) => found[index]?.isRewritten === true),
  };
}

/** A few files less are not looked at further: a lifecycle rule removes old files. */
function compareGroup(
  group: ReadGroup,
  files: readonly ForeignFile[],
): { readonly late: boolean; readonly lost: boolean; readonly isRewritten: boolean } {
  const now = groupOf(files);
  const isSame = now.count === group.count && now.to === group.to && now.names === group.names;
  if (isSame) return { late: false, lost: false, isRewritten: now.bytes !== group.bytes };
  const hasNewest = files.some(({ path }) => baseName(path) === group.to);
  return {
    late: now.count >= group.count || (group.count === 1 && now.count > 0),
    lost: now.count <= group.count || !hasNewest,
    isRewritten: false,
  };
}
