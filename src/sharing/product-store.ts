/**
 * Products in the metadata database: what is offered together, on which terms. What is said of a product, and who answers
 * for it, are parameters and stewards like those of a database. It does not ask whether the caller may.
 * Invariant: versions of terms are only ever added, and neither a product nor what was in it is deleted.
 */
import { sql, type Kysely, type RawBuilder, type Selectable } from "kysely";
import { uuidv7 } from "../base/uuid.ts";
import type { ProductRow } from "../db/product-rows.ts";
import type { SharedKind } from "../db/share-request-rows.ts";
import type { Tables } from "../db/tables.ts";

export interface Product {
  readonly id: string;
  readonly accountId: string;
  readonly name: string;
  readonly questions: readonly string[];
  /** The version that holds now; 0 until there are any terms. */
  readonly termsVersion: number;
  /** Undefined if there are none to accept. */
  readonly terms: string | undefined;
  readonly defaultDays: number | undefined;
  readonly longestDays: number | undefined;
  readonly freshnessSeconds: number | undefined;
  readonly origin: string | null;
  readonly items: readonly ProductItem[];
}

export interface ProductItem {
  readonly kind: SharedKind;
  readonly thingId: string;
  readonly databaseId: string;
}

/** Those that were not removed, by name. */
export async function listProducts(
  db: Kysely<Tables>,
  where: RawBuilder<boolean> = sql<boolean>`true`,
): Promise<readonly Product[]> {
  const rows = await db
    .selectFrom("products")
    .leftJoin("product_terms", (join) =>
      join
        .onRef("product_terms.product_id", "=", "products.id")
        .onRef("product_terms.version", "=", "products.terms_version"),
    )
    .selectAll("products")
    .select("product_terms.text as terms")
    .where("ended_at", "is", null)
    .where(where)
    .orderBy("name")
    .orderBy("id")
    .execute();
  const items = await itemsOf(
    db,
    rows.map(({ id }) => id),
  );
  return rows.map((row) => productOf(row, items.get(row.id) ?? []));
}

async function itemsOf(
  db: Kysely<Tables>,
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly ProductItem[]>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom("product_items")
    .select(["product_id as productId", "kind", "thing_id as thingId", "database_id as databaseId"])
    .where(sql<boolean>`product_id = any(${ids}::uuid[])`)
    .where("taken_at", "is", null)
    .orderBy("id")
    .execute();
  const items = rows.map(({ productId, ...item }) => ({ productId, item }));
  return new Map(
    [...Map.groupBy(items, ({ productId }) => productId)].map(([id, own]) => [id, own.map(({ item }) => item)]),
  );
}

function productOf(
  row: Selectable<ProductRow> & { readonly terms: string | null },
  items: readonly ProductItem[],
): Product {
  return {
    id: row.id,
    accountId: row.account_id,
    name: row.name,
    questions: row.questions,
    termsVersion: row.terms_version,
    terms: row.terms ?? undefined,
    defaultDays: row.default_days ?? undefined,
    longestDays: row.longest_days ?? undefined,
    freshnessSeconds: row.freshness_seconds ?? undefined,
    origin: row.origin,
    items,
  };
}

/** Undefined for one that was removed. */
export async function productById(db: Kysely<Tables>, id: string): Promise<Product | undefined> {
  return (await listProducts(db, sql<boolean>`products.id = ${id}::uuid`))[0];
}

/** By name; upper and lower case are alike. */
export async function productNamed(
  db: Kysely<Tables>,
  { accountId, name }: Pick<Product, "accountId" | "name">,
): Promise<Product | undefined> {
  if (name.includes("\0")) return undefined;
  const isIt = sql<boolean>`account_id = ${accountId}::uuid and lower(name) = lower(${name})`;
  return (await listProducts(db, isIt))[0];
}

export type NewProduct = Pick<Product, "accountId" | "name" | "origin"> & { readonly by: string | null };

/** Returns its id. */
export async function insertProduct(transaction: Kysely<Tables>, product: NewProduct): Promise<string> {
  const { accountId: account_id, name, origin, by: made_by } = product;
  const id = uuidv7();
  await transaction.insertInto("products").values({ id, account_id, name, origin, made_by }).execute();
  return id;
}

/** The settings that are given; null takes one away. */
export interface ProductSettings {
  readonly name?: string | undefined;
  readonly questions?: readonly string[] | undefined;
  readonly defaultDays?: number | null | undefined;
  readonly longestDays?: number | null | undefined;
  readonly freshnessSeconds?: number | null | undefined;
}

/** Returns whether anything has changed. */
export async function setProduct(
  transaction: Kysely<Tables>,
  before: Product,
  settings: ProductSettings,
): Promise<boolean> {
  const { name = before.name, questions = before.questions } = settings;
  const row = {
    name,
    questions: JSON.stringify(questions),
    default_days: keptOr(settings.defaultDays, before.defaultDays),
    longest_days: keptOr(settings.longestDays, before.longestDays),
    freshness_seconds: keptOr(settings.freshnessSeconds, before.freshnessSeconds),
  };
  const isUnchanged =
    name === before.name &&
    row.questions === JSON.stringify(before.questions) &&
    row.default_days === (before.defaultDays ?? null) &&
    row.longest_days === (before.longestDays ?? null) &&
    row.freshness_seconds === (before.freshnessSeconds ?? null);
  if (!isUnchanged) await transaction.updateTable("products").set(row).where("id", "=", before.id).execute();
  return !isUnchanged;
}

function keptOr(given: number | null | undefined, before: number | undefined): number | null {
  return given === undefined ? (before ?? null) : given;
}

/** The text of new terms, or undefined for none from now on. Returns whether they differ, which makes a version. */
export async function setTerms(
  transaction: Kysely<Tables>,
  before: Product,
  { text, by }: { readonly text: string | undefined; readonly by: string | null },
): Promise<boolean> {
  if (text === before.terms) return false;
  const version = before.termsVersion + 1;
  await transaction
    .insertInto("product_terms")
    .values({ product_id: before.id, version, text: text ?? null, set_by: by })
    .execute();
  await transaction.updateTable("products").set({ terms_version: version }).where("id", "=", before.id).execute();
  return true;
}

/** All versions, the newest first. */
export function termsOf(db: Kysely<Tables>, productId: string) {
  return db
    .selectFrom("product_terms")
    .select(["version", "text", "set_at as setAt"])
    .where("product_id", "=", productId)
    .orderBy("version", "desc")
    .execute();
}

/** Returns those that were not in it. */
export async function putItems(
  transaction: Kysely<Tables>,
  { id, items: had }: Pick<Product, "id" | "items">,
  { items, by }: { readonly items: readonly ProductItem[]; readonly by: string | null },
): Promise<readonly ProductItem[]> {
  const missing = items.filter(
    (item, index) => !has(had, item) && items.findIndex((one) => isSame(one, item)) === index,
  );
  if (missing.length === 0) return [];
  const rows = missing.map(({ kind, thingId: thing_id, databaseId: database_id }) => {
    return { id: uuidv7(), product_id: id, kind, thing_id, database_id, put_by: by };
  });
  await transaction.insertInto("product_items").values(rows).execute();
  return missing;
}

/** Returns those that were in it. */
export async function takeItems(
  transaction: Kysely<Tables>,
  { id, items: had }: Pick<Product, "id" | "items">,
  items: readonly ProductItem[],
): Promise<readonly ProductItem[]> {
  const going = had.filter((item) => has(items, item));
  if (going.length === 0) return [];
  await transaction
    .updateTable("product_items")
    .set({ taken_at: sql<Date>`clock_timestamp()` })
    .where("product_id", "=", id)
    .where("taken_at", "is", null)
    .where(sql<boolean>`(kind || thing_id) = any(${going.map(({ kind, thingId }) => kind + thingId)})`)
    .execute();
  return going;
}

/** Whether one of the items is the same thing. */
export function has(items: readonly ProductItem[], item: Pick<ProductItem, "kind" | "thingId">): boolean {
  return items.some((one) => isSame(one, item));
}

function isSame(one: Pick<ProductItem, "kind" | "thingId">, other: Pick<ProductItem, "kind" | "thingId">): boolean {
  return one.kind === other.kind && one.thingId === other.thingId;
}

export async function endProduct(transaction: Kysely<Tables>, id: string): Promise<void> {
  await transaction
    .updateTable("products")
    .set({ ended_at: sql<Date>`clock_timestamp()` })
    .where("id", "=", id)
    .execute();
}
