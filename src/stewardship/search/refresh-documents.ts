/**
 * Brings the stored documents up to date with the things that they are about, by the list of those that have changed.
 * Invariant: a change that was committed before is in the documents afterwards; only one process at a time writes them.
 */
import { sql, type Kysely, type Transaction } from "kysely";
import type { SearchTables } from "../../db/search-rows.ts";
import type { Tables } from "../../db/tables.ts";
import { inTransaction } from "../../db/transaction.ts";
import { viewBases } from "../view-bases.ts";
import { buildDocuments, type DocumentParts } from "./build-documents.ts";
import type { SearchDocument } from "./document.ts";
import { vectorText } from "./score.ts";
import { trigramsOf, wordsOf } from "./words.ts";

const mostAtOnce = 500;

/** Resolves when everything that had changed at the beginning is in the documents, or when it is stopped. */
export async function refreshDocuments(parts: DocumentParts, signal: AbortSignal): Promise<void> {
  const last = await lastChange(parts.db);
  if (last === undefined) return;
  let isMore = true;
  while (isMore && !signal.aborted) isMore = await refreshSome(parts, last);
}

/** Undefined if nothing has changed. */
async function lastChange(db: Kysely<Tables>): Promise<bigint | undefined> {
  const newest = db.selectFrom("search_stale").select("id").orderBy("id", "desc").limit(1);
  return (await newest.executeTakeFirst())?.id;
}

/** Whether there may be more. */
function refreshSome(parts: DocumentParts, last: bigint): Promise<boolean> {
  return inTransaction(parts.db, async (transaction) => {
    await sql`select pg_advisory_xact_lock(hashtextextended('headgate search', 0))`.execute(transaction);
    const rows = await transaction
      .selectFrom("search_stale")
      .select(["id", "thing_id as thingId"])
      .where("id", "<=", last)
      .orderBy("id")
      .limit(mostAtOnce)
      .execute();
    if (rows.length === 0) return false;
    const changed = new Set(rows.map(({ thingId }) => thingId));
    const ids = [...changed.union(await viewsOver(transaction, changed))];
    // Whatever changes after this moment adds a row of its own, which is not among these.
    const { documents, unread } = await buildDocuments({ ...parts, db: transaction }, ids);
    await storeDocuments(transaction, documents);
    await removeOthers(transaction, { ids, documents });
    const done = rows.map(({ id }) => String(id));
    await sql`delete from search_stale where id = any(${done}::bigint[])`.execute(transaction);
    for (const id of unread) await transaction.insertInto("search_stale").values({ thing_id: id }).execute();
    return rows.length === mostAtOnce;
  });
}

/** A view is as sensitive as the tables behind it. */
async function viewsOver(db: Kysely<Tables>, tables: ReadonlySet<string>): Promise<ReadonlySet<string>> {
  const { views, behind } = await viewBases(db);
  return new Set(views.map(({ id }) => id).filter((id) => !new Set(behind(id).keys()).isDisjointFrom(tables)));
}

async function removeOthers(
  transaction: Transaction<Tables>,
  { ids, documents }: { readonly ids: readonly string[]; readonly documents: readonly SearchDocument[] },
): Promise<void> {
  const present = new Set(documents.map(({ id }) => id));
  const gone = ids.filter((id) => !present.has(id));
  if (gone.length === 0) return;
  await sql`delete from search_documents where id = any(${gone}::uuid[])`.execute(transaction);
}

const columnNames = [
  "id",
  "kind",
  "account_id",
  "database_id",
  "name",
  "mark",
  "sensitivity",
  "owners",
  "tags",
  "history_of",
  "words",
  "name_words",
] as const satisfies readonly (keyof SearchTables["search_documents"])[];
const stored = sql.join(columnNames.map((name) => sql.ref(name)));
const replacing = sql.join(columnNames.map((name) => sql.ref(`excluded.${name}`)));

/** Adds documents, or replaces those of the same things. */
export async function storeDocuments(db: Kysely<Tables>, documents: readonly SearchDocument[]): Promise<void> {
  if (documents.length === 0) return;
  const rows = JSON.stringify(documents.map(rowOf));
  const texts = JSON.stringify(documents.map(({ id, columns, parts }) => ({ id, columns, parts })));
  await sql`
    insert into search_documents (${stored})
      select ${stored} from jsonb_populate_recordset(null::search_documents, ${rows}::jsonb)
      on conflict (id) do update set (${stored}) = row (${replacing})`.execute(db);
  await sql`
    insert into search_texts (id, columns, parts)
      select id, columns, parts from jsonb_populate_recordset(null::search_texts, ${texts}::jsonb)
      on conflict (id) do update set (columns, parts) = row (excluded.columns, excluded.parts)`.execute(db);
  await storeWords(db, documents);
}

type DocumentRow = { readonly [Column in keyof SearchTables["search_documents"]]: unknown };

function rowOf(document: SearchDocument): DocumentRow {
  const { id, kind, name, mark, sensitivity, owners, tags, parts } = document;
  return {
    id,
    kind,
    account_id: document.accountId,
    database_id: document.databaseId,
    name,
    mark,
    sensitivity,
    owners,
    tags,
    history_of: document.historyOf,
    words: vectorText(parts),
    name_words: vectorText(parts.filter(({ level }) => level === "name")),
  };
}

async function storeWords(db: Kysely<Tables>, documents: readonly SearchDocument[]): Promise<void> {
  const texts = documents.flatMap(({ parts }) => parts.map(({ text }) => text));
  const words = [...new Set(texts.flatMap(wordsOf))];
  const rows = JSON.stringify(words.map((word) => ({ word, trigrams: trigramsOf(word) })));
  await sql`insert into search_words select word, trigrams from jsonb_populate_recordset(null::search_words, ${rows}::jsonb)
    on conflict do nothing`.execute(db);
}
