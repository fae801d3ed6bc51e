/**
 * Imports as runs of the ledger, one at a time per table. Before a run writes its first file it is recorded as an
 * attempt, and the record is deleted in the transaction that commits the run. A remaining attempt therefore belongs to
 * a run that failed or died, and nobody needs the files that carry its id. They are removed immediately, by the next
 * import of any table, or by `maintain`.
 * Invariant: a run is fenced off before its files are removed, and a run that is fenced off cannot commit.
 */
import type { Kysely, Transaction } from "kysely";
import { uuidv7 } from "../../base/uuid.ts";
import { withLock, withLockIfFree } from "../../db/session-lock.ts";
import type { Tables } from "../../db/tables.ts";
import { HeadgateError } from "../../errors.ts";
import { asRun, noteLost, noteSwept, type RunListener } from "../../jobs/run-ledger.ts";
import { runLockName } from "../../jobs/run-lock.ts";
import type { ImportContext, ImportListener } from "./import-context.ts";

type Sweeping = Pick<ImportContext, "db" | "objects">;

/** The run's id is part of the names of the files that it writes. */
export interface ImportRun extends RunListener {
  readonly run: string;
}

/** Waits for another import of the table to end, removes what dead imports left, and does the work as a run. */
export function inImportRun<R>(
  context: Pick<ImportContext, "db" | "objects" | "catalog">,
  { label, signal, report }: ImportListener & { readonly label: string },
  work: (run: ImportRun) => Promise<R>,
): Promise<R> {
  const onWait = (): void => report({ kind: "note", text: `waiting for another import of ${label} to end` });
  return withLock(context.db, { name: lockNameOf(label), onWait }, async () => {
    for (const run of await unsweptImports(context.db)) if (run.label === label) await sweep(context, run.id);
    await sweepImports(context);
    const id = uuidv7();
    const { accountId } = context.catalog;
    const entry = { id, sourceId: null, accountId, sourceName: label, kind: "import", signal, report } as const;
    try {
      return await asRun(context.catalog, entry, async (listener) => ({
        report: await work({ ...listener, run: id }),
      }));
    } catch (failure) {
      // When the outcome of a commit is unknown, the attempt decides later: if it is still recorded, the commit did not
      // happen.
      const isKnown = !(failure instanceof HeadgateError && failure.code === "COMMIT_UNKNOWN");
      if (isKnown) await sweep(context, id);
      throw failure;
    }
  });
}

/**
 * Removes what dead imports left, for every table that is not being imported now. Returns the number of files deleted.
 */
export async function sweepImports(context: Sweeping): Promise<number> {
  let files = 0;
  for (const { id, label } of await unsweptImports(context.db))
    files += (await withLockIfFree(context.db, lockNameOf(label), () => sweep(context, id))) ?? 0;
  return files;
}

function lockNameOf(label: string): string {
  return runLockName({ kind: "import", sourceId: null, sourceName: label });
}

function unsweptImports(db: Kysely<Tables>): Promise<readonly { readonly id: string; readonly label: string }[]> {
  return db
    .selectFrom("runs")
    .select(["id", "source_name as label"])
    .where("kind", "=", "import")
    .where("state", "<>", "done")
    .where("swept", "=", false)
    .execute();
}

/** Called before the first file is written to the table that is, or will be, at `tableLocation`. */
export async function beginAttempt(
  db: Kysely<Tables>,
  { run, tableLocation }: { readonly run: string; readonly tableLocation: string },
): Promise<void> {
  await db.insertInto("import_attempts").values({ id: run, table_location: tableLocation }).execute();
}

/** Called in the transaction that commits the import, which also holds its run as running. */
export async function endAttempt(transaction: Transaction<Tables>, run: string): Promise<void> {
  await transaction.deleteFrom("import_attempts").where("id", "=", run).execute();
}

/** Called while holding the lock of the run's table. */
async function sweep({ db, objects }: Sweeping, run: string): Promise<number> {
  await noteLost(db, [run]);
  const attempt = await db
    .selectFrom("import_attempts")
    .select("table_location")
    .where("id", "=", run)
    .executeTakeFirst();
  const left: string[] = [];
  if (attempt !== undefined)
    for await (const { location } of objects.list(`${attempt.table_location}/`, { drafts: true }))
      if (location.includes(run)) left.push(location);
  await objects.delete(left);
  await db.deleteFrom("import_attempts").where("id", "=", run).execute();
  await noteSwept(db, [run]);
  return left.length;
}
