/**
 * What upkeep a table's files need: which small files become one, which large ones several, which are read more slowly than they
 * should be because many of their rows are deleted. Pure; no I/O.
 * Invariant: only files of one partition come together, and a row is gathered a few times, not every day.
 */
import { sumOf } from "../base/sum.ts";
import { fileKey, type DataFile } from "../iceberg/data-file.ts";

export interface UpkeepFile {
  readonly location: string;
  /** Files of one partition have the same. */
  readonly partition: string;
  readonly sizeBytes: number;
  readonly rows: number;
  /** By position. */
  readonly deletedRows: number;
  /** Rows may be deleted by value, by another writer: every reader compares them. */
  readonly hasValueDeletes: boolean;
}

/** Files whose rows are written anew, together. */
export interface Rewrite {
  readonly files: readonly UpkeepFile[];
  /** How many there shall be instead, in each partition. */
  readonly becomes: number;
  readonly why: string;
}

export interface UpkeepPlan {
  readonly rewrites: readonly Rewrite[];
  /** Bytes to be written anew that the budget leaves for the next time. */
  readonly postponedBytes: number;
}

interface PlanParts {
  readonly files: readonly UpkeepFile[];
  /** Of a data file, about. */
  readonly targetBytes: number;
  /** Of the files that are written anew in one go. */
  readonly budgetBytes: number;
}

/** A file this small is gathered with others; a gathered one is larger. */
const smallShare = 0.5;
/** Fewer small files are not worth the writing. */
const fewestGathered = 4;
/** A file is gathered with smaller ones when it is at most this much larger than all of them together. */
const mostOutweighing = 4;
/** Of a file's rows: with more of them deleted it is written anew. */
const deletedShare = 0.1;
/** A file larger than this many times the target is split. */
const largeShare = 1.8;
/** Fewer are not split further: the engine counts rows by the thousand. */
const fewestRows = 8_192;

export function planUpkeep({ files, targetBytes, budgetBytes }: PlanParts): UpkeepPlan {
  const wanted = [...Map.groupBy(files, ({ partition }) => partition).values()].flatMap((group) =>
    rewritesOf(group, targetBytes),
  );
  const rewrites: Rewrite[] = [];
  let [spent, postponedBytes] = [0, 0];
  for (const rewrite of wanted) {
    const bytes = bytesOf(rewrite.files);
    // The first is done however large it is, so that something is.
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

/** Undefined: it is good as it is. */
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

/** Of the rows that are not deleted, about. */
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
 * Without the files that outweigh the smaller ones by far: those wait until there is more beside them, so that a row is written a
 * few times in all and not every day.
 */
function evenOf(bin: readonly UpkeepFile[]): readonly UpkeepFile[] {
  const bySize = bin.toSorted((left, right) => left.sizeBytes - right.sizeBytes);
  const last = bySize.findLastIndex(
    ({ sizeBytes }, index) => sizeBytes <= mostOutweighing * bytesOf(bySize.slice(0, index)),
  );
  const even = new Set(bySize.slice(0, last + 1));
  return bin.filter((file) => even.has(file));
}

/** In their order, so that rows which came together stay together. */
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

/** As scan planning finds a table's files. */
interface ListedFiles {
  readonly files: readonly { readonly dataFile: Located; readonly deletes: readonly { readonly file: Located }[] }[];
  /** Every delete file, also those that apply to none. */
  readonly deletes: readonly Located[];
}

type Located = Pick<DataFile, "filePath" | "contentOffset">;

/** The files that are written anew, and the delete files that none of the others needs: their keys. */
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
