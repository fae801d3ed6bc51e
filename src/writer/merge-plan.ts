/**
 * Decides which files a merge rewrites and which get position deletes: position deletes cost readers a little every
 * time, rewriting costs the writer once. Pure; no I/O.
 * Invariant: readers see the same rows whatever the plan is.
 */
export interface MergeFile {
  readonly location: string;
  /** Equal for all files of one partition. */
  readonly partition: string;
  readonly sizeBytes: number;
  readonly rows: number;
  /** Rows that earlier position deletes name. */
  readonly deletedBefore: number;
  /** Rows that this merge deletes. */
  readonly deletedNow: number;
}

export interface MergePlan {
  /** Data files to remove; their remaining rows are written together with the new rows. */
  readonly rewrite: ReadonlySet<string>;
  /** Whether one new delete file replaces the existing ones. */
  readonly replaceDeletes: boolean;
}

interface PlanParts {
  readonly files: readonly MergeFile[];
  /** Number of delete files in the partition that has the most. */
  readonly deleteFiles: number;
  /** A file with deletes is rewritten as a whole up to this size. */
  readonly smallFileBytes: number;
}

/** A file is rewritten when more than this share of its rows is deleted. */
const rewriteShare = 0.2;
/** This many files of about the same size are merged into one. */
const filesOfOneSize = 8;
/** Larger files are not merged any more. */
const gatheredBytes = 32 * 1024 * 1024;
const deleteFilesAtOnce = 8;

export function planMerge({ files, deleteFiles, smallFileBytes }: PlanParts): MergePlan {
  const rewrite = new Set([
    ...files.filter((file) => isWorthRewriting(file, smallFileBytes)).map(({ location }) => location),
    ...gathered(files),
  ]);
  const hasDangling = files.some(({ location, deletedBefore }) => deletedBefore > 0 && rewrite.has(location));
  return { rewrite, replaceDeletes: deleteFiles > 0 && (hasDangling || deleteFiles >= deleteFilesAtOnce) };
}

function isWorthRewriting({ sizeBytes, rows, deletedBefore, deletedNow }: MergeFile, smallFileBytes: number): boolean {
  if (deletedNow === 0) return false;
  return sizeBytes <= smallFileBytes || deletedBefore + deletedNow > rows * rewriteShare;
}

/**
 * Small files of about the same size, once there are many of them. So each row is rewritten a few times in all, not in
 * every merge.
 */
function gathered(files: readonly MergeFile[]): readonly string[] {
  const small = files.filter(({ sizeBytes }) => sizeBytes < gatheredBytes);
  const sizeClass = ({ sizeBytes }: MergeFile): number => Math.floor(Math.log2(Math.max(sizeBytes, 16_384)) / 2);
  const classes = Map.groupBy(small, (file) => `${sizeClass(file)} ${file.partition}`);
  return [...classes.values()]
    .filter((alike) => alike.length >= filesOfOneSize)
    .flatMap((alike) => alike.map(({ location }) => location));
}
