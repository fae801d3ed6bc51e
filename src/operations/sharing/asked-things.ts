/**
 * Everything that a share request asks for: things by their names, or a product with all that is in it.
 * Invariant: somebody who may find a product may ask for it, also for what is in it and hidden from them; what they then
 * get, its approvers decide.
 */
import { z } from "zod";
import { HeadgateError, type ErrorCode } from "../../errors.ts";
import type { Asking } from "../../governance/asking.ts";
import type { Product, ProductItem } from "../../sharing/product-store.ts";
import type { NewItem } from "../../sharing/request-store.ts";
import type { Context } from "../context.ts";
import { askedItem, checkApart, findItem, oneAccountOf } from "./asked-items.ts";
import { findProduct, productMissingCodes } from "./products/find-product.ts";

export const askedInput = {
  items: z.array(askedItem).max(200).default([]),
  product: z
    .string()
    .min(1)
    .optional()
    .describe("In place of items, a product: customer360, or sales.customer360 of another account."),
};

const schema = z.strictObject(askedInput);

export const productCodes: readonly ErrorCode[] = [...productMissingCodes, "ANSWERS_MISSING", "TERMS_NOT_ACCEPTED"];

export interface AskedThings {
  readonly items: readonly NewItem[];
  readonly sourceAccountId: string;
  readonly product: Product | undefined;
}

/** Throws what finding the items or the product throws, and USAGE. */
export async function askedThings(
  context: Context,
  asking: Asking,
  { items, product: name }: z.infer<typeof schema>,
): Promise<AskedThings> {
  if ((name === undefined) === (items.length === 0))
    throw new HeadgateError("USAGE", {
      message: "a request is for some things or for a product",
      remedy: "name tables or databases, or a product as a whole, of which approvers can leave things out",
    });
  if (name !== undefined) return ofProduct(await findProduct(context.db, asking, name));
  const found = [];
  for (const item of items) found.push({ ...(await findItem(context, asking, item)), on: item.on });
  checkApart(found);
  return { items: found, sourceAccountId: oneAccountOf(found), product: undefined };
}

function ofProduct(product: Product): AskedThings {
  if (product.items.length === 0)
    throw new HeadgateError("USAGE", { place: product.name, message: "there is nothing in the product yet" });
  const whole = { columns: { mode: "all" }, rows: undefined, judged: [] } as const;
  const items = product.items.filter((item) => !isCovered(item, product.items));
  return { items: items.map((item) => ({ ...item, ...whole })), sourceAccountId: product.accountId, product };
}

/** A table that is there with all of its database, too, could be denied once and be shared all the same. */
function isCovered({ kind, databaseId }: ProductItem, all: Product["items"]): boolean {
  return all.some((other) => other.databaseId === databaseId && widerThan[kind].includes(other.kind));
}

const widerThan: Readonly<Record<ProductItem["kind"], readonly ProductItem["kind"][]>> = {
  table: ["tables", "database"],
  tables: ["database"],
  database: [],
};
