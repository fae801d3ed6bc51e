/** Makes the documents of things from what is stored of them at this moment, many at a time. It writes nothing. */
import { sql, type Kysely } from "kysely";
import { mapLimit } from "../../base/limit.ts";
import type { Catalog, TableEntry } from "../../catalog/catalog.ts";
import { historyOfProperty } from "../../catalog/history-of-property.ts";
import { viewTextOf } from "../../catalog/view.ts";
import type { StoredColumn } from "../../db/search-rows.ts";
import type { Tables } from "../../db/tables.ts";
import { lastColumnNames } from "../../iceberg/last-column-names.ts";
import { currentSchema, type TableMetadata } from "../../iceberg/table-metadata.ts";
import { saidOf } from "../said-of.ts";
import { readableColumns } from "../sensitivity.ts";
import { documentOf, type NamedTag, type SearchDocument, type ThingFacts } from "./document.ts";

export interface DocumentParts {
  readonly db: Kysely<Tables>;
  readonly catalog: Pick<Catalog, "load">;
}

export interface BuiltDocuments {
  /** Those of things that still exist. */
  readonly documents: readonly SearchDocument[];
  /** The ids of tables whose metadata could not be read. They have the columns that they had. */
  readonly unread: readonly string[];
}

export async function buildDocuments(parts: DocumentParts, ids: readonly string[]): Promise<BuiltDocuments> {
  const { db } = parts;
  const [databases, tables, views] = await Promise.all([
    databasesWith(db, ids),
    tablesWith(db, ids),
    viewsWith(db, ids),
  ]);
  const read = await withColumns(parts, tables);
  const things = [...databases, ...read.things, ...views];
  const around = things.flatMap(({ id, databaseId, historyOf }) => [id, databaseId, historyOf]);
  const known = [...new Set(around.filter((id) => id !== null))];
  const [said, tags, demanding] = await Promise.all([saidOf(db, known), tagsOf(db, known), demandingTables(db)]);
  const documents = things.map((thing) => {
    const isWithin = thing.kind !== "database" && thing.databaseId !== null;
    return documentOf({
      ...thing,
      said: said(thing.id),
      above: isWithin ? said(thing.databaseId) : undefined,
      base: thing.historyOf === null ? undefined : said(thing.historyOf),
      tags: tags.get(thing.id) ?? [],
      tagsAbove: isWithin ? (tags.get(thing.databaseId) ?? []) : [],
      isDemanded: demanding.has(thing.id) || demanding.has(thing.historyOf ?? ""),
    });
  });
  return { documents, unread: read.unread };
}

type Thing = Omit<ThingFacts, "said" | "above" | "base" | "tags" | "tagsAbove" | "isDemanded">;

const noColumns = { columns: [], metadataLocation: null, historyOf: null } as const;

async function databasesWith(db: Kysely<Tables>, ids: readonly string[]): Promise<readonly Thing[]> {
  const rows = await db
    .selectFrom("databases")
    .select(["id", "name", "account_id as accountId"])
    .where(sql<boolean>`id = any(${ids}::uuid[])`)
    .execute();
  return rows.map((row) => ({ ...row, ...noColumns, kind: "database", databaseId: row.id, database: undefined }));
}

async function viewsWith(db: Kysely<Tables>, ids: readonly string[]): Promise<readonly Thing[]> {
  const rows = await db
    .selectFrom("views")
    .innerJoin("databases", "databases.id", "views.database_id")
    .innerJoin("view_versions", (join) =>
      join.onRef("view_versions.view_id", "=", "views.id").onRef("view_versions.version", "=", "views.version"),
    )
    .selectAll("view_versions")
    .select(["views.name", "databases.id as databaseId", "databases.name as database"])
    .select("databases.account_id as accountId")
    .where(sql<boolean>`views.id = any(${ids}::uuid[])`)
    .execute();
  return rows.map((row) => ({
    ...noColumns,
    id: row.view_id,
    kind: "view",
    name: row.name,
    accountId: row.accountId,
    databaseId: row.databaseId,
    database: row.database,
    columns: viewTextOf(row).columns.map(({ id, name, doc }) => columnOf({ id, name, doc })),
  }));
}

function columnOf({ id, name, doc }: Pick<StoredColumn, "id" | "name" | "doc">): StoredColumn {
  return { id, name: storable(name), ...(doc === undefined ? {} : { doc: storable(doc) }) };
}

/** Other writers' metadata can have names that PostgreSQL cannot store. */
function storable(text: string): string {
  return text.replaceAll("\0", "\uFFFD").toWellFormed();
}

type StoredTable = TableEntry & {
  readonly storedLocation: string | null;
  readonly storedColumns: readonly StoredColumn[] | null;
  readonly storedHistoryOf: string | null;
};

async function tablesWith(db: Kysely<Tables>, ids: readonly string[]): Promise<readonly StoredTable[]> {
  return db
    .selectFrom("tables")
    .innerJoin("databases", "databases.id", "tables.database_id")
    .leftJoin("search_documents", "search_documents.id", "tables.id")
    .select(["tables.id", "tables.name", "tables.location", "tables.places"])
    .select(["tables.metadata_location as metadataLocation", "databases.id as databaseId"])
    .select(["databases.name as database", "databases.account_id as accountId"])
    .select(["search_documents.metadata_location as storedLocation", "search_documents.columns as storedColumns"])
    .select("search_documents.history_of as storedHistoryOf")
    .where(sql<boolean>`tables.id = any(${ids}::uuid[])`)
    .execute();
}

const readAtOnce = 16;

/** The metadata of a table is read again only if it is another one. */
async function withColumns({ catalog }: DocumentParts, tables: readonly StoredTable[]) {
  const unread: string[] = [];
  const things = await mapLimit(tables, readAtOnce, async (table): Promise<Thing> => {
    const { id, name, accountId, databaseId, database, metadataLocation } = table;
    const own = { id, kind: "table", name, accountId, databaseId, database } as const;
    const stored = { columns: table.storedColumns ?? [], historyOf: table.storedHistoryOf };
    if (table.storedLocation === metadataLocation) return { ...own, ...stored, metadataLocation };
    try {
      return { ...own, ...readFrom((await catalog.load(table)).metadata), metadataLocation };
    } catch {
      // The store may be away for a while. A search finds the table by everything else that is known of it.
      unread.push(id);
      return { ...own, ...stored, metadataLocation: table.storedLocation };
    }
  });
  return { things, unread };
}

function readFrom(metadata: TableMetadata): Pick<Thing, "columns" | "historyOf"> {
  const { fields } = currentSchema(metadata);
  const present = new Set(fields.map(({ id }) => id));
  const nameOf = lastColumnNames(metadata);
  const earlier = readableColumns(metadata).filter((id) => !present.has(id));
  return {
    columns: [
      ...fields.map(({ id, name, doc }) => columnOf({ id, name, doc })),
      ...earlier.map((id) => ({ ...columnOf({ id, name: nameOf(id) }), isEarlier: true })),
    ],
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
