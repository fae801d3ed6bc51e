/** The operation by which whoever administers or owns things shares them, without a request. */
import { z } from "zod";
import { inPolicyChange } from "../../db/policy-change.ts";
import { askingOf } from "../../governance/asking.ts";
import { checkStillThere } from "../../governance/closed-tables.ts";
import { policyWithin } from "../../governance/policy-store.ts";
import { visible } from "../../governance/resource.ts";
import { authorOf } from "../../identity/principal.ts";
import { findPrincipal, parsePrincipalName, principalMissingCodes } from "../../identity/principal-name.ts";
import { openShare } from "../../sharing/open-share.ts";
import { checkTimes } from "../access/check-times.ts";
import { resourceMissingCodes } from "../access/granted-on.ts";
import { ofTable } from "../failures.ts";
import { givenInstant } from "../given-instant.ts";
import { operation } from "../operation.ts";
import { checkMayShare, findWanted, shareTarget, type SharedThing } from "./wanted-share.ts";

const input = z.strictObject({
  on: z.array(z.string().min(1)).min(1).max(1_000).describe("database.table, database.*, or database <name>."),
  to: z.string().min(1).describe("account:<name>, unit:<path>, or somebody of the same account."),
  columns: z.array(z.string()).min(1).optional().describe("Only these columns, of one table."),
  except: z.array(z.string()).min(1).optional().describe("All columns of one table but these."),
  filter: z.string().optional().describe("Only what this data filter of the one table shows."),
  until: givenInstant.optional().describe("At this moment the share is over."),
  reshare: z.boolean().default(false).describe("Whether it may be passed on to other accounts."),
});

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
    const { found, items, sourceAccountId } = await findWanted(context, asking, given);
    const opened = await inPolicyChange(context.db, async (transaction) => {
      const present = askingOf(await policyWithin(transaction, asking.policy), principal, Date.now());
      for (const { table, label, place } of found) {
        checkMayShare(present, { label, place });
        if (table !== undefined) await checkStillThere(transaction, { id: table.id, label });
      }
      const holder = await findPrincipal(transaction, parsePrincipalName(given.to));
      const target = shareTarget(present, holder, sourceAccountId);
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

function aboutThing({ table, label }: SharedThing) {
  return table === undefined ? [] : [{ kind: "table", name: label, id: table.id }];
}
