/**
 * Finds what the caller may know of: the database proposes documents, and each of them is decided about.
 * Invariant: a text of a column that the caller may not know finds nothing, counts nothing and moves nothing up.
 */
import { setTimeout as delay } from "node:timers/promises";
import { sql } from "kysely";
import type { Asking } from "../../governance/asking.ts";
import { decideFor } from "../../governance/decide.ts";
import { knownScope, type KnownScope } from "../../governance/known-scope.ts";
import { securableTable } from "../../governance/securable.ts";
import { showsColumn, type TableAccess } from "../../governance/table-access.ts";
import {
  findDocuments,
  isExactly,
  mostFound,
  textsOfDocuments,
  type DocumentFilter,
  type FoundDocument,
} from "../../stewardship/search/find-documents.ts";
import { refreshDocuments } from "../../stewardship/search/refresh-documents.ts";
import { fits, scoreOf, type AskedWord } from "../../stewardship/search/score.ts";
import { similarWords } from "../../stewardship/search/similar-words.ts";
import { askedWords, wordsOf } from "../../stewardship/search/words.ts";
import { linkNames } from "../../catalog/link-names.ts";
import type { Context } from "../context.ts";
import { requestedThings, securableOf, stateOf, type KnownState } from "./known-state.ts";
import { tablesOfProducts } from "./tables-of-products.ts";

export interface KnownDocument extends FoundDocument {
  readonly state: KnownState;
  /** The columns that the caller may know. */
  readonly access: TableAccess | undefined;
}

export interface SearchAsked extends Omit<DocumentFilter, "accountId" | "databaseIds"> {
  readonly text: string;
  readonly account?: string | undefined;
  readonly database?: string | undefined;
  readonly state?: KnownState | undefined;
}

export interface FoundKnown {
  /** Best first. */
  readonly known: readonly KnownDocument[];
  readonly words: readonly AskedWord[];
  readonly more: boolean;
  readonly similar: boolean;
  readonly complete: boolean;
}

type Lookup = Pick<Context, "db" | "catalog">;

/** With fewer results, words that are spelt alike are looked for, too. */
const fewResults = 3;

export async function findKnown(context: Lookup, asking: Asking, asked: SearchAsked): Promise<FoundKnown> {
  const complete = await refreshed(context);
  const scope = knownScope(asking);
  const filter = await filterOf(context, asking, asked);
  const words = askedWords(asked.text).map((word): AskedWord => ({ word, alike: [] }));
  // Signs alone are in no document. Without words, everything would be found.
  if (words.length === 0 && asked.text.trim() !== "")
    return { known: [], words, more: false, similar: false, complete };
  const find = (of: readonly AskedWord[]) => decided(context, asking, { words: of, filter, scope, asked });
  const first = await find(words);
  if (words.length === 0 || first.known.length >= fewResults) return { ...first, words, similar: false, complete };
  const wider = await Promise.all(words.map((word) => withSimilar(context, word)));
  if (wider.every(({ alike }) => alike.length === 0)) return { ...first, words, similar: false, complete };
  const second = await find(wider);
  const ids = new Set(first.known.map(({ id }) => id));
  const added = second.known.filter(({ id }) => !ids.has(id));
  // Words of things that the caller may not know are spelt alike, too, and must not be told of.
  if (added.length === 0) return { ...first, words, similar: false, complete };
  const known = [...first.known, ...added];
  return { known, words: wider, more: second.more, similar: true, complete };
}

const patienceMs = 1_000;

/** Whether everything that had changed before is in the documents. A store that does not answer is not waited for. */
async function refreshed({ db, catalog }: Lookup): Promise<boolean> {
  const stop = new AbortController();
  const work = refreshDocuments({ db, catalog }, stop.signal).then(() => !stop.signal.aborted);
  const late = delay(patienceMs, undefined, { ref: false }).then(() => {
    stop.abort();
    return false;
  });
  work.catch(() => undefined);
  const isInTime = await Promise.race([work, late]);
  return isInTime && !(await isStale(db));
}

async function isStale(db: Context["db"]): Promise<boolean> {
  return (await db.selectFrom("search_stale").select("id").limit(1).executeTakeFirst()) !== undefined;
}

async function withSimilar({ db }: Lookup, asked: AskedWord): Promise<AskedWord> {
  const similar = await similarWords(db, asked.word);
  return similar.length === 0 ? asked : { ...asked, alike: [asked.word, ...similar] };
}

const nothing = "00000000-0000-0000-0000-000000000000";

async function filterOf({ db }: Lookup, { policy }: Asking, asked: SearchAsked): Promise<DocumentFilter> {
  const { account, database, kind, owner, tag, sensitivity, mark } = asked;
  const accountId = [...policy.accounts.values()].find(({ name }) => name === account)?.id ?? nothing;
  const named = database === undefined ? [] : await databasesNamed(db, database);
  return {
    kind,
    owner,
    tag,
    sensitivity,
    mark,
    ...(account === undefined ? {} : { accountId }),
    ...(database === undefined ? {} : { databaseIds: named }),
  };
}

async function databasesNamed(db: Context["db"], name: string): Promise<readonly string[]> {
  const rows = await db.selectFrom("databases").select("id").where("name", "=", name).execute();
  return rows.map(({ id }) => id);
}

interface Question {
  readonly words: readonly AskedWord[];
  readonly filter: DocumentFilter;
  readonly scope: KnownScope;
  readonly asked: SearchAsked;
}

async function decided(context: Lookup, asking: Asking, { words, filter, scope, asked }: Question) {
  const question = { words, filter, scope };
  const found = [...(await findDocuments(context.db, question)), ...(await foundByLink(context.db, asking, question))];
  const throughTables = await databasesKnownByTables(context, asking, { found, scope });
  const products = found.filter(({ kind }) => kind === "product").map(({ id }) => id);
  const facts = {
    requested: await requestedThings(context.db, asking),
    tablesOf: await tablesOfProducts(context.db, products),
  };
  const known = found.flatMap((document): readonly KnownDocument[] => {
    const browse = decideFor(asking, "browse", securableOf(document));
    if (!browse.allowed && !throughTables.has(document.id)) return [];
    const access = browse.allowed && document.kind !== "database" ? browse.access : undefined;
    return [{ ...document, access, state: stateOf(asking, document, facts) }];
  });
  const matching = await byKnownColumns(context, known, words);
  return {
    known: bestFirst(
      matching.filter(({ state }) => asked.state === undefined || state === asked.state),
      asked.text,
    ),
    more: found.length >= mostFound,
  };
}

function bestFirst(known: readonly KnownDocument[], text: string): readonly KnownDocument[] {
  const exact = new Set(known.filter((document) => isExactly(document, text)));
  return known.toSorted((one, other) => {
    if (one.score !== other.score) return other.score - one.score;
    if (exact.has(one) !== exact.has(other)) return exact.has(one) ? -1 : 1;
    if (one.name.length !== other.name.length) return one.name.length - other.name.length;
    return one.name === other.name ? (one.id < other.id ? -1 : 1) : one.name < other.name ? -1 : 1;
  });
}

/** Things that have all words in a name that the account of the asker has for them, and not by themselves. */
async function foundByLink(
  db: Lookup["db"],
  { accountId }: Asking,
  { words, filter }: Pick<Question, "words" | "filter">,
): Promise<readonly FoundDocument[]> {
  if (accountId === undefined || words.length === 0) return [];
  const { ofTables, ofDatabases } = await linkNames(db, accountId);
  const isMeant = (texts: readonly string[]): boolean => {
    const own = texts.flatMap(wordsOf);
    return words.every((asked) => own.some((word) => fits(word, asked)));
  };
  const named = [
    ...[...ofTables].filter(([, links]) => links.some(({ database, name }) => isMeant([database, name]))),
    ...[...ofDatabases].filter(([, links]) => links.some(({ database }) => isMeant([database]))),
  ];
  if (named.length === 0) return [];
  const things = named.map(([id]) => id);
  const scope = { all: false, accounts: [], databases: [], things, products: [] };
  const [all, byWords] = [
    await findDocuments(db, { words: [], filter, scope }),
    await findDocuments(db, { words, filter, scope }),
  ];
  const known = new Set(byWords.map(({ id }) => id));
  return all.filter(({ id }) => things.includes(id) && !known.has(id));
}

/** Databases that somebody knows only because they know a table in it. */
async function databasesKnownByTables(
  { db }: Lookup,
  asking: Asking,
  { found, scope }: { readonly found: readonly FoundDocument[]; readonly scope: KnownScope },
): Promise<ReadonlySet<string>> {
  const unknown = found.filter(
    (one) => one.kind === "database" && !decideFor(asking, "browse", securableOf(one)).allowed,
  );
  if (unknown.length === 0) return new Set();
  const ids = unknown.map(({ id }) => id);
  const rows = await db
    .selectFrom("search_documents")
    .select(["id", "database_id as databaseId", "account_id as accountId"])
    .where("kind", "in", ["table", "view"])
    .where(sql<boolean>`database_id = any(${ids}::uuid[])`)
    .where(sql<boolean>`(database_id = any(${scope.databases}::uuid[]) or id = any(${scope.things}::uuid[]))`)
    .execute();
  const known = rows.filter(
    ({ id, databaseId, accountId }) =>
      decideFor(asking, "browse", securableTable({ id, databaseId: databaseId ?? "", accountId })).allowed,
  );
  return new Set(known.map(({ databaseId }) => databaseId ?? ""));
}

/** Tables of which somebody may know only some columns are compared again, by these. */
async function byKnownColumns(
  { db }: Lookup,
  known: readonly KnownDocument[],
  words: readonly AskedWord[],
): Promise<readonly KnownDocument[]> {
  const partly = known.filter(({ access }) => access !== undefined && !isOfAllColumns(access));
  if (partly.length === 0 || words.length === 0) return known;
  const texts = await textsOfDocuments(
    db,
    partly.map(({ id }) => id),
  );
  return known.flatMap((document): readonly KnownDocument[] => {
    const { access } = document;
    const all = texts.get(document.id);
    if (access === undefined || isOfAllColumns(access)) return [document];
    const seen = (all ?? []).filter(({ fieldId }) => fieldId === undefined || showsColumn(access, fieldId));
    const score = scoreOf(seen, words);
    return score === undefined ? [] : [{ ...document, score }];
  });
}

function isOfAllColumns({ parts }: TableAccess): boolean {
  return parts.some(({ columns }) => columns.mode === "all");
}
