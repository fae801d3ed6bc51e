/**
 * Which files a merge rewrites and which it only marks: position deletes cost readers a little for ever, rewriting costs the
 * writer once. Pure; no I/O.
 * Invariant: whatever is planned, readers see the same rows.
 */
export interface MergeFile {
  readonly location: string;
  /** Files of one partition have the same. */
  readonly partition: string;
  readonly sizeBytes: number;
  readonly rows: number;
  /** Rows that earlier position deletes name. */
  readonly deletedBefore: number;
  /** Rows that go now. */
  readonly deletedNow: number;
}

export interface MergePlan {
  /** Data files to remove, their remaining rows written anew together with the rows that come. */
  readonly rewrite: ReadonlySet<string>;
  /** True when the delete files are replaced by one. */
  readonly replaceDeletes: boolean;
}

interface PlanParts {
  readonly files: readonly MergeFile[];
  /** Of one partition, where they are most. */
  readonly deleteFiles: number;
  /** A touched file up to this size is rewritten whole. */
  readonly smallFileBytes: number;
}

/** Of a file's rows: with more of them gone it is rewritten. */
const rewriteShare = 0.2;
/** As many files of about the same size as may lie beside each other before they become one. */
const filesOfOneSize = 8;
/** Larger files are not gathered any more. */
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

/** Small files of about the same size, where they have become many: each row is rewritten a few times in all, not every time. */
function gathered(files: readonly MergeFile[]): readonly string[] {
  const small = files.filter(({ sizeBytes }) => sizeBytes < gatheredBytes);
  const sizeClass = ({ sizeBytes }: MergeFile): number => Math.floor(Math.log2(Math.max(sizeBytes, 16_384)) / 2);
  const classes = Map.groupBy(small, (file) => `${sizeClass(file)} ${file.partition}`);
  return [...classes.values()]
    .filter((alike) => alike.length >= filesOfOneSize)
    .flatMap((alike) => alike.map(({ location }) => location));
}
