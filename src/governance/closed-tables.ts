/**
 * The rules of tables that are dropped: their grants, data filters and tags end, and are remembered under the table's name.
 * Their owners and stewards end, too. It does not make them again; operations/access/reattach.ts does.
 * Invariant: a rule that is remembered gives nothing, not even if a table with the same id appears again.
 */
import { sql, type Kysely } from "kysely";
import { z } from "zod";
import { uuidv7 } from "../base/uuid.ts";
import type { Tables } from "../db/tables.ts";
import { HeadgateError } from "../errors.ts";
import { lastColumnNames } from "../iceberg/last-column-names.ts";
import { currentSchema, type TableMetadata } from "../iceberg/table-metadata.ts";
import { principalLabel } from "../identity/principal-name.ts";
import type { EarlierColumn } from "./carry-over.ts";
import { endFilter, openFilters, type FilterRow } from "./data-filters.ts";
import { endGrants } from "./grants.ts";
import type { Grant } from "./policy.ts";
import { grantOf } from "./policy-rows.ts";
import { endTagsOf } from "./tag-store.ts";
import { endStewards, stewardsOf } from "./stewards.ts";

/** The rules that end with tables. */
export interface EndingRules {
  readonly grants: number;
  readonly filters: number;
  /** The holders of these grants, as people write them. */
  readonly holders: readonly string[];
}

export async function rulesOf(db: Kysely<Tables>, tableIds: readonly string[]): Promise<EndingRules> {
  const held = await db
    .selectFrom("grants")
    .innerJoin("principals", "principals.id", "grants.principal_id")
    .select(["principals.kind", "principals.name"])
    .where("resource_kind", "=", "table")
    .where("resource_id", "in", tableIds)
    .where("ended_at", "is", null)
    .execute();
  const filters = await Promise.all(tableIds.map((id) => openFilters(db, id)));
  return {
    grants: held.length,
    filters: filters.flat().length,
    holders: [...new Set(held.map(principalLabel))].toSorted((one, other) => one.localeCompare(other)),
  };
}

export interface TableToClose {
  readonly id: string;
  readonly accountId: string;
  readonly database: string;
  readonly name: string;
  /** Undefined if it cannot be read. Rules that name columns can then not be made again. */
  readonly metadata: TableMetadata | undefined;
}

export interface Closing {
  readonly by: string | null;
  readonly reason: string;
}

/** In the transaction that removes the table from the catalog, which holds the lock of the policy. */
export async function closeTable(transaction: Kysely<Tables>, table: TableToClose, closing: Closing): Promise<void> {
  const open = await transaction
    .selectFrom("grants")
    .select("id")
    .where("resource_kind", "=", "table")
    .where("resource_id", "=", table.id)
    .where("ended_at", "is", null)
    .execute();
  const ids = open.map(({ id }) => id);
  const filters = (await openFilters(transaction, table.id)).map(({ id }) => id);
  const grants = await endGrants(transaction, ids, closing);
  for (const id of filters) await endFilter(transaction, id);
  const tags = await endTagsOf(transaction, table.id, closing.by);
  const named = await stewardsOf(transaction, { ids: [table.id] });
  await endStewards(
    transaction,
    named.map(({ id }) => id),
  );
  await transaction
    .insertInto("closed_tables")
    .values({
      id: uuidv7(),
      table_id: table.id,
      account_id: table.accountId,
      database_name: table.database,
      name: table.name,
      columns: JSON.stringify(table.metadata === undefined ? [] : columnsOf(table.metadata)),
      grants,
      filters,
      tags,
      closed_by: closing.by,
    })
    .execute();
}

/** All columns that the table ever had, by their last names. */
function columnsOf(metadata: TableMetadata): readonly z.infer<typeof columnSchema>[] {
  const nameOf = lastColumnNames(metadata);
  const present = new Set(currentSchema(metadata).fields.map(({ id }) => id));
  const ids = new Set([...metadata.schemas.flatMap(({ fields }) => fields.map(({ id }) => id)), ...present]);
  return [...ids].map((id) => ({ id, name: nameOf(id), isDropped: !present.has(id) }));
}

const columnSchema = z.strictObject({ id: z.int(), name: z.string(), isDropped: z.boolean() });

/** A dropped table, with the rules that ended with it. */
export interface ClosedTable {
  readonly id: string;
  /** The id that the table had. */
  readonly tableId: string;
  readonly closedAt: Date;
  /** The table for which its rules were made again. */
  readonly reattachedTo: string | null;
  /** By field id. */
  readonly columns: ReadonlyMap<number, EarlierColumn>;
  readonly grants: readonly Grant[];
  readonly filters: readonly FilterRow[];
  /** Tags of its own, and those of its columns. */
  readonly tags: readonly ClosedTag[];
}

export interface ClosedTag {
  readonly fieldId: number | undefined;
  readonly keyId: string;
  readonly valueId: string;
  readonly origin: string | null;
}

/** The most recent dropped table of the same account, database and name. */
export async function lastClosed(
  db: Kysely<Tables>,
  { accountId, database, name }: Pick<TableToClose, "accountId" | "database" | "name">,
): Promise<ClosedTable | undefined> {
  const row = await db
    .selectFrom("closed_tables")
    .selectAll()
    .where("account_id", "=", accountId)
    .where("database_name", "=", database)
    .where("name", "=", name)
    .orderBy("closed_at", "desc")
    .limit(1)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const grants = await db.selectFrom("grants").selectAll().where(isOneOf(row.grants)).orderBy("id").execute();
  const filters = await db.selectFrom("data_filters").selectAll().where(isOneOf(row.filters)).orderBy("name").execute();
  const tags = await db.selectFrom("tag_assignments").selectAll().where(isOneOf(row.tags)).orderBy("id").execute();
  const columns = z.array(columnSchema).parse(row.columns);
  return {
    id: row.id,
    tableId: row.table_id,
    closedAt: row.closed_at,
    reattachedTo: row.reattached_to,
    columns: new Map(columns.map(({ id, ...column }) => [id, column])),
    grants: grants.map(grantOf).filter((grant) => grant !== undefined),
    filters,
    tags: tags.map(({ field_id: fieldId, key_id: keyId, value_id: valueId, origin }) => ({
      fieldId: fieldId ?? undefined,
      keyId,
      valueId,
      origin,
    })),
  };
}

function isOneOf(ids: readonly string[]) {
  return sql<boolean>`id = any(${ids}::uuid[])`;
}

export async function markReattached(transaction: Kysely<Tables>, { id }: ClosedTable, tableId: string): Promise<void> {
  await transaction.updateTable("closed_tables").set({ reattached_to: tableId }).where("id", "=", id).execute();
}

/**
 * For a rule that is to be made: the table may have been dropped since it was found. The caller holds the lock of the
 * policy. Throws TABLE_NOT_FOUND.
 */
export async function checkStillThere(
  transaction: Kysely<Tables>,
  { id, label }: { readonly id: string; readonly label: string },
): Promise<void> {
  const [tables, views] = (["tables", "views"] as const).map((kind) =>
    transaction.selectFrom(kind).select("id").where("id", "=", id).executeTakeFirst(),
  );
  const found = (await tables) ?? (await views);
  if (found === undefined) throw new HeadgateError("TABLE_NOT_FOUND", { place: label });
}
