/**
 * Imports that write: one a table at a time, each noted before its first file and forgotten in the transaction that commits it. So
 * a note that is left belongs to one that died, and the files that carry its id are nobody's. They are removed by the next import
 * of any table, and by `maintain`.
 * Invariant: an attempt is fenced off before its files are removed; a fenced one cannot commit.
 */
import { sql, type Kysely, type Transaction } from "kysely";
import { uuidv7 } from "../../base/uuid.ts";
import { withLock, withLockIfFree } from "../../db/session-lock.ts";
import type { ImportAttemptRow, Tables } from "../../db/tables.ts";
import { HeadgateError } from "../../errors.ts";
import type { ImportContext, ImportListener } from "./import-context.ts";

type Sweeping = Pick<ImportContext, "db" | "objects">;

/** Waits for another import of the table to end, and removes what dead ones left. */
export function alone<T>(
  context: Sweeping,
  { label, report }: { label: string } & Pick<ImportListener, "report">,
  work: () => Promise<T>,
): Promise<T> {
  const onWait = (): void => report({ kind: "note", text: `waiting for another import of ${label} to end` });
  return withLock(context.db, { name: lockNameOf(label), onWait }, async () => {
    for (const attempt of await attemptsOf(context.db)) if (attempt.label === label) await sweep(context, attempt);
    await sweepImports(context);
    return work();
  });
}

/** Removes what dead imports left, of every table that nobody imports now. Returns how many files went. */
export async function sweepImports(context: Sweeping): Promise<number> {
  let files = 0;
  for (const attempt of await attemptsOf(context.db))
    files += (await withLockIfFree(context.db, lockNameOf(attempt.label), () => sweep(context, attempt))) ?? 0;
  return files;
}

function lockNameOf(label: string): string {
  return `import ${label}`;
}

type Attempt = Pick<ImportAttemptRow, "id" | "label" | "table_location">;

function attemptsOf(db: Kysely<Tables>): Promise<readonly Attempt[]> {
  return db.selectFrom("import_attempts").select(["id", "label", "table_location"]).execute();
}

/** Called with the table's lock held, in which `label` has the table that is, or will be, at `tableLocation`. */
export async function inAttempt<T>(
  context: Sweeping,
  { label, tableLocation }: { label: string; tableLocation: string },
  work: (id: string) => Promise<T>,
): Promise<T> {
  const id = uuidv7();
  await context.db.insertInto("import_attempts").values({ id, label, table_location: tableLocation }).execute();
  try {
    return await work(id);
  } catch (failure) {
    // Of a commit whose outcome is not known, the note tells later: it is there, or the commit took it.
    const isKnown = !(failure instanceof HeadgateError && failure.code === "COMMIT_UNKNOWN");
    if (isKnown) await sweep(context, { id, label, table_location: tableLocation });
    throw failure;
  }
}

/** In the transaction that commits it. Throws COMMIT_CONFLICT where others took it for dead. */
export async function endAttempt(transaction: Transaction<Tables>, id: string): Promise<void> {
  const { numDeletedRows } = await transaction
    .deleteFrom("import_attempts")
    .where("id", "=", id)
    .where("fenced", "=", false)
    .executeTakeFirst();
  if (numDeletedRows === 1n) return;
  throw new HeadgateError("COMMIT_CONFLICT", { place: id, message: "this import was given up and its files removed" });
}

async function sweep({ db, objects }: Sweeping, { id, table_location: location }: Attempt): Promise<number> {
  const { numUpdatedRows } = await db
    .updateTable("import_attempts")
    .set({ fenced: sql`true` })
    .where("id", "=", id)
    .executeTakeFirst();
  if (numUpdatedRows !== 1n) return 0;
  const left: string[] = [];
  for await (const file of objects.list(`${location}/`, { drafts: true }))
    if (file.location.includes(id)) left.push(file.location);
  await objects.delete(left);
  await db.deleteFrom("import_attempts").where("id", "=", id).execute();
  return left.length;
}
