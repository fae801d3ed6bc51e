/**
 * Finds documents in the database, best first, within a scope and a bound. It decides about nothing: the caller leaves
 * out what the asker may not know, and counts what is left.
 */
import { sql, type Kysely, type RawBuilder } from "kysely";
import type { FoundKind, StoredText } from "../../db/search-rows.ts";
import type { MarkName, Tables } from "../../db/tables.ts";
import type { KnownScope } from "../../governance/known-scope.ts";
import type { SensitivityClass } from "../sensitivity.ts";
import type { SearchDocument } from "./document.ts";
import { queryText, scoreSql, type AskedWord } from "./score.ts";
import { folded } from "./words.ts";

export interface FoundDocument extends Omit<SearchDocument, "columns" | "historyOf" | "parts"> {
  readonly score: number;
}

export interface DocumentFilter {
  readonly kind?: FoundKind | undefined;
  readonly accountId?: string | undefined;
  readonly databaseIds?: readonly string[] | undefined;
  readonly owner?: string | undefined;
  readonly tag?: string | undefined;
  readonly sensitivity?: SensitivityClass | undefined;
  readonly mark?: MarkName | undefined;
}

export interface DocumentQuestion {
  /** None: everything, by name. */
  readonly words: readonly AskedWord[];
  readonly filter: DocumentFilter;
  readonly scope: KnownScope;
}

/** How many are compared and counted: the best ones, if more fit. */
export const mostFound = 1_000;

/** Whatever has all words in its name is better than everything else, so the rest counts only if there is room. */
export async function findDocuments(db: Kysely<Tables>, question: DocumentQuestion): Promise<readonly FoundDocument[]> {
  const { words, filter } = question;
  const query = queryText(words);
  if (words.length === 0) return best(db, question, filtered(filter));
  const [byName, anywhere] = await Promise.all([
    best(db, question, sql`name_words @@ ${query}::tsquery and ${filtered(filter)}`),
    best(db, question, sql`words @@ ${query}::tsquery and ${filtered(filter)}`),
  ]);
  return byName.length === mostFound ? byName : anywhere;
}

async function best(
  db: Kysely<Tables>,
  { words, scope }: DocumentQuestion,
  where: RawBuilder<unknown>,
): Promise<readonly FoundDocument[]> {
  const order = words.length === 0 ? sql`order by name` : sql``;
  const among = (within: RawBuilder<unknown>) =>
    sql`(select ${compared} from search_documents where ${within} and ${where} ${order} limit ${sql.lit(mostFound)})`;
  const places = scope.all ? [sql`true`] : [isSmall(scope) ? oneOf : lyingIn, ofProducts];
  const fits = sql.join(places.map(among), sql` union all `);
  const { rows } = await sql<FoundDocument>`
    with ${given(scope)}
    select id, kind, account_id as "accountId", database_id as "databaseId", name, mark, sensitivity, owners, tags,
      ${scoreSql(words)} as score
    from (${fits}) found order by score desc, name, id limit ${sql.lit(mostFound)}`.execute(db);
  return rows;
}

const compared = sql.raw("id, kind, account_id, database_id, name, mark, sensitivity, owners, tags, words, name_words");

/** Then it takes less to look at all of it than to find a frequent word everywhere. */
function isSmall({ all, accounts, databases, things }: KnownScope): boolean {
  return !all && accounts.length === 0 && databases.length <= 3 && things.length <= 500;
}

/** The ids are sent once and as texts: arrays of thousands of them take longer to write and to read than the search does. */
function given({ accounts, databases, things, products }: KnownScope): RawBuilder<unknown> {
  const ids = (of: readonly string[]) => sql`string_to_array(${of.join()}, ',')::uuid[]`;
  return sql`given as materialized (select ${ids(accounts)} as accounts, ${ids(databases)} as databases,
    ${ids(things)} as things, ${ids(products)} as products)`;
}

/** A database of which somebody may know only some tables is known by its name, as in every list. */
const ofTheirDatabases = sql`select database_id from search_documents
  where id = any((select things from given)::uuid[])`;

/** The ids come first, so that nothing else is looked at. */
const oneOf = sql`kind <> 'product' and id = any(array(
  select unnest(things) from given union ${ofTheirDatabases}
  union select id from search_documents where database_id = any((select databases from given)::uuid[])))`;

const lyingIn = sql`kind <> 'product' and (account_id in (select unnest(accounts) from given)
  or database_id in (select unnest(databases) from given) or id in (select unnest(things) from given)
  or (kind = 'database' and id in (${ofTheirDatabases})))`;

/** There are indexes of products alone, because everybody may find many of them and few other things. */
const ofProducts = sql`kind = 'product' and (account_id in (select unnest(accounts) from given)
  or id in (select unnest(products) from given))`;

function filtered(filter: DocumentFilter): RawBuilder<boolean> {
  const { kind, accountId, databaseIds, owner, tag, sensitivity, mark } = filter;
  const parts = [
    kind !== undefined && sql`kind = ${kind}`,
    accountId !== undefined && sql`account_id = ${accountId}`,
    databaseIds !== undefined && sql`database_id = any(${databaseIds}::uuid[])`,
    owner !== undefined && sql`owners @> array[${owner}]`,
    tag !== undefined && sql`tags @> array[${tag}]`,
    sensitivity !== undefined && sql`sensitivity = ${sensitivity}`,
    mark !== undefined && sql`mark = ${mark}`,
  ].filter((part) => part !== false);
  return parts.length === 0 ? sql<boolean>`true` : sql<boolean>`${sql.join(parts, sql` and `)}`;
}

/** All texts of these documents, by id. */
export async function textsOfDocuments(
  db: Kysely<Tables>,
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly StoredText[]>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom("search_texts")
    .select(["id", "parts"])
    .where(sql<boolean>`id = any(${ids}::uuid[])`)
    .execute();
  return new Map(rows.map(({ id, parts }) => [id, parts]));
}

/** A name that is exactly what was asked for comes before all others of the same score. */
export function isExactly({ name }: Pick<FoundDocument, "name">, text: string): boolean {
  return folded(name) === folded(text.trim());
}
