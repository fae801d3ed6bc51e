/**
 * A later end of a share, as somebody asks for it who receives the share. It goes through the process like a new request for
 * the same things.
 * Invariant: the share stays as it is until the request is approved.
 */
import { HeadgateError } from "../../errors.ts";
import type { Asking } from "../../governance/asking.ts";
import { columnSetOf } from "../../governance/policy-rows.ts";
import { endWithin } from "../../sharing/asked-product.ts";
import { productById } from "../../sharing/product-store.ts";
import type { NewItem, NewRequest } from "../../sharing/request-store.ts";
import { findShare, noShare, type Share } from "../../sharing/shares.ts";
import { resourceNames } from "../access/granted-on.ts";
import type { Context } from "../context.ts";
import { standingTo } from "./share-standing.ts";

export interface AskedExtension {
  readonly items: readonly unknown[];
  readonly extend?: string | undefined;
  /** Undefined: without an end. */
  readonly until: number | undefined;
}

type Extension = Pick<
  NewRequest,
  "sourceAccountId" | "target" | "mayReshare" | "kind" | "aboutShareId" | "items" | "until"
>;

/** Throws SHARE_NOT_FOUND, SHARE_STATE, USAGE. */
export async function extensionOf(
  context: Context,
  asking: Asking,
  { items, extend = "", until: asked }: AskedExtension,
): Promise<Extension> {
  if (items.length > 0)
    throw new HeadgateError("USAGE", {
      place: extend,
      message: "a share is extended as it is",
      remedy: "name either things or a share",
    });
  const share = await findShare(context.db, extend, asking.now);
  const nameOf = await resourceNames(context, asking);
  if (!standingTo(asking, share, (on) => nameOf(on).place).receives) throw noShare(extend);
  const until = await withinProduct(context, share, { until: asked, now: asking.now });
  checkExtendable(share, until);
  const { row } = share;
  return {
    sourceAccountId: row.source_account_id,
    target: { kind: row.target_kind, id: row.target_id },
    mayReshare: row.may_reshare,
    kind: "extension",
    aboutShareId: row.id,
    items: await itemsOf(context, share),
    until,
  };
}

/** No later than the product allows, if the share is of one. */
async function withinProduct(
  { db }: Pick<Context, "db">,
  { row }: Share,
  { until, now }: { readonly until: number | undefined; readonly now: number },
): Promise<number | undefined> {
  const product = row.product_id === null ? undefined : await productById(db, row.product_id);
  return product === undefined ? until : endWithin({ ...product, defaultDays: undefined }, { until, now });
}

function checkExtendable({ row, state }: Share, until: number | undefined): void {
  if (state === "revoked" || state === "rejected")
    throw new HeadgateError("SHARE_STATE", { place: row.id, message: `a share that is ${state} cannot be extended` });
  const end = row.valid_until?.getTime();
  if (end !== undefined && (until ?? Infinity) > end) return;
  throw new HeadgateError("USAGE", {
    place: row.id,
    message: end === undefined ? "the share has no end" : "the share lasts that long already",
    ...(end !== undefined && { remedy: `name an end after ${new Date(end).toISOString()}` }),
  });
}

/** Throws USAGE if nothing of it is there any more. */
async function itemsOf({ catalog }: Context, { row, items }: Share): Promise<readonly NewItem[]> {
  const entries = await catalog.everything().withViews().entries();
  const found = items.flatMap((item): readonly NewItem[] => {
    const { resource_kind: kind, resource_id: thingId } = item;
    const databaseId = kind === "table" ? entries.find(({ id }) => id === thingId)?.databaseId : thingId;
    if (item.ended_at !== null || databaseId === undefined) return [];
    return [
      { kind, thingId, databaseId, columns: columnSetOf(item.columns) ?? { mode: "all" }, rows: undefined, judged: [] },
    ];
  });
  if (found.length > 0) return found;
  throw new HeadgateError("USAGE", { place: row.id, message: "nothing of what it was of is there any more" });
}
