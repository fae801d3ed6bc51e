/**
 * Which manifests become one (table properties `commit.manifest.target-size-bytes`, `commit.manifest.min-count-to-merge`,
 * `commit.manifest-merge.enabled`). Pure: it chooses, the snapshot producer writes.
 * Invariant: only neighbours in the order of their data's sequence numbers come together, so that what a manifest says of its
 * partitions stays narrow; and what one commit reads and writes has a bound, however many manifests there are.
 */
import { sumOf } from "../base/sum.ts";
import type { ManifestFile } from "./manifest-list.ts";

/** Fewer are let be than elsewhere (100): who plans a scan opens each. */
const usual = { targetBytes: 8 * 1024 * 1024, leastCount: 30 };
const mostAtOnce = 100;

interface MergeSettings {
  readonly properties: Readonly<Record<string, string>>;
}

/** All manifests, the newest first, in bins: those of a bin with several become one. */
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
 * Beside the newest bin, which is merged once it holds enough, one more: the newest of those that can be, so that what was merged is
 * not merged again while others wait.
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

/** So that the bin that is not full is the newest. */
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
