/** The names of products by their ids, as lists write them. */
import type { Kysely } from "kysely";
import type { Tables } from "../../../db/tables.ts";
import type { Asking } from "../../../governance/asking.ts";
import { nameInLists } from "../../scope.ts";
import { mayFind } from "./find-product.ts";
import { listProducts } from "../../../sharing/product-store.ts";

/** Those that the caller may find. */
export async function productNames(db: Kysely<Tables>, asking: Asking): Promise<(id: string) => string> {
  const known = (await listProducts(db)).filter((product) => mayFind(asking, product));
  const names = new Map(known.map((product) => [product.id, nameInLists(asking, product)]));
  return (id) => names.get(id) ?? "(a product that was removed, or is hidden)";
}
