/**
 * The databases, tables and views that are put into a product, by the names that people write: `shop.orders`, `shop.*`,
 * `database shop`.
 * Invariant: only whoever could share a thing puts it into a product, because whoever owns the product then decides on it.
 */
import { HeadgateError, type ErrorCode } from "../../../errors.ts";
import type { Asking } from "../../../governance/asking.ts";
import type { Product, ProductItem } from "../../../sharing/product-store.ts";
import { findResource, resourceMissingCodes, type FoundResource } from "../../access/granted-on.ts";
import type { Context } from "../../context.ts";
import { ofTable } from "../../failures.ts";
import { labelOfItem } from "../asked-items.ts";
import { mayShare } from "../share-standing.ts";

export const offeredMissingCodes: readonly ErrorCode[] = [...ofTable, ...resourceMissingCodes];

type Lookup = Pick<Context, "db" | "catalog">;

export interface OfferedItem extends ProductItem {
  readonly label: string;
}

/** Throws NOT_ALLOWED for somebody who neither administers nor owns one of them, and USAGE. */
export async function itemsToPut(
  context: Lookup,
  asking: Asking,
  { on, accountId }: { readonly on: readonly string[]; readonly accountId: string },
): Promise<readonly OfferedItem[]> {
  const items: OfferedItem[] = [];
  for (const text of on) {
    const found = await findResource(context, asking, text);
    checkMayPut(asking, found, accountId);
    items.push(itemOf(found));
  }
  return items;
}

/** By the labels that `product.show` shows to whoever may change the product, who may know no other way of them. Throws USAGE. */
export async function itemsToTake(
  { catalog }: Pick<Lookup, "catalog">,
  asking: Asking,
  { product, on }: { readonly product: Product; readonly on: readonly string[] },
): Promise<readonly OfferedItem[]> {
  const entries = await catalog.everything().withViews().entries();
  const inside = product.items.map((item) => ({ ...item, label: labelOfItem(item, { asking, entries }) ?? "" }));
  return on.map((text) => {
    const found = inside.find(({ label }) => label === text.trim());
    if (found !== undefined) return found;
    throw new HeadgateError("USAGE", {
      place: text,
      message: `this is not in the product ${product.name}`,
      remedy: "see `headgate product show` for what is in it, and write it as it is shown there",
    });
  });
}

function checkMayPut(asking: Asking, { place, label }: FoundResource, accountId: string): void {
  if (place === undefined || !("accountId" in place) || place.accountId !== accountId)
    throw new HeadgateError("USAGE", {
      place: label,
      message: "a product has only what belongs to its account",
      remedy: "make a product in the account that has it",
    });
  if (!mayShare(asking, place))
    throw new HeadgateError("NOT_ALLOWED", {
      place: label,
      message: `${asking.principal.name} may not share ${label}`,
      remedy: "ask whoever administers it, or its owner, to put it into the product",
    });
}

function itemOf({ on, place, label }: FoundResource): OfferedItem {
  if (on.kind === "database" || on.kind === "tables")
    return { kind: on.kind, thingId: on.id, databaseId: on.id, label };
  if (on.kind === "table" && place?.kind === "table")
    return { kind: on.kind, thingId: on.id, databaseId: place.databaseId, label };
  throw new HeadgateError("USAGE", {
    place: label,
    message: "a product has only tables and databases",
    remedy: `write database.table, "database.*" for all its tables, or "database <name>"`,
  });
}
