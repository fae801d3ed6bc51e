/**
 * Imports as runs of the ledger: one a table at a time. What a run writes is noted as an attempt before its first file, and the note
 * is deleted in the transaction that commits it. So an attempt that is left belongs to a run that failed or died, and the files that
 * carry its id are nobody's. They are removed at once, by the next import of any table, or by `maintain`.
 * Invariant: a run is fenced off before its files are removed; one that is fenced off cannot commit.
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

/** Its id is in the names of the files that it writes. */
export interface ImportRun extends RunListener {
  readonly run: string;
}

/** Waits for another import of the table to end, removes what dead ones left, and does the work as a run. */
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
    const entry = { id, sourceId: null, sourceName: label, kind: "import", signal, report } as const;
    try {
      return await asRun(context.catalog, entry, async (listener) => ({
        report: await work({ ...listener, run: id }),
      }));
    } catch (failure) {
      // Where the outcome of a commit is not known, the attempt tells later: it is there, or the commit took it.
      const isKnown = !(failure instanceof HeadgateError && failure.code === "COMMIT_UNKNOWN");
      if (isKnown) await sweep(context, id);
      throw failure;
    }
  });
}

/** Removes what dead imports left, of every table that nobody imports now. Returns how many files went. */
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

/** Called before the first file of the table that is, or will be, at `tableLocation`. */
export async function beginAttempt(
  db: Kysely<Tables>,
  { run, tableLocation }: { readonly run: string; readonly tableLocation: string },
): Promise<void> {
  await db.insertInto("import_attempts").values({ id: run, table_location: tableLocation }).execute();
}

/** In the transaction that commits it, in which its run is held as running. */
export async function endAttempt(transaction: Transaction<Tables>, run: string): Promise<void> {
  await transaction.deleteFrom("import_attempts").where("id", "=", run).execute();
}

/** Called with the lock of the run's table held. */
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
