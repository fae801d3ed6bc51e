/** A run as the work on one table of files sees it: with the table's own plan, and the position that this leads to. */
import type { CutRun } from "./sync-run.ts";
import type { SyncTarget } from "./sync-target.ts";

/** The same run for a source whose rows are not in files. Throws the obstacle if the files do not tell the rows. */
export async function withFiles(run: CutRun, target: SyncTarget): Promise<CutRun> {
  const { cut, seen, full, verify, patterns } = run;
  if (cut.planFiles === undefined) return run;
  const { table, key, standing } = target;
  const isWhole = full || verify || !isReadyForChanges(target);
  const request = { since: standing?.position, key, isWhole, isAnew: full, isNamed: patterns.length > 0 };
  const files = await cut.planFiles(table, request);
  return { ...run, files, seen: { ...seen, position: files.position } };
}

/**
 * Whether changes of some rows are enough. They are not if others changed the lake table, or if rows that do not change
 * would lose values: of a column that gets another type, or marks of deletion that are no longer kept.
 */
function isReadyForChanges({ current, standing, follow }: SyncTarget): boolean {
  if (current === undefined || standing?.snapshotId !== current.metadata.currentSnapshotId) return false;
  const { schemas, currentSchemaId } = current.metadata;
  const before = schemas.find(({ schemaId }) => schemaId === currentSchemaId)?.fields ?? [];
  const isReplaced = follow.schema.fields.some(({ id, name }) =>
    before.some((field) => field.name === name && field.id !== id),
  );
  return !isReplaced && follow.endedMarks === undefined;
}
