/**
 * A product in the words of people, as far as whoever asks may know what is in it.
 * Invariant: a thing in it that the caller may not know is only counted, never named, except to those who may change it.
 */
import type { Kysely } from "kysely";
import { z } from "zod";
import { formatSeconds } from "../../../base/duration.ts";
import { must } from "../../../base/must.ts";
import type { TableEntry } from "../../../catalog/catalog.ts";
import { tableLabel } from "../../../catalog/table-name.ts";
import type { Tables } from "../../../db/tables.ts";
import type { Asking } from "../../../governance/asking.ts";
import { principalLabel } from "../../../identity/principal-name.ts";
import type { Product, ProductItem } from "../../../sharing/product-store.ts";
import { saidOf } from "../../../stewardship/said-of.ts";
import { sensitivityClasses } from "../../../stewardship/sensitivity.ts";
import { count, instant, texts } from "../../answers.ts";
import type { Context } from "../../context.ts";
import { requestedThings, stateOf, knownStates } from "../../finding/known-state.ts";
import { tablesOfProducts, type TableOfProduct } from "../../finding/tables-of-products.ts";
import { mayKnow } from "../../locate.ts";
import { nameInLists } from "../../scope.ts";
import { labelOfItem } from "../asked-items.ts";
import { mayChange } from "./find-product.ts";

export const presentedProduct = z
  .strictObject({
    name: z.string(),
    account: z.string(),
    description: z.string().nullable(),
    dataOwner: z.string().nullable(),
    dataOwnerName: z.string().nullable(),
    owners: texts.describe("They decide on requests for it."),
    stewards: texts,
    has: texts.describe("The databases and tables in it that the caller may know; all for whoever may change it."),
    hidden: count.describe("How many more things are in it, which the caller may not know by name."),
    tables: count.describe("How many tables it has now."),
    sensitivity: z.enum(sensitivityClasses).describe("The highest class over all its tables."),
    state: z.enum(knownStates),
    questions: texts.describe("Whoever asks answers each of them."),
    terms: z
      .strictObject({ version: count, text: z.string() })
      .nullable()
      .describe("A request accepts this version. Null: there are none."),
    defaultDays: count.nullable(),
    longestDays: count.nullable(),
    freshness: z.strictObject({
      promised: z.string().nullable().describe("How old its data should be at most."),
      oldestAt: instant.nullable().describe("When that of its tables whose source was looked at longest ago was."),
      late: z.boolean(),
    }),
    origin: z.string().nullable().describe("yaml for headgate.yaml; null for a command."),
    yours: z.boolean().describe("Whether the caller may change it."),
  })
  .meta({ title: "Product" });

export type PresentedProduct = z.infer<typeof presentedProduct>;

export async function presentProduct(
  context: Pick<Context, "db" | "catalog">,
  asking: Asking,
  product: Product,
): Promise<PresentedProduct> {
  return must((await presentProducts(context, asking, [product]))[0], "the product");
}

export async function presentProducts(
  { db, catalog }: Pick<Context, "db" | "catalog">,
  asking: Asking,
  products: readonly Product[],
): Promise<readonly PresentedProduct[]> {
  const ids = products.map(({ id }) => id);
  const things = products.flatMap(({ items }) => items.map(({ thingId }) => thingId));
  const [said, tablesOf, requested, oldestOf, entries] = [
    await saidOf(db, ids),
    await tablesOfProducts(db, ids),
    await requestedThings(db, asking),
    await oldestMoments(db),
    await catalog.everything().entriesOf(things),
  ];
  const known = entries.filter((entry) => mayKnow(asking, entry, "browse"));
  return products.map((product) => {
    const { id, accountId, terms, termsVersion } = product;
    const tables = tablesOf.get(id) ?? [];
    const { parameters, stewards } = said(id);
    const parameter = (key: string) => parameters.find((one) => one.key === key)?.value ?? null;
    const answering = (role: string) => stewards.filter((one) => one.role === role && !one.isGone).map(principalLabel);
    // Whoever decides on a product has to know what is in it.
    const has = labelsOf(product.items, { asking, entries: mayChange(asking, product) ? entries : known });
    return {
      name: nameInLists(asking, product),
      account: asking.policy.accounts.get(accountId)?.name ?? "",
      description: parameter("description"),
      dataOwner: parameter("data_owner"),
      dataOwnerName: parameter("data_owner_name"),
      owners: answering("owner"),
      stewards: answering("steward"),
      has,
      hidden: product.items.length - has.length,
      tables: tables.length,
      sensitivity: highestOf(tables),
      state: stateOf(asking, { kind: "product", id, accountId, databaseId: null }, { requested, tablesOf }),
      questions: product.questions,
      terms: terms === undefined ? null : { version: termsVersion, text: terms },
      defaultDays: product.defaultDays ?? null,
      longestDays: product.longestDays ?? null,
      freshness: freshnessOf({ product, oldest: oldestOf(tables), now: asking.now }),
      origin: product.origin,
      yours: mayChange(asking, product),
    };
  });
}

function highestOf(tables: readonly TableOfProduct[]): PresentedProduct["sensitivity"] {
  return sensitivityClasses.findLast((one) => tables.some(({ sensitivity }) => sensitivity === one)) ?? "none";
}

interface Known {
  readonly asking: Asking;
  readonly entries: readonly TableEntry[];
}

export function labelsOf(items: readonly ProductItem[], known: Known): readonly string[] {
  const labels = items.map((item) => labelOfItem(item, known)).filter((label) => label !== undefined);
  return labels.toSorted((one, other) => (one < other ? -1 : 1));
}

/** When that of some tables whose source was looked at longest ago was; tables that no source feeds do not grow old. */
async function oldestMoments(db: Kysely<Tables>): Promise<(tables: readonly TableOfProduct[]) => number | undefined> {
  const rows = await db.selectFrom("positions").select(["table_id", "moved_at"]).execute();
  const movedAt = new Map(rows.map((row) => [row.table_id, row.moved_at.getTime()]));
  return (tables) => {
    const moments = tables.flatMap(({ id }) => movedAt.get(id) ?? []);
    return moments.length === 0 ? undefined : Math.min(...moments);
  };
}

interface Fresh {
  readonly product: Product;
  readonly oldest: number | undefined;
  readonly now: number;
}

function freshnessOf({ product: { freshnessSeconds }, oldest, now }: Fresh): PresentedProduct["freshness"] {
  const isLate = oldest !== undefined && freshnessSeconds !== undefined && oldest + freshnessSeconds * 1_000 < now;
  return {
    promised: freshnessSeconds === undefined ? null : formatSeconds(freshnessSeconds),
    oldestAt: oldest === undefined ? null : new Date(oldest).toISOString(),
    late: isLate,
  };
}

/** The labels of tables, of those that the caller may know. */
export function knownLabels({ entries }: Known, ids: readonly string[]): readonly string[] {
  return entries.filter(({ id }) => ids.includes(id)).map(tableLabel);
}
