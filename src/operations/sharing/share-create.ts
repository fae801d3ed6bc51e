/** The operation by which whoever administers or owns things shares them, without a request. */
import { z } from "zod";
import { inPolicyChange } from "../../db/policy-change.ts";
import type { SharedKind } from "../../db/share-request-rows.ts";
import { HeadgateError } from "../../errors.ts";
import { accountsFor } from "../../governance/acts-in.ts";
import { askingOf, type Asking } from "../../governance/asking.ts";
import { checkStillThere } from "../../governance/closed-tables.ts";
import { policyWithin } from "../../governance/policy-store.ts";
import { visible } from "../../governance/resource.ts";
import { authorOf } from "../../identity/principal.ts";
import {
  findPrincipal,
  parsePrincipalName,
  principalLabel,
  principalMissingCodes,
  type FoundPrincipal,
} from "../../identity/principal-name.ts";
import { openShare, type NewShare, type ShareItem } from "../../sharing/open-share.ts";
import { checkTimes } from "../access/check-times.ts";
import { findResource, resourceMissingCodes, type FoundResource } from "../access/granted-on.ts";
import { grantedPart } from "../access/granted-part.ts";
import { ofTable } from "../failures.ts";
import { givenInstant } from "../given-instant.ts";
import { operation } from "../operation.ts";
import type { Context } from "../context.ts";
import { mayShare } from "./share-standing.ts";

const input = z.strictObject({
  on: z.array(z.string().min(1)).min(1).max(1_000).describe("database.table, database.*, or database <name>."),
  to: z.string().min(1).describe("account:<name>, unit:<path>, or somebody of the same account."),
  columns: z.array(z.string()).min(1).optional().describe("Only these columns, of one table."),
  except: z.array(z.string()).min(1).optional().describe("All columns of one table but these."),
  filter: z.string().optional().describe("Only what this data filter of the one table shows."),
  until: givenInstant.optional().describe("At this moment the share is over."),
  reshare: z.boolean().default(false).describe("Whether it may be passed on to other accounts."),
});

type Input = z.infer<typeof input>;

export const shareCreate = operation({
  name: "share.create",
  summary:
    "Share tables or databases with an account, a unit or somebody; an account that is not of the organisation accepts it first",
  action: "watch",
  seesViews: true,
  changes: true,
  input,
  output: z.strictObject({ id: z.string(), state: z.enum(["active", "awaiting_acceptance"]) }),
  errors: [
    ...ofTable,
    ...resourceMissingCodes,
    ...principalMissingCodes,
    "FILTER_NOT_FOUND",
    "GRANT_INVALID",
    "ACCOUNT_KIND",
  ],
  resources: () => [visible],
  async run(context, given, { asking, principal, record }) {
    record({ ...given });
    checkTimes({ place: given.to, until: given.until }, asking.now);
    const found = await Promise.all(given.on.map((text) => findShared(context, asking, text)));
    const items = await itemsOf(context, asking, given, found);
    const sourceAccountId = sourceOf(found);
    const opened = await inPolicyChange(context.db, async (transaction) => {
      const present = askingOf(await policyWithin(transaction, asking.policy), principal, Date.now());
      for (const { table, label, place } of found) {
        checkMayShare(present, { label, place });
        if (table !== undefined) await checkStillThere(transaction, { id: table.id, label });
      }
      const target = targetOf(present, await findPrincipal(transaction, parsePrincipalName(given.to)), sourceAccountId);
      return openShare(transaction, {
        requestId: undefined,
        productId: undefined,
        sourceAccountId,
        target,
        items,
        until: given.until === undefined ? undefined : Date.parse(given.until),
        mayReshare: given.reshare,
        judged: undefined,
        author: { by: authorOf(principal), origin: null },
      });
    });
    record({ share: opened.id, state: opened.state, about: found.flatMap(aboutThing) });
    return opened;
  },
});

type Shared = FoundResource & { readonly on: { readonly kind: SharedKind; readonly id: string } };

/** Throws NOT_ALLOWED for somebody who neither administers nor owns it. */
async function findShared(context: Context, asking: Asking, text: string): Promise<Shared> {
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

function checkMayShare(asking: Asking, { label, place }: Pick<FoundResource, "label" | "place">): void {
  if (mayShare(asking, place)) return;
  throw new HeadgateError("NOT_ALLOWED", {
    place: label,
    message: `${asking.principal.name} may not share ${label}`,
    remedy: "ask whoever administers it, or its owner",
  });
}

async function itemsOf(
  context: Context,
  asking: Asking,
  { columns, except, filter }: Input,
  found: readonly Shared[],
): Promise<readonly ShareItem[]> {
  return Promise.all(
    found.map(async (one): Promise<ShareItem> => {
      const part = await grantedPart(context, asking, { found: one, columns, except, filter });
      if (part.filter?.missing !== undefined) throw part.filter.missing;
      return { on: one.on, columns: part.columns, filterId: part.filter?.id };
    }),
  );
}

function sourceOf(found: readonly Shared[]): string {
  const [only = "", other] = new Set(found.map(({ place }) => (place && "accountId" in place ? place.accountId : "")));
  if (other === undefined) return only;
  throw new HeadgateError("USAGE", {
    place: "on",
    message: "one share is of things of one account",
    remedy: "make a share for each account",
  });
}

/** Throws USAGE for the account itself, and for somebody of another one, who would have it without that account's knowledge. */
function targetOf(
  { policy, now }: Asking,
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

function aboutThing({ table, label }: Shared) {
  return table === undefined ? [] : [{ kind: "table", name: label, id: table.id }];
}
