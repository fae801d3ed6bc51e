/** The operations that list products and show one, with the requests and shares that hang on it. */
import { sql, type Kysely } from "kysely";
import { z } from "zod";
import type { Tables } from "../../../db/tables.ts";
import type { Asking } from "../../../governance/asking.ts";
import { visible } from "../../../governance/resource.ts";
import { eventsOfProduct } from "../../../sharing/events/sharing-event.ts";
import { listProducts, termsOf, type Product } from "../../../sharing/product-store.ts";
import { openRequestsFor } from "../../../sharing/request-store.ts";
import { listShares, shareStates, type Share } from "../../../sharing/shares.ts";
import { principalText } from "../../access/present-grant.ts";
import { count, instant, list, texts } from "../../answers.ts";
import type { Context } from "../../context.ts";
import { tablesOfProducts } from "../../finding/tables-of-products.ts";
import { mayKnow } from "../../locate.ts";
import { operation } from "../../operation.ts";
import { receivesShare } from "../share-standing.ts";
import { mayKnowRequest, momentOf } from "../known-request.ts";
import { findProduct, mayChange, mayFind, productMissingCodes } from "./find-product.ts";
import { knownLabels, presentedProduct, presentProduct, presentProducts } from "./present-product.ts";

export const productList = operation({
  name: "product.list",
  summary: "List the products that the caller may find",
  action: "watch",
  seesBrowsable: true,
  input: z.strictObject({
    account: z.string().optional().describe("Only those of this account."),
    limit: z.int().min(1).max(10_000).default(1_000).describe("At most so many, by name."),
  }),
  output: z.strictObject({
    products: list(presentedProduct),
    more: z.boolean().describe("Whether there are more than that. A search finds them by words."),
  }),
  errors: [],
  resources: () => [visible],
  async run(context, { account, limit }, { asking }) {
    const nameOf = ({ accountId }: Product) => asking.policy.accounts.get(accountId)?.name;
    const known = (await listProducts(context.db)).filter(
      (product) => mayFind(asking, product) && (account === undefined || nameOf(product) === account),
    );
    return { products: await presentProducts(context, asking, known.slice(0, limit)), more: known.length > limit };
  },
});

export const hangingOn = {
  requests: texts.describe("Those that nobody has decided yet, as far as the caller may know them."),
  shares: list(
    z.strictObject({
      id: z.string(),
      to: z.string(),
      state: z.enum(shareStates),
      until: instant.nullable(),
      tables: count.describe("How many of the product's tables it covers."),
      outside: count.describe("How many tables of the product are not in it, because nobody has judged them for it."),
      outsideNames: texts.describe("Those of them that the caller may know. They have to be asked for."),
    }),
  ).describe("Those that are not over, and that the caller gives or receives."),
};

const eventsAtMost = 50;

export const productShow = operation({
  name: "product.show",
  summary: "Show a product: what is in it, its terms and questions, how fresh it is, and what was shared of it",
  action: "watch",
  seesBrowsable: true,
  input: z.strictObject({
    product: z.string().describe("customer360, or sales.customer360 for another account's."),
    history: z.boolean().default(false).describe("Also earlier versions of its terms, and what happened to it."),
  }),
  output: presentedProduct.extend({
    ...hangingOn,
    earlierTerms: list(z.strictObject({ version: count, text: z.string().nullable(), setAt: instant })),
    events: list(
      z.strictObject({
        type: z.string(),
        at: instant,
        share: z.string().nullable().describe("The share that it is about."),
      }),
    ).describe("The latest steps of it and of the shares of it, the newest first, for whoever may change it."),
  }),
  errors: productMissingCodes,
  resources: () => [visible],
  async run(context, { product: name, history }, { asking }) {
    const product = await findProduct(context.db, asking, name);
    const earlier = history ? (await termsOf(context.db, product.id)).slice(1) : [];
    const events =
      history && mayChange(asking, product) ? await eventsOfProduct(context.db, product.id, eventsAtMost) : [];
    return {
      ...(await presentProduct(context, asking, product)),
      ...(await hanging(context, asking, product)),
      earlierTerms: earlier.map(({ setAt, ...one }) => ({ ...one, setAt: setAt.toISOString() })),
      events: events.map(({ type, at, shareId: share }) => ({ type, at: at.toISOString(), share })),
    };
  },
});

/** The open requests for a product and the shares of it that are not over. */
export async function hanging(context: Pick<Context, "db" | "catalog">, asking: Asking, product: Product) {
  const { db } = context;
  const moment = await momentOf(context, asking);
  const requests = (await openRequestsFor(db, product.id)).filter((one) => mayKnowRequest(one, asking, moment));
  const ofIt = sql<boolean>`product_id = ${product.id}::uuid`;
  const shares = (await listShares(db, asking.now, ofIt)).filter(
    (share) => !over.has(share.state) && (mayChange(asking, product) || receivesShare(asking, share)),
  );
  const tables = ((await tablesOfProducts(db, [product.id])).get(product.id) ?? []).map(({ id }) => id);
  const entries = (await context.catalog.everything().entriesOf(tables)).filter((entry) =>
    mayKnow(asking, entry, "browse"),
  );
  return {
    requests: requests.map(({ handle }) => handle),
    shares: await Promise.all(
      shares.map(async ({ row, state, items }) => {
        const covered = await coveredBy(db, items);
        const outside = tables.filter((id) => !covered.has(id));
        return {
          id: row.id,
          to: principalText(asking, row.target_id),
          state,
          until: row.valid_until?.toISOString() ?? null,
          tables: tables.length - outside.length,
          outside: outside.length,
          outsideNames: knownLabels({ asking, entries }, outside),
        };
      }),
    ),
  };
}

const over = new Set<Share["state"]>(["revoked", "expired", "rejected", "lapsed"]);

/** The ids of the tables that the open items of a share give. */
async function coveredBy(db: Kysely<Tables>, items: Share["items"]): Promise<ReadonlySet<string>> {
  const open = items.filter(({ ended_at: end }) => end === null).map(({ resource_id: id }) => id);
  const { rows } = await sql<{ id: string }>`
    select id from tables where id = any(${open}::uuid[]) or database_id = any(${open}::uuid[])
    union all select id from views where id = any(${open}::uuid[])`.execute(db);
  return new Set(rows.map(({ id }) => id));
}
