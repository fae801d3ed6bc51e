/**
 * Decides whether an operation that was planned from one state of a table may be committed on top of a later one (spec:
 * "Commit Conflict Resolution and Retry"; rules: the reference implementation's `validate…`). It changes nothing:
 * without a conflict, the operation's data files can be used as they are, and its snapshot is produced again on top of
 * the later state.
 * Invariant: rows that another writer deleted never return, and no delete names a file that has been removed.
 */
import { fileKey, isDeletionVector, type DataFile } from "./data-file.ts";
import { deleteIndex } from "./delete-index.ts";
import type { Expression } from "./expression.ts";
import type { FileIO } from "./file-io.ts";
import type { IsolationLevel, RowLevelCommand } from "./isolation-level.ts";
import type { LiveEntry } from "./manifest.ts";
import { fileFilter } from "./scan.ts";
import { changesBetween, type SnapshotChanges } from "./snapshot-changes.ts";
import { snapshotById, type TableMetadata } from "./table-metadata.ts";

/** A file as scan planning finds it. */
export interface PlannedFile {
  readonly dataFile: DataFile;
  readonly sequenceNumber: bigint;
}

interface Removing {
  /** Data files that the operation removes as a whole. */
  readonly removed: readonly PlannedFile[];
  /** Keys (`fileKey`) of the delete files that it removes. */
  readonly removedDeletes?: ReadonlySet<string> | undefined;
}

interface Reading {
  readonly isolation: IsolationLevel;
  /** The rows that it was based on; undefined for all rows. */
  readonly filter: Expression | undefined;
}

export type PlannedOperation =
  /** Adds data files, whatever else is in the table. */
  | { readonly kind: "append" }
  /** Puts the same rows into other files: compaction. */
  | ({
      readonly kind: "rewrite";
      /**
       * Spec id of the added files, given if they keep the data sequence number of the state they were planned from;
       * equality deletes of later commits then still apply to them. Undefined if they get a new number; such deletes
       * are then conflicts.
       */
      readonly addedSpecId?: number | undefined;
    } & Removing)
  /** Replaces whole files by others. With `everything`, it also replaces all files that match the filter by then. */
  | ({ readonly kind: "overwrite"; readonly everything?: boolean | undefined } & Removing & Reading)
  /** Deletes rows with delete files and adds others. */
  | ({
      readonly kind: "row-delta";
      readonly command: RowLevelCommand;
      /** Data files that its deletes name. */
      readonly referenced: readonly PlannedFile[];
    } & Removing &
      Reading);

export interface CommitConflict {
  /** A description for people. */
  readonly reason: string;
  /** The conflicting snapshot; undefined if the history between the states is unknown. */
  readonly snapshotId: bigint | undefined;
  /** The data or delete file in conflict. */
  readonly filePath: string | undefined;
}

interface ValidationParts {
  /** The table as the operation was planned from it. */
  readonly planned: TableMetadata;
  /** The table as it is now. */
  readonly present: TableMetadata;
  readonly operation: PlannedOperation;
  /** Default: `main`. */
  readonly branch?: string | undefined;
}

/** Returns undefined if there is no conflict, so that the operation may be produced again on top of `present`. */
export async function validateCommit(
  io: FileIO,
  { planned, present, operation, branch = "main" }: ValidationParts,
): Promise<CommitConflict | undefined> {
  if (present.tableUuid !== planned.tableUuid) return { ...nobody, reason: "the table was replaced by another one" };
  if (operation.kind === "append") return undefined;
  const [from, to] = [planned, present].map(({ refs }) => refs[branch]?.snapshotId);
  const changes = await changesBetween(io, present, { from, to });
  if (changes === undefined)
    return { ...nobody, reason: "the state from which the change was planned is no longer in the table's history" };
  const reads = operation.kind !== "rewrite";
  const matches = fileFilter(present, reads ? operation.filter : undefined);
  const head = from === undefined ? undefined : snapshotById(planned, from);
  const plannedSequenceNumber = head?.sequenceNumber ?? planned.lastSequenceNumber;
  return conflictWith(operation, { changes, plannedSequenceNumber, matches });
}

const nobody = { snapshotId: undefined, filePath: undefined };

export interface Meanwhile {
  /** Changes since then, oldest first. */
  readonly changes: readonly SnapshotChanges[];
  /** Sequence number of the planned snapshot. No file in it has a higher one. */
  readonly plannedSequenceNumber: bigint;
  /** Whether rows in a data file, or rows that a delete file deletes, may satisfy the operation's filter. */
  matches(file: DataFile): boolean;
}

/** The first conflict, if any. Pure. */
export function conflictWith(operation: PlannedOperation, meanwhile: Meanwhile): CommitConflict | undefined {
  if (operation.kind === "append") return undefined;
  return (
    goneFiles(operation, meanwhile) ??
    deletedAgain(operation, meanwhile) ??
    coveredAgain(operation, meanwhile) ??
    (operation.kind === "row-delta" ? rowDeltaConflict(operation, meanwhile) : undefined) ??
    (operation.kind === "overwrite" ? overwriteConflict(operation, meanwhile) : undefined)
  );
}

function rowDeltaConflict(
  operation: PlannedOperation & { readonly kind: "row-delta" },
  meanwhile: Meanwhile,
): CommitConflict | undefined {
  const { command, isolation, referenced } = operation;
  return (
    goneReferenced(operation, meanwhile) ??
    vectorsToo(referenced, meanwhile) ??
    (command === "delete" ? undefined : newDeletes(meanwhile)) ??
    (isolation === "serializable" ? newRows(meanwhile) : undefined)
  );
}

function overwriteConflict(
  { isolation, everything = false }: PlannedOperation & { readonly kind: "overwrite" },
  meanwhile: Meanwhile,
): CommitConflict | undefined {
  return (
    (everything ? (newDeletes(meanwhile) ?? removedRows(meanwhile)) : undefined) ??
    (isolation === "serializable" ? newRows(meanwhile) : undefined)
  );
}

/** A file that the operation removes has been removed already, so its rows would be in the table twice. */
function goneFiles({ removed, removedDeletes }: Removing, { changes }: Meanwhile): CommitConflict | undefined {
  const going = new Set([...removed.map(({ dataFile }) => fileKey(dataFile)), ...(removedDeletes ?? [])]);
  return firstOf(changes, ({ removed: gone }) => gone.find(({ dataFile }) => going.has(fileKey(dataFile))), isGone);
}

const isGone = "took out a file that the operation replaces";

/**
 * Rows of a file that the operation replaces were deleted, and would return. Replaced deletes are no conflict, because
 * they delete nothing more.
 */
function deletedAgain(
  operation: Exclude<PlannedOperation, { readonly kind: "append" }>,
  { changes }: Meanwhile,
): CommitConflict | undefined {
  const { removed } = operation;
  const specId = operation.kind === "rewrite" ? operation.addedSpecId : undefined;
  const staysInSpec = removed.every(({ dataFile }) => dataFile.specId === specId);
  const stillApplies = (entry: LiveEntry): boolean =>
    specId !== undefined && isOfValues(entry) && (staysInSpec || isOfAll(entry));
  // If the file had another spec before, a row could get into a partition that the delete was not meant for.
  const appliesAnew = (entry: LiveEntry): boolean =>
    specId !== undefined && isOfValues(entry) && !staysInSpec && !isOfAll(entry);
  const conflicting = (added: readonly LiveEntry[]): LiveEntry | undefined =>
    appliedTo(
      removed,
      added.filter((entry) => !stillApplies(entry)),
    ) ?? added.find(appliesAnew);
  return firstOf(ofRows(changes), ({ added }) => conflicting(added), "deleted rows of a file that it replaces");
}

function isOfValues({ dataFile }: LiveEntry): boolean {
  return dataFile.content === "equality-deletes";
}

/** Whether a delete by value applies to every partition. */
function isOfAll({ dataFile }: LiveEntry): boolean {
  return dataFile.partition.length === 0;
}

function appliedTo(files: readonly PlannedFile[], added: readonly LiveEntry[]): LiveEntry | undefined {
  const deletes = added.filter(isDelete);
  const index = deleteIndex(deletes);
  for (const file of files) {
    const [applied] = index.appliedTo(file);
    if (applied !== undefined) return deletes.find(({ dataFile }) => dataFile === applied.file);
  }
  return undefined;
}

/**
 * Rows that a rewrite wrote with their old sequence number need the deletes by value that are newer than it. The
 * operation removes such deletes, all of which existed in the state it was planned from.
 */
function coveredAgain(
  { removedDeletes }: Removing,
  { changes, plannedSequenceNumber }: Meanwhile,
): CommitConflict | undefined {
  if (removedDeletes === undefined || removedDeletes.size === 0) return undefined;
  const isOld = (entry: LiveEntry): boolean => !isDelete(entry) && entry.sequenceNumber < plannedSequenceNumber;
  return firstOf(
    changes,
    ({ added }) => added.find(isOld),
    "wrote a file that needs deletes which the operation removes",
  );
}

/**
 * A delete that names a removed file deletes nothing. This is harmless only for a plain delete whose rows were deleted
 * together with their file.
 */
function goneReferenced(
  { referenced, command }: PlannedOperation & { readonly kind: "row-delta" },
  { changes }: Meanwhile,
): CommitConflict | undefined {
  const named = new Set(referenced.map(({ dataFile }) => dataFile.filePath));
  const counted = changes.filter(({ snapshot }) => command !== "delete" || snapshot.summary["operation"] !== "delete");
  return firstOf(
    counted,
    ({ removed }) => removed.find((entry) => !isDelete(entry) && named.has(entry.dataFile.filePath)),
    "took out a file in which the operation deletes rows",
  );
}

/** A data file has only one deletion vector, so a second one would replace the first. */
function vectorsToo(referenced: readonly PlannedFile[], { changes }: Meanwhile): CommitConflict | undefined {
  const named = new Set(referenced.map(({ dataFile }) => dataFile.filePath));
  const isSecond = ({ dataFile }: LiveEntry): boolean =>
    isDeletionVector(dataFile) && named.has(dataFile.referencedDataFile ?? "");
  return firstOf(
    changes,
    ({ added }) => added.find(isSecond),
    "deleted rows of a file in which the operation does too",
  );
}

function newDeletes({ changes, matches }: Meanwhile): CommitConflict | undefined {
  const isMet = (entry: LiveEntry): boolean => isDelete(entry) && matches(entry.dataFile);
  return firstOf(ofRows(changes), ({ added }) => added.find(isMet), "deleted rows that the operation may have met");
}

function newRows({ changes, matches }: Meanwhile): CommitConflict | undefined {
  const isMet = (entry: LiveEntry): boolean => !isDelete(entry) && matches(entry.dataFile);
  return firstOf(ofRows(changes), ({ added }) => added.find(isMet), "added rows that the operation would have met");
}

function removedRows({ changes, matches }: Meanwhile): CommitConflict | undefined {
  const isMet = (entry: LiveEntry): boolean => !isDelete(entry) && matches(entry.dataFile);
  return firstOf(changes, ({ removed }) => removed.find(isMet), "took out rows that the operation replaces");
}

/** Leaves out changes that only moved rows to other files. */
function ofRows(changes: readonly SnapshotChanges[]): readonly SnapshotChanges[] {
  return changes.filter(({ snapshot }) => snapshot.summary["operation"] !== "replace");
}

function isDelete({ dataFile }: LiveEntry): boolean {
  return dataFile.content !== "data";
}

function firstOf(
  changes: readonly SnapshotChanges[],
  find: (changes: SnapshotChanges) => LiveEntry | undefined,
  reason: string,
): CommitConflict | undefined {
  for (const each of changes) {
    const entry = find(each);
    if (entry !== undefined) return { reason, snapshotId: each.snapshot.snapshotId, filePath: entry.dataFile.filePath };
  }
  return undefined;
}
