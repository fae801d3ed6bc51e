/**
 * A product by the name that people use: `customer360`, or `sales.customer360` for one of another account.
 * Invariant: somebody who may not find a product gets the same answer as if there were none.
 */
import type { Kysely } from "kysely";
import { parseName } from "../../../catalog/table-name.ts";
import type { Tables } from "../../../db/tables.ts";
import { HeadgateError, type ErrorCode } from "../../../errors.ts";
import type { Asking } from "../../../governance/asking.ts";
import { decideFor, holds } from "../../../governance/decide.ts";
import type { Securable } from "../../../governance/securable.ts";
import { answeringFor } from "../../../governance/stewards.ts";
import { productNamed, type Product } from "../../../sharing/product-store.ts";

/** The codes that finding a product by its name can have. */
export const productMissingCodes: readonly ErrorCode[] = ["PRODUCT_NOT_FOUND", "USAGE"];

/** Throws PRODUCT_NOT_FOUND, USAGE. */
export async function findProduct(db: Kysely<Tables>, asking: Asking, text: string): Promise<Product> {
  const [name = "", account, ...more] = parseName(text.trim()).toReversed();
  const accountId = account === undefined ? asking.accountId : accountNamed(asking, account);
  const found = accountId === undefined || more.length > 0 ? undefined : await productNamed(db, { accountId, name });
  if (found !== undefined && mayFind(asking, found)) return found;
  throw new HeadgateError("PRODUCT_NOT_FOUND", { place: text });
}

function accountNamed({ policy }: Asking, name: string): string | undefined {
  return [...policy.accounts.values()].find((account) => account.name === name)?.id;
}

export function securableProduct({
  id,
  accountId,
}: Pick<Product, "id" | "accountId">): Securable & { kind: "product" } {
  return { kind: "product", id, accountId };
}

export function mayFind(asking: Asking, product: Product): boolean {
  return decideFor(asking, "browse", securableProduct(product)).allowed;
}

/** Whoever may change what a product offers, and on which terms: its owners, and those who may alter it. */
export function mayChange(asking: Asking, product: Product): boolean {
  const place = securableProduct(product);
  return holds(asking, "ALTER", place) || owns(asking, product);
}

/** Whoever may remove it and name its owners and stewards, which gives rights. */
export function mayRule(asking: Asking, product: Product): boolean {
  return decideFor(asking, "administer", securableProduct(product)).allowed || owns(asking, product);
}

function owns({ policy, reader, principal }: Asking, product: Product): boolean {
  if (principal.mustChangePassword) return false;
  return answeringFor(policy, securableProduct(product)).some(
    ({ role, principalId }) => role === "owner" && reader.ids.has(principalId),
  );
}

/** Throws NOT_ALLOWED. */
export function checkMayChange(asking: Asking, product: Product): void {
  if (!mayChange(asking, product)) throw notAllowed(asking, product);
}

/** Throws NOT_ALLOWED. */
export function checkMayRule(asking: Asking, product: Product): void {
  if (!mayRule(asking, product)) throw notAllowed(asking, product);
}

/** The description of a product may be changed by its stewards, too. Throws NOT_ALLOWED. */
export function checkMayDescribe(asking: Asking, product: Product): void {
  if (decideFor(asking, "annotate", securableProduct(product)).allowed || mayChange(asking, product)) return;
  throw notAllowed(asking, product);
}

function notAllowed({ principal }: Asking, { name }: Product): HeadgateError {
  return new HeadgateError("NOT_ALLOWED", {
    place: name,
    message: `${principal.name} may not change this product`,
    remedy: "ask an owner of the product, or whoever administers its account",
  });
}
