/** Results in the form of answers: as lists name them, with what is said of them and the columns that were meant. */
import { sql } from "kysely";
import { linkNames, withLinks } from "../../catalog/link-names.ts";
import { formatName, tableLabel } from "../../catalog/table-name.ts";
import type { StoredText } from "../../db/search-rows.ts";
import type { Asking } from "../../governance/asking.ts";
import { decideFor } from "../../governance/decide.ts";
import { securableTable } from "../../governance/securable.ts";
import { showsColumn } from "../../governance/table-access.ts";
import { saidOf } from "../../stewardship/said-of.ts";
import { sensitivityClasses, type SensitivityClass } from "../../stewardship/sensitivity.ts";
import { textsOfDocuments } from "../../stewardship/search/find-documents.ts";
import { fits, type AskedWord } from "../../stewardship/search/score.ts";
import { wordsOf } from "../../stewardship/search/words.ts";
import type { Context } from "../context.ts";
import { nameInLists } from "../scope.ts";
import type { KnownDocument } from "./find-known.ts";
import { tablesOfProducts } from "./tables-of-products.ts";

interface FoundPage {
  readonly page: readonly KnownDocument[];
  readonly words: readonly AskedWord[];
  /** Whether all columns are wanted. */
  readonly details: boolean;
}

export async function presentFound({ db }: Pick<Context, "db">, asking: Asking, { page, words, details }: FoundPage) {
  const ids = page.map(({ id }) => id);
  const [said, texts, nameOf, sensitivityOf, linksOf] = await Promise.all([
    saidOf(db, ids, { withColumns: false }),
    textsOfDocuments(db, ids),
    databaseNames(db, page),
    sensitivityOfWholes(db, asking, page),
    linksOfPage(db, asking, page),
  ]);
  return page.map((document) => {
    const { id, kind, accountId, owners, tags, sensitivity, mark, state } = document;
    const { parameters, comment } = said(id);
    const description = parameters.find(({ key }) => key === "description")?.value ?? comment(undefined);
    return {
      kind,
      name: labelOf(asking, document, nameOf),
      account: asking.policy.accounts.get(accountId)?.name ?? "",
      ...(description === undefined ? {} : { description }),
      owners,
      tags,
      sensitivity: sensitivityOf.get(id) ?? sensitivity,
      ...(mark === null ? {} : { mark }),
      state,
      links: linksOf.get(id) ?? [],
      columns: columnsMeant(document, texts.get(id) ?? [], words),
      ...(details ? { details: detailsOf(document, texts.get(id) ?? []) } : {}),
    };
  });
}

/** By the id of the thing. */
async function linksOfPage(
  db: Context["db"],
  { accountId }: Asking,
  page: readonly KnownDocument[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  if (accountId === undefined || page.every((document) => document.accountId === accountId)) return new Map();
  const names = await linkNames(db, accountId);
  const tables = page.map(({ id, databaseId, name }) => ({ id, databaseId: databaseId ?? "", name }));
  const labels = withLinks(tables, names).map(({ id, links = [] }) => [id, links.map(tableLabel)] as const);
  const databases = [...names.ofDatabases].map(([id, links]) => {
    return [id, links.map(({ database }) => formatName([database]))] as const;
  });
  return new Map([...labels, ...databases]);
}

async function databaseNames(db: Context["db"], page: readonly KnownDocument[]): Promise<ReadonlyMap<string, string>> {
  const ids = page.map(({ databaseId }) => databaseId).filter((id) => id !== null);
  const rows = await db
    .selectFrom("databases")
    .select(["id", "name"])
    .where(sql<boolean>`id = any(${ids}::uuid[])`)
    .execute();
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** A database or a product is as sensitive as its most sensitive table, among those that the asker may know. */
async function sensitivityOfWholes(
  db: Context["db"],
  asking: Asking,
  page: readonly KnownDocument[],
): Promise<ReadonlyMap<string, SensitivityClass>> {
  const databases = page.filter(({ kind }) => kind === "database");
  const rows = [...(await ofWholeDatabases(db, asking, databases)), ...(await ofKnownTables(db, asking, databases))];
  const products = page.filter(({ kind }) => kind === "product").map(({ id }) => id);
  const tablesOf = await tablesOfProducts(db, products);
  const found = [
    ...databases.map(({ id }) => [id, rows.filter((row) => row.databaseId === id)] as const),
    ...products.map((id) => [id, tablesOf.get(id) ?? []] as const),
  ];
  return new Map(found.map(([id, tables]) => [id, highestOf(tables)]));
}

function knowsAllOf(asking: Asking, { id, accountId }: KnownDocument): boolean {
  return decideFor(asking, "browse", { kind: "tables", id, accountId }).allowed;
}

/** Without looking at each table. */
async function ofWholeDatabases(db: Context["db"], asking: Asking, databases: readonly KnownDocument[]) {
  const ids = databases.filter((database) => knowsAllOf(asking, database)).map(({ id }) => id);
  return db
    .selectFrom("search_documents")
    .select(["database_id as databaseId", "sensitivity"])
    .distinct()
    .where(sql<boolean>`database_id = any(${ids}::uuid[])`)
    .execute();
}

async function ofKnownTables(db: Context["db"], asking: Asking, databases: readonly KnownDocument[]) {
  const ids = databases.filter((database) => !knowsAllOf(asking, database)).map(({ id }) => id);
  const rows = await db
    .selectFrom("search_documents")
    .select(["id", "account_id as accountId", "database_id as databaseId", "sensitivity"])
    .where("kind", "<>", "database")
    .where("sensitivity", "<>", "none")
    .where(sql<boolean>`database_id = any(${ids}::uuid[])`)
    .execute();
  return rows.filter(({ databaseId, ...row }) => {
    return decideFor(asking, "browse", securableTable({ ...row, databaseId: databaseId ?? "" })).allowed;
  });
}

function highestOf(tables: readonly { readonly sensitivity: SensitivityClass }[]): SensitivityClass {
  return sensitivityClasses.findLast((one) => tables.some(({ sensitivity }) => sensitivity === one)) ?? "none";
}

function labelOf(asking: Asking, document: KnownDocument, nameOf: ReadonlyMap<string, string>): string {
  const { name, accountId, databaseId } = document;
  const database = nameOf.get(databaseId ?? "");
  const account = asking.policy.accounts.get(accountId)?.name;
  const isElsewhere = accountId !== asking.accountId;
  if (document.kind === "table" || document.kind === "view")
    return tableLabel({ account, isElsewhere, database: database ?? "", name });
  return nameInLists(asking, { name: formatName([name]), accountId });
}

function detailsOf({ access }: KnownDocument, texts: readonly StoredText[]) {
  const known = texts.filter(
    ({ fieldId }) => fieldId !== undefined && access !== undefined && showsColumn(access, fieldId),
  );
  return [...Map.groupBy(known, ({ fieldId }) => fieldId).values()].map((own) => {
    const at = (level: StoredText["level"]) => own.filter((one) => one.level === level).map(({ text }) => text);
    return { column: at("column")[0] ?? "", texts: at("text"), labels: at("label") };
  });
}

const mostColumns = 10;

function columnsMeant(
  { access }: KnownDocument,
  texts: readonly StoredText[],
  words: readonly AskedWord[],
): readonly string[] {
  const found = texts.filter(({ level, text, fieldId }) => {
    if (level !== "column" || fieldId === undefined || access === undefined) return false;
    return showsColumn(access, fieldId) && wordsOf(text).some((word) => words.some((asked) => fits(word, asked)));
  });
  return found.slice(0, mostColumns).map(({ text }) => text);
}
