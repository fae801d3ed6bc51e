/** Changes that make the products of the account in which the caller acts as declared. */
import { sql } from "kysely";
import { must } from "../../base/must.ts";
import { HeadgateError } from "../../errors.ts";
import {
  has,
  insertProduct,
  listProducts,
  productById,
  productNamed,
  putItems,
  takeItems,
  type Product,
} from "../../sharing/product-store.ts";
import { openRequestsFor } from "../../sharing/request-store.ts";
import { parametersOf } from "../../stewardship/parameters.ts";
import type { AccessChange } from "../access/access-change.ts";
import { checkMay, ofAnother, type AccessWork } from "../access/access-work.ts";
import { placed } from "../placed.ts";
import { replaceAnswering } from "../sharing/products/answering.ts";
import { endWithAll } from "../sharing/products/end-product.ts";
import { securableProduct } from "../sharing/products/find-product.ts";
import { itemsToPut } from "../sharing/products/offered-items.ts";
import { storeSettings, type GivenSettings } from "../sharing/products/product-settings.ts";
import type { DeclaredProduct, DeclaredProducts } from "./declared-products.ts";
import type { PlaceOf } from "./read-declaration.ts";

/** Before the grants, which may be on products. Throws NOT_ALLOWED, and DECLARATION_INVALID for one of a command. */
export async function changeProducts(
  work: AccessWork,
  products: DeclaredProducts,
  placeOf: PlaceOf,
): Promise<readonly AccessChange[]> {
  const changes: AccessChange[] = [];
  for (const [name, declared] of Object.entries(products))
    changes.push(...(await placed(placeOf(["products", name]), () => makeProduct(work, { name, declared }))));
  return changes;
}

interface Wanted {
  readonly name: string;
  readonly declared: DeclaredProduct;
}

async function makeProduct(work: AccessWork, { name, declared }: Wanted): Promise<readonly AccessChange[]> {
  const { transaction, origin, by } = work;
  const accountId = accountOf(work);
  const had = await productNamed(transaction, { accountId, name });
  if (had !== undefined && had.origin !== origin) throw ofAnother(`the product ${had.name}`, had.origin);
  const id = had?.id ?? (await insertProduct(transaction, { accountId, name, origin, by }));
  const product = had ?? must(await productById(transaction, id), "the new product");
  const details = [
    ...(await changeItems(work, product, declared)),
    ...(await storeSettings(transaction, product, {
      given: { name, ...(await settingsOf(work, product, declared)) },
      author: { by, origin },
    })),
    ...(await replaceAnswering(transaction, {
      id,
      owners: declared.owners,
      stewards: declared.stewards,
      author: { by, origin },
    })),
  ];
  if (had !== undefined && details.length === 0) return [];
  checkMay(work, "administer", had === undefined ? { kind: "account", id: accountId } : securableProduct(had));
  return [productChange(product, had === undefined ? "add" : "change", { details })];
}

async function changeItems(work: AccessWork, product: Product, declared: DeclaredProduct): Promise<readonly string[]> {
  const { transaction, lookup, asking, by } = work;
  const items = await itemsToPut(lookup, asking, { on: declared.has, accountId: product.accountId });
  const put = await putItems(transaction, product, { items, by });
  const taken = await takeItems(
    transaction,
    product,
    product.items.filter((item) => !has(items, item)),
  );
  return [
    ...items.filter((item) => has(put, item)).map(({ label }) => `${label} put in`),
    ...(taken.length === 0 ? [] : [`${taken.length} taken out`]),
  ];
}

/** Anything that the file does not say is taken away again, unless a command has said it. */
async function settingsOf(
  { transaction, origin }: AccessWork,
  { id }: Product,
  declared: DeclaredProduct,
): Promise<GivenSettings> {
  const said = await parametersOf(transaction, [id]);
  const textOf = (key: string, value: string | undefined): string | undefined =>
    value ?? (said.some((one) => one.key === key && one.origin === origin) ? "" : undefined);
  return {
    description: textOf("description", declared.description),
    dataOwner: textOf("data_owner", declared.data_owner),
    dataOwnerName: textOf("data_owner_name", declared.data_owner_name),
    questions: declared.questions,
    terms: declared.terms ?? "",
    defaultDays: declared.default_days ?? null,
    longestDays: declared.longest_days ?? null,
    freshness: declared.freshness ?? null,
  };
}

/** After the grants, so that only grants of others fall with a product. */
export async function removeProducts(
  work: AccessWork,
  products: DeclaredProducts,
  at: string,
): Promise<readonly AccessChange[]> {
  const { transaction, origin, asking, by } = work;
  if (asking.accountId === undefined) return [];
  const declared = new Set(Object.keys(products).map((name) => name.toLowerCase()));
  const made = await listProducts(
    transaction,
    sql<boolean>`products.origin = ${origin} and account_id = ${asking.accountId}::uuid`,
  );
  const changes: AccessChange[] = [];
  for (const product of made.filter(({ name }) => !declared.has(name.toLowerCase()))) {
    await placed(at, async () => checkMay(work, "administer", securableProduct(product)));
    const falls = (await openRequestsFor(transaction, product.id)).map(({ handle }) => `the request ${handle}`);
    await endWithAll(transaction, product, { by });
    changes.push(productChange(product, "remove", { falls }));
  }
  return changes;
}

function accountOf({ asking: { accountId } }: AccessWork): string {
  if (accountId === undefined) throw new HeadgateError("ACCOUNT_NOT_FOUND", { place: "the account of the products" });
  return accountId;
}

function productChange(
  { id, name }: Product,
  change: AccessChange["change"],
  { details = [], falls = [] }: Partial<Pick<AccessChange, "details" | "falls">>,
): AccessChange {
  return { what: "product", name, change, details, falls, about: [{ kind: "product", name, id }] };
}
