/**
 * Plans the maintenance of a table's files: which small files to merge, which large ones to split, and which to rewrite
 * because many of their rows are deleted and so slow down reading. Pure; no I/O.
 * Invariant: only files of one partition are merged, and a row is rewritten a few times in all, not every day.
 */
import { sumOf } from "../base/sum.ts";
import { fileKey, type DataFile } from "../iceberg/data-file.ts";

export interface UpkeepFile {
  readonly location: string;
  /** Equal for all files of one partition. */
  readonly partition: string;
  readonly sizeBytes: number;
  readonly rows: number;
  /** Number of rows deleted by position. */
  readonly deletedRows: number;
  /** Whether another writer may have deleted rows by value, which every reader then has to compare. */
  readonly hasValueDeletes: boolean;
}

/** Files whose rows are rewritten together. */
export interface Rewrite {
  readonly files: readonly UpkeepFile[];
  /** How many files should replace them. */
  readonly becomes: number;
  readonly why: string;
}

export interface UpkeepPlan {
  readonly rewrites: readonly Rewrite[];
  /** Bytes to rewrite that exceed the budget and are left for the next time. */
  readonly postponedBytes: number;
}

interface PlanParts {
  readonly files: readonly UpkeepFile[];
  /** Approximate size of one data file in bytes. */
  readonly targetBytes: number;
  /** Most bytes to rewrite in one run. */
  readonly budgetBytes: number;
}

/** A file smaller than this share of the target is merged with others. */
const smallShare = 0.5;
/** With fewer small files, merging them is not worth the writing. */
const fewestGathered = 4;
/** A file is merged with smaller ones only if it is at most this many times as large as all of them together. */
const mostOutweighing = 4;
/** A file is rewritten when more than this share of its rows is deleted. */
const deletedShare = 0.1;
/** A file larger than this many times the target is split. */
const largeShare = 1.8;
/** Files are not split into parts with fewer rows, because the engine counts rows by the thousand. */
const fewestRows = 8_192;

export function planUpkeep({ files, targetBytes, budgetBytes }: PlanParts): UpkeepPlan {
  const wanted = [...Map.groupBy(files, ({ partition }) => partition).values()].flatMap((group) =>
    rewritesOf(group, targetBytes),
  );
  const rewrites: Rewrite[] = [];
  let [spent, postponedBytes] = [0, 0];
  for (const rewrite of wanted) {
    const bytes = bytesOf(rewrite.files);
    // The first rewrite is done however large it is, so that there is progress.
    if (rewrites.length > 0 && spent + bytes > budgetBytes) postponedBytes += bytes;
    else {
      rewrites.push(rewrite);
      spent += bytes;
    }
  }
  return { rewrites, postponedBytes };
}

function rewritesOf(group: readonly UpkeepFile[], targetBytes: number): readonly Rewrite[] {
  const rewrite = (files: readonly UpkeepFile[], why: string): Rewrite => ({
    files,
    becomes: becomes(files, targetBytes),
    why,
  });
  const small = group.filter(({ sizeBytes }) => sizeBytes < targetBytes * smallShare);
  const bins = binsOf(small, targetBytes).map(evenOf);
  const binned = new Set(bins.flat());
  return [
    ...bins.filter((bin) => bin.length >= fewestGathered).map((bin) => rewrite(bin, `${bin.length} small files`)),
    ...bins
      .filter((bin) => bin.length < fewestGathered)
      .flat()
      .concat(group.filter((file) => !binned.has(file)))
      .flatMap((file) => {
        const why = whyAlone(file, targetBytes);
        return why === undefined ? [] : [rewrite([file], why)];
      }),
  ];
}

/** Returns undefined when the file is good as it is. */
function whyAlone(file: UpkeepFile, targetBytes: number): string | undefined {
  if (isWorn(file)) return whyWorn(file);
  const isLarge = file.sizeBytes > targetBytes * largeShare && becomes([file], targetBytes) > 1;
  return isLarge ? `${Math.round(file.sizeBytes / 1024 / 1024)} MB in one file` : undefined;
}

function becomes(files: readonly UpkeepFile[], targetBytes: number): number {
  const rows = sumOf(files, rowsLeft);
  return Math.max(1, Math.min(Math.round(bytesLeft(files) / targetBytes), Math.floor(rows / fewestRows)));
}

function rowsLeft({ rows, deletedRows }: UpkeepFile): number {
  return rows - deletedRows;
}

/** Approximate size of the rows that are not deleted. */
export function bytesLeft(files: readonly UpkeepFile[]): number {
  return sumOf(files, (file) => (file.sizeBytes * rowsLeft(file)) / Math.max(1, file.rows));
}

function isWorn({ rows, deletedRows, hasValueDeletes }: UpkeepFile): boolean {
  return hasValueDeletes || deletedRows > rows * deletedShare;
}

function whyWorn({ rows, deletedRows, hasValueDeletes }: UpkeepFile): string {
  return hasValueDeletes ? "rows are deleted by value" : `${deletedRows} of ${rows} rows are deleted`;
}

/**
 * Leaves out the files that are far larger than all smaller ones together. They wait until there is more to merge with
 * them, so that a row is rewritten a few times in all and not every day.
 */
function evenOf(bin: readonly UpkeepFile[]): readonly UpkeepFile[] {
  const bySize = bin.toSorted((left, right) => left.sizeBytes - right.sizeBytes);
  const last = bySize.findLastIndex(
    ({ sizeBytes }, index) => sizeBytes <= mostOutweighing * bytesOf(bySize.slice(0, index)),
  );
  const even = new Set(bySize.slice(0, last + 1));
  return bin.filter((file) => even.has(file));
}

/** Keeps the order of the files, so that rows which arrived together stay together. */
function binsOf(files: readonly UpkeepFile[], targetBytes: number): readonly (readonly UpkeepFile[])[] {
  const bins: UpkeepFile[][] = [];
  let bytes = Infinity;
  for (const file of files) {
    if (bytes + file.sizeBytes > targetBytes) {
      bins.push([]);
      bytes = 0;
    }
    bins.at(-1)?.push(file);
    bytes += file.sizeBytes;
  }
  return bins;
}

/** A table's files as scan planning lists them. */
interface ListedFiles {
  readonly files: readonly { readonly dataFile: Located; readonly deletes: readonly { readonly file: Located }[] }[];
  /** Every delete file, including those that apply to no file. */
  readonly deletes: readonly Located[];
}

type Located = Pick<DataFile, "filePath" | "contentOffset">;

/** The keys of the files that are rewritten and of the delete files that no remaining file needs. */
export function filesToRemove(rewrites: readonly Rewrite[], { files, deletes }: ListedFiles): ReadonlySet<string> {
  const going = new Set(rewrites.flatMap((rewrite) => rewrite.files.map(({ location }) => location)));
  const staying = files.filter(({ dataFile }) => !going.has(dataFile.filePath));
  const needed = new Set(staying.flatMap((file) => file.deletes.map((applied) => fileKey(applied.file))));
  const unneeded = deletes.map(fileKey).filter((key) => !needed.has(key));
  return new Set([...going, ...unneeded]);
}

export function bytesOf(files: readonly UpkeepFile[]): number {
  return sumOf(files, ({ sizeBytes }) => sizeBytes);
}
