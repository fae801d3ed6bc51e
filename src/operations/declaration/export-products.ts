/** The products of the account in which the caller acts, in the form of headgate.yaml. */
import { sql } from "kysely";
import { formatSeconds } from "../../base/duration.ts";
import type { Asking } from "../../governance/asking.ts";
import { principalLabel } from "../../identity/principal-name.ts";
import { listProducts, type Product } from "../../sharing/product-store.ts";
import { saidOf, type Said } from "../../stewardship/said-of.ts";
import type { Context } from "../context.ts";
import { labelsOf } from "../sharing/products/present-product.ts";
import { mayChange } from "../sharing/products/find-product.ts";
import type { DeclaredProduct, DeclaredProducts } from "./declared-products.ts";
import type { IsWanted } from "./export-tags.ts";

export async function exportedProducts(
  { db, catalog }: Context,
  asking: Asking,
  isWanted: IsWanted,
): Promise<DeclaredProducts> {
  const products = (await ownProducts(db, asking)).filter((product) => isWanted(product) && mayChange(asking, product));
  const entries = await catalog.withViews().entries();
  const said = await saidOf(
    db,
    products.map(({ id }) => id),
  );
  return Object.fromEntries(
    products.map((product) => {
      const labels = labelsOf(product.items, { asking, entries });
      return [product.name, declaredOf(product, { has: labels, said: said(product.id) })];
    }),
  );
}

function ownProducts(db: Context["db"], { accountId }: Asking) {
  return listProducts(db, sql<boolean>`account_id is not distinct from ${accountId ?? null}::uuid`);
}

function declaredOf(
  product: Product,
  { has, said }: { readonly has: readonly string[]; readonly said: Said },
): DeclaredProduct {
  const named = (role: "owner" | "steward") =>
    said.stewards.filter((one) => one.role === role && !one.isGone).map(principalLabel);
  const { terms, defaultDays, longestDays, freshnessSeconds } = product;
  return {
    has: [...has],
    owners: named("owner"),
    stewards: named("steward"),
    questions: [...product.questions],
    ...textsOf(said),
    ...(terms === undefined ? {} : { terms }),
    ...(defaultDays === undefined ? {} : { default_days: defaultDays }),
    ...(longestDays === undefined ? {} : { longest_days: longestDays }),
    ...(freshnessSeconds === undefined ? {} : { freshness: formatSeconds(freshnessSeconds) }),
  };
}

function textsOf({ parameters }: Said): Pick<DeclaredProduct, "description" | "data_owner" | "data_owner_name"> {
  const keys = ["description", "data_owner", "data_owner_name"] as const;
  return Object.fromEntries(
    keys.flatMap((key) => {
      const found = parameters.find((one) => one.key === key);
      return found === undefined ? [] : [[key, found.value]];
    }),
  );
}
