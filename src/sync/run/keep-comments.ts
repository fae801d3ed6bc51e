/**
 * Brings along what the source says of its tables and columns. It changes no table: comments are no rows, so a run that
 * finds only other comments makes no commit and no file.
 * Invariant: what is the same as at the last run costs one query for all tables, and no write.
 */
import { digestOfSeen, seenComments, storeComments, type SeenComments } from "../../stewardship/source-comments.ts";
import type { SyncContext } from "./sync-context.ts";
import type { SyncTarget } from "./sync-target.ts";

/** After the commit, for tables that are in the lake. */
export async function keepComments({ db }: Pick<SyncContext, "db">, targets: readonly SyncTarget[]): Promise<void> {
  if (targets.length === 0) return;
  const found = targets.map(commentsIn);
  const seen = await seenComments(
    db,
    found.map(({ tableId }) => tableId),
  );
  for (const comments of found) {
    const isNothing = comments.table === undefined && comments.columns.size === 0;
    const before = seen.get(comments.tableId);
    if (before === comments.seen || (before === undefined && isNothing)) continue;
    await storeComments(db, comments);
  }
}

/** The columns have the ids that they have in the lake after the commit. */
function commentsIn({ tableId, table, follow: { schema } }: SyncTarget): SeenComments {
  const idOf = new Map(schema.fields.map(({ name, id }) => [name, id]));
  const columns = table.columns.flatMap(({ name, comment }): [number, string][] => {
    const [id, text] = [idOf.get(name), storable(comment)];
    return id === undefined || text === undefined ? [] : [[id, text]];
  });
  const comment = storable(table.comment);
  return { tableId, table: comment, columns: new Map(columns), seen: digestOfSeen([comment ?? null, columns]) };
}

const mostCharacters = 10_000;

/** MariaDB and MySQL allow U+0000, which PostgreSQL cannot store; a comment of blanks says nothing. */
function storable(comment: string | undefined): string | undefined {
  const text = comment?.replaceAll("\0", "\uFFFD").slice(0, mostCharacters).toWellFormed().trim();
  return text === "" ? undefined : text;
}
