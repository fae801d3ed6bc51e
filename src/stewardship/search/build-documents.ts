/** Makes the documents of things from what is stored of them at this moment, many at a time. It writes nothing. */
import { sql, type Kysely } from "kysely";
import { mapLimit } from "../../base/limit.ts";
import type { Catalog, TableEntry } from "../../catalog/catalog.ts";
import { historyOfProperty } from "../../catalog/history-of-property.ts";
import { allViews } from "../../catalog/view-store.ts";
import type { StoredColumn } from "../../db/search-rows.ts";
import type { Tables } from "../../db/tables.ts";
import { currentSchema, type TableMetadata } from "../../iceberg/table-metadata.ts";
import { saidOf } from "../said-of.ts";
import { isFlagged } from "../../governance/is-flagged.ts";
import { parametersOf } from "../parameters.ts";
import { sensitiveTags } from "../sensitive-tags.ts";
import { sensitivityOfEach } from "../sensitivity.ts";
import { documentOf, type NamedTag, type SearchDocument, type ThingFacts } from "./document.ts";

export interface DocumentParts {
  readonly db: Kysely<Tables>;
  /** Shows all tables. */
  readonly catalog: Pick<Catalog, "entries" | "load">;
}

export interface BuiltDocuments {
  /** Those of things that still exist. */
  readonly documents: readonly SearchDocument[];
  /** The ids of tables whose metadata could not be read. They have the columns that they had. */
  readonly unread: readonly string[];
}

export async function buildDocuments(parts: DocumentParts, ids: readonly string[]): Promise<BuiltDocuments> {
  const { db } = parts;
  const [databases, tables, views, products] = await Promise.all([
    databasesWith(db, ids),
    tablesWith(parts, ids),
    viewsWith(parts, ids),
    productsWith(db, ids),
  ]);
  const things = [...databases, ...tables, ...views, ...products];
  const around = [...new Set(things.flatMap(({ id, databaseId }) => [id, databaseId ?? id]))];
  const [said, tags] = await Promise.all([saidOf(db, around), tagsOf(db, around)]);
  const documents = things.map((thing) => {
    const above = thing.kind === "database" ? undefined : (thing.databaseId ?? undefined);
    return documentOf({
      ...thing,
      said: said(thing.id),
      above: above === undefined ? undefined : said(above),
      tags: tags.get(thing.id) ?? [],
      tagsAbove: tags.get(above ?? "") ?? [],
    });
  });
  return { documents, unread: tables.filter(({ isUnread }) => isUnread).map(({ id }) => id) };
}

type Thing = Omit<ThingFacts, "said" | "above" | "tags" | "tagsAbove">;

/** How sensitive a database is by itself; its tables are so by themselves, too. */
async function databasesWith(db: Kysely<Tables>, ids: readonly string[]): Promise<readonly Thing[]> {
  const rows = await db
    .selectFrom("databases")
    .select(["id", "name", "account_id as accountId"])
    .where(sql<boolean>`id = any(${ids}::uuid[])`)
    .execute();
  const own = rows.map(({ id }) => id);
  const [tags, parameters] = await Promise.all([sensitiveTags(db, own), parametersOf(db, own)]);
  const flags = parameters.filter(({ key }) => key === "pii_flag");
  return rows.map((row) => {
    const isPersonal = flags.some(({ on, value }) => on.id === row.id && isFlagged(value));
    const sensitivity = tags.ofDatabase(row.id) ? "secret" : isPersonal ? "pii" : "none";
    const rest = { kind: "database", sensitivity, columns: [], historyOf: null, database: undefined } as const;
    return { ...row, ...rest, databaseId: row.id };
  });
}

/**
 * A product is as sensitive as what is in it, which may change at any time: whoever shows it asks for that. Nothing of its
 * document is about its tables, because somebody who finds the product may not know them.
 */
async function productsWith(db: Kysely<Tables>, ids: readonly string[]): Promise<readonly Thing[]> {
  const rows = await db
    .selectFrom("products")
    .select(["id", "name", "account_id as accountId"])
    .where(sql<boolean>`id = any(${ids}::uuid[])`)
    .where("ended_at", "is", null)
    .execute();
  const rest = { kind: "product", sensitivity: "none", columns: [], historyOf: null, database: undefined } as const;
  return rows.map((row) => ({ ...row, ...rest, databaseId: null }));
}

async function viewsWith(parts: DocumentParts, ids: readonly string[]): Promise<readonly Thing[]> {
  const wanted = new Set(ids);
  const views = (await allViews(parts.db, undefined)).filter(({ entry }) => wanted.has(entry.id));
  const sensitivity = await sensitivityOfEach(
    parts,
    views.map(({ entry }) => entry),
  );
  return views.map(({ entry: { id, name, accountId, databaseId, database }, text }) => ({
    id,
    kind: "view",
    name,
    accountId,
    databaseId,
    database,
    historyOf: null,
    sensitivity: sensitivity.get(id) ?? "none",
    columns: text.columns.map(columnOf),
  }));
}

function columnOf({ id, name, doc }: Pick<StoredColumn, "id" | "name" | "doc">): StoredColumn {
  return { id, name: storable(name), ...(doc === undefined ? {} : { doc: storable(doc) }) };
}

/** Other writers' metadata can have names that PostgreSQL cannot store. */
function storable(text: string): string {
  return text.replaceAll("\0", "\uFFFD").toWellFormed();
}

interface TableThing extends Thing {
  readonly isUnread: boolean;
}

const readAtOnce = 16;

async function tablesWith(parts: DocumentParts, ids: readonly string[]): Promise<readonly TableThing[]> {
  const rows = await parts.db
    .selectFrom("tables")
    .innerJoin("databases", "databases.id", "tables.database_id")
    .leftJoin("search_documents", "search_documents.id", "tables.id")
    .leftJoin("search_texts", "search_texts.id", "tables.id")
    .select(["tables.id", "tables.name", "tables.location", "tables.places"])
    .select(["tables.metadata_location as metadataLocation", "databases.id as databaseId"])
    .select(["databases.name as database", "databases.account_id as accountId"])
    .select(["search_texts.columns as stored", "search_documents.sensitivity as sensitivity"])
    .select("search_documents.history_of as storedHistoryOf")
    .where(sql<boolean>`tables.id = any(${ids}::uuid[])`)
    .execute();
  const metadataOf = new Map(
    await mapLimit(rows, readAtOnce, async (table) => [table.id, await metadataIfThere(parts, table)] as const),
  );
  const read = rows.filter(({ id }) => metadataOf.get(id) !== undefined);
  const demanding = await demandingTables(parts.db);
  const demandsClasses = ({ id }: TableEntry): boolean =>
    demanding.has(id) || demanding.has(metadataOf.get(id)?.properties[historyOfProperty] ?? "");
  const sensitivity = await sensitivityOfEach({ ...parts, demandsClasses }, read);
  return rows.map(({ id, name, accountId, databaseId, database, ...stored }) => {
    const own = { id, kind: "table", name, accountId, databaseId, database } as const;
    const metadata = metadataOf.get(id);
    const before = { columns: stored.stored ?? [], historyOf: stored.storedHistoryOf };
    if (metadata === undefined)
      return { ...own, ...before, sensitivity: stored.sensitivity ?? "unclassified", isUnread: true };
    return { ...own, ...readFrom(metadata), sensitivity: sensitivity.get(id) ?? "none", isUnread: false };
  });
}

/** The store may be away for a while. A search finds the table by everything else that is known of it. */
function metadataIfThere({ catalog }: DocumentParts, table: TableEntry): Promise<TableMetadata | undefined> {
  return catalog.load(table).then(
    ({ metadata }) => metadata,
    () => undefined,
  );
}

function readFrom(metadata: TableMetadata): Pick<Thing, "columns" | "historyOf"> {
  return {
    columns: currentSchema(metadata).fields.map(columnOf),
    historyOf: metadata.properties[historyOfProperty] ?? null,
  };
}

async function tagsOf(db: Kysely<Tables>, ids: readonly string[]): Promise<ReadonlyMap<string, readonly NamedTag[]>> {
  const rows = await db
    .selectFrom("tag_assignments")
    .innerJoin("tag_values", "tag_values.id", "tag_assignments.value_id")
    .innerJoin("tag_keys", "tag_keys.id", "tag_assignments.key_id")
    .select(["resource_id as id", "field_id as fieldId", "tag_keys.name as key", "tag_values.name as value"])
    .where(sql<boolean>`resource_id = any(${ids}::uuid[])`)
    .where("tag_assignments.ended_at", "is", null)
    .where("tag_values.ended_at", "is", null)
    .where("tag_keys.ended_at", "is", null)
    .execute();
  const tags = rows.map(({ fieldId, ...tag }) => ({ ...tag, fieldId: fieldId ?? undefined }));
  return Map.groupBy(tags, ({ id }) => id);
}

/** Tables whose source says that a column which nobody has judged counts as sensitive. */
async function demandingTables(db: Kysely<Tables>): Promise<ReadonlySet<string>> {
  const rows = await db
    .selectFrom("positions")
    .innerJoin("sources", "sources.id", "positions.source_id")
    .select("positions.table_id as id")
    .where("sources.unclassified", "=", "sensitive")
    .execute();
  return new Set(rows.map(({ id }) => id));
}
