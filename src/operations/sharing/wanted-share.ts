/** The things, parts and target of a share as people name them, for a command and for headgate.yaml. */
import type { SharedKind } from "../../db/share-request-rows.ts";
import { HeadgateError } from "../../errors.ts";
import { accountsFor } from "../../governance/acts-in.ts";
import type { Asking } from "../../governance/asking.ts";
import { principalLabel, type FoundPrincipal } from "../../identity/principal-name.ts";
import type { NewShare, ShareItem } from "../../sharing/open-share.ts";
import { findResource, type FoundResource } from "../access/granted-on.ts";
import { grantedPart } from "../access/granted-part.ts";
import type { Context } from "../context.ts";
import { mayShare } from "./share-standing.ts";

type Lookup = Pick<Context, "db" | "catalog">;

export interface WantedPart {
  readonly on: readonly string[];
  readonly columns?: string[] | undefined;
  readonly except?: string[] | undefined;
  readonly filter?: string | undefined;
}

export interface FoundShare {
  readonly found: readonly SharedThing[];
  readonly items: readonly ShareItem[];
  readonly sourceAccountId: string;
}

/** Throws what finding the things throws, GRANT_INVALID, NOT_ALLOWED, USAGE for things of several accounts. */
export async function findWanted(context: Lookup, asking: Asking, wanted: WantedPart): Promise<FoundShare> {
  const found = await Promise.all(wanted.on.map((text) => findShared(context, asking, text)));
  return { found, items: await itemsOf(context, asking, wanted, found), sourceAccountId: sourceOf(found) };
}

export type SharedThing = FoundResource & { readonly on: { readonly kind: SharedKind; readonly id: string } };

/** Throws NOT_ALLOWED, GRANT_INVALID, and what finding it throws. */
async function findShared(context: Lookup, asking: Asking, text: string): Promise<SharedThing> {
  const found = await findResource(context, asking, text);
  const { on, label, place } = found;
  if (on.kind !== "table" && on.kind !== "tables" && on.kind !== "database")
    throw new HeadgateError("GRANT_INVALID", {
      place: label,
      message: "only tables and databases can be shared",
      remedy: `write database.table, "database.*" for all its tables, or database <name>`,
    });
  checkMayShare(asking, { label, place });
  return { ...found, on: { kind: on.kind, id: on.id } };
}

/** Throws NOT_ALLOWED for somebody who neither administers nor owns it. */
export function checkMayShare(asking: Asking, { label, place }: Pick<FoundResource, "label" | "place">): void {
  if (mayShare(asking, place)) return;
  throw new HeadgateError("NOT_ALLOWED", {
    place: label,
    message: `${asking.principal.name} may not share ${label}`,
    remedy: "ask whoever administers it, or its owner",
  });
}

async function itemsOf(
  context: Lookup,
  asking: Asking,
  { columns, except, filter }: WantedPart,
  found: readonly SharedThing[],
): Promise<readonly ShareItem[]> {
  return Promise.all(
    found.map(async (one): Promise<ShareItem> => {
      const part = await grantedPart(context, asking, { found: one, columns, except, filter });
      if (part.filter?.missing !== undefined) throw part.filter.missing;
      return { on: one.on, columns: part.columns, filterId: part.filter?.id };
    }),
  );
}

function sourceOf(found: readonly SharedThing[]): string {
  const [only = "", other] = new Set(found.map(({ place }) => (place && "accountId" in place ? place.accountId : "")));
  if (other === undefined) return only;
  throw new HeadgateError("USAGE", {
    place: "on",
    message: "one share is of things of one account",
    remedy: "make a share for each account",
  });
}

/** Throws USAGE for the account itself, and for somebody of another one, who would have it without that account's knowledge. */
export function shareTarget(
  { policy, now }: Pick<Asking, "policy" | "now">,
  { kind, id, name }: FoundPrincipal,
  sourceAccountId: string,
): NewShare["target"] {
  const place = principalLabel({ kind, name });
  if (id === sourceAccountId)
    throw new HeadgateError("USAGE", {
      place,
      message: "an account shares nothing with itself",
      remedy: "grant it to people of the account with `headgate grant`",
    });
  if (kind === "account" || kind === "unit") return { kind, id };
  if (accountsFor(policy, id, now).includes(sourceAccountId)) return { kind: "principal", id };
  throw new HeadgateError("USAGE", {
    place,
    message: `${place} does not act in the account that shares this`,
    remedy: "share it with their account, whose administrators pass it on to them",
  });
}
