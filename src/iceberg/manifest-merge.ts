/**
 * Chooses which manifests to merge (table properties `commit.manifest.target-size-bytes`,
 * `commit.manifest.min-count-to-merge`, `commit.manifest-merge.enabled`). Pure: the snapshot producer does the writing.
 * Invariant: only manifests that are neighbours in the order of sequence numbers are merged, so that their partition
 * summaries stay narrow. What one commit reads and writes is limited, however many manifests there are.
 */
import { sumOf } from "../base/sum.ts";
import type { ManifestFile } from "./manifest-list.ts";

/**
 * Fewer unmerged manifests are tolerated than in other implementations (100), because planning a scan opens each of
 * them.
 */
const usual = { targetBytes: 8 * 1024 * 1024, leastCount: 30 };
const mostAtOnce = 100;

interface MergeSettings {
  readonly properties: Readonly<Record<string, string>>;
}

/** Groups all manifests into bins, the newest first. The manifests of a bin are merged if there are several. */
export function manifestBins(
  manifests: readonly ManifestFile[],
  { properties }: MergeSettings,
): readonly (readonly ManifestFile[])[] {
  if (properties["commit.manifest-merge.enabled"]?.toLowerCase() === "false")
    return manifests.map((manifest) => [manifest]);
  const groups = Map.groupBy(manifests, ({ content, partitionSpecId }) => `${content} ${partitionSpecId}`);
  return [...groups.values()].flatMap((group) => binsOf(group, properties));
}

/**
 * Besides the newest bin, which is merged once it contains enough, only one more is merged: the newest one that can be.
 * Because of that, merged manifests are not merged again while others wait.
 */
function binsOf(
  group: readonly ManifestFile[],
  properties: MergeSettings["properties"],
): readonly (readonly ManifestFile[])[] {
  const targetBytes = setNumber(properties["commit.manifest.target-size-bytes"], usual.targetBytes);
  const leastCount = setNumber(properties["commit.manifest.min-count-to-merge"], usual.leastCount);
  const most = { bytes: targetBytes, count: Math.max(leastCount, mostAtOnce) };
  const bins = packedFromTheEnd(group.toSorted(newestFirst), most);
  const next = bins.findIndex(({ length }, index) => index > 0 && length > 1);
  return bins.flatMap((bin, index) =>
    index === next || (index === 0 && bin.length >= leastCount) ? [bin] : bin.map((manifest) => [manifest]),
  );
}

function newestFirst(left: ManifestFile, right: ManifestFile): number {
  return Number(right.minSequenceNumber - left.minSequenceNumber);
}

/** Packs from the oldest on, so that only the newest bin may be partly filled. */
function packedFromTheEnd(
  manifests: readonly ManifestFile[],
  most: { readonly bytes: number; readonly count: number },
): readonly (readonly ManifestFile[])[] {
  const bins: ManifestFile[][] = [];
  for (const manifest of manifests.toReversed()) {
    const bin = bins.at(-1);
    const bytes = sumOf([...(bin ?? []), manifest], ({ manifestLength }) => Number(manifestLength));
    if (bin === undefined || bytes > most.bytes || bin.length >= most.count) bins.push([manifest]);
    else bin.push(manifest);
  }
  return bins.map((bin) => bin.toReversed()).toReversed();
}

function setNumber(text: string | undefined, usually: number): number {
  const value = Number(text ?? usually);
  return value > 0 ? value : usually;
}
